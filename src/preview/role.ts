import type { Tags } from '../aws/tags.ts'
import { UserError } from '../errors.ts'
import { roleNameOf } from '../release/current-aside.ts'
import type { DeploySettings } from '../settings/settings.ts'
import type { PreviewIdentity } from './identity.ts'
import { ownTags } from './removal/ownership.ts'

/**
 * An account has its roles in all regions at once: two previews of one name would share one, and the first that goes would take
 * it from the other.
 * @throws UserError where a role of that name was made for something else
 */
export async function refuseOtherRole(
  { createRole, previewRole }: Pick<DeploySettings, 'createRole' | 'previewRole'>,
  identity: PreviewIdentity,
  roleTags: (name: string) => Promise<Tags | undefined>,
): Promise<void> {
  if (!createRole || previewRole !== undefined) return
  const name = roleNameOf(identity.functionName)
  const tags = await roleTags(name)
  if (tags === undefined || ownTags(identity, tags)) return
  throw new UserError({
    title: `The role ${name} exists, and was not made for this preview`,
    detail: `Its tags do not say that it was made for ${identity.functionName} in ${identity.place}.`,
    hint: `It is left as it is. Previews in several regions need preview-role, or a function-name of their own, as in function-name: ${identity.base}-{{stage}} with a stage for each.`,
  })
}
