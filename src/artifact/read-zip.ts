import { type FileHandle, open } from 'node:fs/promises'
import { crc32, inflateRawSync } from 'node:zlib'
import type { Entry, Packed } from './entry.ts'
import { CENTRAL_HEADER, END_OF_CENTRAL_DIRECTORY } from './zip.ts'

const END_RECORD_BYTES = 22
const LOCAL_HEADER_BYTES = 30
const CENTRAL_HEADER_BYTES = 46

export type PackedEntry = Entry & { readonly content: { readonly packed: Packed } }

/** The files of a zip; they can be read until it is closed. */
export interface OpenZip extends AsyncDisposable {
  readonly entries: readonly PackedEntry[]
}

/** The file is damaged, or was written by another program. */
export class ForeignZip extends Error {
  override readonly name = 'ForeignZip'
}

/** Reads what `writeZip` wrote, and no other zip: there are no extra fields, no comments, no zip64. @throws ForeignZip */
export async function openZip(path: string): Promise<OpenZip> {
  const handle = await open(path)
  try {
    return { entries: await readDirectory(handle), [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The bytes of one file, unpacked. @throws ForeignZip when they are not those that were packed */
export async function contentOf({ path, content: { packed } }: PackedEntry): Promise<Buffer> {
  const bytes = await packed.read()
  try {
    const content = packed.method === 0 ? Buffer.from(bytes) : inflateRawSync(bytes)
    if (crc32(content) === packed.crc) return content
  } catch {
    // Not even deflated: the same to whoever reads it.
  }
  throw new ForeignZip(`its ${path} is damaged`)
}

async function readDirectory(handle: FileHandle): Promise<PackedEntry[]> {
  const { size } = await handle.stat()
  const end = await readBytes(handle, size - END_RECORD_BYTES, END_RECORD_BYTES)
  if (end.readUInt32LE(0) !== END_OF_CENTRAL_DIRECTORY) throw new ForeignZip('there is no central directory at its end')
  const directory = await readBytes(handle, end.readUInt32LE(16), end.readUInt32LE(12))
  const entries: PackedEntry[] = []
  for (let at = 0; at < directory.length; ) {
    const isOurs = at + CENTRAL_HEADER_BYTES <= directory.length && directory.readUInt32LE(at) === CENTRAL_HEADER
    if (!isOurs || directory.readUInt32LE(at + 30) !== 0)
      throw new ForeignZip('its central directory is not as we write it')
    const nameLength = directory.readUInt16LE(at + 28)
    const zippedBytes = directory.readUInt32LE(at + 20)
    const path = directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameLength)
    if (path.startsWith('/') || path.split('/').includes('..')) throw new ForeignZip('a path in it leads elsewhere')
    const start = directory.readUInt32LE(at + 42) + LOCAL_HEADER_BYTES + nameLength
    entries.push({
      path,
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o100 ? 0o755 : 0o644,
      content: {
        packed: {
          method: directory.readUInt16LE(at + 10) === 0 ? 0 : 8,
          crc: directory.readUInt32LE(at + 16),
          unzippedBytes: directory.readUInt32LE(at + 24),
          zippedBytes,
          read: () => readBytes(handle, start, zippedBytes),
        },
      },
    })
    at += CENTRAL_HEADER_BYTES + nameLength
  }
  return entries
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) throw new ForeignZip('it is too short')
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new ForeignZip('it is shorter than it says')
  return buffer
}
