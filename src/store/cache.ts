import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter } from '../report/reporter.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { RunCacheTask } from './cache-service.ts'
import { isWhole, prune } from './folder.ts'
import { keyOf } from './records.ts'
import { foldersOf, STORE_KINDS, type StoreKind } from './store.ts'

/** Changes with what the store's files mean as a whole; each file's own key says the rest. */
const FORMAT = 1
/** GitHub forgets a cache that nobody reads for so long, and this program a file of it. */
const UNUSED_DAYS = 7
/** Their presence says whether the store is another one. The rest changes with every commit, and is not worth an upload. */
const DECISIVE: readonly StoreKind[] = ['slices', 'wheels', 'selections', 'resolutions']

/** What the first phase of a step tells the second one. Plain data. */
export interface CachedStore {
  readonly folder: string
  readonly mostBytes: number
  readonly isPrivateKept: boolean
  /** What the key begins with: format, runtime, architecture, lock. */
  readonly prefix: string
  /** The content's part of the key that was restored; undefined where nothing was. */
  readonly restored: string | undefined
  /** Whether what the service had could not be used: its key is taken, and another one is needed. */
  readonly isDamaged: boolean
}

interface Collaborators {
  readonly run: RunCacheTask
  readonly report: Pick<Reporter, 'info' | 'notice'>
}

type CacheSettings = Pick<BuildSettings, 'cache' | 'cachePrivate' | 'storeSize' | 'project' | 'manifest' | 'target'>

/**
 * Fills the store from GitHub's cache, before anything is looked for in it. A runner that keeps its disk needs none.
 * @returns undefined where the cache has no part in this run
 */
export async function restoreStore(
  settings: CacheSettings,
  folder: string,
  { run, report }: Collaborators,
): Promise<CachedStore | undefined> {
  if (!settings.cache || (await contentOf(folder, true)).length > 0) return undefined
  const { runtime, architecture } = settings.target
  const common = `wsgi-lambda-${FORMAT}-${runtime}-${architecture}-`
  const store = {
    folder,
    mostBytes: settings.storeSize * 1_000_000,
    isPrivateKept: settings.cachePrivate,
    prefix: `${common}${await digestOfLock(settings)}-`,
  }
  const { key, problems } = await run({
    kind: 'restore',
    paths: pathsOf(store),
    key: store.prefix,
    otherKeys: [common],
  })
  if (key !== undefined) report.info(`store: from GitHub's cache (${key})`)
  if (problems.length > 0 && !problems.some(isDenial)) {
    report.notice({
      title: "GitHub's cache was not used",
      detail: problems.join('\n'),
      hint: 'The build goes on without it: it makes anew what it needs.',
    })
  }
  return { ...store, restored: key && contentPart(key), isDamaged: key === undefined && problems.length > 0 }
}

/** Keeps the store in GitHub's cache as a whole, where other dependencies are in it than were restored. */
export async function saveStore(store: CachedStore, runId: string, { run, report }: Collaborators): Promise<void> {
  const { folder, mostBytes, isPrivateKept, prefix, restored, isDamaged } = store
  await forget(folder, Date.now() - UNUSED_DAYS * 86_400_000)
  await prune(folder, mostBytes)
  const content = await contentOf(folder, isPrivateKept)
  const digest = keyOf(content).slice(0, 16)
  if (content.length === 0 || digest === restored) return
  // A key is written once.
  const key = `${prefix}${digest}${isDamaged ? `-${runId}` : ''}`
  const { key: saved, problems } = await run({ kind: 'save', paths: pathsOf(store), key })
  if (saved !== undefined) report.info(`store: kept in GitHub's cache (${saved})`)
  else if (problems.some(isDenial)) report.info("store: this run may only read GitHub's cache")
  else if (problems.some(isRace)) report.info("store: another run keeps the same in GitHub's cache")
  else if (problems.length > 0) {
    report.notice({ title: "The store was not kept in GitHub's cache", detail: problems.join('\n') })
  }
}

/** Since June 2026 runs of untrusted events have read-only tokens: nothing that anybody could mend. */
function isDenial(problem: string): boolean {
  return /cache (?:read|write) denied/.test(problem)
}

function isRace(problem: string): boolean {
  return problem.includes('already exists')
}

/** The literal paths are a part of what the service finds an archive by: always the same ones, there or not. */
function pathsOf({ folder, isPrivateKept }: Pick<CachedStore, 'folder' | 'isPrivateKept'>): string[] {
  return STORE_KINDS.flatMap((kind) => foldersFor(kind, isPrivateKept)).map((below) => join(folder, below))
}

function foldersFor(kind: StoreKind, isPrivateKept: boolean): string[] {
  const { open, closed } = foldersOf(kind)
  return isPrivateKept ? [open, closed] : [open]
}

/** The dependencies in a store, by name: a name says what is in a file. */
async function contentOf(folder: string, isPrivateKept: boolean): Promise<string[]> {
  const lists = await Promise.all(
    DECISIVE.flatMap((kind) => foldersFor(kind, isPrivateKept)).map(async (below) => {
      const names = await readdir(join(folder, below)).catch(() => [])
      return names.filter(isWhole).map((name) => `${below}/${name}`)
    }),
  )
  return lists.flat().toSorted()
}

/** The part after the lock's, without the run that a damaged archive made necessary. */
function contentPart(key: string): string | undefined {
  return /-[0-9a-f]{16}-([0-9a-f]{16})(?:-\d+)?$/.exec(key)?.[1]
}

/** Which archive is likely to have most: a lock that changes makes another key. */
async function digestOfLock({ project, manifest }: CacheSettings): Promise<string> {
  const lock = await readFile(join(project, manifest.path), 'utf8').catch(() => '')
  return keyOf(lock).slice(0, 16)
}

/** Removes what no build has used since. */
async function forget(folder: string, since: number): Promise<void> {
  for (const below of STORE_KINDS.flatMap((kind) => Object.values(foldersOf(kind)))) {
    for (const name of await readdir(join(folder, below)).catch(() => [])) {
      const path = join(folder, below, name)
      const used = (await stat(path).catch(() => undefined))?.mtimeMs
      if (used !== undefined && used < since) await rm(path, { force: true })
    }
  }
}
