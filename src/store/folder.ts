import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Problem, UserError } from '../errors.ts'
import { openDigests } from './digests.ts'
import { sha256Of } from './hash.ts'
import { foldersOf, type KeepOptions, STORE_KINDS, type Store, type StoreKind } from './store.ts'

export interface FolderStoreOptions {
  readonly folder: string
  /** What was not used for longest goes as soon as all files together are larger. */
  readonly mostBytes: number
  /** Told once, where the folder cannot be written. */
  readonly onUnwritable: (error: Error) => void
}

/** For the log, when a store can only be read. */
export function unwritableStore(error: Error): Problem {
  return {
    title: 'What this build makes is not kept for the next one: the store cannot be written',
    detail: error.message,
    hint: 'Free some space, or set store to a folder that may be written.',
  }
}

/** No build writes one file for so long: an older one that is not whole was left by a run that was killed. */
const LONGEST_WRITE_HOURS = 24
/** A file's time of use is not moved more often: a build of hundreds of slices writes nothing but its artifact. */
const USE_RESOLUTION_MINUTES = 30
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'])

/** A store in a local folder, which is made when it is needed: `KIND/KEY-SHA256`, or `KIND-private/KEY-SHA256`. */
export function folderStore({ folder, mostBytes, onUnwritable }: FolderStoreOptions): Store {
  // Read once: what another build adds meanwhile is made here too, and what it removes is noticed when it is read.
  const listings = new Map<StoreKind, Promise<Map<string, string>>>()
  const digests = openDigests(join(folder, 'digests.json'))
  let spill: Promise<string> | undefined
  let isUnwritable = false
  let hasWritten = false

  const listingOf = (kind: StoreKind): Promise<Map<string, string>> => {
    const listing = listings.get(kind) ?? listKind(folder, kind)
    listings.set(kind, listing)
    return listing
  }

  const remove = async (path: string): Promise<void> => {
    digests.forget(path)
    await rm(path, { force: true }).catch(() => undefined) // Where it may not be removed it is only not used.
  }

  const find = async (kind: StoreKind, key: string): Promise<string | undefined> => {
    const path = (await listingOf(kind)).get(key)
    if (path === undefined) return undefined
    const digest = await digests.of(path).catch(ifGone)
    if (digest === digestIn(path)) {
      await markUsed(path)
      return path
    }
    ;(await listingOf(kind)).delete(key)
    await remove(path)
    return undefined
  }

  const writeBelow = async (
    root: string,
    kind: StoreKind,
    key: string,
    write: (path: string) => Promise<void>,
    { isPrivate = false }: KeepOptions,
  ): Promise<string> => {
    const parent = join(root, isPrivate ? foldersOf(kind).closed : foldersOf(kind).open)
    await mkdir(parent, { recursive: true })
    const temporary = join(parent, `.${randomUUID()}.part`)
    try {
      await write(temporary)
      const digest = (await sha256Of(temporary)).toString('hex')
      const path = join(parent, `${key}-${digest}`)
      await rename(temporary, path)
      await digests.note(path, digest)
      const listing = await listingOf(kind)
      const before = listing.get(key)
      listing.set(key, path)
      // Of an application, which changes with every build, only the last state is of use.
      if (before !== undefined && before !== path) await remove(before)
      return path
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined)
    }
  }

  const keep: Store['keep'] = async (kind, key, write, options = {}) => {
    if (!isUnwritable) {
      try {
        const path = await writeBelow(folder, kind, key, write, options)
        hasWritten = true
        return path
      } catch (error) {
        if (!UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error
        isUnwritable = true
        onUnwritable(error as Error)
      }
    }
    spill ??= mkdtemp(join(tmpdir(), 'wsgi-lambda-store-'))
    try {
      return await writeBelow(await spill, kind, key, write, options)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      throw new UserError(
        {
          title: 'The disk is full',
          detail: (error as Error).message,
          hint: `Free some space in ${folder} or ${tmpdir()}, or set store to a folder on another disk.`,
        },
        { cause: error },
      )
    }
  }

  return {
    find,
    keep,
    digestOf: (path) => digests.of(path),
    [Symbol.asyncDispose]: async () => {
      await digests.save()
      if (hasWritten) await prune(folder, mostBytes).catch(() => undefined) // It may hold files of others: then it grows.
      if (spill) await rm(await spill, { recursive: true, force: true })
    },
  }
}

async function listKind(folder: string, kind: StoreKind): Promise<Map<string, string>> {
  const { open, closed } = foldersOf(kind)
  const [ofOpen, ofClosed] = await Promise.all([listFiles(join(folder, open)), listFiles(join(folder, closed))])
  return new Map([...ofClosed, ...ofOpen])
}

/** Key → path; of two builds that kept something at once, the later one's. */
async function listFiles(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder).catch(() => [])
  const paths = new Map<string, string>()
  for (const name of names.filter(isWhole)) {
    const key = name.slice(0, name.indexOf('-'))
    const path = join(folder, name)
    const other = paths.get(key)
    paths.set(key, other === undefined ? path : await laterOf(path, other))
  }
  return paths
}

async function laterOf(one: string, other: string): Promise<string> {
  const [first, second] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)))
  return (first?.mtimeMs ?? 0) < (second?.mtimeMs ?? 0) ? other : one
}

export const isWhole = (name: string): boolean => /^[0-9a-f]+-[0-9a-f]{64}$/.test(name)

function digestIn(path: string): string {
  return path.slice(path.lastIndexOf('-') + 1)
}

async function markUsed(path: string): Promise<void> {
  const now = new Date()
  const used = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
  if (now.getTime() - used < USE_RESOLUTION_MINUTES * 60_000) return
  await utimes(path, now, now).catch(() => undefined) // A store that may only be read is one too.
}

function ifGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

/** Removes what was not used for longest, until the rest is small enough, and what killed runs left. */
export async function prune(folder: string, mostBytes: number): Promise<void> {
  const found = await Promise.all(
    STORE_KINDS.flatMap((kind) => Object.values(foldersOf(kind))).map(async (below) => {
      const names = await readdir(join(folder, below)).catch(() => [])
      return await Promise.all(names.map((name) => describe(join(folder, below, name), name)))
    }),
  )
  const files = found.flat().filter((file) => file !== undefined)
  const abandoned = Date.now() - LONGEST_WRITE_HOURS * 3_600_000
  const parts = files.filter(({ name, used }) => name.endsWith('.part') && used < abandoned)
  const whole = files.filter(({ name }) => isWhole(name)).toSorted((a, b) => b.used - a.used)
  let bytes = 0
  const surplus = whole.filter((file) => {
    bytes += file.bytes
    return bytes > mostBytes
  })
  for (const { path } of [...parts, ...surplus]) await rm(path, { force: true })
}

async function describe(path: string, name: string) {
  const found = await stat(path).catch(() => undefined)
  return found && { path, name, used: found.mtimeMs, bytes: found.size }
}
