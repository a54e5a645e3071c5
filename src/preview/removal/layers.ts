import type { PreviewApi } from '../../aws/previews.ts'
import { layerNameOf } from '../../release/desired/desired-layers.ts'
import { whereAllowed } from './allowed.ts'
import { type Timing, timed } from './parts.ts'
import type { RemovedPart } from './result.ts'

/** The layer of a function's dependencies, where there is one. Its name is that of the function; tags it cannot have. */
export async function removeLayer(
  functionName: string,
  collaborators: Timing & { readonly previews: PreviewApi },
): Promise<RemovedPart | undefined> {
  const layers = await collaborators.previews.openLayers()
  const name = layerNameOf(functionName)
  const [listed] = await Promise.allSettled([whereAllowed(() => layers.list(name))])
  if (listed.status === 'fulfilled' && (listed.value ?? []).length === 0) return undefined
  return await timed(`layer ${name}`, functionName, collaborators, async () => {
    if (listed.status === 'rejected') throw listed.reason
    await layers.remove(name, listed.value ?? [])
    return { outcome: 'removed' }
  })
}
