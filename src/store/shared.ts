import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Bucket } from '../aws/s3.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { sha256Of } from './hash.ts'
import type { Store, StoreKind } from './store.ts'

export interface SharedStoreOptions {
  /** Called when something is looked for that is not here: a build that finds everything never asks. */
  readonly openBucket: () => Promise<Bucket>
  /** Whether this build is trusted to add to it. Asked when it has made something. */
  readonly canWrite: () => Promise<boolean>
  readonly report: Pick<Reporter, 'notice' | 'debug'>
}

/** What many repositories have in common. An application's files, interpreters and checks are one's own. */
const SHARED: ReadonlySet<StoreKind> = new Set<StoreKind>(['slices', 'wheels', 'selections', 'resolutions'])
/** Enough to hide the way to S3 and back; each upload holds its parts in memory. */
const READS_AT_ONCE = 8
const WRITES_AT_ONCE = 2

/**
 * A local store that takes what it lacks from a bucket, as `KIND/KEY`, and adds what it made to it. The first writer of a key
 * wins: nothing is ever replaced. A bucket that fails once is left alone from then on, and the build goes on without it.
 */
export function sharedStore(local: Store, { openBucket, canWrite, report }: SharedStoreOptions): Store {
  const reads = atMost(READS_AT_ONCE)
  const writes = atMost(WRITES_AT_ONCE)
  const asked = new Map<string, Promise<string | undefined>>()
  const uploads: Promise<void>[] = []
  const failed = new Set<'read' | 'write'>()
  let opening: Promise<Bucket> | undefined
  let trusted: Promise<boolean> | undefined

  const bucket = (): Promise<Bucket> => (opening ??= openBucket())

  const fetch = async (kind: StoreKind, key: string): Promise<string | undefined> => {
    if (failed.has('read')) return undefined
    try {
      // Private, since what everybody may see of this machine's store is decided by who made it.
      return await local.keep(kind, key, async (path) => receive(await bucket(), nameOf(kind, key), path), {
        isPrivate: true,
      })
    } catch (error) {
      if (error instanceof MissingObject) return undefined
      if (isCancelled(error)) throw error
      if (error instanceof DamagedObject) {
        report.notice({
          title: `${error.address} is damaged: it was not used`,
          hint: 'Delete it: the next build that may write to the shared store writes it anew.',
        })
        return undefined
      }
      if (!failed.has('read')) report.notice(unusable('The shared store is not used: it cannot be read', error))
      failed.add('read').add('write')
      return undefined
    }
  }

  const add = async (kind: StoreKind, key: string, path: string): Promise<void> => {
    trusted ??= canWrite()
    if (failed.has('write') || !(await trusted)) return
    try {
      const sha256 = (await sha256Of(path)).toString('hex')
      const isWritten = await (await bucket()).write(nameOf(kind, key), path, sha256, { isNew: true })
      report.debug(`${nameOf(kind, key)}: ${isWritten ? 'added to' : 'is already in'} the shared store`)
    } catch (error) {
      const isPruned = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (isPruned || isCancelled(error)) return
      if (!failed.has('write')) report.notice(unusable('Nothing more is added to the shared store', error))
      failed.add('write')
    }
  }

  return {
    find: async (kind, key) => {
      const found = await local.find(kind, key)
      if (found !== undefined || !SHARED.has(kind) || failed.has('read')) return found
      const name = nameOf(kind, key)
      const answer = asked.get(name) ?? reads(() => fetch(kind, key))
      asked.set(name, answer)
      return await answer
    },
    keep: async (kind, key, write, options) => {
      const path = await local.keep(kind, key, write, options)
      asked.set(nameOf(kind, key), Promise.resolve(path))
      if (SHARED.has(kind) && !failed.has('write')) uploads.push(writes(() => add(kind, key, path)))
      return path
    },
    digestOf: (path) => local.digestOf(path),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(uploads) // The local store may remove its files after that.
      await local[Symbol.asyncDispose]()
    },
  }
}

class MissingObject extends Error {}

class DamagedObject extends Error {
  readonly address: string

  constructor(address: string) {
    super(`${address} is damaged`)
    this.address = address
  }
}

/** @throws MissingObject, DamagedObject where the content is not what it was written as */
async function receive(bucket: Bucket, name: string, path: string): Promise<void> {
  const found = await bucket.read(name)
  if (!found) throw new MissingObject()
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(found.body, hashing, createWriteStream(path))
  if (hash.digest('hex') !== found.sha256) throw new DamagedObject(bucket.addressOf(name))
}

function nameOf(kind: StoreKind, key: string): string {
  return `${kind}/${key}`
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function unusable(title: string, error: unknown) {
  const consequence = 'The build goes on without it.'
  if (!(error instanceof UserError)) return { title, detail: String(error), hint: consequence }
  const { detail, hint } = error
  return {
    title,
    detail: [error.title, detail].filter(Boolean).join('\n'),
    hint: `${consequence} ${hint ?? ''}`.trim(),
  }
}

/** Runs what it is given, so many at once, in the order in which it came. */
function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running === most) await new Promise<void>((start) => waiting.push(start))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
