import type { PreviewTags } from '../tags.ts'

/** What is known of a pull request. `unanswered`: who would know was asked, and did not say. */
export type PullKnown = 'open' | 'closed' | 'unknown' | 'unanswered'

export type Reason = 'closed' | 'expired' | 'orphaned'

/** Why something goes; undefined where it stays. */
export function reasonToRemove(
  { expires }: Pick<PreviewTags, 'expires'>,
  pull: PullKnown,
  now: number,
): Reason | undefined {
  if (pull === 'closed') return 'closed'
  // Of a date that cannot be read, nobody can say that it has passed.
  return Date.parse(expires) <= now ? 'expired' : undefined
}

/** A layer, a role and a log group are made before their function, by a run that may be going on. */
const BEGINS_WITHIN_MS = 3_600_000

/**
 * The same of what was made for a function that is not there. As long as the pull request may be open, a deployment may be about to
 * use it, however old it is. Where nobody can say that, time counts.
 */
export function reasonToRemoveOrphan(
  { created }: Pick<PreviewTags, 'created'>,
  pull: PullKnown,
  now: number,
): Reason | undefined {
  if (pull === 'closed') return 'orphaned'
  return pull === 'unknown' && Date.parse(created) + BEGINS_WITHIN_MS <= now ? 'orphaned' : undefined
}

/** Of data without function: as long as the pull request may be open, its next deployment takes them. */
export function isOrphanedForGood(pull: PullKnown): boolean {
  return pull === 'closed'
}
