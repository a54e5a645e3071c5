import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
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

/** The index comes with the artifact, maybe from another job: it leads neither out of the folder nor to names that are not collected. */
const PATH = v.pipe(v.string(), v.regex(/^(?!\.)[^/]+(?:\/(?!\.)[^/]+)*$/))

const INDEX = v.object({
  digest: v.string(),
  files: v.array(v.object({ path: PATH, bytes: v.number(), sha256: v.string(), isImmutable: v.boolean() })),
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
  const root = await realpath(folder).catch(() => folder)
  const isWhole = await Promise.all(files.map(({ path, bytes }) => isBelow(root, path, bytes)))
  return isWhole.every(Boolean) ? { folder, digest, files } : undefined
}

/** Not where a link leads to. */
async function isBelow(root: string, path: string, bytes: number): Promise<boolean> {
  const file = join(root, path)
  if (!file.startsWith(root + sep) || (await realpath(file).catch(() => '')) !== file) return false
  return (await stat(file)).size === bytes
}
