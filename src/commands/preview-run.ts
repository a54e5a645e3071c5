import { type Problem, SeveralErrors } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import { type PlaceVariables, placeOfAnnouncement } from '../preview/announce/place.ts'
import { refuseNamedFork } from '../preview/guard.ts'
import { pullOf, stateOf } from '../preview/prerequisites.ts'
import type { Pull, RunEvent } from '../preview/pull.ts'
import { reasonAgainst } from '../preview/pull-state.ts'
import type { RemovalCollaborators } from '../preview/removal/removal.ts'
import { problemsOf } from '../report/problem.ts'
import type { Reporter } from '../report/reporter.ts'
import {
  type DeploySettings,
  loadDeploySettings,
  type RemovalSettings,
  type SettingsOrigin,
} from '../settings/settings.ts'
import { announceRemovals, destroyed, type RemovalAnnouncing } from './announce-removal.ts'
import { destroy } from './destroy.ts'
import { type PreviewCollaborators, type PreviewResult, preview } from './preview.ts'

/** What `preview` becomes for a run. */
export type PreviewRun =
  | { readonly skipped: Problem }
  | { readonly skipped: undefined; readonly result: PreviewResult; readonly settings: DeploySettings }

/** What makes a preview, and removes it where it must go again. */
export interface OpenedPreview extends Omit<PreviewCollaborators, 'announcerFor'> {
  readonly removalParts: (settings: RemovalSettings) => Pick<RemovalCollaborators, 'previews' | 'removeDatabase'>
}

export interface PreviewRunCollaborators extends PlaceVariables {
  readonly github: GitHubApi | undefined
  /** From here on what these hold is shown as asterisks. */
  readonly mask: PreviewCollaborators['mask']
  /** Called when it is certain that there will be a preview. */
  readonly open: (settings: DeploySettings) => Promise<OpenedPreview>
}

/** From the event that started a run to the preview that answers; or why there is none. */
export async function runForPull(
  event: RunEvent,
  origin: SettingsOrigin,
  { environment, github, mask, open, secrets }: PreviewRunCollaborators,
): Promise<PreviewRun> {
  const found = pullOf(event, environment, { runsItsCode: true })
  if ('skipped' in found) return found
  const { pull } = found
  const settings = await loadDeploySettings(origin, true)
  for (const table of [settings.environment, settings.previewEnvironment, settings.previewSecrets]) mask(table)
  const now = await stateOf(pull, github)
  refuseNamedFork(event, now?.isForeign)
  const against = reasonAgainst(pull, now, settings.previewLabel)
  if (against) return { skipped: against }
  const collaborators = await open(settings)
  const announcing = { environment, secrets, github, report: collaborators.report }
  const closing = (): Promise<Problem | undefined> => removeIfClosed(pull, settings, collaborators, announcing)
  const release = (): Promise<PreviewResult> =>
    preview(settings, pull, {
      ...collaborators,
      announcerFor: (identity) =>
        createAnnouncer(
          github,
          placeOfAnnouncement(settings, identity, pull.headSha, { environment, secrets }),
          collaborators.report,
        ),
    })
  if (settings.dryRun) return { skipped: undefined, result: await release(), settings }
  try {
    const result = await release()
    const closed = await closing()
    return closed ? { skipped: closed } : { skipped: undefined, result, settings }
  } catch (error) {
    if (!(error instanceof StillThere)) await closing().catch(warnOf(collaborators.report))
    throw error
  }
}

/** What a preview whose pull request is closed leaves behind. */
class StillThere extends SeveralErrors {}

/**
 * The run for a pull request that is closed meanwhile may have come too early, and found nothing to remove.
 * @returns that it was closed, and its preview is gone. @throws StillThere
 */
async function removeIfClosed(
  pull: Pull,
  settings: DeploySettings,
  collaborators: OpenedPreview,
  announcing: RemovalAnnouncing,
): Promise<Problem | undefined> {
  const now = await stateOf(pull, announcing.github)
  if (now?.isOpen !== false) return undefined
  const result = await destroy(pull, settings, { ...collaborators, ...collaborators.removalParts(settings) })
  await announceRemovals(destroyed(result), pull, settings, announcing)
  const title = `Pull request ${pull.number} was closed meanwhile`
  if (result.problems.length > 0)
    throw new StillThere(result.problems, `${title}, and its preview could not be removed`)
  return { title: `${title}: its preview is removed` }
}

function warnOf(report: Reporter): (error: unknown) => void {
  return (error) => {
    for (const problem of problemsOf(error).problems) report.warning(problem)
  }
}
