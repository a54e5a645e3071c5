import { type FileHandle, open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import type { Dependencies, Distribution } from './dependencies.ts'
import type { Entry } from './entry.ts'
import { CENTRAL_HEADER, END_OF_CENTRAL_DIRECTORY, writeZip } from './zip.ts'

/** Dependencies whose files are compressed already. They can be read until it is closed. */
export interface Pack extends Dependencies, AsyncDisposable {}

/** The entry that says which distributions a pack holds; it is not part of them. */
const INDEX = '.wsgi-lambda-pack.json'
const END_RECORD_BYTES = 22
const LOCAL_HEADER_BYTES = 30
const CENTRAL_HEADER_BYTES = 46

interface Index {
  readonly distributions: readonly Distribution[]
  /** Path → distribution. */
  readonly owners: Readonly<Record<string, string>>
}

/** Writes dependencies as a zip that `openPack` reads. */
export async function writePack(path: string, { entries, distributions }: Dependencies): Promise<void> {
  const owners = Object.fromEntries(
    entries.flatMap(({ path, distribution }) => (distribution === undefined ? [] : [[path, distribution]])),
  )
  const index: Index = { distributions, owners }
  await writeZip(path, [
    ...entries,
    { path: INDEX, mode: 0o644, content: { bytes: Buffer.from(JSON.stringify(index)) } },
  ])
}

/** Reads what `writePack` wrote: no other zip. */
export async function openPack(path: string): Promise<Pack> {
  const handle = await open(path)
  try {
    const files = await readDirectory(handle)
    const index = await readIndex(files)
    const entries = files
      .filter((file) => file.path !== INDEX)
      .map((file): Entry => {
        const distribution = index.owners[file.path]
        return distribution === undefined ? file : { ...file, distribution }
      })
    return { entries, distributions: index.distributions, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

type PackedEntry = Entry & { readonly content: Extract<Entry['content'], { packed: unknown }> }

async function readDirectory(handle: FileHandle): Promise<PackedEntry[]> {
  const { size } = await handle.stat()
  const end = await readBytes(handle, size - END_RECORD_BYTES, END_RECORD_BYTES)
  if (end.readUInt32LE(0) !== END_OF_CENTRAL_DIRECTORY) throw new Error('not a pack: there is no central directory')
  const directory = await readBytes(handle, end.readUInt32LE(16), end.readUInt32LE(12))
  const entries: PackedEntry[] = []
  for (let at = 0; at < directory.length; ) {
    if (directory.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error('not a pack: the central directory is damaged')
    const nameLength = directory.readUInt16LE(at + 28)
    const compressedBytes = directory.readUInt32LE(at + 20)
    const start = directory.readUInt32LE(at + 42) + LOCAL_HEADER_BYTES + nameLength
    entries.push({
      path: directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameLength),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o100 ? 0o755 : 0o644,
      content: {
        packed: {
          method: directory.readUInt16LE(at + 10) === 0 ? 0 : 8,
          crc: directory.readUInt32LE(at + 16),
          unzippedBytes: directory.readUInt32LE(at + 24),
          read: () => readBytes(handle, start, compressedBytes),
        },
      },
    })
    at += CENTRAL_HEADER_BYTES + nameLength
  }
  return entries
}

async function readIndex(files: readonly PackedEntry[]): Promise<Index> {
  const index = files.find(({ path }) => path === INDEX)
  if (!index) throw new Error('not a pack: there is no index')
  const { method, read } = index.content.packed
  const bytes = await read()
  return JSON.parse((method === 0 ? Buffer.from(bytes) : inflateRawSync(bytes)).toString()) as Index
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new Error('not a pack: it is shorter than it says')
  return buffer
}
