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

const settings = { functionName: 'shop', alias: 'live' } as FunctionSettings
const nothing = { text: undefined, file: undefined, arguments: [] }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await writeFile(join(folder, 'script.py'), 'print("ü")\n')
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
  await lambda.createAlias('shop', 'live', '1', '')
  await lambda.updateCode('shop', code('two'))
  await lambda.publish('shop', 'two', '')
  lambda.calls.length = 0
  return lambda
}

/** What is sent for these arguments. */
async function sent(given: Partial<RemoteArguments> & Pick<RemoteArguments, 'kind'>, input = ''): Promise<unknown> {
  const lambda = await createFunction()
  let event: unknown
  lambda.application = (received) => {
    event = received['_serverless-wsgi']
    return { payload: '[0, "done"]' }
  }
  const readInput = () => Promise.resolve(input)
  await remote({ ...nothing, ...given }, undefined, settings, { lambda, readInput })
  return event
}

describe('what is sent', () => {
  test.each<[string, Partial<RemoteArguments> & Pick<RemoteArguments, 'kind'>, unknown]>([
    [
      'arguments as they are',
      { kind: 'manage', arguments: ['migrate', '--plan', '-v', '2', 'a b'] },
      { command: 'manage', data: ['migrate', '--plan', '-v', '2', 'a b'] },
    ],
    ['none', { kind: 'manage' }, { command: 'manage', data: [] }],
    ['one text', { kind: 'flask', text: 'seed --count "3 4"' }, { command: 'flask', data: 'seed --count "3 4"' }],
    ['an empty text', { kind: 'manage', text: '' }, { command: 'manage', data: '' }],
    ['code', { kind: 'exec', text: 'print(1)' }, { command: 'exec', data: 'print(1)' }],
    ['a line', { kind: 'shell', text: 'ls | wc -l' }, { command: 'command', data: 'ls | wc -l' }],
    ['words of a line', { kind: 'shell', arguments: ['ls', '-l', '/tmp'] }, { command: 'command', data: 'ls -l /tmp' }],
    [
      'words that a shell would read otherwise',
      { kind: 'shell', arguments: ['echo', 'a b', "it's", '$HOME', '', '*', 'ü', '~'] },
      { command: 'command', data: `echo 'a b' 'it'"'"'s' '$HOME' '' '*' 'ü' '~'` },
    ],
    ['standard input', { kind: 'exec', file: '-' }, { command: 'exec', data: 'from standard input' }],
  ])('%s', async (_, given, expected) => {
    expect(await sent(given, 'from standard input')).toEqual(expected)
  })

  test('a file', async () => {
    const file = join(folder, 'script.py')
    expect(await sent({ kind: 'exec', file })).toEqual({ command: 'exec', data: 'print("ü")\n' })
    expect(await sent({ kind: 'shell', file })).toEqual({ command: 'command', data: 'print("ü")\n' })
  })
})

describe('arguments that are wrong', () => {
  test.each<[string, Partial<RemoteArguments> & Pick<RemoteArguments, 'kind'>]>([
    ['manage takes -c or -f, not both', { kind: 'manage', text: 'a', file: 'b' }],
    ['manage takes no file', { kind: 'manage', file: 'script.py' }],
    ['flask takes no file', { kind: 'flask', file: '-' }],
    ['exec takes -c or -f, or arguments, not both', { kind: 'exec', text: 'a', arguments: ['b'] }],
    ['exec needs -c CODE or -f FILE', { kind: 'exec', arguments: ['print(1)'] }],
    ['shell needs a command', { kind: 'shell' }],
    ['The file /does/not/exist.py cannot be read', { kind: 'exec', file: '/does/not/exist.py' }],
  ])('%s', async (title, given) => {
    await expect(sent(given)).rejects.toMatchObject({ name: 'UserError', title, exitCode: 2 })
  })

  test('nothing is called then', async () => {
    const lambda = await createFunction()
    const running = remote({ ...nothing, kind: 'exec' }, undefined, settings, {
      lambda,
      readInput: () => Promise.resolve(''),
    })
    await expect(running).rejects.toMatchObject({ exitCode: 2 })
    expect(lambda.calls).toEqual([])
  })
})

describe('where it runs', () => {
  const ls: RemoteArguments = { ...nothing, kind: 'shell', text: 'ls' }
  const readInput = () => Promise.resolve('')

  test.each([
    [undefined, 'live'],
    ['2', '2'],
    ['$LATEST', '$LATEST'],
  ])('qualifier %s: on %s, as long as that may take', async (qualifier, expected) => {
    const lambda = await createFunction()
    const timeouts: number[] = []
    const recording: LambdaApi = {
      ...lambda,
      invoke: (name, where, payload, timeoutSeconds) => {
        timeouts.push(timeoutSeconds)
        return lambda.invoke(name, where, payload, timeoutSeconds)
      },
    }
    lambda.application = () => ({ payload: '[7, "out"]' })
    const outcome = await remote(ls, qualifier, settings, { lambda: recording, readInput })
    expect(outcome).toEqual({ exitCode: 7, output: 'out' })
    expect(lambda.calls.at(-1)).toBe(`invoke ${expected} command "ls"`)
    expect(timeouts).toEqual([77])
  })

  test('what does not exist: the command never ran', async () => {
    const lambda = await createFunction()
    await expect(remote(ls, 'stable', settings, { lambda, readInput })).rejects.toMatchObject({
      title: 'shop:stable does not exist',
      exitCode: 125,
    })
    expect(lambda.calls).toEqual(['getVersion shop:stable'])
  })

  test('AWS cannot be asked: the command never ran', async () => {
    const lambda = await createFunction()
    lambda.failAt(/getVersion/, new UserError({ title: 'There are no AWS credentials', hint: 'Get some.' }))
    await expect(remote(ls, undefined, settings, { lambda, readInput })).rejects.toMatchObject({
      title: 'There are no AWS credentials',
      hint: 'Get some.',
      exitCode: 125,
    })
  })
})
