import { link, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { sha256Of } from '../store/hash.ts'
import type { Located } from './locate.ts'

/** A wheel file on this machine. */
export interface DownloadedWheel {
  readonly filename: string
  readonly path: string
  /** Hexadecimal. */
  readonly sha256: string
}

const INTERVAL_MILLISECONDS = 20

/**
 * Watches the temporary files of a pip that downloads: it puts each wheel into a folder of its own there, and hands over none
 * before it has all. Those that are whole, by their hash, get another name in the folder `into`. Should pip keep them
 * elsewhere, nothing is lost but time. @returns what ends it
 */
export function watchArrivals(
  temporaryFiles: string,
  into: string,
  awaited: readonly Located[],
  onArrival: (wheel: DownloadedWheel) => void,
): () => Promise<void> {
  const missing = new Map(awaited.map((wheel) => [wheel.filename, wheel]))
  const stopping = new AbortController()
  const look = async (): Promise<void> => {
    for (const path of await readdir(temporaryFiles, { recursive: true })) {
      const wheel = missing.get(basename(path))
      const arrival = wheel && (await arrived(join(temporaryFiles, path), wheel, into))
      if (!arrival) continue
      missing.delete(arrival.filename)
      onArrival(arrival)
    }
  }
  const watching = (async () => {
    while (missing.size > 0) {
      await setTimeout(INTERVAL_MILLISECONDS, undefined, { signal: stopping.signal })
      await look().catch(() => undefined) // pip's folders come and go.
    }
  })().catch(() => undefined) // It was stopped.
  return async () => {
    stopping.abort()
    await watching
  }
}

async function arrived(path: string, { filename, bytes, hashes }: Located, into: string) {
  if ((await stat(path)).size !== bytes) return undefined
  const own = join(into, filename)
  await link(path, own)
  const sha256 = (await sha256Of(own)).toString('hex')
  if (hashes.includes(`sha256:${sha256}`)) return { filename, path: own, sha256 }
  await rm(own)
  return undefined
}
