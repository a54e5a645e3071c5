import { deploymentSummaryOf, previewOutputsOf } from './action-outputs.ts'
import type { ActionRun } from './action-run.ts'
import { previewParts } from './commands/preview-parts.ts'
import { runForPull } from './commands/preview-run.ts'
import { openGitHub } from './github/open.ts'
import { VERSION } from './version.ts'

/** What the action does for previews. */

export async function runPreview(action: ActionRun): Promise<void> {
  const { environment, signal, wait, mask, secrets } = action
  const github = await openGitHub(environment, action.input('github-token'), { version: VERSION, wait, signal })
  const done = await runForPull(action.event, action.origin, {
    ...{ environment, github, mask, secrets },
    open: async (settings) => {
      const releasing = await action.releasing(settings)
      if (settings.build) await action.restore(settings.build)
      return {
        ...releasing,
        ...previewParts({
          environment,
          mask,
          report: action.report,
          clients: action.clientOptions,
          run: action.run,
          cwd: action.origin.project,
        }),
      }
    },
  })
  if (done.skipped !== undefined) {
    action.report.notice(done.skipped)
    action.setOutputs({ skipped: true })
    return
  }
  const { result, settings } = done
  action.setOutputs(previewOutputsOf(result, settings.dryRun))
  await action.writeSummary(deploymentSummaryOf(result, settings.dryRun))
}
