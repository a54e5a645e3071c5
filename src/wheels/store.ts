import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

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

/** A store in a local folder, which is made when it is needed. */
export function folderStore(folder: string): Store {
  const names = async (): Promise<string[]> => await readdir(folder).catch(() => [])
  return {
    find: async (key) => {
      for (const name of (await names()).filter((name) => name.startsWith(`${key}-`))) {
        const path = join(folder, name)
        if (name === fileName(key, await hashOf(path))) {
          const now = new Date()
          await utimes(path, now, now)
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
        const path = join(folder, fileName(key, await hashOf(temporary)))
        await rename(temporary, path)
        await prune(folder, await names())
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

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function prune(folder: string, names: readonly string[]): Promise<void> {
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.zip'))
      .map(async (name) => ({ name, used: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  )
  const old = files.toSorted((a, b) => b.used - a.used).slice(MOST_FILES)
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })))
}
