import { createWriteStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { crc32, createInflateRaw, inflateRaw, inflateRawSync } from 'node:zlib'
import { BadZip, readZipDirectory, type ZipEntry } from './zip-directory.ts'
import { LOCAL_HEADER, MAX_16, STORED } from './zip-format.ts'

export { BadZip, type ZipEntry } from './zip-directory.ts'

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

/** Read at once; a larger file is read by itself. */
const BATCH_BYTES = 1 << 20
/** Above it, inflating on a thread is worth the way there. */
const SYNC_BYTES = 256 * 1024
/** At once, of a file that is too large to hold. */
const STREAMED_BYTES = 128 * 1024
const LARGEST_PIECE = 1 << 20

const inflateOnThread = promisify(inflateRaw)

/** @throws BadZip, and what opening the file throws */
export async function openZip(path: string): Promise<OpenZip> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const entries = await readZipDirectory({ size, read: (position, length) => readAt(file, position, length) })
    return {
      entries,
      compressed: (wanted) => readCompressed(file, size, wanted),
      content: async (entry) => {
        for await (const [, bytes] of readCompressed(file, size, [entry])) return await inflated(entry, bytes)
        throw new BadZip(`it has no ${entry.path}`)
      },
      unpack: (entry, path, watch) => unpackTo(path, entry, file, watch),
      place: (entry) => filePartOf(entry, file),
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
  const { offset } = await filePartOf(entry, file)
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

async function filePartOf(entry: ZipEntry, file: FileHandle): Promise<FilePart> {
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

async function* readCompressed(
  file: FileHandle,
  size: number,
  wanted: readonly ZipEntry[],
): AsyncGenerator<readonly [ZipEntry, Buffer]> {
  const inOrder = wanted.toSorted((a, b) => a.offset - b.offset)
  let batch: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) }
  for (const [index, entry] of inOrder.entries()) {
    if (entry.offset < batch.start || Math.min(size, endOf(entry)) > batch.start + batch.bytes.length) {
      const length = Math.min(size, batchEnd(inOrder, index)) - entry.offset
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

/** Where a file ends at the latest: its local header has its own name and extra fields, whose lengths only it tells. */
function endOf({ offset, zippedBytes }: ZipEntry): number {
  return offset + LOCAL_HEADER.bytes + 2 * MAX_16 + zippedBytes
}

/** Of what is read at once, from one file to the last of those that follow closely. */
function batchEnd(inOrder: readonly ZipEntry[], first: number): number {
  const start = inOrder[first]?.offset ?? 0
  let end = start
  for (let index = first; index < inOrder.length; index++) {
    const entry = inOrder[index]
    if (!entry || (index > first && (entry.offset > end || endOf(entry) > start + BATCH_BYTES))) break
    end = endOf(entry)
  }
  return end
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0 || !Number.isSafeInteger(position + length)) throw new BadZip('it is shorter than it says')
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new BadZip('it is shorter than it says')
  return buffer
}
