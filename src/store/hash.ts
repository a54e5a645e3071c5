import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { open } from 'node:fs/promises'

const CHUNK_BYTES = 1 << 20

/** Of a file, without holding it in memory. */
export async function sha256Of(path: string): Promise<Buffer> {
  const hash = createHash('sha256')
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, size)))
    for (;;) {
      // A megabyte is read sooner than a thread hears that it is wanted.
      const bytesRead = readSync(file.fd, buffer)
      if (bytesRead === 0) return hash.digest()
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
