import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as core from '@actions/core'
import { restoreFromCache } from './action-cache.ts'
import { readSettings } from './action-inputs.ts'
import type { ActionRun } from './action-run.ts'
import { createAwsApis } from './aws/apis.ts'
import { openBucket, openOwnBucket } from './aws/bucket.ts'
import { shownWait } from './aws/call.ts'
import { readAccount } from './aws/identity.ts'
import type { LambdaApi } from './aws/lambda.ts'
import { openStaticBucket } from './aws/open-static-bucket.ts'
import { wait } from './aws/wait.ts'
import { createToolchain } from './builder/choose.ts'
import { runProcess } from './builder/process.ts'
import type { BuildCollaborators } from './commands/build.ts'
import type { RunEvent } from './preview/pull.ts'
import { orderAt } from './release/order/order.ts'
import { checkAccount } from './release/permissions/account.ts'
import { annotateError, mask, maskedSecrets } from './report/actions.ts'
import type { Reporter } from './report/reporter.ts'
import { shownSummary } from './report/summary-size.ts'
import { ACTION_OUTPUTS, type ActionOutputs } from './settings/action-contract.ts'
import { openStore } from './store/open.ts'
import { VERSION } from './version.ts'

/** What the commands of the action work with. */

/** What is known when a run of the action begins. */
export interface ActionStart {
  readonly command: string
  readonly isAuto: boolean
  readonly event: RunEvent
  readonly environment: Readonly<Record<string, string>>
  readonly workspace: string
  readonly project: string
  readonly labels: Readonly<Record<string, string>>
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** All of them are made once for a run; what talks to AWS or a container engine only where a command asks for it. */
export function createRun({ command, isAuto, event, ...start }: ActionStart): ActionRun {
  const { environment, workspace, project, labels, report, signal } = start
  const clock = (): number => performance.now()
  const root = fileURLToPath(new URL('..', import.meta.url))
  const toolsFolder = join(root, 'docker')
  const cacheFolder = join(environment['RUNNER_TOOL_CACHE'] ?? environment['RUNNER_TEMP'] ?? root, 'wsgi-lambda')
  const order = orderAt({ project, environment, run: runProcess, process })
  const clientOptions = { version: VERSION, wait: shownWait(wait, report), signal }
  const building: BuildCollaborators = {
    createToolchain: (settings, store) =>
      createToolchain(settings.target, settings, {
        store,
        run: runProcess,
        report,
        environment,
        cacheFolder,
        toolsFolder,
        labels,
        signal,
      }),
    product: {
      toolsFolder,
      runtimeFolder: join(root, 'runtime'),
      version: VERSION,
      compressor: `zlib ${process.versions.zlib}`,
    },
    createStore: (settings) =>
      openStore(settings, { folder: join(cacheFolder, 'store'), environment, version: VERSION, signal, report }),
    report,
    environment,
    clock,
  }
  const openAws: ActionRun['openAws'] = async (settings) => {
    await checkAccount(settings, () => readAccount(clientOptions))
    const aws = createAwsApis(clientOptions)
    return { ...aws, lambda: masking(aws.lambda) }
  }
  return {
    ...{ command, isAuto, event, environment, report, signal, clock, wait, order },
    ...{ building, clientOptions, openAws, run: runProcess },
    origin: {
      project,
      stage: core.getInput('stage') || undefined,
      environment,
      explicit: { given: readSettings(environment), nameOf: (name) => `input ${name}` },
    },
    input: (name) => core.getInput(name) || undefined,
    mask,
    secrets: maskedSecrets,
    setOutputs,
    writeSummary,
    annotate: (problem) => {
      annotateError(problem, { workspace, project })
    },
    setExitCode: (code) => {
      process.exitCode = code
    },
    restore: (settings) => restoreFromCache(settings, cacheFolder, environment, report),
    releasing: async (settings) => ({
      ...building,
      ...(await openAws(settings)),
      openBucket: (address, access) => openBucket(address, { environment, version: VERSION, signal, access }),
      openOwnBucket: (setting, known) => openOwnBucket(setting, known, { ...clientOptions, environment }),
      openStaticBucket: (address, owner) => openStaticBucket(address, { environment, version: VERSION, signal, owner }),
      ...{ wait, signal },
      order,
    }),
  }
}

/** The function's own variables are merged, and its application may print them: GitHub does not know their secrets. */
function masking(lambda: LambdaApi): LambdaApi {
  return {
    ...lambda,
    getVersion: async (functionName, qualifier) => {
      const version = await lambda.getVersion(functionName, qualifier)
      if (version) mask(version.environment)
      return version
    },
  }
}

export function setOutputs(outputs: ActionOutputs): void {
  for (const name of ACTION_OUTPUTS) if (outputs[name] !== undefined) core.setOutput(name, outputs[name])
}

export async function writeSummary(markdown: string): Promise<void> {
  if (process.env['GITHUB_STEP_SUMMARY'] === undefined) return
  await core.summary.addRaw(shownSummary(`${markdown}\n`)).write()
}
