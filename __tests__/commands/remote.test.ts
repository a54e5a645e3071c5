import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { LambdaApi } from '../../src/aws/lambda.ts'
import { type RemoteArguments, remote } from '../../src/commands/remote.ts'
import { UserError } from '../../src/errors.ts'
import type { FunctionSettings } from '../../src/settings/settings.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { same } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'

const settings = { functionName: 'shop', alias: 'live' } as FunctionSettings
const nothing = { text: undefined, file: undefined, arguments: [], environment: [], sendsInput: false }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await writeFile(join(folder, 'script.py'), 'print("ü")\n')
  await writeFile(join(folder, 'latin.py'), Buffer.from([0x23, 0xe9]))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** A function whose alias `live` serves version 1 of two. */
async function createFunction() {
  const lambda = fakeLambda()
  const code = (text: string) => ({ zip: Buffer.from(text), architecture: 'x86_64' })
  await lambda.createFunction('shop', { ...same.configuration, timeout: 77 }, code('one'))
  await lambda.publish('shop', 'one', '')
  await lambda.createAlias('shop', 'live', { version: '1', description: '' })
  await lambda.updateCode('shop', code('two'))
  await lambda.publish('shop', 'two', '')
  lambda.calls.length = 0
  return lambda
}

type Given = Partial<RemoteArguments> & Pick<RemoteArguments, 'kind'>

/** What is sent for these arguments, but for the name that each run has. */
async function sent(given: Given, input: string | Buffer = ''): Promise<Readonly<Record<string, unknown>>> {
  const { event } = await run(given, { input })
  const { id, ...rest } = event
  expect(id).toMatch(/^[\da-f-]{36}$/)
  return rest
}

async function run(
  given: Given,
  { input = '', reply = '[0, "done"]' }: { input?: string | Buffer; reply?: string } = {},
) {
  const lambda = await createFunction()
  const report = recordingReporter()
  let event: Readonly<Record<string, unknown>> = {}
  lambda.application = (received) => {
    event = received['_serverless-wsgi'] as Readonly<Record<string, unknown>>
    return { payload: reply }
  }
  const { outcome } = await remote({ ...nothing, ...given }, undefined, settings, {
    ...collaborators,
    lambda,
    report,
    readInput: () => Promise.resolve(Buffer.from(input)),
    variables: { HERE: 'its value', EMPTY: '' },
  })
  return { event, outcome, report }
}

const collaborators = {
  report: recordingReporter(),
  logs: fakeLogs(),
  readInput: () => Promise.resolve(Buffer.alloc(0)),
  variables: {},
  wait: () => Promise.resolve(),
  clock: () => 0,
  signal: new AbortController().signal,
  show: undefined,
}

describe('what is sent', () => {
  test.each<[string, Given, unknown]>([
    [
      'arguments as they are, and quoted for a function of serverless-wsgi',
      { kind: 'manage', arguments: ['migrate', '--plan', '-v', '2', 'a b'] },
      { command: 'manage', data: "migrate --plan -v 2 'a b'", arguments: ['migrate', '--plan', '-v', '2', 'a b'] },
    ],
    ['none', { kind: 'manage' }, { command: 'manage', data: '', arguments: [] }],
    ['one text', { kind: 'flask', text: 'seed --count "3 4"' }, { command: 'flask', data: 'seed --count "3 4"' }],
    ['an empty text', { kind: 'manage', text: '' }, { command: 'manage', data: '' }],
    ['code', { kind: 'exec', text: 'print(1)' }, { command: 'exec', data: 'print(1)', arguments: [] }],
    [
      'code with arguments',
      { kind: 'exec', text: 'print(1)', arguments: ['a b', '--plan'] },
      { command: 'exec', data: 'print(1)', arguments: ['a b', '--plan'] },
    ],
    ['a line', { kind: 'shell', text: 'ls | wc -l' }, { command: 'command', data: 'ls | wc -l' }],
    [
      'words of a program',
      { kind: 'shell', arguments: ['ls', '-l', '/tmp'] },
      { command: 'command', data: 'ls -l /tmp', arguments: ['ls', '-l', '/tmp'] },
    ],
    [
      'words that a shell would read otherwise',
      { kind: 'shell', arguments: ['echo', 'a b', "it's", '$HOME', '', '*', 'ü', '~'] },
      {
        command: 'command',
        data: `echo 'a b' 'it'"'"'s' '$HOME' '' '*' 'ü' '~'`,
        arguments: ['echo', 'a b', "it's", '$HOME', '', '*', 'ü', '~'],
      },
    ],
    [
      'code from standard input',
      { kind: 'exec', file: '-' },
      { command: 'exec', data: 'from standard input', file: '-', arguments: [] },
    ],
    [
      'standard input for the command',
      { kind: 'manage', arguments: ['load'], sendsInput: true },
      { command: 'manage', data: 'load', arguments: ['load'], stdin: 'ZnJvbSBzdGFuZGFyZCBpbnB1dA==' },
    ],
    [
      'variables, the value given or the one from here',
      { kind: 'manage', text: 'check', environment: ['A=1', 'B=', 'C=a=b\nc', 'HERE', 'EMPTY', 'A=2'] },
      {
        command: 'manage',
        data: 'check',
        environment: { A: '2', B: '', C: 'a=b\nc', HERE: 'its value', EMPTY: '' },
      },
    ],
  ])('%s', async (_, given, expected) => {
    expect(await sent(given, 'from standard input')).toEqual(expected)
  })

  test('a file, with its name and arguments', async () => {
    const file = join(folder, 'script.py')
    const data = 'print("ü")\n'
    expect(await sent({ kind: 'exec', file, arguments: ['a b'] })).toEqual({
      command: 'exec',
      data,
      file,
      arguments: ['a b'],
    })
    expect(await sent({ kind: 'shell', file })).toEqual({ command: 'command', data, file, arguments: [] })
  })

  test('standard input may be anything', async () => {
    const input = Buffer.from([0, 255, 10])
    expect(await sent({ kind: 'shell', text: 'cat', sendsInput: true }, input)).toMatchObject({ stdin: 'AP8K' })
  })
})

describe('arguments that are wrong', () => {
  test.each<[string, Given]>([
    ['manage takes -c or -f, not both', { kind: 'manage', text: 'a', file: 'b' }],
    ['manage takes -c or arguments, not both', { kind: 'manage', text: 'a', arguments: ['b'] }],
    ['manage takes no file', { kind: 'manage', file: 'script.py' }],
    ['flask takes no file', { kind: 'flask', file: '-' }],
    ['exec takes -c or -f, not both', { kind: 'exec', text: 'a', file: 'b' }],
    ['exec needs -c CODE or -f FILE', { kind: 'exec', arguments: ['print(1)'] }],
    ['shell needs a command', { kind: 'shell' }],
    ['shell takes -c or arguments, not both', { kind: 'shell', text: 'a', arguments: ['b'] }],
    ['The file /does/not/exist.py cannot be read', { kind: 'exec', file: '/does/not/exist.py' }],
    ['-f - and -i both read standard input', { kind: 'exec', file: '-', sendsInput: true }],
    ['--env needs the name of a variable', { kind: 'manage', environment: ['=secret'] }],
    ['--env MISSING has no value', { kind: 'manage', environment: ['MISSING'] }],
    ['--env constructor has no value', { kind: 'manage', environment: ['constructor'] }],
  ])('%s', async (title, given) => {
    await expect(sent(given)).rejects.toMatchObject({ name: 'UserError', title, exitCode: 2 })
  })

  test('a file that is no text', async () => {
    const file = join(folder, 'latin.py')
    await expect(sent({ kind: 'exec', file })).rejects.toMatchObject({ title: `The file ${file} is not UTF-8` })
  })

  test('more than Lambda takes', async () => {
    const input = Buffer.alloc(5_000_000)
    await expect(sent({ kind: 'shell', text: 'cat', sendsInput: true }, input)).rejects.toMatchObject({
      title: 'The command is larger than Lambda takes',
      detail: expect.stringMatching(/^It is 6666\d\d\d bytes .* 6291456 are the most\./) as unknown,
      exitCode: 2,
    })
  })

  test('nothing is called then', async () => {
    const lambda = await createFunction()
    const running = remote({ ...nothing, kind: 'exec' }, undefined, settings, { ...collaborators, lambda })
    await expect(running).rejects.toMatchObject({ exitCode: 2 })
    expect(lambda.calls).toEqual([])
  })
})

describe('where it runs', () => {
  const ls: RemoteArguments = { ...nothing, kind: 'shell', text: 'ls' }
  test.each([
    [undefined, 'live'],
    ['2', '2'],
    ['$LATEST', '$LATEST'],
  ])('qualifier %s: on %s, as long as that may take', async (qualifier, expected) => {
    const lambda = await createFunction()
    const timeouts: number[] = []
    const recording: LambdaApi = {
      ...lambda,
      invoke: (name, where, payload, timeoutSeconds, clientContext) => {
        timeouts.push(timeoutSeconds)
        expect(clientContext).toEqual({ custom: { 'wsgi-lambda': '1' } })
        return lambda.invoke(name, where, payload, timeoutSeconds)
      },
    }
    lambda.application = () => ({ payload: '[7, "out"]' })
    const { outcome } = await remote(ls, qualifier, settings, { ...collaborators, lambda: recording })
    expect(outcome).toMatchObject({ exitCode: 7, output: Buffer.from('out') })
    expect(lambda.calls.at(-1)).toBe(`invoke ${expected} command "ls"`)
    expect(timeouts).toEqual([77])
  })

  test('what does not exist: the command never ran', async () => {
    const lambda = await createFunction()
    await expect(remote(ls, 'stable', settings, { ...collaborators, lambda })).rejects.toMatchObject({
      title: 'shop:stable does not exist',
      exitCode: 125,
    })
    expect(lambda.calls).toEqual(['getVersion shop:stable'])
  })

  test('AWS cannot be asked: the command never ran', async () => {
    const lambda = await createFunction()
    lambda.failAt(/getVersion/, new UserError({ title: 'There are no AWS credentials', hint: 'Get some.' }))
    await expect(remote(ls, undefined, settings, { ...collaborators, lambda })).rejects.toMatchObject({
      title: 'There are no AWS credentials',
      hint: 'Get some.',
      exitCode: 125,
    })
  })
})

describe('what is said beside the output', () => {
  const reply = (fields: object) =>
    JSON.stringify({ exitCode: 0, output: 'x', isBase64Encoded: false, omittedBytes: 0, id: 'id', ...fields })

  test('nothing, when there is nothing to say', async () => {
    const given: Given = { kind: 'exec', text: 'x', arguments: ['a'], environment: ['A=1'], sendsInput: true }
    expect((await run(given, { reply: reply({}) })).report.problems).toEqual([])
    const old: Given = { kind: 'shell', arguments: ['ls', '-l'] }
    expect((await run(old)).report.problems).toEqual([])
  })

  test.each([
    [{ logGroup: '/aws/lambda/shop', logStream: 's' }, 'Its log has them: the stream s of /aws/lambda/shop.'],
    [{ logGroup: '' }, 'Its log has them.'],
  ])('that a part is missing: %j', async (where, hint) => {
    const { outcome, report } = await run(
      { kind: 'manage', text: 'x' },
      { reply: reply({ omittedBytes: 7_000_000, ...where }) },
    )
    expect(outcome.omittedBytes).toBe(7_000_000)
    expect(report.problems).toEqual([{ title: '7000000 bytes of the output are left out', hint }])
  })

  test.each<[string, Given]>([
    ['the variables', { kind: 'manage', arguments: ['check'], environment: ['A=1'] }],
    ['the standard input', { kind: 'shell', text: 'cat', sendsInput: true }],
    ['the arguments', { kind: 'exec', text: 'x', arguments: ['a'] }],
    ['the arguments', { kind: 'shell', file: '-', arguments: ['a'] }],
    ['the variables and the arguments', { kind: 'exec', text: 'x', arguments: ['a'], environment: ['A=1'] }],
  ])('that a function of serverless-wsgi did not take %s', async (what, given) => {
    expect((await run(given)).report.problems).toMatchObject([{ title: `The function did not take ${what}` }])
  })
})
