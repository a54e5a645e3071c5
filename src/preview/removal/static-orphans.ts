import { inParallel } from '../../artifact/parallel.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { FOLDER, readMarkKey } from '../../static/keeping.ts'
import type { PreviewOwner } from '../identity.ts'
import { previewMark, pullInName } from '../mark.ts'
import { staticAddressOf } from '../settings.ts'
import type { PreviewTags } from '../tags.ts'
import type { OwnerOfPull } from './ownership.ts'

/** Static files whose mark says of which preview they are. */
export interface MarkedStatics {
  readonly address: string
  readonly functionName: string
  readonly pull: number
}

const AT_ONCE = 8

/** Where previews have their static files, without the number: as tags of such say, and the setting of the function. */
export function staticPlacesOf(
  previews: readonly Pick<PreviewTags, 'static'>[],
  { static: given }: { readonly static: string | undefined },
): readonly string[] {
  const addresses = [...previews.map((preview) => preview.static), staticAddressOf(given, { pull: 1 })]
  return [
    ...new Set(addresses.flatMap((address) => (address && /pr-\d+$/.test(address) ? withoutNumber(address) : []))),
  ]
}

function withoutNumber(address: string): string {
  return address.replace(/\d+$/, '')
}

/**
 * Static files of previews of the owner. Functions may share an address.
 * @param there names of functions whose static files are not left over
 */
export async function findStatics(
  place: string,
  owner: OwnerOfPull,
  there: ReadonlySet<string>,
  { openStatics }: Pick<PreviewApi, 'openStatics'>,
): Promise<readonly MarkedStatics[]> {
  const at = place.lastIndexOf('/')
  const [parent, beginning] = [place.slice(0, at), place.slice(at + 1)]
  const bucket = await openStatics(parent, accountOf(owner))
  const region = await bucket.region()
  const folders = await bucket.folders(beginning)
  const isLookedFor = (address: string): boolean => owner.pull === undefined || address === `${place}${owner.pull}`
  const addresses = folders.map((folder) => `${parent}/${folder.slice(0, -1)}`).filter(isLookedFor)
  const found = await inParallel(addresses, AT_ONCE, async (address) => {
    const notes = `${FOLDER}${region}/`
    const marked: MarkedStatics[] = []
    for await (const { key } of (await openStatics(`${address}/${notes}`, accountOf(owner))).list()) {
      const { functionName = '', mark } = readMarkKey(notes + key) ?? {}
      const pull = pullInName(functionName)
      if (pull === undefined || there.has(functionName)) continue
      if (mark === previewMark({ ...owner, functionName, pull })) marked.push({ address, functionName, pull })
    }
    return marked
  })
  return found.flat()
}

/** S3 names buckets without saying whose they are. */
export function accountOf({ place }: Pick<PreviewOwner, 'place'>): string {
  return place.split('/')[0] ?? ''
}
