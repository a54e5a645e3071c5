import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

/** The words of the command line, tried with the bundle as users run it. */

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))
const COMMANDS = [
  'build',
  'deploy',
  'plan',
  'rollback',
  'preview',
  'destroy',
  'sweep',
  'versions',
  'logs',
  'inspect',
  'permissions',
  'bootstrap',
  'manage',
  'flask',
  'exec',
  'shell',
]

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  /** Those of standard output. */
  readonly bytes: Buffer
  readonly stderr: string
}

let folder: string
/** Calls of Lambda's API: method, path, and the payload of an Invoke. */
const calls: string[] = []
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void
const events: Readonly<Record<string, unknown>>[] = []
/** The client context of an Invoke, as JSON. */
const contexts: string[] = []

const lambda = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    calls.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`)
    if (isInvoke(incoming)) {
      const event = JSON.parse(body) as Readonly<Record<'_serverless-wsgi', Readonly<Record<string, unknown>>>>
      events.push(event['_serverless-wsgi'])
      contexts.push(Buffer.from(String(incoming.headers['x-amz-client-context']), 'base64').toString())
      answer(incoming, outgoing)
    } else if (incoming.url === '/') {
      send(outgoing, 400, { Message: 'the log may not be read' }, { 'x-amzn-errortype': 'AccessDeniedException' })
    } else if (/missing|-commands/.test(incoming.url ?? '')) {
      send(outgoing, 404, { Message: 'Function not found' }, { 'x-amzn-errortype': 'ResourceNotFoundException' })
    } else send(outgoing, 200, { FunctionName: 'shop', Version: '7', Timeout: 30 })
  })
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-cli-'))
  await mkdir(join(folder, 'shop'))
  await mkdir(join(folder, 'empty'))
  await writeFile(join(folder, 'shop/wsgi.py'), 'application = None\n')
  await writeFile(join(folder, 'shop/requirements.txt'), '')
  await writeFile(join(folder, 'shop/script.py'), 'print("ü")\n')
  await once(lambda.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  lambda.close()
  lambda.closeAllConnections()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  calls.length = 0
  events.length = 0
  contexts.length = 0
  answer = (_, outgoing) => {
    send(outgoing, 200, [0, 'done\n'])
  }
})

/** Whether a version for commands is there is asked at the same time. */
function isNoLookForCommands(call: string): boolean {
  return !call.endsWith('-commands')
}

function isInvoke({ url = '' }: IncomingMessage): boolean {
  return url.includes('/invocations')
}

function send(
  outgoing: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

/** Runs the bundle in a project, against the Lambda of this test. */
async function wsgiLambda(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: join(folder, 'shop'),
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      ...env,
    },
  })
  child.stdin.end(input)
  const [bytes, stderr, [exitCode]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { exitCode, stdout: bytes.toString(), bytes, stderr }
}

/** What a remote command sends, but for the name that each run has. */
async function sent(
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  answer = (_, outgoing) => {
    send(outgoing, 200, { exitCode: 0, output: '', isBase64Encoded: false, omittedBytes: 0 })
  }
  const { exitCode, stderr } = await wsgiLambda(args, { input, env })
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(events).toHaveLength(1)
  const [{ id, ...event } = { id: undefined }] = events
  expect(id).toMatch(/^[\da-f-]{36}$/)
  return event
}

describe('help', () => {
  test('names every command', async () => {
    const { exitCode, stdout, stderr } = await wsgiLambda(['--help'])
    const [, list = ''] = stdout.split('Commands:\n')
    const named = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name)
    expect([exitCode, stderr, named]).toEqual([0, '', [...COMMANDS, 'help']])
    expect(stdout).toMatch(/\nExamples:\n {2}\$ wsgi-lambda /)
  })

  test.each(COMMANDS)('of %s has examples, in both ways of asking', async (name) => {
    const [asked, helped] = await Promise.all([wsgiLambda([name, '--help']), wsgiLambda(['help', name])])
    expect([asked.exitCode, asked.stderr]).toEqual([0, ''])
    expect(helped).toEqual(asked)
    const [, examples = ''] = asked.stdout.split('\nExamples:\n')
    const lines = examples.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines)
      expect(line).toMatch(new RegExp(`^ {2}\\$ (?:[A-Z_]+=\\S+ )?wsgi-lambda (?:.* )?${name}\\b`))
  })

  test('has both words of a switch whose default goes by what is done', async () => {
    const { stdout } = await wsgiLambda(['destroy', '--help'])
    expect(stdout).toMatch(/^ {2}--comment {2}[^]*^ {2}--no-comment {2}/m)
  })

  test('of the other name of shell is that of shell', async () => {
    expect(await wsgiLambda(['command', '--help'])).toEqual(await wsgiLambda(['shell', '--help']))
  })

  test('that nobody reads to its end is no failure', async () => {
    const child = spawn(process.execPath, [CLI, 'deploy', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const [stderr, [exitCode]] = await Promise.all([
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    expect([exitCode, stderr]).toEqual([0, ''])
  })

  test('without any word goes to standard error, since nothing was done', async () => {
    const { exitCode, stdout, stderr } = await wsgiLambda([])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: wsgi-lambda')
  })

  test.each(['--version', '-V'])('%s', async (flag) => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await wsgiLambda([flag])).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('typing mistakes', () => {
  test.each([
    [['depoly'], "error: unknown command 'depoly'\n(Did you mean deploy?)\n"],
    [['mange', 'migrate'], "error: unknown command 'mange'\n(Did you mean manage?)\n"],
    [['build', '--archtecture', 'arm64'], "error: unknown option '--archtecture'\n(Did you mean --architecture?)\n"],
    [['deploy', '--functon-name=x'], "error: unknown option '--functon-name=x'\n(Did you mean --function-name?)\n"],
    [['--functionname', 'x', 'manage'], "error: unknown option '--functionname'\n(Did you mean --function-name?)\n"],
    [['deploy', '--dryrun'], "error: unknown option '--dryrun'\n(Did you mean --dry-run?)\n"],
    [['deploy', '--memory'], "error: option '--memory <MB>' argument missing\n"],
    [['build', 'shop'], "error: too many arguments for 'build'. Expected 0 arguments but got 1.\n"],
    [
      ['deploy', '--migrate', 'true'],
      "error: too many arguments for 'deploy'. Expected 0 arguments but got 1.\n(Write --migrate or --no-migrate, without a word behind it.)\n",
    ],
    [['manage', '-c'], "error: option '-c, --command <TEXT>' argument missing\n"],
  ])('%j ends with 2 and says what was meant', async (args, stderr) => {
    expect(await wsgiLambda(args)).toMatchObject({ exitCode: 2, stdout: '', stderr })
  })
})

describe('what a remote command passes on', () => {
  const shop = ['--function-name', 'shop']

  test.each<[string, readonly string[], unknown]>([
    [
      'everything after the command',
      [...shop, 'manage', 'migrate', '--plan', '-v', '2'],
      { command: 'manage', data: 'migrate --plan -v 2', arguments: ['migrate', '--plan', '-v', '2'] },
    ],
    [
      'also what looks like our own options',
      [...shop, 'manage', 'migrate', '--json', '-c', 'x', '--help', '--version', '--function-name', 'other', '-q'],
      {
        command: 'manage',
        data: 'migrate --json -c x --help --version --function-name other -q',
        arguments: ['migrate', '--json', '-c', 'x', '--help', '--version', '--function-name', 'other', '-q'],
      },
    ],
    [
      'options that are not ours, right after the kind',
      [...shop, 'manage', '--traceback', 'check', '--deploy'],
      { command: 'manage', data: '--traceback check --deploy', arguments: ['--traceback', 'check', '--deploy'] },
    ],
    [
      'behind two dashes, also what would be ours',
      [...shop, 'manage', '--', '--help'],
      { command: 'manage', data: '--help', arguments: ['--help'] },
    ],
    [
      'words with spaces',
      [...shop, 'flask', 'seed', 'a b', ''],
      { command: 'flask', data: "seed 'a b' ''", arguments: ['seed', 'a b', ''] },
    ],
    ['one text', [...shop, 'manage', '-c', 'migrate --plan -v 2'], { command: 'manage', data: 'migrate --plan -v 2' }],
    ['one text, in full', [...shop, 'manage', '--command=check'], { command: 'manage', data: 'check' }],
    ['code', [...shop, 'exec', '-c', 'print(1 + 1)'], { command: 'exec', data: 'print(1 + 1)', arguments: [] }],
    [
      'a file, with its name and its arguments',
      [...shop, 'exec', '-f', './script.py', '--dry-run', 'a b'],
      { command: 'exec', data: 'print("ü")\n', file: './script.py', arguments: ['--dry-run', 'a b'] },
    ],
    [
      'code from standard input',
      [...shop, 'exec', '-f', '-'],
      { command: 'exec', data: 'print("from ü")\n', file: '-', arguments: [] },
    ],
    [
      'standard input and variables, as own options in both places',
      ['-i', '--env', 'A=1', ...shop, 'exec', '--env', 'B', '--env=C=x=y', '-c', 'print(1)'],
      {
        command: 'exec',
        data: 'print(1)',
        arguments: [],
        stdin: Buffer.from('print("from ü")\n').toString('base64'),
        environment: { A: '1', B: 'from here', C: 'x=y' },
      },
    ],
    [
      'what is no option of ours any more',
      [...shop, 'manage', 'check', '-i', '--stdin', '--env', 'A=1'],
      {
        command: 'manage',
        data: 'check -i --stdin --env A=1',
        arguments: ['check', '-i', '--stdin', '--env', 'A=1'],
      },
    ],
    ['a line of shell', [...shop, 'shell', '-c', 'ls | wc -l'], { command: 'command', data: 'ls | wc -l' }],
    [
      'a program and its arguments',
      [...shop, 'shell', 'ls', '-l', 'a b'],
      { command: 'command', data: "ls -l 'a b'", arguments: ['ls', '-l', 'a b'] },
    ],
    ['the other name of shell', [...shop, 'command', 'ls'], { command: 'command', data: 'ls', arguments: ['ls'] }],
    [
      'own options right after the kind',
      ['manage', '--function-name', 'shop', '--qualifier', '7', 'check'],
      { command: 'manage', data: 'check', arguments: ['check'] },
    ],
    [
      'own options in both places',
      ['--qualifier', '7', 'manage', '--function-name', 'shop', '-c', 'check'],
      { command: 'manage', data: 'check' },
    ],
  ])('%s', async (_, args, expected) => {
    expect(await sent(args, 'print("from ü")\n', { B: 'from here' })).toEqual(expected)
    expect(contexts).toEqual(['{"custom":{"wsgi-lambda":"1"}}'])
  })

  test.each([
    [['--function-name', 'shop', 'manage', 'check'], 'shop', 'live'],
    [['--function-name', 'shop', '--alias', 'blue', 'manage', 'check'], 'shop', 'blue'],
    [['--function-name', 'shop', '--qualifier', '7', 'manage', 'check'], 'shop', '7'],
    [['manage', '--function-name', 'shop', '--qualifier', '7', 'check'], 'shop', '7'],
    [['--function-name', 'other', 'manage', '--function-name', 'shop', 'check'], 'shop', 'live'],
    [['--qualifier', '6', '--function-name', 'shop', 'manage', '--qualifier', '7', 'check'], 'shop', '7'],
  ])('%j runs on %s, %s: what stands next to the command counts', async (args, name, qualifier) => {
    await sent(args)
    expect(calls.filter(isNoLookForCommands)).toEqual([
      `GET /2015-03-31/functions/${name}/configuration?Qualifier=${qualifier}`,
      `POST /2015-03-31/functions/${name}/invocations?Qualifier=${qualifier}`,
    ])
  })

  test('the name may come from the environment, and a flag wins', async () => {
    const env = { WSGI_LAMBDA_FUNCTION_NAME: 'from-environment' }
    await wsgiLambda(['manage', 'check'], { env })
    await wsgiLambda(['--function-name', 'shop', 'manage', 'check'], { env })
    expect(calls.filter(isNoLookForCommands).map((call) => call.split('/')[3])).toEqual([
      'from-environment',
      'from-environment',
      'shop',
      'shop',
    ])
  })
})

describe('how a remote command ends', () => {
  const check = ['--function-name', 'shop', 'manage', 'check']

  test.each([0, 1, 2, 3, 125, 255])('with its own exit code, %d, and its output alone', async (code) => {
    answer = (_, outgoing) => {
      send(outgoing, 200, [code, 'line ü\nno newline'])
    }
    expect(await wsgiLambda(check)).toMatchObject({ exitCode: code, stdout: 'line ü\nno newline', stderr: '' })
  })

  test('with its output unchanged, byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 254, 10, 27, 128])
    answer = (_, outgoing) => {
      send(outgoing, 200, { exitCode: 0, output: bytes.toString('base64'), isBase64Encoded: true, omittedBytes: 0 })
    }
    expect((await wsgiLambda(check)).bytes).toEqual(bytes)
  })

  test('and says on standard error where the rest of a long output is', async () => {
    answer = (_, outgoing) => {
      const log = { logGroup: '/aws/lambda/shop', logStream: '2026/11/23/[7]abc' }
      send(outgoing, 200, { exitCode: 0, output: 'both ends', isBase64Encoded: false, omittedBytes: 12, ...log })
    }
    expect(await wsgiLambda(['--quiet', ...check])).toMatchObject({
      exitCode: 0,
      stdout: 'both ends',
      stderr:
        '! 12 bytes of the output are left out\n  Its log has them: the stream 2026/11/23/[7]abc of /aws/lambda/shop.\n',
    })
  })

  test('and says on standard error what a function of serverless-wsgi did not take', async () => {
    const ended = await wsgiLambda(['--env', 'A=1', ...check])
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'done\n' })
    expect(ended.stderr).toContain('! The function did not take the variables\n')
  })

  test.each<[string, typeof answer, string]>([
    [
      'the function fails',
      (_, outgoing) => {
        const failure = { errorType: 'ImportError', errorMessage: 'No module named shop' }
        send(outgoing, 200, failure, { 'x-amz-function-error': 'Unhandled' })
      },
      '✖ The function failed: ImportError\n  No module named shop\n',
    ],
    [
      'the function is another’s',
      (_, outgoing) => {
        send(outgoing, 200, { statusCode: 200 })
      },
      '✖ The function gave an answer that is not a command result\n',
    ],
    [
      'its answer is of no shape at all',
      (_, outgoing) => {
        send(outgoing, 200, { errorMessage: 5, stackTrace: 'x' }, { 'x-amz-function-error': 'Handled' })
      },
      '✖ The function failed\n',
    ],
    [
      'the connection breaks',
      (incoming) => incoming.socket.destroy(),
      '✖ It is not known how the command ended\n  AWS could not be reached (ECONNRESET)\n',
    ],
    [
      'AWS refuses',
      (_, outgoing) => {
        send(outgoing, 403, { Message: 'no' }, { 'x-amzn-errortype': 'AccessDeniedException' })
      },
      '✖ The credentials may not do lambda:InvokeFunction on shop:live\n',
    ],
    [
      'the service fails',
      (_, outgoing) => {
        send(outgoing, 500, { Message: 'no' }, { 'x-amzn-errortype': 'ServiceException' })
      },
      '✖ It is not known how the command ended\n  lambda:InvokeFunction failed: ServiceException\n',
    ],
  ])('with 125 when %s: it is asked once', async (_, given, stderr) => {
    answer = given
    const ended = await wsgiLambda(check, { env: { AWS_MAX_ATTEMPTS: '3' } })
    expect([ended.exitCode, ended.stdout]).toEqual([125, ''])
    expect(ended.stderr).toContain(stderr)
    expect(events).toHaveLength(1)
  })

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['there is no such function', ['--function-name', 'missing', 'manage', 'check'], {}, 'missing:live does not exist'],
    [
      'AWS cannot be reached',
      check,
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      'AWS could not be reached (ECONNREFUSED)',
    ],
    ['the region is empty', check, { AWS_REGION: '' }, 'The AWS region is not valid'],
  ])('with 125 when it never ran: %s', async (_, args, env, title) => {
    const ended = await wsgiLambda(args, { env })
    expect([ended.exitCode, ended.stdout, events]).toEqual([125, '', []])
    expect(ended.stderr).toContain(`✖ ${title}\n`)
  })

  test.each([
    [['manage', 'check'], 'function-name is missing'],
    [['--function-name', 'a b', 'manage', 'check'], '--function-name is not valid'],
    [['--function-name', 'shop', 'exec'], 'exec needs -c CODE or -f FILE'],
    [['--function-name', 'shop', 'exec', '-c', 'a', '-f', 'b'], 'exec takes -c or -f, not both'],
    [['--function-name', 'shop', 'exec', '-f', 'missing.py'], 'The file missing.py cannot be read'],
    [['--function-name', 'shop', 'manage', '-f', 'script.py'], 'manage takes no file'],
    [['--function-name', 'shop', '--env', 'NOT_HERE', 'manage', 'check'], '--env NOT_HERE has no value'],
    [['--function-name', 'shop', '-i', 'exec', '-f', '-'], '-f - and -i both read standard input'],
  ])('with 2 when the arguments are wrong: %j', async (args, title) => {
    const ended = await wsgiLambda(args)
    expect([ended.exitCode, ended.stdout, calls]).toEqual([2, '', []])
    expect(ended.stderr).toContain(`✖ ${title}\n`)
  })
})

describe('--json prints one object on standard output', () => {
  /** Fails where there is more than one, or anything else. */
  const parse = ({ stdout }: Ended): unknown => JSON.parse(stdout)
  const check = ['--function-name', 'shop', 'manage', 'check']

  test.each([[['--json', ...check]], [['--function-name', 'shop', 'manage', '--json', 'check']]])(
    '%j',
    async (args) => {
      answer = (_, outgoing) => {
        send(outgoing, 200, [3, 'done\n'])
      }
      const ended = await wsgiLambda(args)
      expect(ended).toMatchObject({ exitCode: 3, stderr: '' })
      expect(parse(ended)).toEqual({ exitCode: 3, output: 'done\n' })
    },
  )

  const told = { id: 'i', requestId: 'r', logGroup: 'g', logStream: 's', seconds: 1.25 }
  test.each([
    [{ output: 'ü\n', isBase64Encoded: false, omittedBytes: 0 }],
    [{ output: '/w==', isBase64Encoded: true, omittedBytes: 5 }],
  ])('with all that the function tells: %j', async (reply) => {
    answer = (_, outgoing) => {
      send(outgoing, 200, { exitCode: 3, ...reply, ...told })
    }
    expect(parse(await wsgiLambda(['--json', ...check]))).toEqual({ exitCode: 3, ...reply, ...told })
  })

  test.each<[string, readonly string[], number, string]>([
    ['settings that are wrong', ['build', '--json', '--project', '../empty'], 2, 'No WSGI application was found'],
    [
      'a command that never ran',
      ['--json', '--function-name', 'missing', 'manage', 'check'],
      125,
      'missing:live does not exist',
    ],
    ['a project that is none', ['--json', 'build', '--project', 'nowhere'], 2, 'The project "nowhere" is not a folder'],
    ['an unknown command', ['--json', 'depoly'], 2, "unknown command 'depoly'"],
    ['an unknown option', ['build', '--json', '--archtecture', 'arm64'], 2, "unknown option '--archtecture'"],
    ['an option without its value', ['build', '--json', '--output'], 2, "option '--output <FILE>' argument missing"],
  ])('in failure: %s', async (_, args, exitCode, title) => {
    const ended = await wsgiLambda(args)
    expect(ended.exitCode).toBe(exitCode)
    const { error } = parse(ended) as { error: { title: string }[] }
    expect(error[0]?.title).toContain(title)
    expect(ended.stderr).toContain(title)
  })

  test('in success of help there is nothing to print but help', async () => {
    expect((await wsgiLambda(['build', '--json', '--help'])).stdout).toContain('Usage:')
  })
})

describe('settings and failures', () => {
  test.each([
    ...['build', 'deploy', 'plan', 'rollback'].map((command) => [command, 1] as const),
    // Of a remote command, any other code would be the command's own.
    ['manage', 125] as const,
  ])("%s refuses a fork's code beside secrets, as the action does: exit code %d", async (command, ownCode) => {
    const path = join(folder, 'event.json')
    const head = { sha: 'a'.repeat(40), repo: { full_name: 'stranger/shop' } }
    await writeFile(path, JSON.stringify({ action: 'opened', pull_request: { number: 7, head } }))
    const env = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: 'octo/shop' }
    const { exitCode, stdout } = await wsgiLambda([command, '--json'], { env })
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      ownCode,
      {
        error: [expect.objectContaining({ title: expect.stringContaining("the code is a fork's (stranger/shop)") })],
      },
    ])
    expect(calls).toEqual([])
  })

  test('every mistake is reported at once', async () => {
    const { exitCode, stdout, stderr } = await wsgiLambda([
      ...['deploy', '--memory', 'lots', '--timeout', '901', '--function-url', 'open', '--role', 'admin'],
      ...['--environment', 'NO EQUALS', '--project', '../empty'],
    ])
    expect([exitCode, stdout]).toEqual([2, ''])
    for (const name of ['memory', 'timeout', 'function-url', 'role', 'environment']) {
      expect(stderr).toContain(`✖ --${name} is not valid\n`)
    }
    for (const title of ['function-name is missing', 'No WSGI application was found', 'No manifest was found']) {
      expect(stderr).toContain(`✖ ${title}`)
    }
  })

  test('no-deploy takes names: it is not the opposite of something', async () => {
    const { exitCode, stderr } = await wsgiLambda(['build', '--no-deploy', '!', '--project', '../empty'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('✖ --no-deploy is not valid\n')
  })

  test.each(['--no-deploy', '--groups', '--commands'])('%s may be repeated, and every value counts', async (flag) => {
    const { exitCode, stderr } = await wsgiLambda(['build', flag, '!', flag, 'fine', '--project', '../empty'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`✖ ${flag} is not valid\n`)
  })

  test('a flag may have several lines, as an input of the action has', async () => {
    const { stderr } = await wsgiLambda(['build', '--groups', 'web\nadmin', '--groups', 'api', '--project', '../empty'])
    expect(stderr).toContain('✖ No manifest was found')
    expect(stderr).not.toContain('groups')
  })

  test('a build that fails ends with 1', async () => {
    const { exitCode, stderr } = await wsgiLambda([
      ...['build', '--builder', 'host', '--runtime', 'python3.13', '--python-bin', join(folder, 'no-python')],
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^✖ The host builder needs Python 3\.13 .*\n {2}\S*no-python was not found/m)
    expect(stderr).not.toContain('defect')
  })

  test.each([[['--no-color', 'build']], [['build', '--no-color']]])('%j has no colours', async (args) => {
    const env = { FORCE_COLOR: '1' }
    const wrong = ['--project', '../empty']
    const [coloured, plain] = await Promise.all([
      wsgiLambda(['build', ...wrong], { env }),
      wsgiLambda([...args, ...wrong], { env }),
    ])
    expect(coloured.stderr).toContain('\u001b[')
    expect(plain.stderr).not.toContain('\u001b[')
  })

  test('a switch can be taken back: the last word counts', async () => {
    await writeFile(join(folder, 'shop/pyproject.toml'), '[tool.wsgi-lambda]\nmemory = "lots"\nsmoke = true\n')
    const { stderr } = await wsgiLambda(['deploy', '--no-smoke', '--memory', '128'])
    await rm(join(folder, 'shop/pyproject.toml'))
    expect(stderr).toContain('✖ memory in pyproject.toml is not valid\n')
    expect(stderr).not.toContain('smoke')
  })
})
