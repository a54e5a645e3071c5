import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from './hash.ts'

/**
 * Files by what went into them, kept between builds. A key promises the input; that a file is whole is checked by its
 * own hash, which stands in its name.
 */
export interface Store {
  /** The file of a key, or undefined. A damaged one is removed and counts as missing. */
  find(key: string): Promise<string | undefined>
  /** Writes a file to a temporary name and publishes it whole. @returns its path. */
  keep(key: string, write: (path: string) => Promise<void>): Promise<string>
}

/** How many files stay: what was not used for longest goes first. */
const MOST_FILES = 12
/** No build writes one file for so long: an older one that is not whole was left by a run that was killed. */
const LONGEST_WRITE_HOURS = 24

/** A store in a local folder, which is made when it is needed. */
export function folderStore(folder: string): Store {
  const names = async (): Promise<string[]> => await readdir(folder).catch(() => [])
  return {
    find: async (key) => {
      for (const name of (await names()).filter((name) => name.startsWith(`${key}-`))) {
        const path = join(folder, name)
        // Another build may remove it at any time.
        if (name === fileName(key, (await sha256Of(path).catch(ifGone))?.toString('hex') ?? '')) {
          const now = new Date()
          await utimes(path, now, now).catch(() => undefined) // A store that may only be read is one too.
          return path
        }
        await rm(path, { force: true })
      }
      return undefined
    },
    keep: async (key, write) => {
      await mkdir(folder, { recursive: true })
      const temporary = join(folder, `.${randomUUID()}.part`)
      try {
        await write(temporary)
        const path = join(folder, fileName(key, (await sha256Of(temporary)).toString('hex')))
        await rename(temporary, path)
        await prune(folder, await names()).catch(() => undefined) // It may hold files of others: then it grows.
        return path
      } finally {
        await rm(temporary, { force: true })
      }
    },
  }
}

function fileName(key: string, hash: string): string {
  return `${key}-${hash}.zip`
}

function ifGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

async function prune(folder: string, names: readonly string[]): Promise<void> {
  const files = await Promise.all(
    names.map(async (name) => ({
      name,
      used: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY,
    })),
  )
  const whole = files.filter(({ name }) => name.endsWith('.zip')).toSorted((a, b) => b.used - a.used)
  const abandoned = Date.now() - LONGEST_WRITE_HOURS * 3_600_000
  const parts = files.filter(({ name, used }) => name.endsWith('.part') && used < abandoned)
  await Promise.all([...whole.slice(MOST_FILES), ...parts].map(({ name }) => rm(join(folder, name), { force: true })))
}
