import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import { type PlaceVariables, placeOfAnnouncement } from '../preview/announce/place.ts'
import { refuseNamedFork } from '../preview/guard.ts'
import { pullOf, stateOf } from '../preview/prerequisites.ts'
import type { Pull, RunEvent } from '../preview/pull.ts'
import { reasonAgainst } from '../preview/pull-state.ts'
import type { RemovalCollaborators } from '../preview/removal/removal.ts'
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
  try {
    const result = await preview(settings, pull, {
      ...collaborators,
      announcerFor: (identity) =>
        createAnnouncer(
          github,
          placeOfAnnouncement(settings, identity, pull.headSha, { environment, secrets }),
          collaborators.report,
        ),
    })
    return { skipped: undefined, result, settings }
  } finally {
    if (!settings.dryRun) await removeIfClosed(pull, settings, collaborators, announcing)
  }
}

/** The run for a pull request that is closed meanwhile may have come too early, and found nothing to remove. */
async function removeIfClosed(
  pull: Pull,
  settings: DeploySettings,
  collaborators: OpenedPreview,
  announcing: RemovalAnnouncing,
): Promise<void> {
  const now = await stateOf(pull, announcing.github)
  if (now?.isOpen !== false) return
  const { report } = collaborators
  report.notice({ title: `Pull request ${pull.number} was closed meanwhile: its preview is removed` })
  const result = await destroy(pull, settings, { ...collaborators, ...collaborators.removalParts(settings) })
  for (const problem of result.problems) report.warning(problem)
  await announceRemovals(destroyed(result), pull, settings, announcing)
}
