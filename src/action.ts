import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import * as core from '@actions/core'
import { runBuild, runCommands, runDeploy, runRollback } from './action-commands.ts'
import { runDestroy, runPreview, runSweep } from './action-previews.ts'
import type { ActionRun } from './action-run.ts'
import { createAwsApis } from './aws/apis.ts'
import { openBucket, openOwnBucket } from './aws/bucket.ts'
import { shownWait } from './aws/call.ts'
import { readAccount } from './aws/identity.ts'
import type { LambdaApi } from './aws/lambda.ts'
import { openStaticBucket } from './aws/open-static-bucket.ts'
import { wait } from './aws/wait.ts'
import { createToolchain } from './builder/choose.ts'
import { removeContainers } from './builder/docker.ts'
import { runProcess } from './builder/process.ts'
import type { BuildCollaborators } from './commands/build.ts'
import { SettingsError } from './errors.ts'
import { decide } from './preview/decide.ts'
import { refuseForeignBuild } from './preview/guard.ts'
import { type RunEvent, readEvent } from './preview/pull.ts'
import { orderAt } from './release/order/order.ts'
import { checkAccount } from './release/permissions/account.ts'
import { actionsReporter, annotateError, mask, maskedSecrets } from './report/actions.ts'
import { withoutPasswords } from './report/inert.ts'
import { problemsOf } from './report/problem.ts'
import type { Reporter } from './report/reporter.ts'
import { failureSummary } from './report/summary.ts'
import { ACTION_OUTPUTS, type ActionOutputs, AUTO, COMMANDS } from './settings/action-contract.ts'
import { definedVariables } from './settings/environment.ts'
import type { BuildSettings } from './settings/settings.ts'
import { suggestion } from './settings/suggestion.ts'
import { type CachedStore, restoreStore, saveStore } from './store/cache.ts'
import { cacheService, hasCacheService, type RunCacheTask } from './store/cache-service.ts'
import { type CacheTask, carryOutCacheTask } from './store/cache-task.ts'
import { openStore } from './store/open.ts'
import { VERSION } from './version.ts'

/**
 * The GitHub Action. One bundle serves both phases of a step, whose state tells the second which it is, and the threads that
 * speak with GitHub's cache.
 */

const IS_POST = 'is-post'
const LABELS = 'labels'
const CACHED_STORE = 'cached-store'
/** Inputs besides the settings: where they are, and what to do. */
const OWN_INPUTS = ['command', 'project', 'stage', 'to', 'run', 'pr', 'github-token'] as const

type ActionCommand = (typeof COMMANDS)[number]

/** What builds a project, or deploys it. `preview` looks itself. */
const BUILDING: ReadonlySet<string> = new Set<ActionCommand>(['build', 'deploy', 'plan'])

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
  try {
    const event = await readEvent(environment, readPull())
    const { command, why } = resolveCommand(event)
    report.info(`Command: ${command}${why === undefined ? '' : ` (${why})`}`)
    core.setOutput('command', command)
    if (command === 'none') {
      setOutputs({ skipped: true })
      return
    }
    if (BUILDING.has(command)) refuseForeignBuild(event)
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

interface Start {
  readonly command: ActionCommand
  readonly isAuto: boolean
  readonly event: RunEvent
  readonly environment: Readonly<Record<string, string>>
  readonly workspace: string
  readonly project: string
  readonly labels: Readonly<Record<string, string>>
  readonly report: Reporter
  readonly signal: AbortSignal
}

function createRun({
  command,
  isAuto,
  event,
  environment,
  workspace,
  project,
  labels,
  report,
  signal,
}: Start): ActionRun {
  const clock = (): number => performance.now()
  const root = fileURLToPath(new URL('..', import.meta.url))
  const toolsFolder = join(root, 'docker')
  const cacheFolder = join(environment['RUNNER_TOOL_CACHE'] ?? environment['RUNNER_TEMP'] ?? root, 'wsgi-lambda')
  const storeFolder = (settings: BuildSettings): string => resolve(settings.store ?? join(cacheFolder, 'store'))
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
    ...{
      order,
      command,
      isAuto,
      event,
      environment,
      report,
      signal,
      clock,
      wait,
      building,
      clientOptions,
      openAws,
      run: runProcess,
    },
    origin: {
      project,
      stage: core.getInput('stage') || undefined,
      environment,
      explicit: { given: readInputs(environment), nameOf: (name) => `input ${name}` },
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
    restore: async (settings) => {
      if (!hasCacheService(environment)) return
      const cached = await restoreStore(settings, storeFolder(settings), { run: createCacheService(report), report })
      if (cached) core.saveState(CACHED_STORE, cached)
    },
    releasing: async (settings) => ({
      ...building,
      ...(await openAws(settings)),
      openBucket: (address, access) => openBucket(address, { environment, version: VERSION, signal, access }),
      openOwnBucket: (setting, known) => openOwnBucket(setting, known, { ...clientOptions, environment }),
      openStaticBucket: (address) => openStaticBucket(address, { environment, version: VERSION, signal }),
      ...{ wait, signal },
      order,
    }),
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
  const cached = core.getState(CACHED_STORE)
  if (cached !== '') await keepStore(JSON.parse(cached) as CachedStore)
}

/** Also after a deployment that failed: what was built is as good. */
async function keepStore(cached: CachedStore): Promise<void> {
  const workspace = process.env['GITHUB_WORKSPACE'] ?? process.cwd()
  const report = actionsReporter({ workspace, project: workspace, clock: () => performance.now() })
  try {
    await saveStore(cached, process.env['GITHUB_RUN_ID'] ?? '0', { run: createCacheService(report), report })
  } catch (error) {
    // The step has done its work: nothing here may fail it.
    report.notice({ title: "The store was not kept in GitHub's cache", detail: String(error) })
  }
}

function createCacheService(report: Reporter): RunCacheTask {
  return cacheService({
    script: new URL(import.meta.url),
    onDebug: (line) => {
      report.debug(line)
    },
    onSecret: (secret) => {
      core.setSecret(secret)
    },
  })
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

/** The command that is given, or what the event asks for. */
function resolveCommand(event: RunEvent): { readonly command: ActionCommand | 'none'; readonly why?: string } {
  const given = core.getInput('command') || AUTO
  if (given === AUTO) {
    const { command, why } = decide(event, COMMANDS)
    return { command: command as ActionCommand | 'none', why }
  }
  const command = COMMANDS.find((name) => name === given)
  if (command) return { command }
  const allowed = [AUTO, ...COMMANDS]
  throw new SettingsError([
    {
      title: 'input command is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: `Allowed: ${allowed.join(', ')}. ${suggestion(given, allowed)}`,
    },
  ])
}

function readPull(): number | undefined {
  const given = core.getInput('pr')
  if (given === '') return undefined
  if (/^[1-9]\d{0,15}$/.test(given)) return Number(given)
  throw new SettingsError([
    {
      title: 'input pr is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: 'Allowed: the number of a pull request, as in 7',
    },
  ])
}

/** The inputs that were given, by name; unknown ones too, so that a typing mistake is reported with the others. */
function readInputs(environment: Readonly<Record<string, string>>): Record<string, string> {
  const inputs = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('INPUT_') && value.trim() !== ''
      ? [[name.slice('INPUT_'.length).toLowerCase(), value] as const]
      : [],
  )
  const own: readonly string[] = OWN_INPUTS
  return Object.fromEntries(inputs.filter(([name]) => !own.includes(name)))
}

function setOutputs(outputs: ActionOutputs): void {
  for (const name of ACTION_OUTPUTS) if (outputs[name] !== undefined) core.setOutput(name, outputs[name])
}

async function writeSummary(markdown: string): Promise<void> {
  if (process.env['GITHUB_STEP_SUMMARY'] === undefined) return
  await core.summary.addRaw(`${markdown}\n`).write()
}

if (parentPort !== null && !isMainThread) {
  void carryOutCacheTask(workerData as CacheTask, parentPort, process.stdout)
} else {
  void (core.getState(IS_POST) === 'true' ? post() : main())
}
