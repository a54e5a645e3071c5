import type { Problem } from '../errors.ts'

/** What was asked for, as a policy has it. */
interface Asked {
  readonly action: string
  /** As people call it. */
  readonly resource: string
  readonly arn: string
}

/** IAM user guide, "Troubleshoot access denied error messages": the policies that are not one's own, by AWS's names. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'service control policy': 'It belongs to the organisation: whoever is in charge of that has to change it.',
  'resource control policy': 'It belongs to the organisation: whoever is in charge of that has to change it.',
  'permissions boundary': 'It bounds what the role may do at most: the action has to stand in it too.',
  'session policy':
    'It came with the sign-in: inline-session-policy and managed-session-policies of aws-actions/configure-aws-credentials, say.',
  'vpc endpoint policy': 'It belongs to the endpoint in the VPC by which the request went.',
  'resource-based policy': 'It belongs to the resource itself: that has to allow it.',
}

/** A policy that allows these may demand a permissions boundary, and a refusal does not say so. */
const BOUNDED: ReadonlySet<string> = new Set([
  ...['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'],
])

/**
 * A refusal, and what helps. The message knows better than the call which action it is (another one may be needed within it)
 * and which policy says no: where it isn't the caller's own, a further statement in that changes nothing.
 */
export function denial(message: string, { action, resource, arn }: Asked): Problem {
  const [, denied = action, named] =
    /not authorized to perform: (\S+)(?: on (?:the )?resource:? "?(arn:[^\s"]+))?/i.exec(message) ?? []
  const target = named ?? resource
  const statement = JSON.stringify({ Effect: 'Allow', Action: denied, Resource: named ?? arn })
  const ofBoundary = BOUNDED.has(denied)
    ? 'Where roles may only be made and changed within a permissions boundary, set permissions-boundary to its ARN. '
    : ''
  const [, forbidding] = /with an explicit deny in an? ([\w -]*?policy|permissions boundary)/i.exec(message) ?? []
  if (forbidding !== undefined) {
    return {
      title: `A policy forbids ${denied} on ${target}`,
      detail: message,
      hint: `${ofBoundary}An explicit deny counts more than any statement that allows. ${whose(forbidding)}`,
    }
  }
  const [, silent] = /because no ([\w -]*?policy|permissions boundary) allows/i.exec(message) ?? []
  if (silent !== undefined && silent.toLowerCase() !== 'identity-based policy') {
    return {
      title: `The ${silent} does not allow ${denied} on ${target}`,
      detail: message,
      hint: `${whose(silent)} This statement has to be allowed there: ${statement}`,
    }
  }
  return {
    title: `The credentials may not do ${denied} on ${target}`,
    detail: message,
    hint: `${ofBoundary}Add this statement to their policy: ${statement}`,
  }
}

function whose(policy: string): string {
  return ELSEWHERE[policy.toLowerCase()] ?? `It stands in an ${policy} of the role: take it out there.`
}
