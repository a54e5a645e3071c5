import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { targetOf } from '../../src/platform/runtimes.ts'
import { type CachedStore, restoreStore, saveStore } from '../../src/store/cache.ts'
import { type CacheAnswer, hasCacheService } from '../../src/store/cache-service.ts'
import type { CacheTask } from '../../src/store/cache-task.ts'
import { folderStore } from '../../src/store/folder.ts'
import type { StoreKind } from '../../src/store/store.ts'
import { recordingReporter } from '../report/recording.ts'

let folder: string
let project: string
let report: ReturnType<typeof recordingReporter>
let tasks: CacheTask[]
/** What the service answers; by default it saves everything and has nothing. */
let answer: (task: CacheTask) => Partial<CacheAnswer>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  project = join(folder, 'project')
  await mkdir(project)
  await writeFile(join(project, 'requirements.txt'), 'flask==3.1.0\n')
  report = recordingReporter()
  tasks = []
  answer = (task) => ({ key: task.kind === 'save' ? task.key : undefined })
})
afterEach(() => rm(folder, { recursive: true }))

const storeFolder = (): string => join(folder, 'store')
const collaborators = () => ({
  run: (task: CacheTask): Promise<CacheAnswer> => {
    tasks.push(task)
    return Promise.resolve({ key: undefined, problems: [], ...answer(task) })
  },
  report,
})
const settings = (changes: { cache?: boolean; cachePrivate?: boolean } = {}) => ({
  cache: true,
  cachePrivate: false,
  storeSize: 50,
  project,
  manifest: { kind: 'requirements', path: 'requirements.txt' } as const,
  target: targetOf('python3.13', 'arm64'),
  ...changes,
})
const restore = (changes?: Parameters<typeof settings>[0]): Promise<CachedStore | undefined> =>
  restoreStore(settings(changes), storeFolder(), collaborators())
async function make(kind: StoreKind, key: string, isPrivate = false): Promise<string> {
  await using store = folderStore({ folder: storeFolder(), mostBytes: 1e6, onUnwritable: () => undefined })
  return await store.keep(kind, key, (path) => writeFile(path, key), { isPrivate })
}
/** A run of the action that makes one slice. @returns the task that saved, where one did */
async function runWith(kind: StoreKind, key: string, changes?: Parameters<typeof settings>[0]) {
  const cached = await restore(changes)
  await make(kind, key)
  if (cached) await saveStore(cached, '4242', collaborators())
  return tasks.findLast((task) => task.kind === 'save')
}

test('a store is looked for by its lock, then by its target', async () => {
  await restore()
  expect(tasks).toEqual([
    {
      kind: 'restore',
      paths: expect.arrayContaining([join(storeFolder(), 'slices'), join(storeFolder(), 'wheels')]),
      key: expect.stringMatching(/^wsgi-lambda-1-python3\.13-arm64-[0-9a-f]{16}-$/),
      otherKeys: ['wsgi-lambda-1-python3.13-arm64-'],
    },
  ])
})

test('another lock looks for another key first', async () => {
  await restore()
  await writeFile(join(project, 'requirements.txt'), 'flask==3.1.1\n')
  await restore()
  const [first, second] = tasks.map(({ key }) => key)
  expect(first).not.toBe(second)
})

test('new dependencies are saved under the lock and what they are', async () => {
  const saved = await runWith('slices', 'aa')
  expect(saved?.key).toMatch(/^wsgi-lambda-1-python3\.13-arm64-[0-9a-f]{16}-[0-9a-f]{16}$/)
  expect(saved?.paths).toEqual(tasks[0]?.paths)
  expect(report.of('info')).toEqual([`store: kept in GitHub's cache (${saved?.key ?? ''})`])
})

describe('what was restored is saved again', () => {
  let key: string
  beforeEach(async () => {
    key = (await runWith('slices', 'aa'))?.key ?? ''
    await rm(storeFolder(), { recursive: true })
    tasks = []
  })

  /** A run that the service gives the archive of the first one. */
  const again = async (made: readonly [StoreKind, string][], changes = {}) => {
    answer = (task) => ({ key: task.kind === 'save' ? task.key : key, ...changes })
    const cached = await restore()
    await make('slices', 'aa') // The archive's content.
    for (const [kind, name] of made) await make(kind, name)
    if (cached) await saveStore(cached, '4242', collaborators())
    return tasks.filter((task) => task.kind === 'save')
  }

  test('not where nothing was added', async () => {
    expect(await again([])).toEqual([])
    expect(report.of('info')).toContain(`store: from GitHub's cache (${key})`)
  })

  test('not where only files of the application were', async () => {
    expect(await again([['applications', 'bb']])).toEqual([])
  })

  test('not where only the lock is another one', async () => {
    await writeFile(join(project, 'requirements.txt'), '# the same\nflask==3.1.0\n')
    expect(await again([])).toEqual([])
  })

  test.each(['slices', 'wheels', 'selections', 'resolutions'] as const)('where there are more %s', async (kind) => {
    const [saved] = await again([[kind, 'bb']])
    expect(saved?.key).not.toBe(key)
  })

  test('under another key, where it could not be unpacked', async () => {
    const [saved] = await again([], { key: undefined, problems: ['Tar failed'] })
    expect(saved?.key).toBe(`${key}-4242`)
    expect(report.of('notice')[0]).toBe("GitHub's cache was not used")
    key = saved?.key ?? ''
    tasks = []
    await rm(storeFolder(), { recursive: true })
    expect(await again([])).toEqual([])
  })
})

test('what was not used for a week is left out', async () => {
  const cached = await restore()
  const old = await make('slices', 'aa')
  await make('slices', 'bb')
  const twoWeeksAgo = new Date(Date.now() - 14 * 86_400_000)
  await utimes(old, twoWeeksAgo, twoWeeksAgo)
  if (cached) await saveStore(cached, '4242', collaborators())
  expect((await readdir(join(storeFolder(), 'slices'))).map((name) => name.slice(0, 2))).toEqual(['bb'])
})

test('what the store may not hold is left out before it is saved', async () => {
  const cached = await restore()
  const old = await make('slices', 'aa')
  await make('slices', 'bb')
  const anHourAgo = new Date(Date.now() - 3_600_000)
  await utimes(old, anHourAgo, anHourAgo)
  let saved: readonly string[] = []
  const run = async (task: CacheTask): Promise<CacheAnswer> => {
    saved = await readdir(join(storeFolder(), 'slices'))
    return { key: task.key, problems: [] }
  }
  if (cached) await saveStore({ ...cached, mostBytes: 3 }, '4242', { run, report })
  expect(saved.map((name) => name.slice(0, 2))).toEqual(['bb'])
})

describe('what is private', () => {
  test('is left out', async () => {
    const cached = await restore()
    await make('slices', 'aa', true)
    if (cached) await saveStore(cached, '4242', collaborators())
    expect(tasks.map(({ kind }) => kind)).toEqual(['restore'])
    expect(tasks[0]?.paths.filter((path) => path.endsWith('-private'))).toEqual([])
  })

  test('is saved where that is wanted, apart from what others restore', async () => {
    const cached = await restore({ cachePrivate: true })
    await make('slices', 'aa', true)
    if (cached) await saveStore(cached, '4242', collaborators())
    expect(tasks.map(({ kind }) => kind)).toEqual(['restore', 'save'])
    expect(tasks[1]?.paths).toContain(join(storeFolder(), 'slices-private'))
  })
})

describe('the cache has no part', () => {
  test('where it is turned off', async () => {
    expect(await restore({ cache: false })).toBeUndefined()
    expect(tasks).toEqual([])
  })

  test('on a runner that keeps its disk', async () => {
    await make('slices', 'aa')
    expect(await restore()).toBeUndefined()
    expect(tasks).toEqual([])
  })
})

describe('a service that refuses', () => {
  test.each([
    [
      'the token is read-only',
      'Unable to reserve: cache write denied: untrusted event',
      [],
      ['this run may only read'],
    ],
    [
      'another run saves the same',
      'Failed to CreateCacheEntry: Failed request: (409) Conflict: cache entry with the same key already exists',
      [],
      ['another run keeps the same'],
    ],
    ['too many requests', 'Rate limited', ["The store was not kept in GitHub's cache"], []],
  ])('%s', async (_, problem, notices, remarks) => {
    answer = (task) => (task.kind === 'save' ? { problems: [problem] } : {})
    await runWith('slices', 'aa')
    expect(report.of('notice')).toEqual(notices)
    expect(report.of('info').filter((line) => remarks.some((remark) => line.includes(remark)))).toHaveLength(
      remarks.length,
    )
  })

  test('another run has saved the same meanwhile: nothing to say', async () => {
    answer = () => ({})
    await runWith('slices', 'aa')
    expect(report.lines).toEqual([])
  })
})

test.each([
  [{}, false],
  [{ ACTIONS_CACHE_URL: 'http://127.0.0.1/' }, true],
  [{ ACTIONS_RESULTS_URL: 'http://127.0.0.1/' }, false],
  [{ ACTIONS_RESULTS_URL: 'http://127.0.0.1/', ACTIONS_CACHE_SERVICE_V2: 'True' }, true],
  [{ ACTIONS_CACHE_URL: 'http://127.0.0.1/', ACTIONS_CACHE_SERVICE_V2: 'True' }, false],
])('whether there is a service: %j', (environment, has) => {
  expect(hasCacheService(environment)).toBe(has)
})
