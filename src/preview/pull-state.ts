import type { Problem } from '../errors.ts'
import type { PullState } from '../github/api.ts'
import type { Pull, RunEvent } from './pull.ts'

/** A run for a pull request that was closed may come when it is open again, and its preview was made anew. */
export function reasonNotToRemove(event: RunEvent, now: PullState | undefined): Problem | undefined {
  if (event.action !== 'closed' || event.isOfOther === true || now?.isOpen !== true) return undefined
  return { title: `Skipped: pull request ${now.number} is open again` }
}

/**
 * What `command: auto` makes of a label that came or went. Where it is not the one that previews are asked for by, nothing new is to be
 * looked at; but GitHub lets the newest run of a group take the place of one that waits, which may have been for a commit; or for the label
 * that went, so that any run for a pull request without it removes what is left.
 * @param now undefined where it cannot be asked
 * @param wanted the label that a pull request needs for a preview
 */
export function decideByLabel(
  { action, label }: Pick<RunEvent, 'action' | 'label'>,
  pull: Pull,
  now: Pick<PullState, 'labels'> | undefined,
  wanted: string | undefined,
): 'as-usual' | 'unless-current' | 'remove' | 'remove-rest' {
  const isWanted = wanted !== undefined && label === wanted
  if (wanted !== undefined && !(now?.labels ?? pull.labels).includes(wanted)) {
    if (isWanted && action === 'unlabeled') return 'remove'
    return now === undefined || action === undefined ? 'as-usual' : 'remove-rest'
  }
  if (action !== 'labeled' && action !== 'unlabeled') return 'as-usual'
  return isWanted && action === 'labeled' ? 'as-usual' : 'unless-current'
}

/**
 * Why a pull request gets no preview now; undefined where it does. What GitHub says now counts more than the event, which may be
 * minutes old: a newer commit has a run of its own.
 * @param now undefined where it cannot be asked
 */
export function reasonAgainst(pull: Pull, now: PullState | undefined, label: string | undefined): Problem | undefined {
  if (now === undefined && pull.isClosed === true) {
    return {
      title: `Skipped: pull request ${pull.number} is closed, as the event says`,
      hint: 'GitHub was not asked, or did not answer. With pull-requests: read, and the token of the job as github-token, such a run removes what there is of a preview.',
    }
  }
  if (now !== undefined && pull.headSha !== undefined && now.headSha !== pull.headSha) {
    return {
      title: `Skipped: pull request ${pull.number} has a newer commit (${now.headSha.slice(0, 12)})`,
      hint: 'The run for that commit makes the preview.',
    }
  }
  if (label === undefined || (now?.labels ?? pull.labels).includes(label)) return undefined
  return {
    title: `Skipped: pull request ${pull.number} has no label ${JSON.stringify(label)}`,
    hint: 'With preview-label, only pull requests with that label get a preview. Let the workflow run for the types labeled and unlabeled too.',
  }
}

/**
 * Why a draft gets no preview now; undefined where it does. One that is there stays.
 * @param now undefined where it cannot be asked
 * @param takesDrafts whether they get one
 */
export function reasonAgainstDraft(
  pull: Pull,
  now: Pick<PullState, 'isDraft'> | undefined,
  takesDrafts: boolean,
): Problem | undefined {
  if (takesDrafts || (now?.isDraft ?? pull.isDraft) !== true) return undefined
  return {
    title: `Skipped: pull request ${pull.number} is a draft`,
    hint: 'With preview-drafts: false, it gets a preview once it is ready. Let the workflow run for the type ready_for_review too.',
  }
}
