import { type Problem, SeveralErrors } from '../errors.ts'
import { stateOf } from '../preview/prerequisites.ts'
import type { Pull } from '../preview/pull.ts'
import type { RemovalCollaborators } from '../preview/removal/removal.ts'
import { type DestroyResult, removedNames } from '../preview/removal/result.ts'
import { problemsOf } from '../report/problem.ts'
import type { Reporter } from '../report/reporter.ts'
import type { RemovalSettings } from '../settings/removal.ts'
import { announceRemovals, destroyed, type RemovalAnnouncing } from './announce-removal.ts'
import { destroy } from './destroy.ts'

/** Previews that a run for their pull request removes instead of making them. */
export interface GoneCollaborators extends RemovalAnnouncing {
  readonly openRemoval: (settings: RemovalSettings) => Promise<RemovalCollaborators>
}

/** What came of it instead of a preview. */
export interface Gone {
  readonly skipped: Problem
  readonly removal: DestroyResult
}

/** What a preview that is to go leaves behind. */
export class StillThere extends SeveralErrors {}

/**
 * What a run for a pull request that is closed does in place of a preview: GitHub lets the newest run of a group take the place of one
 * that waits, which may have been the one for closing. @throws StillThere
 */
export async function removeClosed(
  pull: Pull,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<Gone> {
  const title = `Pull request ${pull.number} is closed`
  collaborators.report.info(`${title}: this run makes no preview, and removes what there is of one`)
  return await removeInstead({ title, why: 'closed' }, pull, settings, collaborators)
}

/**
 * The run for a pull request that is closed meanwhile may have come too early, and found nothing to remove.
 * @returns undefined where it is open. @throws StillThere
 */
export async function removeAfterClosing(
  pull: Pull,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<Gone | undefined> {
  const now = await stateOf(pull, collaborators.github)
  if (now?.isOpen !== false) return undefined
  const title = `Pull request ${pull.number} was closed meanwhile`
  return await removeInstead({ title, why: 'closed' }, pull, settings, collaborators)
}

/** Of a pull request whose label was taken away, by which it had asked for a preview. @throws StillThere */
export async function removeWithoutLabel(
  pull: Pull,
  wanted: string | undefined,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<Gone> {
  return await removeInstead(withoutLabel(pull, wanted), pull, settings, collaborators)
}

/**
 * The run for the label that went may never have come. @returns undefined where the pull request has no preview of ours
 * @throws StillThere
 */
export async function removeRestWithoutLabel(
  pull: Pull,
  wanted: string | undefined,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<Gone | undefined> {
  const reason = withoutLabel(pull, wanted)
  const result = await remove(reason.why, pull, settings, collaborators)
  const isNone = result.previews.every(({ outcome }) => outcome === 'missing' || outcome === 'refused')
  return isNone ? undefined : goneBy(reason, result, settings)
}

/** Why a preview goes, for people. */
interface Reason {
  readonly title: string
  /** After the name of the preview. */
  readonly why: string
}

function withoutLabel({ number }: Pull, wanted: string | undefined): Reason {
  const label = JSON.stringify(wanted)
  return { title: `Pull request ${number} has no label ${label} any more`, why: `label ${label} taken away` }
}

async function removeInstead(
  reason: Reason,
  pull: Pull,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<Gone> {
  return goneBy(reason, await remove(reason.why, pull, settings, collaborators), settings)
}

function goneBy({ title }: Reason, result: DestroyResult, settings: RemovalSettings): Gone {
  if (result.problems.length > 0)
    throw new StillThere(result.problems, `${title}, and its preview could not be removed`)
  return { skipped: { title: `${title}: ${outcomeOf(result, settings)}` }, removal: result }
}

function outcomeOf({ previews }: DestroyResult, { dryRun }: RemovalSettings): string {
  if (dryRun) return 'a preview of it would be removed'
  return removedNames(previews).length === 0 ? 'there is no preview to remove' : 'its preview is removed'
}

async function remove(
  why: string,
  pull: Pull,
  settings: RemovalSettings,
  collaborators: GoneCollaborators,
): Promise<DestroyResult> {
  const result = await destroy(pull, settings, await collaborators.openRemoval(settings))
  const removals = destroyed(result).map((removal) => ({ ...removal, why }))
  await announceRemovals(removals, pull, settings, collaborators)
  return result
}

export function warnOf(report: Reporter): (error: unknown) => void {
  return (error) => {
    for (const problem of problemsOf(error).problems) report.warning(problem)
  }
}
