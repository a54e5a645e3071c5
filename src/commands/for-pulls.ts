import type { AwsApis } from '../aws/apis.ts'
import type { ClientOptions } from '../aws/call.ts'
import type { RunProcess } from '../builder/process.ts'
import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { environmentOf, type PlaceVariables } from '../preview/announce/place.ts'
import { servingOf } from '../preview/announce/serving.ts'
import { previewsToldOf } from '../preview/announce/told.ts'
import { pullOf, repositoryOfRun, stateOf } from '../preview/prerequisites.ts'
import type { RunEvent } from '../preview/pull.ts'
import { reasonNotToRemove } from '../preview/pull-state.ts'
import type { DestroyResult } from '../preview/removal/result.ts'
import type { SweepResult } from '../preview/removal/sweep-result.ts'
import type { Order } from '../release/order/order.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Table } from '../settings/kinds.ts'
import type { RemovalSettings } from '../settings/removal.ts'
import { type DeploySettings, loadRemovalSettings, type SettingsOrigin } from '../settings/settings.ts'
import { announceRemovals, destroyedOrTold, swept, sweptRest } from './announce-removal.ts'
import type { DeployCollaborators } from './deploy.ts'
import { destroy } from './destroy.ts'
import { type PreviewPartsOptions, previewParts, removalParts } from './preview-parts.ts'
import { type PreviewRun, runForPull } from './preview-run.ts'
import { type SweepCollaborators, sweep } from './sweep.ts'

/** What a front door has at hand for what is done for pull requests. */
export interface PullWork extends PlaceVariables {
  readonly origin: SettingsOrigin
  readonly report: Reporter
  readonly clock: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly order: Order
  readonly run: RunProcess
  readonly clients: ClientOptions
  /** Undefined where nobody can be told. */
  readonly github: GitHubApi | undefined
  /** From here on what these hold is shown as asterisks. */
  readonly mask: (variables: Table) => void
  /** Checked to be in an account that the settings allow. */
  readonly openAws: (settings: RemovalSettings) => Promise<AwsApis>
  /** What a deployment is made of. */
  readonly releasing: (settings: DeploySettings) => Promise<DeployCollaborators>
}

type Skipped = { readonly skipped: Problem }

/** @param isAuto whether the event decides what is done */
export async function makePreview(event: RunEvent, isAuto: boolean, work: PullWork): Promise<PreviewRun> {
  const { origin, clients } = work
  return await runForPull(event, isAuto, origin, {
    ...work,
    signal: clients.signal,
    open: async (settings) => ({ ...(await work.releasing(settings)), ...previewParts(partsOptions(work)) }),
    openRemoval: (settings) => openRemoval(settings, work),
    servingOf: async (functionName, settings) => servingOf(functionName, settings.alias, await work.openAws(settings)),
  })
}

/** Reads nothing of a project: a run for a closed pull request needs no checkout. @returns why there is nothing to do, where that is so */
export async function removePreviews(event: RunEvent, work: PullWork): Promise<DestroyResult | Skipped> {
  const { environment, region, github } = work
  const found = pullOf(event, environment)
  if ('skipped' in found) return found
  const { pull } = found
  const { number, repository } = pull
  const settings = loadRemovalSettings(work.origin)
  const [removing, now] = await Promise.all([openRemoval(settings, work), stateOf(pull, github)])
  const isOpen = reasonNotToRemove(event, now)
  if (isOpen) return { skipped: isOpen }
  const told = github && previewsToldOf({ pull: number, repository, region }, environmentOf(settings), github)
  const result = await destroy(pull, settings, removing, told)
  await announceRemovals(destroyedOrTold(result, (await told) ?? [], settings.functionName), pull, settings, work)
  return result
}

/** Looks at all previews of the repository. @returns also the names of those that are gone */
export async function sweepPreviews(work: PullWork): Promise<SweepResult> {
  const { github, environment, origin } = work
  const repository = repositoryOfRun(environment)
  const settings = loadRemovalSettings(origin)
  const getPull = github && ((number: number) => github.getPull(number))
  const result = await sweep(repository, settings, { ...(await openRemoval(settings, work)), getPull })
  await announceRemovals([...swept(result), ...sweptRest(result)], repository, settings, work)
  return result
}

async function openRemoval(settings: RemovalSettings, work: PullWork): Promise<Omit<SweepCollaborators, 'getPull'>> {
  const { report, clock, wait, clients, order } = work
  const { lambda, logs } = await work.openAws(settings)
  return {
    ...{ lambda, logs, report, clock, wait, order, signal: clients.signal },
    ...removalParts(settings, partsOptions(work)),
  }
}

function partsOptions({ environment, mask, report, run, clock, clients, origin }: PullWork): PreviewPartsOptions {
  return { environment, mask, report, run, clock, clients, cwd: origin.project }
}
