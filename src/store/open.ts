import type { Reporter } from '../report/reporter.ts'
import type { Values } from '../settings/schema.ts'
import { folderStore, unwritableStore } from './folder.ts'
import { sharedStore } from './shared.ts'
import type { Store } from './store.ts'
import { mayWriteShared, readTrigger } from './trust.ts'

/** How long the shared store may say nothing before the build goes on without it; the SDK asks twice. */
const PATIENCE_SECONDS = 3

export interface OpenStoreOptions {
  /** Where the store lies when no setting names a folder. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly signal: AbortSignal
  readonly report: Reporter
}

export type StoreSettings = Pick<Values, 'store' | 'storeSize' | 'sharedStore' | 'sharedStoreWrite'>

/** The store that the settings ask for: a folder, and behind it the bucket of `shared-store`. */
export function openStore(
  { store, storeSize, sharedStore: address, sharedStoreWrite }: StoreSettings,
  { folder, environment, version, signal, report }: OpenStoreOptions,
): Store {
  const local = folderStore({
    folder: store ?? folder,
    mostBytes: storeSize * 1_000_000,
    onUnwritable: (error) => {
      report.notice(unwritableStore(error))
    },
  })
  if (address === undefined) return local
  return sharedStore(local, {
    // With it comes AWS's client, which a build without a bucket does not load.
    openBucket: async () => {
      const { openBucket } = await import('../aws/bucket.ts')
      return await openBucket(address, { environment, version, signal, patienceSeconds: PATIENCE_SECONDS })
    },
    canWrite: async () => mayWriteShared(sharedStoreWrite, await readTrigger(environment)),
    report,
  })
}
