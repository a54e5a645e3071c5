import { resolve } from 'node:path'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import * as core from '@actions/core'
import { keepInCache } from './action-cache.ts'
import { runBuild, runCommands, runDeploy, runRollback } from './action-commands.ts'
import { type ActionCommand, readPull, resolveCommand } from './action-inputs.ts'
import { runDestroy, runPreview, runSweep } from './action-previews.ts'
import type { ActionRun } from './action-run.ts'
import { createRun, setOutputs, writeSummary } from './action-wiring.ts'
import { removeContainers } from './builder/docker.ts'
import { useProxies } from './platform/proxies.ts'
import { refuseForeignProject } from './preview/guard.ts'
import { readEvent } from './preview/pull.ts'
import { actionsReporter, annotateError, mask } from './report/actions.ts'
import { withoutPasswords } from './report/inert.ts'
import { problemsOf } from './report/problem.ts'
import { failureSummary } from './report/summary.ts'
import { definedVariables } from './settings/environment.ts'
import { type CacheTask, carryOutCacheTask } from './store/cache-task.ts'

/**
 * The GitHub Action. One bundle serves both phases of a step, whose state tells the second which it is, and the threads that
 * speak with GitHub's cache.
 */

const IS_POST = 'is-post'
const LABELS = 'labels'

/** What builds a project, or goes by what it says, as of which function. `preview` looks itself. */
const BY_THE_PROJECT: ReadonlySet<string> = new Set<ActionCommand>(['build', 'deploy', 'plan', 'rollback', 'run'])

const COMMAND_RUNS: Readonly<Record<ActionCommand, (run: ActionRun) => Promise<void>>> = {
  build: runBuild,
  deploy: runDeploy,
  plan: runDeploy,
  rollback: runRollback,
  run: runCommands,
  preview: runPreview,
  destroy: runDestroy,
  sweep: runSweep,
}

async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const environment = definedVariables(process.env)
  const workspace = environment['GITHUB_WORKSPACE'] ?? process.cwd()
  const project = resolve(workspace, core.getInput('project') || '.')
  const labels = { 'wsgi-lambda.run': `${environment['GITHUB_RUN_ID'] ?? 'local'}-${process.pid}` }
  core.saveState(IS_POST, 'true')
  core.saveState(LABELS, labels)
  const report = actionsReporter({ workspace, project, clock: () => performance.now() })
  const { signal } = cancelOnSignals()
  mask(environment)
  const unused = useProxies(environment)
  if (unused) report.notice(unused)
  try {
    const event = await readEvent(environment, readPull(core.getInput('pr') || undefined))
    const { command, why } = resolveCommand(core.getInput('command') || undefined, event)
    report.info(`Command: ${command}${why === undefined ? '' : ` (${why})`}`)
    core.setOutput('command', command)
    if (command === 'none') {
      report.notice({ title: `Nothing to do for ${why}` })
      setOutputs({ skipped: true })
      return
    }
    // By what the run is about: what these commands work on is checked out, whatever `pr` names.
    if (BY_THE_PROJECT.has(command)) refuseForeignProject(await readEvent(environment))
    await COMMAND_RUNS[command](
      createRun({ command, isAuto: why !== undefined, event, environment, workspace, project, labels, report, signal }),
    )
  } catch (error) {
    if (signal.aborted) {
      core.setFailed('Cancelled. A command that was running in the function goes on there.')
      return
    }
    const { problems, stack } = problemsOf(error)
    for (const problem of problems) annotateError(problem, { workspace, project })
    if (stack !== undefined) core.debug(withoutPasswords(stack))
    await writeSummary(failureSummary(problems))
    process.exitCode = 1
  }
}

/** The runner ends a cancelled step with signals. */
function cancelOnSignals(): AbortController {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort()
    })
  }
  return controller
}

/** Removes what a cancelled or killed main phase left in the container engine. */
async function post(): Promise<void> {
  const saved = core.getState(LABELS)
  if (saved === '') return // Without this run's own labels, other runs' containers would be found too.
  const removed = await removeContainers(JSON.parse(saved) as Record<string, string>)
  if (removed > 0) core.info(`Removed ${removed} containers that were left behind.`)
  await keepInCache()
}

if (parentPort !== null && !isMainThread) {
  void carryOutCacheTask(workerData as CacheTask, parentPort, process.stdout)
} else {
  void (core.getState(IS_POST) === 'true' ? post() : main())
}
