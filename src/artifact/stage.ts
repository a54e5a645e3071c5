import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Entry } from './entry.ts'

/** Lays entries out as files below a new folder, which a builder can take in. @returns the folder. */
export async function stageEntries(entries: readonly Entry[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const { path, content } of entries) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    if ('file' in content) await copyFile(content.file, file)
    else if ('bytes' in content) await writeFile(file, content.bytes)
    else throw new Error(`${path} is packed: only files of the application are laid out`)
  }
  return folder
}
