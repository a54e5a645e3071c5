import { UNKNOWN } from '../release/permissions/grant.ts'
import { grantsOf, type Policy, placeBySettings, policyOf } from '../release/permissions/permissions.ts'
import { previewGrants } from '../release/permissions/preview-permissions.ts'
import type { Reporter } from '../report/reporter.ts'
import type { FunctionSettings } from '../settings/settings.ts'

export interface PermissionsCollaborators {
  readonly report: Reporter
  /** The process's variables, for the region. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The policy that a deployment with these settings needs, or what makes and removes previews. Nothing is asked for, so no
 * credentials are needed.
 */
export function permissions(
  settings: FunctionSettings,
  { previews }: { readonly previews: boolean },
  { report, environment }: PermissionsCollaborators,
): Policy {
  const place = placeBySettings(settings, environment)
  const grants = previews ? previewGrants(settings, place) : grantsOf(settings, place)
  for (const { why, actions } of grants) report.info(`${why}: ${actions.join(', ')}`)
  const policy = policyOf(grants)
  const resources = policy.Statement.flatMap(({ Resource }) => Resource).join(' ')
  const unknown = Object.values(UNKNOWN).filter((word) => new RegExp(`[:/]${word}\\b`).test(resources))
  if (unknown.length > 0) {
    report.notice({
      title: `To be replaced in the policy: ${unknown.join(', ')}`,
      hint: 'AWS_REGION tells the region; role, or allowed-account-ids with one account, tells the account.',
    })
  }
  return policy
}
