import { deploymentSummaryOf, previewOutputsOf } from './action-outputs.ts'
import type { ActionRun } from './action-run.ts'
import { announceRemovals, destroyedOrTold, swept } from './commands/announce-removal.ts'
import { destroy } from './commands/destroy.ts'
import { previewParts, removalParts } from './commands/preview-parts.ts'
import { runForPull } from './commands/preview-run.ts'
import { type SweepCollaborators, sweep } from './commands/sweep.ts'
import type { Problem } from './errors.ts'
import type { GitHubApi } from './github/api.ts'
import { openGitHub } from './github/open.ts'
import { pullOf, repositoryOfRun, stateOf } from './preview/prerequisites.ts'
import { reasonNotToRemove } from './preview/pull-state.ts'
import { removedNames } from './preview/removal/result.ts'
import { linesOf } from './report/inert.ts'
import { destroySummary, sweepSummary, sweepText } from './report/removal-summary.ts'
import { loadRemovalSettings, type RemovalSettings } from './settings/settings.ts'
import { VERSION } from './version.ts'

/** What the action does for previews. */

export async function runPreview(action: ActionRun): Promise<void> {
  const { environment, mask, secrets } = action
  const done = await runForPull(action.event, action.origin, {
    ...{ environment, mask, secrets, github: await openGitHubOf(action) },
    open: async (settings) => {
      const releasing = await action.releasing(settings)
      if (settings.build) await action.restore(settings.build)
      const parts = partsOptions(action)
      return { ...releasing, ...previewParts(parts), removalParts: (removed) => removalParts(removed, parts) }
    },
  })
  if (done.skipped !== undefined) {
    skip(action, done.skipped)
    return
  }
  const { result, settings } = done
  action.setOutputs(previewOutputsOf(result, settings.dryRun))
  await action.writeSummary(deploymentSummaryOf(result, settings.dryRun))
}

/** Reads nothing of a project: the run for a closed pull request needs no checkout. */
export async function runDestroy(action: ActionRun): Promise<void> {
  const found = pullOf(action.event, action.environment, { runsItsCode: false })
  if ('skipped' in found) {
    skip(action, found.skipped)
    return
  }
  const { pull } = found
  const settings = loadRemovalSettings(action.origin)
  const [github, removing] = await Promise.all([openGitHubOf(action), openRemoval(action, settings)])
  const isOpen = reasonNotToRemove(action.event, await stateOf(pull, github))
  if (isOpen) {
    skip(action, isOpen)
    return
  }
  const result = await destroy(pull, settings, removing)
  await announceRemovals(await destroyedOrTold(result, pull, github), pull, settings, { ...action, github })
  action.setOutputs({ pr: pull.number, skipped: false, removed: JSON.stringify(removedNames(result.previews)) })
  await action.writeSummary(destroySummary(result))
  end(action, result)
}

export async function runSweep(action: ActionRun): Promise<void> {
  const repository = repositoryOfRun(action.environment)
  const settings = loadRemovalSettings(action.origin)
  const [github, removing] = await Promise.all([openGitHubOf(action), openRemoval(action, settings)])
  const result = await sweep(repository, settings, {
    ...removing,
    getPull: github && ((number) => github.getPull(number)),
  })
  for (const line of linesOf(sweepText(result))) action.report.info(line)
  const removals = swept(result)
  await announceRemovals(removals, repository, settings, { ...action, github })
  const removed = removals.flatMap(({ functionName, removed }) => (removed.length === 0 ? [] : [functionName]))
  action.setOutputs({ skipped: false, removed: JSON.stringify(removed) })
  await action.writeSummary(sweepSummary(result))
  end(action, result)
}

function openGitHubOf({ environment, input, wait, signal }: ActionRun): Promise<GitHubApi | undefined> {
  return openGitHub(environment, input('github-token'), { version: VERSION, wait, signal })
}

async function openRemoval(action: ActionRun, settings: RemovalSettings): Promise<Omit<SweepCollaborators, 'getPull'>> {
  const { report, clock, wait, signal, order } = action
  const { lambda, logs } = await action.openAws(settings)
  return {
    ...{ lambda, logs, report, clock, wait, signal, order },
    ...removalParts(settings, partsOptions(action)),
  }
}

function partsOptions({ environment, mask, report, run, clock, clientOptions, origin }: ActionRun) {
  return { environment, mask, report, run, clock, clients: clientOptions, cwd: origin.project }
}

function skip({ report, setOutputs }: ActionRun, why: Problem): void {
  report.notice(why)
  setOutputs({ skipped: true })
}

/** What could not be removed is told, and ends the step as failed. */
function end(
  { annotate, setExitCode }: ActionRun,
  { problems, exitCode }: { readonly problems: readonly Problem[]; readonly exitCode: number },
): void {
  for (const problem of problems) annotate(problem)
  setExitCode(exitCode)
}
