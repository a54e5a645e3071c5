import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Pick } from '../../src/artifact/merge.ts'
import {
  type Compressed,
  compress,
  openSlice,
  type Slice,
  type SliceEntry,
  type SliceFacts,
  writeSlice,
} from '../../src/artifact/slice.ts'

export interface TestFile {
  readonly content: string | Uint8Array
  readonly mode?: 0o644 | 0o755
}

export type TestFiles = Readonly<Record<string, string | Uint8Array | TestFile>>

const asFile = (file: string | Uint8Array | TestFile): TestFile =>
  typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file

/** Writes a slice of these files into a folder and opens it. */
export async function sliceOf(folder: string, files: TestFiles, facts: Partial<SliceFacts> = {}): Promise<Slice> {
  const path = join(folder, `${randomUUID()}.slice`)
  const contents = new Map<string, Compressed>()
  const empty = await compress(Buffer.alloc(0))
  for (const [name, file] of Object.entries(files)) {
    const { content } = asFile(file)
    contents.set(name, content.length === 0 ? empty : await compress(Buffer.from(content)))
  }
  const entries = [...contents].map(([name, compressed]) =>
    entryOf(name, compressed, asFile(files[name] ?? '').mode ?? 0o644),
  )
  await writeSlice(path, { ...FACTS, ...facts }, entries, async (write) => {
    for (const entry of entries.toReversed()) await write(entry, contents.get(entry.path)?.bytes ?? Buffer.alloc(0))
  })
  const slice = await openSlice(path)
  if (!slice) throw new Error('the slice cannot be opened')
  return slice
}

export function entryOf(path: string, compressed: Compressed, mode: SliceEntry['mode'] = 0o644): SliceEntry {
  const { method, crc, zippedBytes, unzippedBytes } = compressed
  return { path, mode, method, crc, zippedBytes, unzippedBytes }
}

const FACTS: SliceFacts = { distribution: 'demo', version: '1.0', tags: [], binaries: [], namespaces: [], leftOut: {} }

export function picksOf(slice: Slice): Pick[] {
  return slice.entries.map((entry) => ({ slice, entry }))
}

/** Bytes that do not become smaller, the same at every run. */
export function noise(bytes: number, seed = ''): Buffer {
  return createHash('shake256', { outputLength: bytes }).update(`noise ${seed}`).digest()
}
