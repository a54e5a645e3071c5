import type { BuildSettings } from '../settings/settings.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { type Artifact, layerPathOf, type Outputs, type PackageSize } from './outputs.ts'
import type { ProductFiles } from './runtime.ts'
import type { Slice } from './slice.ts'
import { type WrittenZip, ZIP_FORMAT } from './zip.ts'

/** What is remembered of the last merge whose zips were written to a place. */
interface Kept {
  readonly mergeKey: string
  readonly artifact: WrittenZip
  readonly layer?: WrittenZip
  readonly packages: readonly PackageSize[]
}

/** Of everything that can change a byte of the zips, and what is said of them. A slice's name has its content's hash. */
export function mergeKey(
  application: Slice,
  dependencies: readonly Slice[],
  { target, dependenciesLayer, onConflict }: BuildSettings,
  { version }: ProductFiles,
): string {
  const names = [application, ...dependencies].map(({ name }) => name)
  const { runtime, architecture, glibc } = target
  return keyOf('merge', ZIP_FORMAT, version, names, runtime, architecture, glibc, dependenciesLayer, onConflict)
}

/** The zips of the last build, if it merged the same, and they still lie where this one would write. */
export async function findZips(key: string, output: string, store: Store): Promise<Outputs | undefined> {
  const kept = await readRecord<Kept>(store, 'artifacts', keyOf('artifact', output))
  if (kept?.mergeKey !== key) return undefined
  const { artifact, layer, packages } = kept
  const isThere = async ({ path, sha256 }: Artifact): Promise<boolean> =>
    (await store.digestOf(path).catch(() => undefined)) === sha256
  const zips = {
    artifact: { path: output, ...artifact },
    ...(layer && { layer: { path: layerPathOf(output), ...layer } }),
  }
  if (!(await isThere(zips.artifact)) || (zips.layer && !(await isThere(zips.layer)))) return undefined
  return { ...zips, packages }
}

/** For the next build. Never of a merge that something was said about: that is said each time. */
export async function rememberZips(key: string, { artifact, layer, packages }: Outputs, store: Store): Promise<void> {
  const kept: Kept = {
    mergeKey: key,
    artifact: withoutPath(artifact),
    ...(layer && { layer: withoutPath(layer) }),
    packages,
  }
  // Names of private packages; and elsewhere there is no zip that it could be of use for.
  await writeRecord(store, 'artifacts', keyOf('artifact', artifact.path), kept, { isPrivate: true })
}

function withoutPath({ sha256, codeSha256, zipBytes, unzippedBytes, entries }: Artifact): WrittenZip {
  return { sha256, codeSha256, zipBytes, unzippedBytes, entries }
}
