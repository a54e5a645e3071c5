import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { sha256Of } from './hash.ts'

/**
 * Hashes of files, each remembered for as long as its file is the same by size, times and number, as git's index does it:
 * a build that changes nothing reads nothing.
 */
export interface Digests {
  /** Hexadecimal SHA-256. @throws where the file cannot be read */
  of(path: string): Promise<string>
  /** Told by who has written a file under a name that nobody else writes to. */
  note(path: string, sha256: string): Promise<void>
  /** Told by who removes a file. */
  forget(path: string): void
  /** Keeps what was learnt for the next build, where that is possible. */
  save(): Promise<void>
}

/** How many milliseconds a file system's clock may stand still: FAT counts in two seconds. */
const LONGEST_TICK = 2000
/** What was read longer ago is read again: disks forget. */
const TRUSTED_DAYS = 7

interface Seen {
  readonly state: string
  readonly sha256: string
  /** When it was read; milliseconds. */
  readonly at: number
}

/** @param index the file that keeps them */
export function openDigests(index: string): Digests {
  let known: Map<string, Seen> | undefined
  let hasLearnt = false
  const all = (): Map<string, Seen> => (known ??= readIndex(index))
  const learn = (path: string, seen: Seen): void => {
    all().set(resolve(path), seen)
    hasLearnt = true
  }
  return {
    of: async (path) => {
      const at = Date.now()
      const { state, changed } = await stateOf(path)
      const seen = all().get(resolve(path))
      if (seen?.state === state) return seen.sha256
      const sha256 = (await sha256Of(path)).toString('hex')
      // Within one tick it may change once more and look the same: such a file is read again the next time.
      const isSettled = at - changed > LONGEST_TICK && (await stateOf(path)).state === state
      if (isSettled) learn(path, { state, sha256, at })
      return sha256
    },
    note: async (path, sha256) => {
      learn(path, { state: (await stateOf(path)).state, sha256, at: Date.now() })
    },
    forget: (path) => {
      if (all().delete(resolve(path))) hasLearnt = true
    },
    save: async () => {
      if (!hasLearnt) return
      const temporary = `${index}.${randomUUID()}.part`
      try {
        await writeFile(temporary, JSON.stringify([...all()]))
        await rename(temporary, index)
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined) // Then the next build reads the files again.
      }
    },
  }
}

/** `changed`: the later one of its times, in milliseconds. */
async function stateOf(path: string): Promise<{ state: string; changed: number }> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true })
  const changed = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n)
  return { state: [size, mtimeNs, ctimeNs, ino].join(' '), changed }
}

function readIndex(path: string): Map<string, Seen> {
  try {
    const entries = JSON.parse(readFileSync(path, 'utf8')) as [string, Seen][]
    const now = Date.now()
    return new Map(entries.filter(([, { at }]) => at <= now && now - at < TRUSTED_DAYS * 86_400_000))
  } catch {
    return new Map() // None yet, or not ours: everything is read.
  }
}
