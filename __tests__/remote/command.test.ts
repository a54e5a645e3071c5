import { describe, expect, test } from '@jest/globals'
import type { Invocation } from '../../src/aws/lambda.ts'
import { UserError } from '../../src/errors.ts'
import {
  invocationFailure,
  parseCommandLine,
  type RemoteCommand,
  runRemoteCommand,
  UNKNOWN_RESULT,
} from '../../src/remote/command.ts'
import { fakeLambda } from '../release/fake-lambda.ts'

const where = { functionName: 'shop', qualifier: '8', timeoutSeconds: 30 }
const answer = (given: Partial<Invocation>): Invocation => ({
  payload: '',
  functionError: undefined,
  logTail: '',
  ...given,
})

/** Runs a command against a function that gives this answer, or throws. */
async function run(command: RemoteCommand, given: Partial<Invocation> | Error) {
  const sent: unknown[] = []
  const invoke = (...args: unknown[]): Promise<Invocation> => {
    sent.push(args)
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(answer(given))
  }
  const outcome = await runRemoteCommand(command, where, { ...fakeLambda(), invoke })
  return { outcome, sent }
}

const migrate: RemoteCommand = { kind: 'manage', data: 'migrate --noinput' }

describe('the protocol', () => {
  test.each<RemoteCommand>([
    migrate,
    { kind: 'flask', data: ['seed', '--count', '3 4'] },
    { kind: 'exec', data: 'print("ü")\n' },
    { kind: 'command', data: 'ls -l' },
  ])('%j', async ({ kind, data }) => {
    const { sent } = await run({ kind, data }, { payload: '[0, ""]' })
    expect(sent).toEqual([['shop', '8', JSON.stringify({ '_serverless-wsgi': { command: kind, data } }), 30]])
  })

  test.each([
    ['[0, "done\\n"]', { exitCode: 0, output: 'done\n' }],
    ['[3, ""]', { exitCode: 3, output: '' }],
    ['[125, "of the command itself"]', { exitCode: 125, output: 'of the command itself' }],
  ])('%s is a result', async (payload, expected) => {
    expect((await run(migrate, { payload })).outcome).toEqual(expected)
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

describe('the call itself fails', () => {
  test('with advice: the result is unknown', async () => {
    const error = new UserError({ title: 'AWS could not be reached', detail: 'why', hint: 'what to do' })
    await expect(run(migrate, error)).rejects.toMatchObject({
      title: 'AWS could not be reached',
      detail: 'why',
      hint: 'what to do',
      exitCode: UNKNOWN_RESULT,
      cause: error,
    })
  })

  test('with a defect, which stays one', async () => {
    const bug = new TypeError('x is not a function')
    await expect(run(migrate, bug)).rejects.toBe(bug)
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
  ])('%j', (line, command) => {
    expect(parseCommandLine(line)).toEqual(command)
  })

  test.each(['', 'migrate', 'Manage migrate', 'manage.py migrate', 'constructor', '--help'])('%j is none', (line) => {
    expect(() => parseCommandLine(line)).toThrow(
      expect.objectContaining({ title: `${JSON.stringify(line)} is not a remote command`, exitCode: 2 }),
    )
  })
})
