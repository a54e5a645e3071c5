import { nameInArn } from '../../aws/arn.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { roleNameOf } from '../../release/current-aside.ts'
import type { PreviewIdentity } from '../identity.ts'
import { searchTags } from '../tags.ts'
import { whereAllowed } from './allowed.ts'
import { removeLayer } from './layers.ts'
import { belongsTo } from './ownership.ts'
import { type Timing, timed } from './parts.ts'
import type { RemovedPart } from './result.ts'

export interface LeftoverCollaborators extends Timing {
  readonly previews: PreviewApi
}

/**
 * What was made for a function that never came, or outlived it: role and log group, whose own tags say so, and the layer that has
 * its name.
 */
export async function removeLeftovers(
  identity: PreviewIdentity,
  collaborators: LeftoverCollaborators,
): Promise<readonly RemovedPart[]> {
  const parts = await Promise.all([
    removeRole(identity, collaborators),
    removeLogGroup(identity, collaborators),
    removeLayer(identity.functionName, collaborators),
  ])
  return parts.flatMap((part) => part ?? [])
}

async function removeRole(
  identity: PreviewIdentity,
  collaborators: LeftoverCollaborators,
): Promise<RemovedPart | undefined> {
  const roles = await collaborators.previews.openRoles()
  const name = roleNameOf(identity.functionName)
  const tags = await whereAllowed(() => roles.tags(name))
  if (tags === undefined || !belongsTo(tags, identity)) return undefined
  return await timed(`role ${name}`, identity.functionName, collaborators, async () => ({
    outcome: (await roles.remove(name)) ? 'removed' : 'missing',
  }))
}

async function removeLogGroup(
  identity: PreviewIdentity,
  collaborators: LeftoverCollaborators,
): Promise<RemovedPart | undefined> {
  const { previews } = collaborators
  const { functionName, repositoryId, pull } = identity
  const name = defaultLogGroup(functionName)
  const listed = await whereAllowed(() => previews.findTagged('logs:log-group', searchTags(repositoryId, pull)))
  const found = listed?.find(({ arn }) => nameInArn(arn) === name)
  if (found === undefined || !belongsTo(found.tags, identity)) return undefined
  const logGroups = await previews.openLogGroups()
  return await timed(`log group ${name}`, functionName, collaborators, async () => ({
    outcome: (await logGroups.remove(name)) ? 'removed' : 'missing',
  }))
}
