import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Pick } from './merge.ts'
import { writeAll } from './write.ts'
import { centralDirectory, localHeader } from './zip-records.ts'

export interface WrittenZip {
  /** Hexadecimal. */
  readonly sha256: string
  /** Base64, as Lambda's CodeSha256. */
  readonly codeSha256: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  readonly entries: number
}

/** Copied in one piece: large enough that the calls do not count, small enough that memory does not. */
const CHUNK_BYTES = 4 << 20

/**
 * Writes picked files as a zip, in their order: their records are copied as they stand in their slices, so identical
 * picks give identical bytes. The file appears under its name only when it is whole.
 *
 * @param below a folder within the zip that all of them stand in, as in `python/`
 */
export async function writeZip(output: string, picks: readonly Pick[], below = ''): Promise<WrittenZip> {
  const temporary = `${output}.${randomUUID()}.part`
  await mkdir(dirname(output), { recursive: true })
  try {
    const file = await open(temporary, 'wx')
    try {
      const written = await writeRecords(file, picks, below)
      await file.close()
      await rename(temporary, output)
      return written
    } catch (error) {
      await file.close().catch(() => undefined)
      throw error
    }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeRecords(file: FileHandle, picks: readonly Pick[], below: string): Promise<WrittenZip> {
  const hash = createHash('sha256')
  const writer = createWriter(file, hash)
  const offsets: number[] = []
  let end = 0
  const entries = picks.map(({ entry }) => (below === '' ? entry : { ...entry, path: below + entry.path }))
  for (const entry of entries) {
    offsets.push(end)
    end += localHeader.bytes(entry) + entry.zippedBytes
  }
  if (below === '') {
    for (const run of runsOf(picks)) await writer.copy(run)
  } else {
    for (const [index, entry] of entries.entries()) {
      await writer.write(localHeader(entry))
      await writer.copy(dataOf(picks[index] as Pick))
    }
  }
  await writer.write(centralDirectory(entries, offsets, end))
  const zipBytes = await writer.finish()
  const digest = hash.digest()
  return {
    sha256: digest.toString('hex'),
    codeSha256: digest.toString('base64'),
    zipBytes,
    unzippedBytes: picks.reduce((sum, { entry }) => sum + entry.unzippedBytes, 0),
    entries: picks.length,
  }
}

/** Records that stand next to each other in their slice and in the artifact. */
interface Run {
  readonly file: FileHandle
  readonly start: number
  end: number
}

function runsOf(picks: readonly Pick[]): Run[] {
  const runs: Run[] = []
  for (const { slice, entry } of picks) {
    const last = runs.at(-1)
    const end = entry.offset + entry.recordBytes
    if (last?.file === slice.file && last.end === entry.offset) last.end = end
    else runs.push({ file: slice.file, start: entry.offset, end })
  }
  return runs
}

/** A record without its header, which names another path. */
function dataOf({ slice, entry }: Pick): Run {
  const end = entry.offset + entry.recordBytes
  return { file: slice.file, start: end - entry.zippedBytes, end }
}

/** Gathers what is written in one of two buffers while the other one goes to the disk. */
function createWriter(file: FileHandle, hash: { update(bytes: Uint8Array): unknown }) {
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const
  let current = 0
  let filled = 0
  let total = 0
  let writing: Promise<unknown> = Promise.resolve()

  const flush = async (): Promise<void> => {
    const bytes = buffers[current === 0 ? 0 : 1].subarray(0, filled)
    await writing
    writing = writeAll(file, bytes, total)
    writing.catch(() => undefined) // It is awaited before the next one.
    hash.update(bytes)
    total += filled
    filled = 0
    current = 1 - current
  }
  const room = async (): Promise<Buffer> => {
    if (filled === CHUNK_BYTES) await flush()
    return buffers[current === 0 ? 0 : 1].subarray(filled)
  }
  return {
    copy: async ({ file: from, start, end }: Run): Promise<void> => {
      for (let at = start; at < end; ) {
        const space = await room()
        const length = Math.min(space.length, end - at)
        const { bytesRead } = await from.read(space, 0, length, at)
        if (bytesRead !== length) throw new Error('a slice is shorter than it says')
        filled += length
        at += length
      }
    },
    write: async (bytes: Buffer): Promise<void> => {
      for (let at = 0; at < bytes.length; ) {
        const space = await room()
        const copied = bytes.copy(space, 0, at)
        filled += copied
        at += copied
      }
    },
    finish: async (): Promise<number> => {
      await flush()
      await writing
      return total
    },
  }
}
