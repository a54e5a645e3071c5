import { nameInArn } from '../../aws/arn.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { roleNameOf } from '../../release/current-aside.ts'
import { layerNameOf } from '../../release/desired/desired-layers.ts'
import { ownDatabaseText } from '../database-text.ts'
import type { PreviewIdentity } from '../identity.ts'
import { previewMark } from '../mark.ts'
import { staticAddressOf } from '../settings.ts'
import { type PreviewTags, searchTags } from '../tags.ts'
import { whereAllowed } from './allowed.ts'
import { type RemoveDatabase, removeOwnDatabase } from './carry-out.ts'
import { findMarkedLayer } from './layers.ts'
import { ownTags } from './ownership.ts'
import { isFailed, type Timing, timed } from './parts.ts'
import { hasServerData } from './plan.ts'
import type { Ended, RemovedPart } from './result.ts'
import { accountOf } from './static-orphans.ts'
import { removeStatics } from './statics.ts'

export interface LeftoverSettings {
  /** Of the function: previews have theirs beside it. */
  readonly static: string | undefined
  readonly dryRun: boolean
}

export interface LeftoverCollaborators extends Timing {
  readonly previews: PreviewApi
  readonly removeDatabase: RemoveDatabase
}

/** Something of a preview whose function is gone. */
interface Leftover {
  readonly what: string
  readonly remove: () => Promise<Ended>
}

/** Something with tags: what a preview had beside its function, and what that had by what they say. */
interface Witness extends Leftover {
  readonly tags: PreviewTags
}

/**
 * What was made for a function that never came, or that somebody has deleted by hand: role and log group, whose own tags say so,
 * what these name, and what has the mark of the preview. What has tags goes last, as long as nothing else is left.
 */
export async function removeLeftovers(
  identity: PreviewIdentity,
  settings: LeftoverSettings,
  collaborators: LeftoverCollaborators,
): Promise<readonly RemovedPart[]> {
  const { functionName } = identity
  const { previews } = collaborators
  const found = await Promise.all([findRole(identity, previews), findLogGroup(identity, previews)])
  const witnesses = found.flatMap((witness) => witness ?? [])
  const others = [
    ...findDatabase(witnesses, collaborators),
    ...findStatics(identity, witnesses, settings, previews),
    ...(await findLayer(identity, previews)),
  ]
  const attempt = ({ what, remove }: Leftover): Promise<RemovedPart> =>
    timed(what, functionName, collaborators, remove, STAYING)
  if (settings.dryRun) {
    const removal = async (): Promise<Ended> => await Promise.resolve({ outcome: 'would be removed' })
    return await Promise.all([...others, ...witnesses].map(({ what }) => attempt({ what, remove: removal })))
  }
  const removed = await Promise.all(others.map(attempt))
  const parts = removed.some(isFailed) ? removed : [...removed, ...(await Promise.all(witnesses.map(attempt)))]
  return parts.filter(({ outcome }) => outcome !== 'missing')
}

const STAYING = 'what is left of it is found again'

async function findRole(identity: PreviewIdentity, previews: PreviewApi): Promise<Witness | undefined> {
  const roles = await previews.openRoles()
  const name = roleNameOf(identity.functionName)
  const tags = ownTags(identity, (await whereAllowed(() => roles.tags(name))) ?? {})
  return tags && { what: `role ${name}`, tags, remove: () => outcomeOf(roles.remove(name)) }
}

async function findLogGroup(identity: PreviewIdentity, previews: PreviewApi): Promise<Witness | undefined> {
  const { functionName, pull } = identity
  const name = defaultLogGroup(functionName)
  const listed = await whereAllowed(() => previews.findTagged('logs:log-group', searchTags(identity, pull)))
  const found = listed?.find(({ arn }) => nameInArn(arn) === name)
  const tags = found && ownTags(identity, found.tags)
  if (tags === undefined) return undefined
  const logGroups = await previews.openLogGroups()
  return { what: `log group ${name}`, tags, remove: () => outcomeOf(logGroups.remove(name)) }
}

function findDatabase(witnesses: readonly Witness[], { removeDatabase }: LeftoverCollaborators): Leftover[] {
  const [tags] = witnesses.map((witness) => witness.tags).filter(hasServerData)
  if (tags === undefined) return []
  return [{ what: ownDatabaseText(tags.database), remove: () => removeOwnDatabase(tags, removeDatabase) }]
}

function findStatics(
  identity: PreviewIdentity,
  witnesses: readonly Witness[],
  { static: given, dryRun }: LeftoverSettings,
  { openStatics }: PreviewApi,
): Leftover[] {
  const named = witnesses.map(({ tags }) => tags.static)
  const addresses = new Set([...named, ...(dryRun ? [] : [staticAddressOf(given, identity)])])
  return [...addresses].flatMap((address) => {
    if (address === undefined) return []
    const remove = async (): Promise<Ended> => {
      const bucket = await openStatics(address, accountOf(identity))
      return await removeStatics(bucket, { address, functionName: identity.functionName, mark: previewMark(identity) })
    }
    return [{ what: `static files of ${address}`, remove }]
  })
}

async function findLayer(identity: PreviewIdentity, previews: PreviewApi): Promise<Leftover[]> {
  const remove = await findMarkedLayer(identity, previews)
  return remove === undefined ? [] : [{ what: `layer ${layerNameOf(identity.functionName)}`, remove }]
}

async function outcomeOf(removing: Promise<boolean>): Promise<Ended> {
  return { outcome: (await removing) ? 'removed' : 'missing' }
}
