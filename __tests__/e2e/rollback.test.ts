import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { RollbackResult } from '../../src/commands/rollback.ts'
import type { Versions } from '../../src/commands/versions.ts'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'
import { runAction } from '../support/action-runner.ts'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

let world: World
let project: string
let lambda: LambdaClient

beforeAll(async () => {
  world = await startWorld()
  project = join(world.folder, 'shop')
  await cp(join(REPOSITORY, '__tests__/fixtures/bare-wsgi'), project, { recursive: true })
  lambda = new LambdaClient({
    endpoint: world.emulator.endpoint,
    region: world.env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: world.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: world.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
  for (const text of ['one', 'two', 'three']) await deployed(text)
}, 240_000)

afterAll(async () => {
  lambda.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

/** A run of a workflow, as GitHub tells of it. */
function workflowRun(number: number): Record<string, string> {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: String(number).padStart(40, 'c'),
    GITHUB_ACTOR: 'octocat',
    GITHUB_REPOSITORY: 'octocat/shop',
    GITHUB_WORKFLOW_REF: 'octocat/shop/.github/workflows/deploy.yml@refs/heads/main',
    GITHUB_RUN_NUMBER: String(number),
    GITHUB_RUN_ID: '1234567890',
    GITHUB_EVENT_NAME: 'push',
  }
}

let runs = 0
async function deploy(
  text: string,
  args: readonly string[] = [],
  number = ++runs,
  output = 'shop.zip',
): Promise<Ended> {
  const answer = "start_response('200 OK', [('Content-Type', 'text/plain')])"
  const source = `def application(environ, start_response):\n    ${answer}\n    return [b'${text}']\n`
  await writeFile(join(project, 'wsgi.py'), source)
  return await world.cli(
    [
      'deploy',
      ...Object.entries(world.inputs).flatMap(([name, value]) => [`--${name}`, value]),
      ...['--project', project, '--app', 'wsgi:application', '--output', join(world.folder, output), '--no-check'],
      ...['--function-name', 'shop', ...args],
    ],
    { env: workflowRun(number) },
  )
}

async function deployed(text: string, args: readonly string[] = []): Promise<Ended> {
  const ended = await deploy(text, args)
  expect([ended.exitCode, ended.stderr]).toEqual([0, expect.any(String)])
  return ended
}

const cli = (...args: readonly string[]): Promise<Ended> => world.cli([...args, '--function-name', 'shop'])
const rollback = (...args: readonly string[]): Promise<Ended> => cli('rollback', ...args)
const list = async (): Promise<Versions> => JSON.parse((await cli('versions', '--json')).stdout) as Versions
const served = async (): Promise<string | undefined> => (await list()).function.version
const visit = async (stdout: string): Promise<string> =>
  (await world.visit(stdout.trim().split('\n').at(-1) ?? '')).text
const descriptionOf = async (alias: string): Promise<string | undefined> =>
  (await lambda.send(new GetAliasCommand({ FunctionName: 'shop', Name: alias }))).Description

describe('versions', () => {
  test('are listed with who released what', async () => {
    const { versions } = await list()
    expect(versions.map(({ version, serves, provenance }) => [version, serves, provenance?.workflow?.number])).toEqual([
      ['3', true, 3],
      ['2', false, 2],
      ['1', false, 1],
    ])
    const { stdout } = await cli('versions')
    expect(stdout).toMatch(/^\* 3 +20\d\d-\d\d-\d\d \d\d:\d\d +octocat +c{12} +[\d.]+ MB +live$/m)
  })

  test('of a function that does not exist', async () => {
    const { exitCode, stderr } = await world.cli(['versions', '--function-name', 'other'])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('The function other does not exist')])
  })
})

describe('rollback', () => {
  test('visitors get the version before, and then the one before that', async () => {
    const first = await rollback()
    expect(first.exitCode).toBe(0)
    expect(await visit(first.stdout)).toBe('two')
    expect(first.stdout).toContain('live: version 3 → 2')
    expect(first.stdout).toContain('What migrations have done to a database is not reversed')
    const second = await rollback('--json')
    expect(JSON.parse(second.stdout) as RollbackResult).toMatchObject({
      function: { name: 'shop', version: '1', alias: 'live' },
      from: '2',
      provenance: { actor: 'octocat', workflow: { number: 1 } },
    })
    expect((await rollback()).stderr).toContain('There is no earlier version to go back to')
  }, 60_000)

  test('a version can be named, a later one too', async () => {
    const { stdout, exitCode } = await rollback('--to', '3')
    expect(exitCode).toBe(0)
    expect(await visit(stdout)).toBe('three')
  }, 60_000)

  test.each([
    ['9', 1, 'Version 9 does not exist, or was deleted'],
    ['3', 1, 'Version 3 is what is served already'],
    ['live', 2, 'It is the number of a version'],
  ])('--to %s is refused, and nothing is written', async (version, code, message) => {
    const { exitCode, stderr } = await rollback('--to', version)
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(message)])
    expect(world.operations().filter((operation) => /^(?:Update|Create|Invoke)/.test(operation))).toEqual([])
  })

  test('in a workflow', async () => {
    const { exitCode, outputs } = await runAction({
      inputs: { command: 'rollback', 'function-name': 'shop', to: '2' },
      env: world.env,
      workspace: world.folder,
    })
    expect([exitCode, outputs['version'], outputs['changed']]).toEqual([0, '2', 'true'])
    expect(await served()).toBe('2')
  }, 60_000)
})

describe('one deployment after the other', () => {
  test('two at the same time: the second one goes on from what the first has done', async () => {
    const [first, second] = await Promise.all([deploy('four', [], 4, 'first.zip'), deploy('four', [], 5, 'second.zip')])
    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    const logs = [first.stdout, second.stdout]
    expect(logs.filter((log) => log.includes('Nothing to do'))).toHaveLength(1)
    expect(await served()).toBe('4')
    expect(await descriptionOf(LOCK_ALIAS)).toBe('wsgi-lambda lock: free')
  }, 120_000)

  test('an older run is refused, and nothing is written', async () => {
    world.proxy.clear()
    const { exitCode, stderr } = await deploy('old', [], 2)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('What is served is newer than what this run would release')
    expect(stderr).toContain('This run: run 2 of octocat/shop/deploy.yml')
    expect(world.operations().filter((operation) => !operation.startsWith('Get'))).toEqual([])
    expect(await served()).toBe('4')
  }, 60_000)

  test('unless somebody says so', async () => {
    const { exitCode } = await deploy('old', ['--allow-older'], 2)
    expect([exitCode, await served()]).toEqual([0, '5'])
  }, 60_000)
})

test('old versions are removed, but not what was served last', async () => {
  await deployed('six', ['--keep-versions', '1'])
  expect((await list()).versions.map(({ version }) => version)).toEqual(['6', '5'])
  expect(await descriptionOf('live')).toMatch(/^wsgi-lambda; served before: 5 4/)
}, 60_000)
