import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { keyOf } from '../store/records.ts'

/** A file that visitors get from the bucket. */
export interface StaticFile {
  /** Below the prefix, with `/`. */
  readonly path: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  /** Its name says its content: another content has another name. */
  readonly isImmutable: boolean
}

/** All static files of one artifact. */
export interface StaticFiles {
  /** The folder that holds them. */
  readonly folder: string
  /** Of every name and content: stands in the artifact too. */
  readonly digest: string
  /** Sorted by path. */
  readonly files: readonly StaticFile[]
}

const INDEX = v.object({
  digest: v.string(),
  files: v.array(v.object({ path: v.string(), bytes: v.number(), sha256: v.string(), isImmutable: v.boolean() })),
})

export function digestOf(files: readonly StaticFile[]): string {
  return keyOf(
    'static',
    files.map(({ path, sha256 }) => [path, sha256]),
  )
}

export function bytesOf({ files }: Pick<StaticFiles, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** The static files that an earlier build left beside its artifact, if they are still whole in number and size. */
export async function readStaticFiles(folder: string, index: string): Promise<StaticFiles | undefined> {
  const text = await readFile(index, 'utf8').catch(() => '')
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), INDEX), text)
  if (!read.success) return undefined
  const { digest, files } = read.output
  if (digest !== digestOf(files)) return undefined
  const sizes = await Promise.all(files.map(({ path }) => stat(join(folder, path)).catch(() => undefined)))
  return files.every(({ bytes }, at) => sizes[at]?.size === bytes) ? { folder, digest, files } : undefined
}
