import { createHash, randomUUID } from 'node:crypto'
import { readSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sortedByPath } from '../wheels/paths.ts'
import type { Pick } from './merge.ts'
import type { PlacedEntry } from './slice.ts'
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

/** Part of the key of what is remembered of a zip: raise it when the same slices make other bytes. */
export const ZIP_FORMAT = 1

/** Copied in one piece: large enough that the calls do not count, small enough that memory does not. */
const CHUNK_BYTES = 4 << 20

/**
 * Writes picked files as a zip, in their order: their records are copied as they stand in their slices, so identical
 * picks give identical bytes. The file appears under its name only when it is whole.
 *
 * @param place where a path stands in the zip, if elsewhere
 */
export async function writeZip(output: string, picks: readonly Pick[], place?: Place): Promise<WrittenZip> {
  const temporary = `${output}.${randomUUID()}.part`
  await mkdir(dirname(output), { recursive: true })
  try {
    const file = await open(temporary, 'wx')
    try {
      const written = await (place ? writeMoved(file, picks, place) : writeCopied(file, picks))
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

/** From a path to another one. */
export type Place = (path: string) => string

function writeCopied(file: FileHandle, picks: readonly Pick[]): Promise<WrittenZip> {
  const entries = picks.map(({ entry }) => entry)
  return writeRecords(file, entries, async (writer) => {
    for (const run of runsOf(picks)) await writer.copy(run)
  })
}

/** Under other paths, records have other headers: only their data is copied. */
function writeMoved(file: FileHandle, picks: readonly Pick[], place: Place): Promise<WrittenZip> {
  const moved = sortedByPath(
    picks.map((pick) => {
      const path = place(pick.entry.path)
      return { pick, entry: { ...pick.entry, path, recordBytes: localHeader.bytes({ path }) + pick.entry.zippedBytes } }
    }),
    ({ entry }) => entry.path,
  )
  const entries = moved.map(({ entry }) => entry)
  return writeRecords(file, entries, async (writer) => {
    for (const { pick, entry } of moved) {
      await writer.write(localHeader(entry))
      await writer.copy(dataOf(pick))
    }
  })
}

async function writeRecords(
  file: FileHandle,
  entries: readonly PlacedEntry[],
  write: (writer: Writer) => Promise<void>,
): Promise<WrittenZip> {
  const hash = createHash('sha256')
  const writer = createWriter(file, hash)
  await write(writer)
  await writer.write(centralDirectory(entries))
  const zipBytes = await writer.finish()
  const digest = hash.digest()
  return {
    sha256: digest.toString('hex'),
    codeSha256: digest.toString('base64'),
    zipBytes,
    unzippedBytes: entries.reduce((sum, { unzippedBytes }) => sum + unzippedBytes, 0),
    entries: entries.length,
  }
}

type Writer = ReturnType<typeof createWriter>

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
  const room = (): Buffer => buffers[current === 0 ? 0 : 1].subarray(filled)
  return {
    copy: async ({ file: from, start, end }: Run): Promise<void> => {
      for (let at = start; at < end; ) {
        if (filled === CHUNK_BYTES) await flush()
        const space = room()
        const length = Math.min(space.length, end - at)
        // Slices were read a moment ago, to be checked: from memory, a thread would take longer to hear of it.
        if (readSync(from.fd, space, 0, length, at) !== length) throw new Error('a slice is shorter than it says')
        filled += length
        at += length
      }
    },
    write: async (bytes: Buffer): Promise<void> => {
      for (let at = 0; at < bytes.length; ) {
        if (filled === CHUNK_BYTES) await flush()
        const space = room()
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
