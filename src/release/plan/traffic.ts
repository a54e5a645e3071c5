import type { AliasState } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import type { TrafficPortion } from '../../settings/traffic.ts'
import { readAliasMark } from '../order/alias-mark.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** How traffic gets from the old version to the new one, last of all. */
export type TrafficStep =
  /** What a run has left behind that was ended within a step. */
  | { readonly kind: 'clear-weights' }
  | { readonly kind: 'check-alarms'; readonly names: readonly string[] }
  | ({ readonly kind: 'shift-traffic' } & TrafficPortion)
  | { readonly kind: 'move-alias'; readonly isFirst?: true }
  /** Where the alias does not move, and commands are still to run. */
  | { readonly kind: 'mark-unfinished' }
  /** Nothing is left to do after the move: the alias says so. */
  | { readonly kind: 'finish' }

export interface TrafficSteps {
  /** Before anything else is changed. */
  readonly first: readonly TrafficStep[]
  readonly shifts: readonly TrafficStep[]
  readonly move: TrafficStep
}

/** @throws UserError where Lambda would not divide traffic between these versions, or visitors would get broken answers. */
export function trafficSteps(
  current: CurrentRelease,
  desired: DesiredRelease,
  isServedVersionRight: boolean,
): TrafficSteps {
  const { portions, alarms } = desired.traffic
  const clearing: TrafficStep[] = current.alias && isDivided(current.alias) ? [{ kind: 'clear-weights' }] : []
  if (portions.length === 0 || isServedVersionRight) {
    return { first: clearing, shifts: [], move: { kind: 'move-alias' } }
  }
  if (!hasOldVersion(current)) return { first: clearing, shifts: [], move: { kind: 'move-alias', isFirst: true } }
  checkDivision(current, desired)
  return {
    first: [...clearing, ...(alarms.length > 0 ? [{ kind: 'check-alarms', names: alarms } as const] : [])],
    shifts: portions.map((portion) => ({ kind: 'shift-traffic', ...portion })),
    move: { kind: 'move-alias' },
  }
}

/** Whether an alias serves several versions. */
export function isDivided({ weights }: Pick<AliasState, 'weights'>): boolean {
  return Object.keys(weights).length > 0
}

/** One that has served: what has not proven itself gets no traffic, and Lambda divides none with `$LATEST`. */
function hasOldVersion({ alias, served }: CurrentRelease): boolean {
  if (alias === undefined || served === undefined || alias.version === '$LATEST') return false
  return readAliasMark(alias.description).phase !== 'not-released'
}

/** Lambda developer guide, "Using aliases in a weighted configuration": role and dead letter queue are the same. */
function checkDivision({ served, url }: CurrentRelease, { configuration, invokeMode, alias }: DesiredRelease): void {
  const { role, options } = configuration
  const before = served?.options.deadLetterTarget
  const target = options.deadLetterTarget ?? before
  const [what, setting, change] =
    served?.role !== role
      ? ['another role', 'role', `${served?.role} → ${role}`]
      : ['another dead letter target', 'dead-letter-target', `${before || 'none'} → ${target || 'none'}`]
  if (served !== undefined && (served.role !== role || before !== target)) {
    throw new UserError(
      {
        title: `traffic cannot move in steps: the new version has ${what} than version ${served.version}, which ${alias} serves`,
        detail: `${change}. Lambda divides traffic only between versions that have the same.`,
        hint: `Deploy the change of ${setting} once without traffic, then go on with it.`,
      },
      { exitCode: 2 },
    )
  }
  if (url !== undefined && invokeMode !== undefined && url.invokeMode !== invokeMode) {
    throw new UserError(
      {
        title: `traffic cannot move in steps while streaming is turned ${invokeMode === 'RESPONSE_STREAM' ? 'on' : 'off'}`,
        detail: `The Function URL has one invoke mode for both versions, now ${url.invokeMode}: visitors of one of them would get answers in a shape that is meant for Lambda.`,
        hint: 'Deploy the change of streaming once without traffic, then go on with it.',
      },
      { exitCode: 2 },
    )
  }
}
