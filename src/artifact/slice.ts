import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateRaw, deflateRawSync } from 'node:zlib'
import type { ElfFacts } from '../wheels/elf.ts'
import { sortedByPath } from '../wheels/paths.ts'
import type { FilePart } from '../wheels/read-zip.ts'
import { DEFLATED, STORED } from '../wheels/zip-format.ts'
import { copyAll, readAll, writeAll } from './write.ts'
import { localHeader } from './zip-records.ts'

/** One file of a slice, as it will stand in an artifact. */
export interface SliceEntry {
  /** Below `/var/task`, with `/`. */
  readonly path: string
  /** Lambda's user must be able to read everything, so modes are normalised to one of these two. */
  readonly mode: 0o644 | 0o755
  readonly method: 0 | 8
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
}

/** What is known of a slice besides its files. */
export interface SliceFacts {
  /** Normalised, PEP 503; of the application: empty. */
  readonly distribution: string
  /** PEP 440 */
  readonly version: string
  /** Of its wheel. */
  readonly tags: readonly string[]
  readonly binaries: readonly { readonly path: string; readonly facts: ElfFacts }[]
  /** `__init__.py` files that several distributions may bring: of namespaces (pkgutil, pkg_resources), and empty ones. */
  readonly namespaces: readonly string[]
  /** How many files were left out, by the rule that names them. */
  readonly leftOut: Readonly<Record<string, number>>
  /** Of the application: what each of its files is known by, also of those that are not shipped. */
  readonly contents?: Readonly<Record<string, string>>
}

/** A slice in the store, open for reading. */
export interface Slice extends AsyncDisposable {
  /** Of its file, which says what it was made of and what it holds. */
  readonly name: string
  readonly facts: SliceFacts
  /** Sorted by path, bytewise; so are their records in the file, one directly after the other. */
  readonly entries: readonly PlacedEntry[]
  readonly file: FileHandle
}

/** Where an entry's record (local header and data) stands in its file. */
export interface PlacedEntry extends SliceEntry {
  readonly offset: number
  /** Of header and data together. */
  readonly recordBytes: number
}

/** Part of every key: raise it when what a slice holds for the same input changes. */
export const SLICE_FORMAT = 2
const MAGIC = Buffer.from('WLSLICE1')
/** Written in one piece; larger ones piece by piece. */
const MOST_HELD_BYTES = 8 << 20

/** The index of a slice stands at its end: its length, and what kind of file it is. */
type Index = SliceFacts & {
  /** `[path, whether it is executable, method, CRC-32, zipped bytes, unzipped bytes]` */
  readonly entries: readonly (readonly [string, 0 | 1, 0 | 8, number, number, number])[]
}

const deflate = promisify(deflateRaw)
/** Above it, deflating on a thread is worth the way there. */
const SYNC_BYTES = 128 * 1024

/** Compressed content with what a zip says of it. */
export interface Compressed extends Omit<SliceEntry, 'path' | 'mode'> {
  readonly bytes: Uint8Array
}

/** Deflates at zlib's default level, or stores what does not become smaller. */
export async function compress(content: Uint8Array): Promise<Compressed> {
  // In one piece where it may be: zlib's own pieces are of 16 KB, each a way from a thread and back.
  const chunkSize = Math.min(1 << 20, Math.max(64, content.length >> 1))
  const options = { level: 6, chunkSize }
  const deflated = content.length > SYNC_BYTES ? await deflate(content, options) : deflateRawSync(content, options)
  const isSmaller = deflated.length < content.length
  // A copy: what zlib answers holds on to as much memory as the content takes.
  const bytes = isSmaller ? Buffer.from(deflated) : content
  return {
    method: isSmaller ? DEFLATED : STORED,
    crc: crc32(content),
    zippedBytes: bytes.length,
    unzippedBytes: content.length,
    bytes,
  }
}

/** Takes the compressed content of each entry, or where it stands, in any order, and puts it where it belongs. */
export type WriteContent = (entry: SliceEntry, compressed: Uint8Array | FilePart) => Promise<void>

/**
 * Writes a slice. Its entries' sizes are known before, so that `fill` can bring contents in the order in which they come.
 */
export async function writeSlice(
  path: string,
  facts: SliceFacts,
  entries: readonly SliceEntry[],
  fill: (write: WriteContent) => Promise<void>,
): Promise<void> {
  const placed = placeEntries(sortedByPath(entries, ({ path }) => path))
  const places = new Map(placed.map((entry) => [entry.path, entry]))
  const length = placed.reduce((sum, { recordBytes }) => sum + recordBytes, 0)
  const file = await open(path, 'wx')
  try {
    const held = length <= MOST_HELD_BYTES ? Buffer.allocUnsafe(length) : undefined
    if (places.size < placed.length) throw new Error('a slice has two files of one path')
    const missing = new Set(places.keys())
    await fill(async ({ path }, compressed) => {
      const entry = places.get(path)
      const isHere = compressed instanceof Uint8Array
      if (!entry || (isHere && compressed.length !== entry.zippedBytes))
        throw new Error(`${path} is not what was announced`)
      const header = localHeader(entry)
      const dataAt = entry.offset + header.length
      if (held) {
        held.set(header, entry.offset)
        if (isHere) held.set(compressed, dataAt)
        else await readAll(compressed, held.subarray(dataAt, dataAt + entry.zippedBytes))
      } else {
        await writeAll(file, header, entry.offset)
        if (isHere) await writeAll(file, compressed, dataAt)
        else await copyAll(compressed, entry.zippedBytes, file, dataAt)
      }
      missing.delete(path)
    })
    if (missing.size > 0) throw new Error(`${[...missing][0] ?? ''} was not written`)
    if (held) await writeAll(file, held, 0)
    const index: Index = {
      ...facts,
      entries: placed.map((entry) => [
        entry.path,
        entry.mode === 0o755 ? 1 : 0,
        entry.method,
        entry.crc,
        entry.zippedBytes,
        entry.unzippedBytes,
      ]),
    }
    const text = Buffer.from(JSON.stringify(index))
    const end = Buffer.alloc(4)
    end.writeUInt32LE(text.length)
    await writeAll(file, Buffer.concat([text, end, MAGIC]), length)
  } finally {
    await file.close()
  }
}

/** Opens what `writeSlice` wrote; undefined where the file is gone, or is something else. */
export async function openSlice(path: string): Promise<Slice | undefined> {
  const file = await open(path).catch(() => undefined)
  if (!file) return undefined
  try {
    const { entries, ...facts } = await readIndex(file)
    let placed: readonly PlacedEntry[] | undefined
    return {
      name: basename(path),
      facts,
      // Only a merge asks for them: thousands of objects.
      get entries() {
        return (placed ??= placeEntries(entries.map(described)))
      },
      file,
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch {
    await file.close()
    return undefined
  }
}

function described([
  path,
  isExecutable,
  method,
  crc,
  zippedBytes,
  unzippedBytes,
]: Index['entries'][number]): SliceEntry {
  return { path, mode: isExecutable ? 0o755 : 0o644, method, crc, zippedBytes, unzippedBytes }
}

async function readIndex(file: FileHandle): Promise<Index> {
  const { size } = await file.stat()
  const endBytes = 4 + MAGIC.length
  const end = Buffer.alloc(endBytes)
  await file.read(end, 0, endBytes, size - endBytes)
  if (!end.subarray(4).equals(MAGIC)) throw new Error('not a slice')
  const text = Buffer.alloc(end.readUInt32LE(0))
  await file.read(text, 0, text.length, size - endBytes - text.length)
  return JSON.parse(text.toString()) as Index
}

function placeEntries(sorted: readonly SliceEntry[]): PlacedEntry[] {
  let offset = 0
  // Field by field: thousands of them are made in each build.
  return sorted.map(({ path, mode, method, crc, zippedBytes, unzippedBytes }) => {
    const recordBytes = localHeader.bytes({ path }) + zippedBytes
    offset += recordBytes
    return { path, mode, method, crc, zippedBytes, unzippedBytes, offset: offset - recordBytes, recordBytes }
  })
}
