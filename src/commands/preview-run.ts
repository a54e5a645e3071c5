import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import type { FailedFacts, Serving } from '../preview/announce/facts.ts'
import { type PlaceVariables, placeOfAnnouncement } from '../preview/announce/place.ts'
import { hasCredentials, refuseForeignCode, refuseNamedFork } from '../preview/guard.ts'
import { previewName } from '../preview/identity.ts'
import { pullOf, stateOf } from '../preview/prerequisites.ts'
import type { Pull, RunEvent } from '../preview/pull.ts'
import { decideByLabel, reasonAgainst, reasonAgainstDraft } from '../preview/pull-state.ts'
import type { RemovalCollaborators } from '../preview/removal/removal.ts'
import type { DestroyResult } from '../preview/removal/result.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Table } from '../settings/kinds.ts'
import type { RemovalSettings } from '../settings/removal.ts'
import {
  type DeploySettings,
  loadDeploySettings,
  loadPlaceSettings,
  loadProjectRemovalSettings,
  type PlaceSettings,
  type SettingsOrigin,
} from '../settings/settings.ts'
import { type PreviewCollaborators, type PreviewResult, preview } from './preview.ts'
import {
  removeAfterClosing,
  removeClosed,
  removeRestWithoutLabel,
  removeWithoutLabel,
  StillThere,
  warnOf,
} from './preview-gone.ts'
import { telling } from './telling.ts'

/** What `preview` becomes for a run. */
export type PreviewRun =
  | {
      readonly skipped: Problem
      /** What was removed instead. */
      readonly removal?: DestroyResult
    }
  | { readonly skipped: undefined; readonly result: PreviewResult; readonly settings: DeploySettings }

export interface PreviewRunCollaborators extends PlaceVariables {
  readonly github: GitHubApi | undefined
  readonly report: Reporter
  readonly signal: AbortSignal
  /** From here on what these hold is shown as asterisks. */
  readonly mask: (variables: Table) => void
  /** Called when it is certain that there will be a preview. */
  readonly open: (settings: DeploySettings) => Promise<Omit<PreviewCollaborators, 'announcer'>>
  /** For a preview that must go again. */
  readonly openRemoval: (settings: RemovalSettings) => Promise<RemovalCollaborators>
  /** What answers at the address of a preview. */
  readonly servingOf: (functionName: string, settings: DeploySettings) => Promise<Serving | undefined>
}

/**
 * From the event that started a run to the preview that answers; or why there is none. What fails is told in the pull request,
 * as soon as it is certain that it is the pull request's turn.
 * @param isAuto whether the event decides: a label that came or went may then be no reason for anything
 */
export async function runForPull(
  event: RunEvent,
  isAuto: boolean,
  origin: SettingsOrigin,
  collaborators: PreviewRunCollaborators,
): Promise<PreviewRun> {
  const { environment, github, mask, signal } = collaborators
  const found = pullOf(event, environment)
  if ('skipped' in found) return found
  const { pull } = found
  const now = await stateOf(pull, github)
  const refused = () => loadPlaceSettings(origin, false)
  await telling(
    () => {
      refuseForeignCode(event)
      refuseNamedFork(event, now?.isForeign)
    },
    // Of a stranger's project nothing is read, and nothing of its commit is shown as a deployment.
    async (facts) =>
      announcerOf(pull, { ...(await refused()), githubEnvironment: 'none' }, collaborators)?.failed(facts),
    signal,
  )
  const place = await loadPlaceSettings(origin, true)
  for (const table of [place.environment, place.previewEnvironment, place.previewSecrets]) mask(table)
  const announcer = announcerOf(pull, place, collaborators)
  const tell = (facts: FailedFacts) => announcer?.failed(facts)
  const removal = () => telling(() => loadProjectRemovalSettings(origin), tell, signal)
  if (now?.isOpen === false) return await removeClosed(pull, await removal(), collaborators)
  const byLabel = isAuto ? decideByLabel(event, pull, now, place.previewLabel) : 'as-usual'
  if (byLabel === 'remove') return await removeWithoutLabel(pull, place.previewLabel, await removal(), collaborators)
  if (byLabel === 'remove-rest' && hasCredentials(environment)) {
    const gone = await removeRestWithoutLabel(pull, place.previewLabel, await removal(), collaborators)
    if (gone) return gone
  }
  const against = reasonAgainst(pull, now, place.previewLabel) ?? reasonAgainstDraft(pull, now, place.previewDrafts)
  if (against) return { skipped: against }
  const settings = await telling(() => loadDeploySettings(origin, true), tell, signal)
  if (byLabel === 'unless-current') {
    const serving = await collaborators.servingOf(previewName(settings.functionName, pull.number), settings)
    const newest = now?.headSha ?? pull.headSha
    if (serving !== undefined && serving.headSha === newest)
      return (await removeAfterClosing(pull, settings, collaborators)) ?? { skipped: nothingNew(pull, event) }
  }
  const opened = await telling(() => collaborators.open(settings), tell, signal)
  const release = (): Promise<PreviewResult> => preview(settings, pull, { ...opened, announcer })
  if (settings.dryRun) return { skipped: undefined, result: await release(), settings }
  try {
    const result = await release()
    const closed = await removeAfterClosing(pull, settings, collaborators)
    return closed ?? { skipped: undefined, result, settings }
  } catch (error) {
    if (!(error instanceof StillThere))
      await removeAfterClosing(pull, settings, collaborators).catch(warnOf(collaborators.report))
    throw error
  }
}

/** Undefined where nobody is to be told, or nobody knows of which function. */
function announcerOf(
  pull: Pull,
  { functionName, dryRun, ...place }: PlaceSettings,
  { github, environment, region, secrets, report }: PreviewRunCollaborators,
) {
  if (functionName === undefined || dryRun) return undefined
  const { number, repository, headSha } = pull
  const name = previewName(functionName, number)
  const named = { functionName: name, base: functionName, pull: number, repository, region }
  return createAnnouncer(github, placeOfAnnouncement(place, named, headSha, { environment, secrets }), report)
}

function nothingNew({ number }: Pull, { label = '', action }: RunEvent): Problem {
  return {
    title: `Nothing to do: the preview of pull request ${number} has its newest commit`,
    detail: `The run was started by a label (${JSON.stringify(label)}, ${action}).`,
    hint: 'With preview-label, that label makes a preview and takes it away. A commit, or a run that is started again for one, deploys anew.',
  }
}
