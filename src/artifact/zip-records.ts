import {
  CENTRAL_HEADER,
  END_RECORD,
  LOCAL_HEADER,
  MAX_16,
  MAX_32,
  UNIX,
  UTF8_NAMES,
  ZIP64_END_RECORD,
  ZIP64_LOCATOR,
} from '../wheels/zip-format.ts'

/** What a zip says of one file. */
interface Described {
  readonly path: string
  readonly mode: number
  readonly method: 0 | 8
  readonly crc: number
  readonly zippedBytes: number
  readonly unzippedBytes: number
}

/** Made by Unix, so that the upper half of the external attributes is a file mode (APPNOTE 4.4.2). */
const MADE_BY = (UNIX << 8) | 20
const NEEDS_VERSION = 20
/** With the records of zip64, 4.5 is needed (APPNOTE 4.4.3.2). */
const NEEDS_ZIP64 = 45
/** 1 January 1980, the zip format's first day: an artifact tells nothing of when it was made. */
const DOS_DATE = (1 << 5) | 1
const REGULAR_FILE = 0o100000

/** The record before a file's data (APPNOTE 4.3.7). It does not say where it stands: it can be copied with the data. */
export function localHeader(entry: Described): Buffer {
  const name = Buffer.from(entry.path)
  const header = Buffer.alloc(LOCAL_HEADER.bytes + name.length)
  header.writeUInt32LE(LOCAL_HEADER.signature, 0)
  writeCommonFields(viewOf(header), 4, entry, name.length)
  name.copy(header, LOCAL_HEADER.bytes)
  return header
}

/** How long that record is. */
localHeader.bytes = ({ path }: { readonly path: string }): number => LOCAL_HEADER.bytes + Buffer.byteLength(path)

/** A file and how many bytes of the zip are its local header and data. */
interface Recorded extends Described {
  readonly recordBytes: number
}

/** The central directory of a zip whose records stand one directly after the other, with its end records. */
export function centralDirectory(entries: readonly Recorded[]): Buffer {
  // What a record has beside its data is its header, and of that all but a fixed part is the name.
  const length = entries.reduce(
    (sum, { recordBytes, zippedBytes }) =>
      sum + CENTRAL_HEADER.bytes + (recordBytes - zippedBytes - LOCAL_HEADER.bytes),
    0,
  )
  const directory = Buffer.alloc(length)
  const view = viewOf(directory)
  let at = 0
  let start = 0
  for (const entry of entries) {
    const nameLength = directory.write(entry.path, at + CENTRAL_HEADER.bytes)
    view.setUint32(at, CENTRAL_HEADER.signature, true)
    view.setUint16(at + 4, MADE_BY, true)
    writeCommonFields(view, at + 6, entry, nameLength)
    view.setUint32(at + 38, ((REGULAR_FILE | entry.mode) << 16) >>> 0, true)
    view.setUint32(at + 42, start, true)
    start += entry.recordBytes
    at += CENTRAL_HEADER.bytes + nameLength
  }
  return Buffer.concat([directory, endRecords(entries.length, length, start)])
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** What a local and a central header share, from "version needed to extract" on (APPNOTE 4.3.7, 4.3.12). */
function writeCommonFields(header: DataView, at: number, entry: Described, nameLength: number): void {
  header.setUint16(at, NEEDS_VERSION, true)
  header.setUint16(at + 2, UTF8_NAMES, true)
  header.setUint16(at + 4, entry.method, true)
  header.setUint16(at + 8, DOS_DATE, true)
  header.setUint32(at + 10, entry.crc, true)
  header.setUint32(at + 14, entry.zippedBytes, true)
  header.setUint32(at + 18, entry.unzippedBytes, true)
  header.setUint16(at + 22, nameLength, true)
}

/** The count of files has 16 bits; more of them stand in records of zip64 before it (APPNOTE 4.3.14 to 4.3.16). */
function endRecords(count: number, length: number, start: number): Buffer {
  const end = Buffer.alloc(END_RECORD.bytes)
  end.writeUInt32LE(END_RECORD.signature, 0)
  end.writeUInt16LE(Math.min(count, MAX_16), 8)
  end.writeUInt16LE(Math.min(count, MAX_16), 10)
  end.writeUInt32LE(Math.min(length, MAX_32), 12)
  end.writeUInt32LE(Math.min(start, MAX_32), 16)
  if (count < MAX_16) return end
  const record = Buffer.alloc(ZIP64_END_RECORD.bytes)
  record.writeUInt32LE(ZIP64_END_RECORD.signature, 0)
  record.writeBigUInt64LE(BigInt(ZIP64_END_RECORD.bytes - 12), 4)
  record.writeUInt16LE((UNIX << 8) | NEEDS_ZIP64, 12)
  record.writeUInt16LE(NEEDS_ZIP64, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(length), 40)
  record.writeBigUInt64LE(BigInt(start), 48)
  const locator = Buffer.alloc(ZIP64_LOCATOR.bytes)
  locator.writeUInt32LE(ZIP64_LOCATOR.signature, 0)
  locator.writeBigUInt64LE(BigInt(start + length), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([record, locator, end])
}
