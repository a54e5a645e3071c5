import { randomBytes } from 'node:crypto'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

/** Remote commands from the bundle to a deployed function, which AWS's own runtime client runs. */

const SCRIPT = `import json, os, subprocess, sys
print(sys.argv, os.environ.get("GIVEN"), __file__)
print(json.dumps(["to", "stderr"]), file=sys.stderr)
subprocess.run(["sh", "-c", "echo from a subprocess"])

def outer():
    return inner()

def inner():
    raise SystemExit(sys.argv[1]) if len(sys.argv) > 1 else ValueError("why")

outer()
`

let world: World
let address = ''
const run = (args: readonly string[], options?: Parameters<World['cli']>[1]): Promise<Ended> =>
  world.cli(['--function-name', 'commands', ...args], options)

beforeAll(async () => {
  world = await startWorld()
  const project = join(world.folder, 'project')
  await cp(join(REPOSITORY, '__tests__/fixtures/bare-wsgi'), project, { recursive: true })
  await writeFile(join(world.folder, 'script.py'), SCRIPT)
  await writeFile(join(world.folder, 'script.sh'), '#!/bin/sh -u\necho "$1" >&2\nkill -9 $$\n')
  const deployed = await world.deploy([
    ...['--project', project, '--function-name', 'commands', '--timeout', '4', '--json'],
    ...['--commands', 'exec', '--commands', 'shell', '--before-traffic', "shell echo 'a  b'"],
  ])
  expect(deployed.stderr).toContain('a  b')
  expect(deployed.exitCode).toBe(0)
  address = (JSON.parse(deployed.stdout) as { function: { url: string } }).function.url
}, 180_000)
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** What the function has logged, as CloudWatch Logs tells it. */
async function log(): Promise<string> {
  const answer = await fetch(world.proxy.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.FilterLogEvents',
      authorization: `AWS4-HMAC-SHA256 Credential=emulator-access-key/20261123/${world.emulator.region}/logs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ logGroupName: '/aws/lambda/commands', limit: 10_000 }),
  })
  const { events } = (await answer.json()) as { events: readonly { readonly message: string }[] }
  return events.map(({ message }) => message).join('\n')
}

describe('a file', () => {
  test('runs with its arguments, variables, subprocesses and exit code, in the order of what it prints', async () => {
    const ended = await run(['--env', 'GIVEN=ü =', 'exec', '-f', 'script.py', '7', 'a b'])
    expect(ended).toMatchObject({
      exitCode: 1,
      stdout: `['script.py', '7', 'a b'] ü = script.py\n["to", "stderr"]\nfrom a subprocess\n7\n`,
      stderr: '',
    })
  })

  test('that fails shows its own name and lines, after what it printed', async () => {
    const { exitCode, stdout } = await run(['exec', '-f', './script.py'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^\['\.\/script\.py'\] None \.\/script\.py\n\["to", "stderr"\]\nfrom a subprocess\nTraceback/,
    )
    expect(stdout).toContain('  File "./script.py", line 12, in <module>\n    outer()\n')
    expect(stdout).toContain('  File "./script.py", line 10, in inner\n    raise SystemExit(sys.argv[1]) if')
    expect(stdout).toMatch(/\nValueError: why\n$/)
  })

  test('of another language runs by its shebang, and ends by a signal', async () => {
    expect(await run(['shell', '-f', 'script.sh', 'a  b'])).toMatchObject({ exitCode: 137, stdout: 'a  b\n' })
  })
})

test('bytes arrive unchanged, there and back', async () => {
  const input = Buffer.concat([randomBytes(300_000), Buffer.from([0, 255, 10, 13])])
  const { exitCode, bytes } = await run(['-i', 'shell', 'cat'], { input })
  expect([exitCode, bytes.equals(input)]).toEqual([0, true])
})

test('words reach a program as they are', async () => {
  const words = ['a b', "it's", '$HOME', '*', '', '"', '\\', '-c', '--json']
  const { stdout } = await run(['shell', 'printf', '%s\\n', ...words])
  expect(stdout).toBe(`${words.join('\n')}\n`)
})

test('more than Lambda passes is cut in the middle, and the log has it', async () => {
  const code = 'for n in range(80): print(f"line {n}", "x" * 100_000)'
  const { exitCode, stdout, stderr } = await run(['exec', '-c', code])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^line 0 x+\n/)
  expect(stdout).toMatch(/line 79 x+\n$/)
  expect(stdout).toMatch(/\[\.\.\. \d+ bytes of output are left out here; .*: \/aws\/lambda\/commands \S+ \.\.\.\]/)
  expect(stderr).toMatch(
    /^! \d+ bytes of the output are left out\n {2}Its log has them: the stream \S+ of \/aws\/lambda\/commands\.\n$/,
  )
}, 60_000)

test('a command that takes too long ends in time, with what it printed', async () => {
  const ended = await run(['shell', '-c', 'echo begun; sleep 60'])
  expect(ended).toMatchObject({
    exitCode: 124,
    stdout: expect.stringMatching(/^begun\n\nwsgi-lambda: gave up after/) as unknown,
  })
}, 60_000)

test('--json tells all that the function tells, and the log how it ended', async () => {
  const { exitCode, stdout } = await run(['--json', '--env', 'TOKEN=very-secret', 'exec', '-c', 'print(5); exit(3)'])
  const told = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  expect(exitCode).toBe(3)
  expect(told).toEqual({
    exitCode: 3,
    output: '5\n',
    isBase64Encoded: false,
    omittedBytes: 0,
    id: expect.stringMatching(/^[\da-f-]{36}$/),
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    logGroup: '/aws/lambda/commands',
    logStream: expect.stringMatching(/./),
    seconds: expect.any(Number),
  })
  const lines = (await log()).split('\n').filter((line) => line.includes(String(told['id'])))
  expect(lines).toEqual([
    expect.stringContaining('runs command exec ["print(5); exit(3)"] with variables ["TOKEN"]'),
    expect.stringContaining('command exec ended with exit code 3 after '),
  ])
  expect(await log()).not.toContain('very-secret')
})

test('a refused command says so, and the log too', async () => {
  const refused = await run(['manage', 'migrate'])
  expect(refused).toMatchObject({
    exitCode: 126,
    stdout: expect.stringContaining("'manage migrate' is not allowed") as unknown,
  })
  expect(await log()).toContain('refused command manage ["migrate"]')
})

describe('what is not our client', () => {
  const command = {
    '_serverless-wsgi': { command: 'shell', data: 'echo it ran; echo $GIVEN', environment: { GIVEN: 'x' } },
  }

  test('gets the answer of serverless-wsgi where it may invoke the function', async () => {
    const lambda = new LambdaClient({
      endpoint: world.proxy.endpoint,
      region: world.emulator.region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const { Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: 'commands', Qualifier: 'live', Payload: JSON.stringify(command) }),
    )
    lambda.destroy()
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual([0, 'it ran\n\n'])
  })

  test('and is a visitor at the function’s address, whatever it sends', async () => {
    const marked = Buffer.from('{"custom":{"wsgi-lambda":"1"}}').toString('base64')
    const origin = world.proxy.urlOrigin.replace('{id}', new URL(address).hostname.split('.')[0] ?? '')
    const before = (await log()).match(/command shell/g)?.length
    const answer = await fetch(`${origin}/`, {
      method: 'POST',
      body: JSON.stringify(command),
      headers: { 'x-amz-client-context': marked, 'lambda-runtime-client-context': marked },
    })
    expect(answer.status).toBeLessThan(500)
    expect(await answer.text()).not.toContain('it ran')
    expect((await log()).match(/command shell/g)?.length).toBe(before)
  })
})
