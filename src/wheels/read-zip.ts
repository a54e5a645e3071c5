import { createWriteStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { crc32, createInflateRaw, inflateRaw, inflateRawSync } from 'node:zlib'
import {
  CENTRAL_HEADER,
  DEFLATED,
  ENCRYPTED,
  END_RECORD,
  LOCAL_HEADER,
  MAX_16,
  MAX_32,
  STORED,
  UNIX,
  UTF8_NAMES,
  ZIP64_END_RECORD,
  ZIP64_EXTRA,
  ZIP64_LOCATOR,
} from './zip-format.ts'

/** A file within a zip, as its central directory describes it; folders are left out. */
export interface ZipEntry {
  /** As it is written: nothing is promised about where it leads. */
  readonly path: string
  readonly method: 0 | 8
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
  /** The Unix file mode with its type; 0 where another system made the archive. */
  readonly mode: number
  /** Seconds since 1970, its date and time of day taken for UTC: the format has no time zone, and even seconds only. */
  readonly modified: number
  /** Of the local header. */
  readonly offset: number
}

/** A zip that anybody may have made; its files can be read until it is closed. */
export interface OpenZip extends AsyncDisposable {
  readonly entries: readonly ZipEntry[]
  /** The compressed bytes of some files, a few at a time, in the order in which they are stored. */
  compressed(entries: readonly ZipEntry[]): AsyncGenerator<readonly [ZipEntry, Buffer]>
  /** The checked content of one file. @throws BadZip */
  content(entry: ZipEntry): Promise<Buffer>
  /** Writes the checked content of a file that is too large to hold into a new one, past `watch`. @throws BadZip */
  unpack(entry: ZipEntry, path: string, watch: (chunk: Buffer) => void): Promise<void>
  /** Where the compressed bytes of a file stand, for one that is too large to hold. @throws BadZip */
  place(entry: ZipEntry): Promise<FilePart>
}

/** Bytes that stand in an open file. */
export interface FilePart {
  readonly file: FileHandle
  readonly offset: number
}

/** The file is not a zip, is damaged, or uses what we do not read. The message is half a sentence: "it has …". */
export class BadZip extends Error {
  override readonly name = 'BadZip'
}

/** A comment may follow the end record, which holds its length in 16 bits. */
const LONGEST_END = END_RECORD.bytes + MAX_16
/** Read at once; a larger file is read by itself. */
const BATCH_BYTES = 4 << 20
/** Above it, inflating on a thread is worth the way there. */
const SYNC_BYTES = 256 * 1024
/** At once, of a file that is too large to hold. */
const STREAMED_BYTES = 128 * 1024
const MOST_ENTRIES = 400_000
const LARGEST_PIECE = 1 << 20

const inflateOnThread = promisify(inflateRaw)

/** @throws BadZip, and what opening the file throws */
export async function openZip(path: string): Promise<OpenZip> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const entries = readDirectory(await readCentralDirectory(file, size))
    return {
      entries,
      compressed: (wanted) => readCompressed(file, size, wanted),
      content: async (entry) => {
        for await (const [, bytes] of readCompressed(file, size, [entry])) return await inflated(entry, bytes)
        throw new BadZip(`it has no ${entry.path}`)
      },
      unpack: (entry, path, watch) => unpackTo(path, entry, file, watch),
      place: (entry) => placeOf(entry, file),
      [Symbol.asyncDispose]: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** What a file unpacks to. Never more than it promised is unpacked. @throws BadZip */
export async function inflated(entry: ZipEntry, compressed: Buffer): Promise<Buffer> {
  const content = entry.method === STORED ? compressed : await unpack(entry, compressed)
  if (content.length !== entry.unzippedBytes || crc32(content) !== entry.crc) throw damaged(entry)
  return content
}

async function unpack(entry: ZipEntry, compressed: Buffer): Promise<Buffer> {
  const { unzippedBytes } = entry
  // In one piece where it may be: zlib's own pieces are of 16 KB, each a way from a thread and back.
  const chunkSize = Math.min(LARGEST_PIECE, Math.max(64, unzippedBytes + 1))
  const options = { maxOutputLength: Math.max(1, unzippedBytes), chunkSize }
  try {
    return unzippedBytes > SYNC_BYTES ? await inflateOnThread(compressed, options) : inflateRawSync(compressed, options)
  } catch (error) {
    throw damaged(entry, error)
  }
}

async function unpackTo(
  path: string,
  entry: ZipEntry,
  file: FileHandle,
  watch: (chunk: Buffer) => void,
): Promise<void> {
  const { offset } = await placeOf(entry, file)
  let crc = 0
  let bytes = 0
  const check = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > entry.unzippedBytes) throw damaged(entry)
      crc = crc32(chunk, crc)
      watch(chunk)
      yield chunk
    }
  }
  const end = offset + entry.zippedBytes - 1
  const compressed = file.createReadStream({ start: offset, end, autoClose: false, highWaterMark: STREAMED_BYTES })
  const inflate = entry.method === STORED ? new PassThrough() : createInflateRaw({ chunkSize: STREAMED_BYTES })
  try {
    await pipeline(compressed, inflate, check, createWriteStream(path, { flags: 'wx' }))
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error
    throw damaged(entry, error)
  }
  if (bytes !== entry.unzippedBytes || crc !== entry.crc) throw damaged(entry)
}

async function placeOf(entry: ZipEntry, file: FileHandle): Promise<FilePart> {
  const header = await readAt(file, entry.offset, LOCAL_HEADER.bytes)
  if (header.readUInt32LE(0) !== LOCAL_HEADER.signature) throw misplaced(entry)
  return { file, offset: entry.offset + LOCAL_HEADER.bytes + header.readUInt16LE(26) + header.readUInt16LE(28) }
}

function damaged({ path }: ZipEntry, cause?: unknown): BadZip {
  return new BadZip(`its ${path} is damaged`, { cause })
}

function misplaced({ path }: ZipEntry): BadZip {
  return new BadZip(`its ${path} is not where its directory says`)
}

interface Directory {
  readonly bytes: Buffer
  readonly count: number
  /** Where it starts in the file; no file of the zip stands after it. */
  readonly start: number
}

async function readCentralDirectory(file: FileHandle, size: number): Promise<Directory> {
  const tailStart = Math.max(0, size - LONGEST_END)
  const tail = await readAt(file, tailStart, size - tailStart)
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (at < 0 || at + END_RECORD.bytes > tail.length) throw new BadZip('there is no central directory at its end')
  let count = tail.readUInt16LE(at + 10)
  let length = tail.readUInt32LE(at + 12)
  let start = tail.readUInt32LE(at + 16)
  if (count === MAX_16 || length === MAX_32 || start === MAX_32) {
    const zip64 = await readZip64(file, tail, at)
    if (zip64) ({ count, length, start } = zip64)
  }
  if (start + length > at + tailStart) throw new BadZip('it is shorter than it says')
  if (count > MOST_ENTRIES) throw new BadZip(`it has ${count} files, more than any package has`)
  return { bytes: await readAt(file, start, length), count, start }
}

async function readZip64(file: FileHandle, tail: Buffer, endRecordAt: number) {
  const at = endRecordAt - ZIP64_LOCATOR.bytes
  if (at < 0 || tail.readUInt32LE(at) !== ZIP64_LOCATOR.signature) return undefined // Its numbers just are that large.
  const record = await readAt(file, wide(tail, at + 8), ZIP64_END_RECORD.bytes)
  if (record.readUInt32LE(0) !== ZIP64_END_RECORD.signature) throw new BadZip('its zip64 end record is damaged')
  return { count: wide(record, 32), length: wide(record, 40), start: wide(record, 48) }
}

function readDirectory({ bytes, count, start }: Directory): ZipEntry[] {
  const entries: ZipEntry[] = []
  let at = 0
  let occupied = 0
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_HEADER.bytes > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_HEADER.signature)
      throw new BadZip('its central directory is damaged')
    const nameLength = bytes.readUInt16LE(at + 28)
    const extraLength = bytes.readUInt16LE(at + 30)
    const end = at + CENTRAL_HEADER.bytes + nameLength + extraLength + bytes.readUInt16LE(at + 32)
    if (end > bytes.length) throw new BadZip('its central directory is damaged')
    const entry = readEntry(bytes, at, nameLength, extraLength)
    occupied += LOCAL_HEADER.bytes + nameLength + entry.zippedBytes
    // Files that share their bytes are how a small archive becomes a large one, or never comes to an end.
    if (entry.offset >= start || occupied > start) throw new BadZip(`its ${entry.path} stands where no file can be`)
    if (!entry.path.endsWith('/')) entries.push(entry)
    at = end
  }
  // Whoever goes by the length of the directory would install files that are not seen here.
  if (at !== bytes.length) throw new BadZip('its central directory is damaged')
  return entries
}

function readEntry(bytes: Buffer, at: number, nameLength: number, extraLength: number): ZipEntry {
  const flags = bytes.readUInt16LE(at + 8)
  const nameAt = at + CENTRAL_HEADER.bytes
  const name = bytes.subarray(nameAt, nameAt + nameLength)
  const path = flags & UTF8_NAMES ? name.toString() : fromCodePage437(name)
  if (flags & ENCRYPTED) throw new BadZip(`its ${path} is encrypted`)
  const method = bytes.readUInt16LE(at + 10)
  if (method !== STORED && method !== DEFLATED)
    throw new BadZip(`its ${path} is compressed by a method that installers do not read (${method})`)
  const extra = bytes.subarray(nameAt + nameLength, nameAt + nameLength + extraLength)
  const [unzippedBytes, zippedBytes, offset] = withZip64(
    [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
    extra,
  )
  const mode = bytes[at + 5] === UNIX ? bytes.readUInt16LE(at + 40) : 0
  const modified = secondsOf(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12))
  return { path, method, crc: bytes.readUInt32LE(at + 16), zippedBytes, unzippedBytes, mode, modified, offset }
}

/** The upper half of the code page that names are in without the flag for UTF-8 (APPNOTE, appendix D). */
const CODE_PAGE_437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

function fromCodePage437(name: Buffer): string {
  return name.toString('latin1').replace(/[\x80-\xff]/g, (byte) => CODE_PAGE_437[byte.charCodeAt(0) - 0x80] ?? '')
}

/** Of a date and a time as MS-DOS packs them (APPNOTE 4.4.6). */
function secondsOf(date: number, time: number): number {
  const day = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31] as const
  return Date.UTC(...day, time >> 11, (time >> 5) & 63, (time & 31) * 2) / 1000
}

type Numbers = readonly [number, number, number]

/** Those that are all ones stand in the extra field instead, in this order (APPNOTE 4.5.3). */
function withZip64(numbers: Numbers, extra: Buffer): Numbers {
  if (!numbers.includes(MAX_32)) return numbers
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue
    let next = at + 4
    const wider = numbers.map((number) => {
      if (number !== MAX_32 || next + 8 > extra.length) return number
      next += 8
      return wide(extra, next - 8)
    })
    return wider as unknown as Numbers
  }
  return numbers
}

async function* readCompressed(
  file: FileHandle,
  size: number,
  wanted: readonly ZipEntry[],
): AsyncGenerator<readonly [ZipEntry, Buffer]> {
  const inOrder = wanted.toSorted((a, b) => a.offset - b.offset)
  let batch: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
  for (const entry of inOrder) {
    // A local header has its own name and extra fields, whose lengths only it tells.
    const most = LOCAL_HEADER.bytes + 2 * MAX_16 + entry.zippedBytes
    const end = Math.min(size, entry.offset + most)
    if (entry.offset < batch.start || end > batch.start + batch.bytes.length) {
      const length = Math.min(size - entry.offset, Math.max(end - entry.offset, BATCH_BYTES))
      batch = { start: entry.offset, bytes: await readAt(file, entry.offset, length) }
    }
    const at = entry.offset - batch.start
    if (at + LOCAL_HEADER.bytes > batch.bytes.length || batch.bytes.readUInt32LE(at) !== LOCAL_HEADER.signature)
      throw misplaced(entry)
    const data = at + LOCAL_HEADER.bytes + batch.bytes.readUInt16LE(at + 26) + batch.bytes.readUInt16LE(at + 28)
    if (data + entry.zippedBytes > batch.bytes.length) throw new BadZip(`its ${entry.path} is cut off`)
    yield [entry, batch.bytes.subarray(data, data + entry.zippedBytes)]
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0 || !Number.isSafeInteger(position + length)) throw new BadZip('it is shorter than it says')
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new BadZip('it is shorter than it says')
  return buffer
}

/** A 64-bit number, which no size or offset of a real file comes near. */
function wide(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}
