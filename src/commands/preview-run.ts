import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import { type PlaceVariables, placeOfAnnouncement } from '../preview/announce/place.ts'
import { pullOf, stateOf } from '../preview/prerequisites.ts'
import type { RunEvent } from '../preview/pull.ts'
import { reasonAgainst } from '../preview/pull-state.ts'
import { type DeploySettings, loadDeploySettings, type SettingsOrigin } from '../settings/settings.ts'
import { type PreviewCollaborators, type PreviewResult, preview } from './preview.ts'

/** What `preview` becomes for a run. */
export type PreviewRun =
  | { readonly skipped: Problem }
  | { readonly skipped: undefined; readonly result: PreviewResult; readonly settings: DeploySettings }

export interface PreviewRunCollaborators extends PlaceVariables {
  readonly github: GitHubApi | undefined
  /** From here on what these hold is shown as asterisks. */
  readonly mask: PreviewCollaborators['mask']
  /** Called when it is certain that there will be a preview. */
  readonly open: (settings: DeploySettings) => Promise<Omit<PreviewCollaborators, 'announcerFor'>>
}

const STAGE = 'preview'

/** From the event that started a run to the preview that answers; or why there is none. */
export async function runForPull(
  event: RunEvent,
  origin: SettingsOrigin,
  { environment, github, mask, open, secrets }: PreviewRunCollaborators,
): Promise<PreviewRun> {
  const found = pullOf(event, environment)
  if ('skipped' in found) return found
  const { pull } = found
  const settings = await loadDeploySettings({ ...origin, defaultStage: STAGE })
  for (const table of [settings.environment, settings.previewEnvironment, settings.previewSecrets]) mask(table)
  const against = reasonAgainst(pull, await stateOf(pull, github), settings.previewLabel)
  if (against) return { skipped: against }
  const collaborators = await open(settings)
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
}
