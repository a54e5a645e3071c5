import { once } from 'node:events'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { type ActionResult, runAction } from '../support/action-runner.ts'
import { type FakeCache, startFakeCache } from '../support/fake-cache.ts'
import { containing } from '../support/matchers.ts'
import { machineVariables } from '../support/world.ts'

jest.setTimeout(120_000)

let folder: string
let python: Python
let cache: FakeCache
let project: string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-cache-')))
  const [found] = await findPythons()
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  cache = await startFakeCache()
  project = await mkdtemp(join(folder, 'project-'))
  await writeFile(join(project, 'wsgi.py'), 'def application(environ, start_response): ...\n')
  await requireOnly('idna==3.10')
})
afterEach(async () => {
  await cache[Symbol.asyncDispose]()
})

const requireOnly = (line: string): Promise<void> => writeFile(join(project, 'requirements.txt'), `${line}\n`)

/** A job on a new runner: its store has nothing but what the cache gives it. */
async function job(inputs: Readonly<Record<string, string>> = {}, env = {}): Promise<ActionResult> {
  const store = join(folder, 'store')
  await rm(store, { recursive: true, force: true })
  return await runAction({
    inputs: {
      command: 'build',
      builder: 'host',
      runtime: `python${python.minor}`,
      'python-bin': python.path,
      check: 'false',
      // This machine may reach the public index by an address of its own.
      'cache-private': 'true',
      store,
      ...inputs,
    },
    env: { ...machineVariables(), ...cache.env, RUNNER_TOOL_CACHE: join(folder, 'tools'), ...env },
    workspace: project,
  })
}

const archives = (): string[] => [...cache.archives.keys()].map((name) => name.split(' ').at(-1) ?? '')

/** Instead of the one that speaks v2. */
async function useVersion(version: 1 | 2): Promise<void> {
  await cache[Symbol.asyncDispose]()
  cache = await startFakeCache(version)
}

test.each([1, 2] as const)(
  'what one job has built, the next one has, and saves only what is new: v%i',
  async (version) => {
    await useVersion(version)
    const first = await job()
    expect(first).toMatchObject({ exitCode: 0, annotations: [], post: { exitCode: 0 } })
    expect(archives()).toHaveLength(1)
    expect(first.post?.stdout).toContain(`store: kept in GitHub's cache (${archives()[0] ?? ''})`)

    cache.calls.length = 0
    const second = await job()
    expect(second.log).toContain(`store: from GitHub's cache (${archives()[0] ?? ''})`)
    expect(second.outputs['code-sha256']).toBe(first.outputs['code-sha256'])
    expect(cache.calls).toEqual(['GetCacheEntryDownloadURL', 'GET blob'])

    await requireOnly('idna==3.9')
    const third = await job()
    expect(third.log).toContain(`store: from GitHub's cache (${archives()[0] ?? ''})`)
    expect(archives()).toHaveLength(2)
  },
)

test('a pull request reads what main has saved, and main nothing of a pull request', async () => {
  await job()
  const [ofMain = ''] = archives()
  cache.scope = 'refs/pull/7/merge'
  await requireOnly('idna==3.9')
  const { log, exitCode } = await job()
  expect(exitCode).toBe(0)
  expect(log).toContain(`store: from GitHub's cache (${ofMain})`)
  expect(archives()).toHaveLength(2)

  cache.scope = 'main'
  const after = await job()
  expect(after.log).toContain(`store: from GitHub's cache (${ofMain})`)
  // Of the same name, which is taken in another scope alone.
  expect(after).toMatchObject({ annotations: [], post: { exitCode: 0 } })
  expect(archives()).toHaveLength(3)
  expect(archives()[2]).toBe(archives()[1])
})

const NO_ROLES =
  '<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles/></ListRolesResult></ListRolesResponse>'

describe('what builds nothing has no part in the cache', () => {
  const pull = { number: 7, head: { sha: 'a'.repeat(40), repo: { id: 42, full_name: 'octocat/shop' } } }
  test.each([
    ['destroy', 'pull_request', { action: 'closed', number: 7, pull_request: pull, repository: { id: 42 } }],
    ['sweep', 'schedule', { repository: { id: 42 } }],
  ])('%s neither restores nor saves', async (command, eventName, event) => {
    // Of AWS: there is nothing. IAM speaks XML.
    const aws = createServer((incoming, outgoing) => {
      const isQuery = incoming.headers['content-type']?.includes('urlencoded') ?? false
      outgoing.writeHead(200, { 'content-type': isQuery ? 'text/xml' : 'application/json' })
      outgoing.end(isQuery ? NO_ROLES : '{"ResourceTagMappingList": [], "logGroups": []}')
    })
    await once(aws.listen(0, '127.0.0.1'), 'listening')
    try {
      const ended = await runAction({
        inputs: { command },
        env: {
          ...{ ...machineVariables(), ...cache.env, AWS_REGION: 'eu-west-1' },
          ...{ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', GITHUB_REPOSITORY_ID: '42' },
          AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
        },
        ...{ workspace: await mkdtemp(join(folder, 'empty-')), eventName, event },
      })
      expect(ended).toMatchObject({ exitCode: 0, post: { exitCode: 0 } })
      expect(cache.calls).toEqual([])
    } finally {
      aws.close()
    }
  })
})

test('a job that fails after it has built keeps what it has built', async () => {
  const aws = createServer((incoming, outgoing) => {
    const [status, type] =
      incoming.method === 'GET' ? [404, 'ResourceNotFoundException'] : [403, 'AccessDeniedException']
    outgoing.writeHead(status, { 'x-amzn-errortype': type }).end('{"message": "no"}')
  })
  await once(aws.listen(0, '127.0.0.1'), 'listening')
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`
  const credentials = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
  try {
    const failed = await job(
      { command: 'deploy', 'function-name': 'shop', role: 'arn:aws:iam::123456789012:role/shop' },
      { AWS_ENDPOINT_URL: endpoint, ...credentials },
    )
    expect(failed).toMatchObject({
      exitCode: 1,
      annotations: [{ title: containing('may not do lambda:CreateFunction') }],
    })
    expect(archives()).toHaveLength(1)
  } finally {
    aws.close()
  }
})

test('what an index that is not public has stays out of it, unless that is wanted', async () => {
  const links = { PIP_FIND_LINKS: project }
  expect(await job({ 'cache-private': 'false' }, links)).toMatchObject({ exitCode: 0, post: { exitCode: 0 } })
  expect(archives()).toEqual([])
  await job({ 'cache-private': 'true' }, links)
  expect(archives()).toHaveLength(1)
})

test('the address of an archive is masked', async () => {
  const { masks, post } = await job()
  expect(masks).toContain('only-for-the-fake-cache')
  expect(post?.exitCode).toBe(0)
})

describe('a cache that cannot be used is told once, costs seconds, and no build', () => {
  const seconds = (started: number): number => (performance.now() - started) / 1000

  test.each([1, 2] as const)('an archive that is damaged: v%i', async (version) => {
    await useVersion(version)
    await job()
    const [name = ''] = cache.archives.keys()
    cache.archives.set(name, Buffer.from('no archive'))
    const again = await job()
    expect(again).toMatchObject({
      exitCode: 0,
      annotations: [{ level: 'notice', title: "GitHub's cache was not used" }],
    })
    expect(archives()).toHaveLength(2)
    expect(archives()[1]).toBe(`${archives()[0] ?? ''}-4242`)
    expect((await job()).log).toContain(`store: from GitHub's cache (${archives()[1] ?? ''})`)
  })

  test.each([
    [1, 403],
    [2, 200],
  ] as const)('one that may only be read: v%i', async (version, status) => {
    await useVersion(version)
    cache.refuse = (call) =>
      call === 'CreateCacheEntry' ? { status, message: 'cache write denied: untrusted event' } : undefined
    const { exitCode, annotations, post } = await job()
    expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
    expect(post).toMatchObject({ exitCode: 0, stdout: containing("this run may only read GitHub's cache") })
  })

  test.each<[string, 1 | 2, () => ReturnType<FakeCache['refuse']>]>([
    ['too many requests', 2, () => ({ status: 429, message: 'slow down' })],
    ['too many requests, v1', 1, () => ({ status: 429, message: 'slow down' })],
    ['a failing service', 2, () => ({ status: 503, message: 'down' })],
    ['a failing service, v1', 1, () => ({ status: 503, message: 'down' })],
    ['a service that does not answer', 2, () => 'silence'],
    ['a service that does not answer, v1', 1, () => 'silence'],
  ])('%s', async (_, version, refuse) => {
    await useVersion(version)
    cache.refuse = (call) => (call === 'GetCacheEntryDownloadURL' ? refuse() : undefined)
    const started = performance.now()
    const { exitCode, annotations } = await job()
    expect({ exitCode, annotations }).toMatchObject({
      exitCode: 0,
      annotations: [{ level: 'notice', title: "GitHub's cache was not used" }],
    })
    expect(seconds(started)).toBeLessThan(60)
    // The client by itself asks five times.
    expect(cache.calls.filter((call) => call === 'GetCacheEntryDownloadURL').length).toBeLessThan(3)
  })

  test('a service that is not there', async () => {
    const { exitCode, annotations, post } = await job({}, { ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/' })
    expect(exitCode).toBe(0)
    expect(annotations.map(({ level, title }) => [level, title])).toEqual([
      ['notice', "GitHub's cache was not used"],
      ['notice', "The store was not kept in GitHub's cache"],
    ])
    expect(post?.exitCode).toBe(0)
  })
})

test('what another run has saved meanwhile is no problem', async () => {
  cache.refuse = (call) =>
    call === 'CreateCacheEntry' ? { status: 409, message: 'cache entry with the same key already exists' } : undefined
  const { exitCode, annotations, post } = await job()
  expect({ exitCode, annotations }).toEqual({ exitCode: 0, annotations: [] })
  expect(post?.stdout).toContain("another run keeps the same in GitHub's cache")
})

test('without the setting, nobody is asked', async () => {
  expect(await job({ cache: 'false' })).toMatchObject({ exitCode: 0 })
  expect(cache.calls).toEqual([])
})
