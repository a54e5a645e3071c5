import type { Problem } from '../../errors.ts'
import type { PreviewIdentity } from '../identity.ts'

/**
 * What became of one part: `kept` is what is not ours or still needed, `warned` a hook that failed and kept nothing from being
 * removed.
 */
export type PartOutcome = 'removed' | 'missing' | 'done' | 'kept' | 'warned' | 'failed' | 'would be removed'

/** How one part ended. */
export interface Ended {
  readonly outcome: PartOutcome
  /** Why it was kept, or what to do. */
  readonly problem?: Problem | undefined
}

export interface RemovedPart extends Ended {
  /** As in `database shop_pr_7 (PostgreSQL)`. */
  readonly what: string
  readonly outcome: PartOutcome
  readonly seconds: number
}

/** What became of a preview. `refused`: what has its name is not ours, and was left as it is. */
export interface PreviewRemoval extends Pick<PreviewIdentity, 'functionName' | 'base' | 'pull'> {
  readonly outcome: 'removed' | 'missing' | 'refused' | 'busy' | 'failed' | 'would be removed'
  readonly parts: readonly RemovedPart[]
  /** Why it is not removed. */
  readonly problems: readonly Problem[]
  readonly seconds: number
}

/** What `destroy --json` prints. */
export interface DestroyResult {
  readonly pull: number
  readonly repository: string
  readonly previews: readonly PreviewRemoval[]
  readonly problems: readonly Problem[]
  readonly exitCode: 0 | 1
  readonly seconds: number
}

/** The functions of previews that are gone. */
export function removedNames(previews: readonly PreviewRemoval[]): string[] {
  return previews.filter(({ outcome }) => outcome === 'removed').map(({ functionName }) => functionName)
}

export function problemsOfRemovals(previews: readonly PreviewRemoval[]): readonly Problem[] {
  return previews.flatMap(({ problems }) => problems)
}

export function exitCodeOf(problems: readonly Problem[]): 0 | 1 {
  return problems.length === 0 ? 0 : 1
}
