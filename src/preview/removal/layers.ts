import { inParallel } from '../../artifact/parallel.ts'
import type { PublishedVersion } from '../../aws/layer-removal.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { functionOfLayer, layerNameOf } from '../../release/desired/desired-layers.ts'
import type { PreviewIdentity, PreviewOwner } from '../identity.ts'
import { previewMark, pullInName } from '../mark.ts'
import { whereAllowed } from './allowed.ts'
import type { OwnerOfPull } from './ownership.ts'
import { type Timing, timed } from './parts.ts'
import type { Ended, RemovedPart } from './result.ts'

type Layers = Pick<PreviewApi, 'openLayers'>

/** The layer of a preview's dependencies. Its name is that of the function; tags it cannot have. */
export async function removeLayer(
  functionName: string,
  collaborators: Timing & { readonly previews: Layers },
): Promise<RemovedPart | undefined> {
  const [found] = await Promise.allSettled([findLayer(functionName, () => true, collaborators.previews)])
  if (found.status === 'fulfilled' && found.value === undefined) return undefined
  return await timed(`layer ${layerNameOf(functionName)}`, functionName, collaborators, async () => {
    if (found.status === 'rejected') throw found.reason
    return (await found.value?.()) ?? { outcome: 'missing' }
  })
}

/**
 * What removes the layer of a preview whose function is gone, and with it the tags that would prove whose it is: versions with
 * the mark of the preview. Undefined where there are none.
 */
export async function findMarkedLayer(
  identity: Pick<PreviewIdentity, 'functionName' | 'pull'> & PreviewOwner,
  previews: Layers,
): Promise<(() => Promise<Ended>) | undefined> {
  const own = previewMark(identity)
  return await findLayer(identity.functionName, ({ mark }) => mark === own, previews)
}

async function findLayer(
  functionName: string,
  isOwn: (version: PublishedVersion) => boolean,
  { openLayers }: Layers,
): Promise<(() => Promise<Ended>) | undefined> {
  const layers = await openLayers()
  const name = layerNameOf(functionName)
  const versions = ((await whereAllowed(() => layers.list(name))) ?? []).filter(isOwn)
  if (versions.length === 0) return undefined
  return async () => {
    await layers.remove(name, versions)
    return { outcome: 'removed' }
  }
}

/** A layer whose versions have the mark of a preview. */
export interface MarkedLayer {
  readonly name: string
  readonly functionName: string
  readonly pull: number
  /** ISO 8601, of the newest version. */
  readonly created: string
}

const AT_ONCE = 8

/** Layers of the owner's previews, but of those that are there. */
export async function findLayers(
  owner: OwnerOfPull,
  there: ReadonlySet<string>,
  { openLayers }: Layers,
): Promise<readonly MarkedLayer[]> {
  const layers = await openLayers()
  const names = (await layers.names()).flatMap((name) => {
    const functionName = functionOfLayer(name) ?? ''
    const pull = pullInName(functionName)
    const isLookedFor = pull !== undefined && (owner.pull ?? pull) === pull
    return isLookedFor && !there.has(functionName) ? [{ name, functionName, pull }] : []
  })
  const found = await inParallel(names, AT_ONCE, async ({ name, functionName, pull }) => {
    const own = previewMark({ ...owner, functionName, pull })
    // By its name alone it may be a layer of somebody else's.
    const listed = await whereAllowed(() => layers.list(name))
    const versions = (listed ?? []).filter(({ mark }) => mark === own)
    const created = versions
      .map((version) => version.created)
      .toSorted()
      .at(-1)
    return created === undefined ? [] : [{ name, functionName, pull, created }]
  })
  return found.flat()
}
