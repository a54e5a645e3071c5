import { realpath, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'

/** A program's file, so that another one at the same place is noticed. */
export interface Found {
  /** Absolute, with links followed. */
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** The file that a command runs: a path as it is, a name by PATH as a shell finds it. */
export async function findExecutable(
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<Found | undefined> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = /[\\/]/.test(command) ? [resolve(command)] : folders.map((folder) => join(folder, command))
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile() !== true || (found.mode & 0o111) === 0) continue
    return { path: await realpath(candidate), bytes: found.size, modified: found.mtimeMs }
  }
  return undefined
}
