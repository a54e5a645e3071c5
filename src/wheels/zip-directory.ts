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

/** Where a zip is read from: a file, or a server that gives parts of one. */
export interface ZipSource {
  readonly size: number
  /** Exactly so many bytes. */
  readonly read: (position: number, length: number) => Promise<Buffer>
}

/** The file is not a zip, is damaged, or uses what we do not read. The message is half a sentence: "it has …". */
export class BadZip extends Error {
  override readonly name = 'BadZip'
}

/** A comment may follow the end record, which holds its length in 16 bits. */
const LONGEST_END = END_RECORD.bytes + MAX_16
const MOST_ENTRIES = 400_000

/** The files of a zip, of which only its end is read. @throws BadZip, and what `read` throws */
export async function readZipDirectory(source: ZipSource): Promise<ZipEntry[]> {
  return readDirectory(await readCentralDirectory(source))
}

interface Directory {
  readonly bytes: Buffer
  readonly count: number
  /** Where it starts in the file; no file of the zip stands after it. */
  readonly start: number
}

async function readCentralDirectory({ size, read }: ZipSource): Promise<Directory> {
  const tailStart = Math.max(0, size - LONGEST_END)
  const tail = await read(tailStart, size - tailStart)
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (at < 0 || at + END_RECORD.bytes > tail.length) throw new BadZip('there is no central directory at its end')
  let count = tail.readUInt16LE(at + 10)
  let length = tail.readUInt32LE(at + 12)
  let start = tail.readUInt32LE(at + 16)
  if (count === MAX_16 || length === MAX_32 || start === MAX_32) {
    const zip64 = await readZip64(read, tail, at)
    if (zip64) ({ count, length, start } = zip64)
  }
  if (start + length > at + tailStart) throw new BadZip('it is shorter than it says')
  if (count > MOST_ENTRIES) throw new BadZip(`it has ${count} files, more than any package has`)
  return { bytes: await read(start, length), count, start }
}

async function readZip64(read: ZipSource['read'], tail: Buffer, endRecordAt: number) {
  const at = endRecordAt - ZIP64_LOCATOR.bytes
  if (at < 0 || tail.readUInt32LE(at) !== ZIP64_LOCATOR.signature) return undefined // Its numbers just are that large.
  const record = await read(wide(tail, at + 8), ZIP64_END_RECORD.bytes)
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

/** A 64-bit number, which no size or offset of a real file comes near. */
function wide(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}
