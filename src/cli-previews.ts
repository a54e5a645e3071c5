import type { AwsApis } from './aws/apis.ts'
import type { ClientOptions } from './aws/call.ts'
import { wait } from './aws/wait.ts'
import { runProcess } from './builder/process.ts'
import { announceRemovals, destroyedOrTold, swept } from './commands/announce-removal.ts'
import type { DeployCollaborators } from './commands/deploy.ts'
import { destroy } from './commands/destroy.ts'
import { previewParts, removalParts } from './commands/preview-parts.ts'
import { type PreviewRun, runForPull } from './commands/preview-run.ts'
import { type SweepCollaborators, sweep } from './commands/sweep.ts'
import type { Problem } from './errors.ts'
import type { GitHubApi } from './github/api.ts'
import { openGitHub } from './github/open.ts'
import { pullOf, repositoryOfRun } from './preview/prerequisites.ts'
import { readEvent } from './preview/pull.ts'
import type { DestroyResult } from './preview/removal/result.ts'
import type { SweepResult } from './preview/removal/sweep-result.ts'
import type { Order } from './release/order/order.ts'
import type { Reporter } from './report/reporter.ts'
import { secretsIn } from './report/secrets.ts'
import type { Table } from './settings/kinds.ts'
import {
  type DeploySettings,
  loadRemovalSettings,
  type RemovalSettings,
  type SettingsOrigin,
} from './settings/settings.ts'

/** What the command line does for previews. */
export interface PreviewWiring {
  readonly origin: SettingsOrigin
  readonly environment: Table
  readonly report: Reporter
  readonly options: ClientOptions
  readonly clock: () => number
  readonly order: Order
  readonly releasing: (settings: DeploySettings) => Promise<DeployCollaborators>
  readonly openAws: (settings: RemovalSettings) => Promise<AwsApis>
}

/** @param number of the pull request; undefined for that of the run */
export async function runPreview(number: number | undefined, wiring: PreviewWiring): Promise<PreviewRun> {
  const { origin, environment, report, releasing } = wiring
  const { mask, secrets } = collectSecrets()
  const parts = partsOptions(wiring, mask)
  const done = await runForPull(await readEvent(environment, number), origin, {
    ...{ environment, mask, secrets, github: await openGitHubOf(wiring) },
    open: async (settings) => ({
      ...(await releasing(settings)),
      ...previewParts(parts),
      removalParts: (removed) => removalParts(removed, parts),
    }),
  })
  if (done.skipped !== undefined) report.notice(done.skipped)
  return done
}

/** @returns why there was nothing to do for such a run, where that is so */
export async function runDestroy(
  number: number | undefined,
  wiring: PreviewWiring,
): Promise<DestroyResult | { readonly skipped: Problem }> {
  const { origin, environment, report } = wiring
  const found = pullOf(await readEvent(environment, number), environment, { runsItsCode: false })
  if ('skipped' in found) {
    report.notice(found.skipped)
    return found
  }
  const settings = loadRemovalSettings(origin)
  const { mask, secrets } = collectSecrets()
  const [github, removing] = await Promise.all([openGitHubOf(wiring), openRemoval(wiring, settings, mask)])
  const result = await destroy(found.pull, settings, removing)
  await announceRemovals(await destroyedOrTold(result, found.pull, github), found.pull, settings, {
    report,
    environment,
    secrets,
    github,
  })
  return result
}

export async function runSweep(wiring: PreviewWiring): Promise<SweepResult> {
  const { origin, environment, report } = wiring
  const repository = repositoryOfRun(environment)
  const settings = loadRemovalSettings(origin)
  const { mask, secrets } = collectSecrets()
  const [github, removing] = await Promise.all([openGitHubOf(wiring), openRemoval(wiring, settings, mask)])
  const getPull = github && ((number: number) => github.getPull(number))
  const result = await sweep(repository, settings, { ...removing, getPull })
  await announceRemovals(swept(result), repository, settings, { report, environment, secrets, github })
  return result
}

function openGitHubOf({ environment, options }: PreviewWiring): Promise<GitHubApi | undefined> {
  return openGitHub(environment, environment['GITHUB_TOKEN'], { ...options, wait })
}

type Mask = (variables: Table) => void

/** A console masks nothing: what is collected stays out of comments. */
function collectSecrets(): { readonly mask: Mask; readonly secrets: () => readonly string[] } {
  const collected = new Set<string>()
  return {
    mask: (variables) => {
      for (const secret of secretsIn(variables)) collected.add(secret)
    },
    secrets: () => [...collected],
  }
}

async function openRemoval(
  wiring: PreviewWiring,
  settings: RemovalSettings,
  mask: Mask,
): Promise<Omit<SweepCollaborators, 'getPull'>> {
  const { report, clock, options, order, openAws } = wiring
  const { lambda, logs } = await openAws(settings)
  return {
    ...{ lambda, logs, report, clock, wait, order, signal: options.signal },
    ...removalParts(settings, partsOptions(wiring, mask)),
  }
}

function partsOptions({ environment, report, clock, options, origin }: PreviewWiring, mask: Mask) {
  return { environment, mask, report, clock, run: runProcess, clients: options, cwd: origin.project }
}
