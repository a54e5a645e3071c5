import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import type { AnnouncePlace } from '../preview/announce/facts.ts'
import type { PreviewIdentity } from '../preview/identity.ts'
import { pullOf, stateOf } from '../preview/prerequisites.ts'
import type { Pull, RunEvent } from '../preview/pull.ts'
import { reasonAgainst } from '../preview/pull-state.ts'
import type { Table } from '../settings/kinds.ts'
import { type DeploySettings, loadDeploySettings, type SettingsOrigin } from '../settings/settings.ts'
import { type PreviewCollaborators, type PreviewResult, preview } from './preview.ts'

/** What `preview` becomes for a run. */
export type PreviewRun =
  | { readonly skipped: Problem }
  | { readonly skipped: undefined; readonly result: PreviewResult; readonly settings: DeploySettings }

export interface PreviewRunCollaborators {
  readonly environment: Table
  readonly github: GitHubApi | undefined
  /** From here on what these hold is shown as asterisks. */
  readonly mask: (variables: Table) => void
  /** Called when it is certain that there will be a preview. */
  readonly open: (settings: DeploySettings) => Promise<Omit<PreviewCollaborators, 'announcerFor'>>
  /** What a text for others must not hold, since nobody masks it there. */
  readonly secrets: () => readonly string[]
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
      createAnnouncer(github, announcePlace(settings, identity, pull, { environment, secrets }), collaborators.report),
  })
  return { skipped: undefined, result, settings }
}

function announcePlace(
  { comment, githubEnvironment }: DeploySettings,
  identity: PreviewIdentity,
  { headSha, repository }: Pull,
  { environment, secrets }: Pick<PreviewRunCollaborators, 'environment' | 'secrets'>,
): AnnouncePlace {
  const server = environment['GITHUB_SERVER_URL']
  const run = environment['GITHUB_RUN_ID']
  const repositoryUrl = server === undefined ? undefined : `${server}/${repository}`
  return {
    ...{ identity, headSha, repositoryUrl },
    // More become known while the run goes on.
    get secrets() {
      return secrets()
    },
    runUrl: repositoryUrl && run && `${repositoryUrl}/actions/runs/${run}`,
    environment: githubEnvironment === 'none' ? undefined : githubEnvironment,
    hasComment: comment ?? true,
    now: () => new Date(),
  }
}
