import { previewOutputsOf, previewSummaryOf } from './action-outputs.ts'
import type { ActionRun } from './action-run.ts'
import { readRegion } from './aws/identity.ts'
import { makePreview, type PullWork, removePreviews, sweepPreviews } from './commands/for-pulls.ts'
import type { Problem } from './errors.ts'
import { openGitHub } from './github/open.ts'
import { type DestroyResult, removedNames } from './preview/removal/result.ts'
import { sweptNames } from './preview/removal/sweep-result.ts'
import { linesOf } from './report/inert.ts'
import { destroySummary, sweepSummary, sweepText } from './report/removal-summary.ts'
import { VERSION } from './version.ts'

/** What the action does for previews. */

export async function runPreview(action: ActionRun): Promise<void> {
  const work = await workOf(action)
  const done = await makePreview(action.event, action.isAuto, work)
  if (done.skipped !== undefined) {
    skip(action, done.skipped)
    if (done.removal) await tellRemoval(action, done.removal, work)
    return
  }
  const { result, settings } = done
  action.setOutputs(previewOutputsOf(result, settings.dryRun))
  await action.writeSummary(previewSummaryOf(result, settings, work.region))
}

export async function runDestroy(action: ActionRun): Promise<void> {
  const work = await workOf(action)
  const result = await removePreviews(action.event, work)
  if ('skipped' in result) {
    skip(action, result.skipped)
    return
  }
  action.setOutputs({ pr: result.pull, skipped: false })
  await tellRemoval(action, result, work)
  end(action, result)
}

async function tellRemoval(
  { setOutputs, writeSummary }: ActionRun,
  result: DestroyResult,
  { region }: PullWork,
): Promise<void> {
  setOutputs({ removed: JSON.stringify(removedNames(result.previews)) })
  await writeSummary(destroySummary({ ...result, region }))
}

export async function runSweep(action: ActionRun): Promise<void> {
  const work = await workOf(action)
  const result = await sweepPreviews(work)
  for (const line of linesOf(sweepText(result))) action.report.info(line)
  action.setOutputs({ skipped: false, removed: JSON.stringify(sweptNames(result)) })
  await action.writeSummary(sweepSummary({ ...result, region: work.region }))
  end(action, result)
}

async function workOf(action: ActionRun): Promise<PullWork> {
  const { environment, clientOptions: clients, input, wait, signal } = action
  return {
    ...action,
    clients,
    github: await openGitHub(environment, input('github-token'), { version: VERSION, wait, signal }),
    region: await readRegion(clients),
    releasing: async (settings) => {
      const releasing = await action.releasing(settings)
      if (settings.build) await action.restore(settings.build)
      return releasing
    },
  }
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
