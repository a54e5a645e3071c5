import type { ClientOptions } from './aws/call.ts'
import { wait } from './aws/wait.ts'
import { runProcess } from './builder/process.ts'
import type { DeployCollaborators } from './commands/deploy.ts'
import { previewParts } from './commands/preview-parts.ts'
import { type PreviewRun, runForPull } from './commands/preview-run.ts'
import { openGitHub } from './github/open.ts'
import { readEvent } from './preview/pull.ts'
import type { Reporter } from './report/reporter.ts'
import { secretsIn } from './report/secrets.ts'
import type { Table } from './settings/kinds.ts'
import type { DeploySettings, SettingsOrigin } from './settings/settings.ts'

/** What the command line does for previews. */
export interface PreviewWiring {
  readonly origin: SettingsOrigin
  readonly environment: Table
  readonly report: Reporter
  readonly options: ClientOptions
  readonly releasing: (settings: DeploySettings) => Promise<DeployCollaborators>
}

/** @param number of the pull request; undefined for that of the run */
export async function runPreview(
  number: number | undefined,
  { origin, environment, report, options, releasing }: PreviewWiring,
): Promise<PreviewRun> {
  const secrets = new Set<string>()
  const mask = (variables: Table): void => {
    for (const secret of secretsIn(variables)) secrets.add(secret)
  }
  const done = await runForPull(await readEvent(environment, number), origin, {
    environment,
    github: await openGitHub(environment, environment['GITHUB_TOKEN'], { ...options, wait }),
    mask,
    secrets: () => [...secrets],
    open: async (settings) => ({
      ...(await releasing(settings)),
      ...previewParts({ environment, mask, report, clients: options, run: runProcess, cwd: origin.project }),
    }),
  })
  if (done.skipped !== undefined) report.notice(done.skipped)
  return done
}
