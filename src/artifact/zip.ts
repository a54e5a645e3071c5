import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { UserError } from '../errors.ts'
import { byPath, type Entry } from './entry.ts'

const deflate = promisify(deflateRaw)

/** One file as it stands in a zip. */
interface CompressedEntry {
  readonly path: string
  readonly mode: number
  /** APPNOTE 4.4.5: 0 stored, 8 deflated. */
  readonly method: 0 | 8
  readonly crc: number
  readonly unzippedBytes: number
  readonly compressed: Uint8Array
}

export interface WrittenZip {
  /** Hexadecimal. */
  readonly sha256: string
  /** Base64, as Lambda's CodeSha256. */
  readonly codeSha256: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  /** In the order in which they were written. */
  readonly entries: readonly { readonly path: string; readonly zipBytes: number; readonly unzippedBytes: number }[]
}

/** Compressing at once what waits for the disk keeps memory flat: at most this many files are held. */
const FILES_AT_ONCE = 16
/** Without zip64, the count of entries is a 16-bit number (APPNOTE 4.4.22). */
const MOST_ENTRIES = 0xffff
const LOCAL_HEADER = 0x04034b50
export const CENTRAL_HEADER = 0x02014b50
export const END_OF_CENTRAL_DIRECTORY = 0x06054b50
/** Made by Unix, so that the upper half of the external attributes is a file mode (APPNOTE 4.4.2). */
const MADE_BY_UNIX = (3 << 8) | 20
const NEEDS_VERSION = 20
const UTF8_NAMES = 1 << 11
/** 1 January 1980, the zip format's first day: an artifact tells nothing of when it was made. */
const DOS_DATE = (1 << 5) | 1
const REGULAR_FILE = 0o100000

/**
 * Writes entries as a zip: sorted, one fixed date, identical bytes for identical entries. The file appears under its
 * name only when it is whole.
 */
export async function writeZip(output: string, unsorted: readonly Entry[]): Promise<WrittenZip> {
  if (unsorted.length > MOST_ENTRIES) {
    throw new UserError({
      title: `The artifact would have ${unsorted.length} files; ${MOST_ENTRIES} are the most that a zip for Lambda can hold`,
      hint: 'Leave out what the function does not need, with exclude.',
    })
  }
  const sorted = unsorted.toSorted(byPath)
  const twice = sorted.find(({ path }, index) => path === sorted[index + 1]?.path)
  if (twice) throw new Error(`${twice.path} would be in the zip twice`)
  const written: WrittenZip['entries'][number][] = []
  const sha256 = createHash('sha256')
  let zipBytes = 0
  const temporary = `${output}.${randomUUID()}.part`
  await mkdir(dirname(output), { recursive: true })
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const directory: Uint8Array[] = []
    for await (const entry of compressInOrder(sorted)) {
      directory.push(centralHeader(entry, zipBytes))
      written.push({ path: entry.path, zipBytes: entry.compressed.length, unzippedBytes: entry.unzippedBytes })
      yield* counted(localHeader(entry), entry.compressed)
    }
    const start = zipBytes
    yield* counted(...directory)
    yield* counted(endOfCentralDirectory(directory.length, zipBytes - start, start))
  }
  function* counted(...chunks: Uint8Array[]): Generator<Uint8Array> {
    for (const chunk of chunks) {
      sha256.update(chunk)
      zipBytes += chunk.length
      yield chunk
    }
  }
  try {
    await pipeline(Readable.from(bytes()), createWriteStream(temporary))
    await rename(temporary, output)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  const digest = sha256.digest()
  return {
    sha256: digest.toString('hex'),
    codeSha256: digest.toString('base64'),
    zipBytes,
    unzippedBytes: written.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0),
    entries: written,
  }
}

/** Compresses several files at a time on zlib's own threads, and gives them in order. */
async function* compressInOrder(entries: readonly Entry[]): AsyncGenerator<CompressedEntry> {
  const waiting: Promise<CompressedEntry>[] = []
  const remaining = entries[Symbol.iterator]()
  const fill = (): void => {
    while (waiting.length < FILES_AT_ONCE) {
      const next = remaining.next()
      if (next.done) return
      const compressing = compress(next.value)
      compressing.catch(() => undefined) // It is awaited in its turn; until then a failure has to wait.
      waiting.push(compressing)
    }
  }
  fill()
  for (let first = waiting.shift(); first; first = waiting.shift()) {
    yield await first
    fill()
  }
}

async function compress({ path, mode, content }: Entry): Promise<CompressedEntry> {
  if ('packed' in content) {
    const { method, crc, unzippedBytes, read } = content.packed
    return { path, mode, method, crc, unzippedBytes, compressed: await read() }
  }
  const bytes = 'file' in content ? await readFile(content.file) : content.bytes
  const deflated = await deflate(bytes, { level: 6 })
  const isSmaller = deflated.length < bytes.length
  return {
    path,
    mode,
    method: isSmaller ? 8 : 0,
    crc: crc32(bytes),
    unzippedBytes: bytes.length,
    compressed: isSmaller ? deflated : bytes,
  }
}

function localHeader(entry: CompressedEntry): Uint8Array {
  const name = Buffer.from(entry.path)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(LOCAL_HEADER, 0)
  writeCommonFields(header, 4, entry, name.length)
  return Buffer.concat([header, name])
}

function centralHeader(entry: CompressedEntry, offset: number): Uint8Array {
  const name = Buffer.from(entry.path)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(CENTRAL_HEADER, 0)
  header.writeUInt16LE(MADE_BY_UNIX, 4)
  writeCommonFields(header, 6, entry, name.length)
  header.writeUInt32LE(((REGULAR_FILE | entry.mode) << 16) >>> 0, 38)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, name])
}

/** What a local and a central header share, from "version needed to extract" on (APPNOTE 4.3.7, 4.3.12). */
function writeCommonFields(header: Buffer, at: number, entry: CompressedEntry, nameLength: number): void {
  header.writeUInt16LE(NEEDS_VERSION, at)
  header.writeUInt16LE(UTF8_NAMES, at + 2)
  header.writeUInt16LE(entry.method, at + 4)
  header.writeUInt16LE(DOS_DATE, at + 8)
  header.writeUInt32LE(entry.crc, at + 10)
  header.writeUInt32LE(entry.compressed.length, at + 14)
  header.writeUInt32LE(entry.unzippedBytes, at + 18)
  header.writeUInt16LE(nameLength, at + 22)
}

function endOfCentralDirectory(entries: number, bytes: number, offset: number): Uint8Array {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(END_OF_CENTRAL_DIRECTORY, 0)
  record.writeUInt16LE(entries, 8)
  record.writeUInt16LE(entries, 10)
  record.writeUInt32LE(bytes, 12)
  record.writeUInt32LE(offset, 16)
  return record
}
