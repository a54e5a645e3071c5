import type { LogGroup } from '../aws/log-groups.ts'
import type { Tags } from '../aws/tags.ts'
import type { RoleNeeds } from './permissions/role-policy.ts'

/** What a function has beside its versions, as far as the settings ask for it: what was not looked at is undefined. */
export interface CurrentAside {
  readonly tags: Tags | undefined
  /** Of the whole function. */
  readonly reservedConcurrency: { readonly reserved: number | undefined } | undefined
  readonly codeSigning: { readonly arn: string | undefined } | undefined
  readonly logGroup: { readonly name: string; readonly found: LogGroup | undefined } | undefined
  readonly role: CurrentRole | undefined
}

/** The execution role that `create-role` is about. */
export interface CurrentRole {
  readonly name: string
  /** `theirs`: somebody else made a role of that name. */
  readonly state: 'missing' | 'ours' | 'theirs'
  /** Known where it had to be asked for. */
  readonly arn: string | undefined
  /** What it may do, as JSON. */
  readonly policy: string | undefined
  /** The ARN of the policy that bounds that. Known where it had to be asked for. */
  readonly boundary?: string | undefined
}

export const NOT_LOOKED_AT: CurrentAside = {
  tags: undefined,
  reservedConcurrency: undefined,
  codeSigning: undefined,
  logGroup: undefined,
  role: undefined,
}

/** What should be there beside the versions: undefined leaves it alone. */
export interface DesiredAside {
  /** Added to those that are there. */
  readonly tags: Tags
  readonly reservedConcurrency: { readonly reserved: number | undefined } | undefined
  readonly codeSigning: { readonly arn: string | undefined } | undefined
  readonly logRetention: { readonly group: string; readonly days: number | undefined } | undefined
  readonly role: DesiredRole | undefined
  /** Of the function, where a setting names it. */
  readonly description: string | undefined
}

export interface DesiredRole {
  readonly name: string
  readonly needs: RoleNeeds
  /** The ARN of the policy that bounds what it may do; undefined leaves it as it is. */
  readonly boundary?: string | undefined
}

export const NOTHING_ASIDE: DesiredAside = {
  tags: {},
  reservedConcurrency: undefined,
  codeSigning: undefined,
  logRetention: undefined,
  role: undefined,
  description: undefined,
}

/** Stands for the ARN of the role that is not made yet. No ARN looks like it. */
export const OWN_ROLE = '{{role}}'
