import type { CurrentAside, CurrentRole, DesiredAside } from '../aside-state.ts'
import { placeOfArn, rolePolicy } from '../permissions/role-policy.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** What a function has beside its versions: it holds for all of them at once, and a rollback does not bring it back. */
export type AsideStep =
  | { readonly kind: 'create-role'; readonly name: string; readonly boundary?: string }
  /** `boundary`: where it has none yet, or another one. */
  | { readonly kind: 'update-role'; readonly name: string; readonly boundary?: string }
  | { readonly kind: 'create-log-group'; readonly name: string }
  | { readonly kind: 'set-log-retention'; readonly group: string; readonly days: number | undefined }
  | { readonly kind: 'set-code-signing'; readonly arn: string | undefined }
  | { readonly kind: 'reserve-concurrency'; readonly reserved: number | undefined }
  | { readonly kind: 'add-tags'; readonly names: readonly string[] }
  | { readonly kind: 'describe-function' }

/** What differs, and nothing else. Some of it must be there before the function is, some can only be set once it is. */
export function asideSteps(
  { latest, aside: current }: CurrentRelease,
  { aside: desired }: DesiredRelease,
): { readonly first: AsideStep[]; readonly created: AsideStep[] } {
  const first = [...roleSteps(current.role, desired, latest?.arn), ...logSteps(current.logGroup, desired)]
  // Tags, code signing and description go along with the request that creates a function.
  if (latest === undefined) return { first, created: concurrencySteps(undefined, desired) }
  return {
    first: [
      ...first,
      ...signingSteps(current.codeSigning, desired),
      ...concurrencySteps(current.reservedConcurrency, desired),
      ...tagSteps(current.tags ?? {}, desired),
    ],
    created: [],
  }
}

/** A description alone is no reason for a version: it is the function's. */
export function descriptionSteps({ latest }: CurrentRelease, { aside: { description } }: DesiredRelease): AsideStep[] {
  const isRight = description === undefined || latest === undefined || latest.description === description
  return isRight ? [] : [{ kind: 'describe-function' }]
}

function roleSteps(current: CurrentRole | undefined, { role }: DesiredAside, arn: string | undefined): AsideStep[] {
  if (role === undefined) return []
  const { name, needs, boundary } = role
  const isBounded = boundary === undefined || current?.boundary === boundary
  const named = { name, ...(!isBounded && { boundary }) }
  if (current?.state !== 'ours') return [{ kind: 'create-role', ...named }]
  const { policy } = current
  const isRight = arn !== undefined && policy !== undefined && policy === rolePolicy(needs, placeOfArn(arn), policy)
  return isRight && isBounded ? [] : [{ kind: 'update-role', ...named }]
}

function logSteps(current: CurrentAside['logGroup'], { logRetention }: DesiredAside): AsideStep[] {
  if (logRetention === undefined) return []
  const { group, days } = logRetention
  const found = current?.name === group ? current.found : undefined
  return [
    ...(found === undefined ? [{ kind: 'create-log-group', name: group } as const] : []),
    ...(found?.retentionDays === days ? [] : [{ kind: 'set-log-retention', group, days } as const]),
  ]
}

function signingSteps(current: CurrentAside['codeSigning'], { codeSigning }: DesiredAside): AsideStep[] {
  if (codeSigning === undefined || codeSigning.arn === current?.arn) return []
  return [{ kind: 'set-code-signing', arn: codeSigning.arn }]
}

function concurrencySteps(
  current: CurrentAside['reservedConcurrency'],
  { reservedConcurrency }: DesiredAside,
): AsideStep[] {
  if (reservedConcurrency === undefined || reservedConcurrency.reserved === current?.reserved) return []
  return [{ kind: 'reserve-concurrency', reserved: reservedConcurrency.reserved }]
}

function tagSteps(current: NonNullable<CurrentAside['tags']>, { tags }: DesiredAside): AsideStep[] {
  const names = Object.keys(tags).filter((name) => current[name] !== tags[name])
  return names.length === 0 ? [] : [{ kind: 'add-tags', names: names.toSorted() }]
}
