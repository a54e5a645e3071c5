import { writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { FilePart } from '../wheels/read-zip.ts'

const CHUNK_BYTES = 1 << 20
/** Less is written sooner than a thread takes it on. */
const SYNC_BYTES = 128 * 1024

/** Writes all of it: one call may write less and say nothing, as on a disk that is about to be full. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done
    done +=
      rest <= SYNC_BYTES
        ? writeSync(file.fd, bytes, done, rest, position + done)
        : (await file.write(bytes, done, rest, position + done)).bytesWritten
  }
}

/** Reads all of it into an array. */
export async function readAll({ file, offset }: FilePart, into: Uint8Array): Promise<void> {
  const { bytesRead } = await file.read(into, 0, into.length, offset)
  if (bytesRead !== into.length) throw new Error('a file that is copied is shorter than it was')
}

/** Copies bytes from one file to another, without holding them all. */
export async function copyAll(
  { file, offset }: FilePart,
  length: number,
  to: FileHandle,
  position: number,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length))
  for (let done = 0; done < length; ) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, length - done))
    await readAll({ file, offset: offset + done }, chunk)
    await writeAll(to, chunk, position + done)
    done += chunk.length
  }
}
