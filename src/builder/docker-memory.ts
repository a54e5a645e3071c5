import type { Target } from '../platform/target.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { Engine } from './docker-engine.ts'
import type { KeyedImage } from './docker-image.ts'
import { imageIfThere } from './docker-pull.ts'

/** What is known of a builder's image that this engine may not have. */
export type KnownImage = Pick<KeyedImage, 'key' | 'pythonVersion' | 'glibc'>

/**
 * What a builder's image was found to be, kept in the store: a machine that has the store and not the image (a fresh runner
 * with a restored cache) need not pull it for a build that makes nothing in it.
 */
export interface ImageMemory {
  /** What is remembered of an image that the engine does not have; undefined where it has it, or nothing is known. */
  recall(): Promise<KnownImage | undefined>
  remember(image: KnownImage): Promise<void>
}

export function imageMemory(
  engine: Engine,
  target: Target,
  { baseImage, systemPackages }: { readonly baseImage: string; readonly systemPackages: readonly string[] },
  store: Store,
): ImageMemory {
  const key = keyOf('image', 1, baseImage, systemPackages, target.pythonMinor, target.architecture)
  let last: KnownImage | undefined
  return {
    recall: async () => {
      last = await readRecord<KnownImage>(store, 'toolchains', key)
      return last && (await imageIfThere(engine, baseImage)) === undefined ? last : undefined
    },
    remember: async ({ key: imageKey, pythonVersion, glibc }) => {
      const image = { key: imageKey, pythonVersion, glibc }
      if (!isSame(image, last)) await writeRecord(store, 'toolchains', key, image)
    },
  }
}

export function isSame(a: KnownImage, b: KnownImage | undefined): boolean {
  return a.key === b?.key && a.pythonVersion === b.pythonVersion && a.glibc === b.glibc
}
