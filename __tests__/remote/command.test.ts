import { describe, expect, test } from '@jest/globals'
import type { Invocation } from '../../src/aws/lambda.ts'
import { runRemoteCommand } from '../../src/remote/command.ts'
import { parseCommandLine } from '../../src/remote/command-line.ts'
import { invocationFailure, UNKNOWN_RESULT } from '../../src/remote/failure.ts'
import { exitStatus, quoteAll, type RemoteCommand } from '../../src/remote/protocol.ts'
import { createRun, line } from './running.ts'

const answer = (given: Partial<Invocation>): Invocation => ({
  payload: '',
  functionError: undefined,
  logTail: '',
  ...given,
})

/** Runs a command against a function that gives this answer, or throws. */
async function run(command: RemoteCommand, given: Partial<Invocation> | Error) {
  const world = createRun(() => (given instanceof Error ? Promise.reject(given) : Promise.resolve(answer(given))))
  const { outcome } = await runRemoteCommand(command, world.target, world.collaborators)
  return { outcome, sent: world.sent }
}

const migrate: RemoteCommand = { kind: 'manage', data: 'migrate --noinput' }

describe('the protocol', () => {
  test.each<[RemoteCommand, object]>([
    [migrate, { command: 'manage', data: 'migrate --noinput' }],
    [
      { kind: 'flask', data: "seed '3 4'", arguments: ['seed', '3 4'] },
      { command: 'flask', data: "seed '3 4'", arguments: ['seed', '3 4'] },
    ],
    [
      { kind: 'exec', data: 'print("ü")\n', file: 'a.py' },
      { command: 'exec', data: 'print("ü")\n', file: 'a.py' },
    ],
    [
      { kind: 'command', data: 'ls -l', environment: { A: 'ü' }, stdin: Buffer.from('ü') },
      { command: 'command', data: 'ls -l', environment: { A: 'ü' }, stdin: 'w7w=' },
    ],
  ])('%j', async (command, fields) => {
    const { sent } = await run(command, { payload: '[0, ""]' })
    const [name, qualifier, payload, seconds, clientContext] = sent[0] ?? []
    expect([name, qualifier, seconds, clientContext]).toEqual(['shop', '8', 30, { custom: { 'wsgi-lambda': '1' } }])
    expect(JSON.parse(String(payload))).toEqual({
      '_serverless-wsgi': { ...fields, id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown },
    })
  })

  test.each([
    [0, 0],
    [3, 3],
    [-9, 247],
    [256, 1],
    [2 ** 40, 1],
  ])('exit code %d ends the process with %d', async (exitCode, status) => {
    const { outcome } = await run(migrate, { payload: JSON.stringify([exitCode, '']) })
    expect(exitStatus(outcome)).toBe(status)
  })

  test.each([
    ['[0, "done\\n"]', 0, 'done\n'],
    ['[3, ""]', 3, ''],
    ['[125, "of the command itself"]', 125, 'of the command itself'],
  ])('%s is a result of serverless-wsgi', async (payload, exitCode, output) => {
    const { outcome } = await run(migrate, { payload })
    expect(outcome).toEqual({ exitCode, output: Buffer.from(output), omittedBytes: 0, run: undefined })
  })

  test('an object is a result of our own runtime', async () => {
    const told = { id: 'i', requestId: 'r', logGroup: 'g', logStream: 's', seconds: 1.5 }
    const reply = { exitCode: 4, output: 'ü\n', isBase64Encoded: false, omittedBytes: 3, ...told }
    const { outcome } = await run(migrate, { payload: JSON.stringify(reply) })
    expect(outcome).toEqual({ exitCode: 4, output: Buffer.from('ü\n'), omittedBytes: 3, run: told })
  })

  test('its bytes are what was printed', async () => {
    const { outcome } = await run(migrate, { payload: '{"exitCode": 0, "output": "AP8K", "isBase64Encoded": true}' })
    expect(outcome.output).toEqual(Buffer.from([0, 255, 10]))
    expect(outcome.run).toEqual({ id: '', requestId: '', logGroup: '', logStream: '', seconds: 0 })
  })

  test.each([
    '',
    'null',
    '"done"',
    '0',
    '[]',
    '[0]',
    '["0", "done"]',
    '[0, null]',
    '[0, "done", 1]',
    '{"statusCode": 200}',
    '{"exitCode": "0", "output": "done"}',
    '{"exitCode": 1.5, "output": "done"}',
    '[1e999, "done"]',
    '{"exitCode": 0, "output": null}',
    '{"0": 0, "1": "done", "length": 2}',
    '<html>',
  ])('%s is none: it is not known how the command ended', async (payload) => {
    await expect(run(migrate, { payload })).rejects.toMatchObject({
      name: 'UserError',
      title: 'The function gave an answer that is not a command result',
      exitCode: UNKNOWN_RESULT,
    })
  })

  test('an answer of a function that failed is no result, whatever it looks like', async () => {
    await expect(run(migrate, { payload: '[0, "done"]', functionError: 'Unhandled' })).rejects.toMatchObject({
      title: 'The function failed',
      exitCode: UNKNOWN_RESULT,
    })
  })
})

test('a defect stays one', async () => {
  const bug = new TypeError('x is not a function')
  await expect(run(migrate, bug)).rejects.toBe(bug)
})

test.each([
  [undefined, 30],
  [20, 20],
  [900, 30],
])('a command with a timeout of %s is waited for %d seconds at most', async (timeoutSeconds, expected) => {
  const { sent } = await run({ ...migrate, timeoutSeconds }, { payload: '[0, ""]' })
  expect(sent[0]?.[3]).toBe(expected)
  expect(JSON.parse(String(sent[0]?.[2]))).toMatchObject({
    '_serverless-wsgi': timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds },
  })
})

test.each([
  [['a', '--b=c', '/d:e,f@g%h+i'], 'a --b=c /d:e,f@g%h+i'],
  [['a b', "it's", '', '$x', '"', '\n', '~', 'ü'], `'a b' 'it'"'"'s' '' '$x' '"' '\n' '~' 'ü'`],
  [[], ''],
])('%j as one line: %s', (words, line) => {
  expect(quoteAll(words)).toBe(line)
})

test.each([
  ['{"errorMessage": "2026-11-23T00:00:00Z 1-2 Task timed out after 30.00 seconds"}', 'command-timeout'],
  ['{"errorType": "Runtime.ExitError", "errorMessage": "exit status 1"}', undefined],
])('a command whose function failed with %s says how far it came', async (payload, hint) => {
  const logTail = [line.start, line.begun('x'), 'Applying shop.0001... OK', 'two', line.end, line.report].join('\n')
  const expected = /^[^\n]+\nIt came this far:\nApplying shop\.0001\.\.\. OK\ntwo$/
  await expect(run(migrate, { functionError: 'Unhandled', payload, logTail })).rejects.toMatchObject({
    detail: expect.stringMatching(expected) as unknown,
    hint: hint && (expect.stringContaining(hint) as unknown),
    exitCode: UNKNOWN_RESULT,
  })
})

describe('why there is no answer', () => {
  test.each<[string, Partial<Invocation>, ReturnType<typeof invocationFailure>]>([
    [
      'a time-out',
      {
        functionError: 'Unhandled',
        payload: '{"errorMessage":"2026-11-23T00:00:00Z 1-2 Task timed out after 30.00 seconds"}',
        logTail: 'START\nApplying shop.0001...\n',
      },
      {
        title: 'The function timed out',
        detail: '2026-11-23T00:00:00Z 1-2 Task timed out after 30.00 seconds\nSTART\nApplying shop.0001...',
        hint: 'Give it more time with timeout (up to 900 seconds).',
      },
    ],
    [
      'an exception',
      {
        functionError: 'Unhandled',
        payload:
          '{"errorType":"KeyError","errorMessage":"\'SECRET\'","stackTrace":["  File \\"a.py\\"\\n","  File \\"b.py\\"\\n"]}',
      },
      { title: 'The function failed: KeyError', detail: '\'SECRET\'\n  File "a.py"\n  File "b.py"' },
    ],
    [
      'a process that ended',
      { functionError: 'Unhandled', payload: '{"errorType":"Runtime.ExitError","errorMessage":"exit status 1"}' },
      { title: 'The function failed: Runtime.ExitError', detail: 'exit status 1' },
    ],
    [
      'an error without words',
      { functionError: 'Unhandled', payload: 'null' },
      { title: 'The function failed', detail: 'null' },
    ],
    [
      'a handler that is not ours',
      { payload: '{"statusCode":200}' },
      {
        title: 'The function gave an answer that is not a command result',
        detail: '{"statusCode":200}',
        hint: 'Is it a function that wsgi-lambda deployed? Its handler has to be wsgi_handler.handler.',
      },
    ],
  ])('%s', (_, given, expected) => {
    expect(invocationFailure(answer(given))).toEqual(expected)
  })

  test.each([
    '{"errorMessage": 5}',
    '{"errorMessage": null, "stackTrace": "x"}',
    '{"stackTrace": [1, null]}',
    '[1, 2]',
  ])('an error object of another shape is shown as it is: %s', (payload) => {
    expect(invocationFailure(answer({ functionError: 'Handled', payload }))).toMatchObject({ detail: payload })
  })
})

describe('a line of before-traffic', () => {
  test.each<[string, RemoteCommand]>([
    ['manage migrate --noinput', migrate],
    ['  flask   db upgrade  ', { kind: 'flask', data: 'db upgrade' }],
    ['exec print("a  b")', { kind: 'exec', data: 'print("a  b")' }],
    ["shell echo 'a  b'", { kind: 'command', data: "echo 'a  b'" }],
    ['command ls', { kind: 'command', data: 'ls' }],
    ['exec for x in range(2):\n  print(x)', { kind: 'exec', data: 'for x in range(2):\n  print(x)' }],
    ['manage', { kind: 'manage', data: '' }],
    ['timeout=600 manage migrate --noinput', { ...migrate, timeoutSeconds: 600 }],
    ['timeout=1 shell timeout=5', { kind: 'command', data: 'timeout=5', timeoutSeconds: 1 }],
  ])('%j', (line, command) => {
    expect(parseCommandLine(line)).toEqual(command)
  })

  test.each([
    '',
    'migrate',
    'Manage migrate',
    'manage.py migrate',
    'constructor',
    '--help',
    'timeout=600',
    'timeout=5m manage x',
    'timeout=-1 manage x',
    'timeout 5 manage x',
  ])('%j is none', (line) => {
    expect(() => parseCommandLine(line)).toThrow(
      expect.objectContaining({ title: `${JSON.stringify(line)} is not a remote command`, exitCode: 2 }),
    )
  })

  test.each(['timeout=0 manage migrate', 'timeout=901 manage migrate'])(
    '%j has a timeout that Lambda has not',
    (line) => {
      expect(() => parseCommandLine(line)).toThrow(
        expect.objectContaining({ title: `The timeout of ${JSON.stringify(line)} is out of range`, exitCode: 2 }),
      )
    },
  )
})
