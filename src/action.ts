import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import * as core from '@actions/core'
import { createAwsApis } from './aws/apis.ts'
import { openBucket } from './aws/bucket.ts'
import { shownWait } from './aws/call.ts'
import { readAccount } from './aws/identity.ts'
import type { LambdaApi } from './aws/lambda.ts'
import { openStaticBucket } from './aws/open-static-bucket.ts'
import { wait } from './aws/wait.ts'
import { createToolchain } from './builder/choose.ts'
import { removeContainers } from './builder/docker.ts'
import { runProcess } from './builder/process.ts'
import { type BuildCollaborators, build } from './commands/build.ts'
import { type DeployResult, deploy } from './commands/deploy.ts'
import { type RollbackResult, rollback } from './commands/rollback.ts'
import { run } from './commands/run.ts'
import { SettingsError } from './errors.ts'
import { orderAt } from './release/order/order.ts'
import { checkAccount } from './release/permissions/account.ts'
import { actionsReporter, annotateError, mask } from './report/actions.ts'
import { withoutPasswords } from './report/inert.ts'
import { problemsOf } from './report/problem.ts'
import type { Reporter } from './report/reporter.ts'
import { deploymentSummary, failureSummary, rollbackSummary, runSummary } from './report/summary.ts'
import { ACTION_OUTPUTS, type ActionOutputs, COMMANDS } from './settings/action-contract.ts'
import { definedVariables } from './settings/environment.ts'
import {
  type BuildSettings,
  loadBuildSettings,
  loadDeploySettings,
  loadFunctionSettings,
  type SettingsOrigin,
} from './settings/settings.ts'
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
const OWN_INPUTS = ['command', 'project', 'stage', 'to', 'run'] as const

async function main(): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const environment = definedVariables(process.env)
  const workspace = environment['GITHUB_WORKSPACE'] ?? process.cwd()
  const project = resolve(workspace, core.getInput('project') || '.')
  const labels = { 'wsgi-lambda.run': `${environment['GITHUB_RUN_ID'] ?? 'local'}-${process.pid}` }
  core.saveState(IS_POST, 'true')
  core.saveState(LABELS, labels)
  const clock = (): number => performance.now()
  const report = actionsReporter({ workspace, project, clock })
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort()
    })
  }
  const { signal } = controller
  mask(environment)
  try {
    const command = readCommand()
    const origin: SettingsOrigin = {
      project,
      stage: core.getInput('stage') || undefined,
      environment,
      explicit: { given: readInputs(environment), nameOf: (name) => `input ${name}` },
    }
    const root = fileURLToPath(new URL('..', import.meta.url))
    const toolsFolder = join(root, 'docker')
    const cacheFolder = join(environment['RUNNER_TOOL_CACHE'] ?? environment['RUNNER_TEMP'] ?? root, 'wsgi-lambda')
    const storeFolder = (settings: BuildSettings): string => resolve(settings.store ?? join(cacheFolder, 'store'))
    const restore = async (settings: BuildSettings): Promise<void> => {
      if (!hasCacheService(environment)) return
      const cached = await restoreStore(settings, storeFolder(settings), { run: createCacheService(report), report })
      if (cached) core.saveState(CACHED_STORE, cached)
    }
    const collaborators: BuildCollaborators = {
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
    if (command === 'build') {
      const settings = await loadBuildSettings(origin)
      mask(settings.environment)
      mask(settings.commandEnvironment)
      await restore(settings)
      const { artifact } = await build(settings, 'deploy', collaborators)
      setOutputs({
        artifact: artifact.path,
        'code-sha256': artifact.codeSha256,
        'zip-bytes': artifact.zipBytes,
        'unzipped-bytes': artifact.unzippedBytes,
      })
      return
    }
    const options = { version: VERSION, wait: shownWait(wait, report), signal }
    const aws = createAwsApis(options)
    const order = orderAt({ project, environment, run: runProcess, process })
    if (command === 'rollback') {
      const settings = await loadFunctionSettings(origin)
      mask(settings.environment)
      await checkAccount(settings, () => readAccount(options))
      const waiting = { report, clock, wait, signal, order }
      const result = await rollback(readTo(), settings, { ...aws, lambda: masking(aws.lambda), ...waiting })
      setOutputs(rollbackOutputsOf(result))
      await writeSummary(rollbackSummary(result))
      return
    }
    if (command === 'run') {
      const settings = await loadFunctionSettings(origin)
      mask(settings.environment)
      await checkAccount(settings, () => readAccount(options))
      const { logs } = aws
      const result = await run(core.getInput('run'), settings, {
        ...{ lambda: masking(aws.lambda), logs, report, clock, wait, signal },
      })
      setOutputs({ 'function-name': result.functionName, 'exit-code': result.exitCode })
      await writeSummary(runSummary(result))
      if (result.problem) annotateError(result.problem, { workspace, project })
      process.exitCode = result.exitCode
      return
    }
    const loaded = await loadDeploySettings(origin)
    const settings = { ...loaded, dryRun: loaded.dryRun || command === 'plan' }
    mask(settings.environment)
    mask(settings.commandEnvironment)
    await checkAccount(settings, () => readAccount(options))
    if (settings.build) await restore(settings.build)
    const result = await deploy(settings, {
      ...collaborators,
      ...aws,
      lambda: masking(aws.lambda),
      openBucket: (address, access) => openBucket(address, { environment, version: VERSION, signal, access }),
      openStaticBucket: (address) => openStaticBucket(address, { environment, version: VERSION, signal }),
      wait,
      signal,
      order,
    })
    setOutputs(outputsOf(result, settings.dryRun))
    await writeSummary(summaryOf(result, settings.dryRun))
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

function readCommand(): (typeof COMMANDS)[number] {
  const given = core.getInput('command') || 'deploy'
  const command = COMMANDS.find((name) => name === given)
  if (command) return command
  throw new SettingsError([
    {
      title: 'input command is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: `Allowed: ${COMMANDS.join(', ')}. ${suggestion(given, COMMANDS)}`,
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

function readTo(): string | undefined {
  const to = core.getInput('to') || undefined
  if (to === undefined || /^[1-9]\d*$/.test(to)) return to
  const detail = `Given: ${JSON.stringify(to)}`
  throw new SettingsError([
    { title: 'input to is not valid', detail, hint: 'Allowed: the number of a version, as in 7' },
  ])
}

function rollbackOutputsOf({ function: { name, version, aliasArn, url } }: RollbackResult): ActionOutputs {
  return {
    'function-name': name,
    'function-arn': aliasArn.replace(/:[^:]+$/, ''),
    version,
    'alias-arn': aliasArn,
    url: url ?? '',
    changed: true,
  }
}

function outputsOf({ function: released, changed, plan, artifact }: DeployResult, isDryRun: boolean): ActionOutputs {
  return {
    'function-name': released.name,
    'function-arn': released.arn,
    version: released.version,
    'alias-arn': released.aliasArn,
    url: released.url ?? '',
    changed,
    ...(isDryRun && { 'would-change': plan.length > 0 }),
    artifact: artifact.path,
    'code-sha256': artifact.codeSha256,
    'zip-bytes': artifact.zipBytes,
    'unzipped-bytes': artifact.unzippedBytes,
  }
}

function setOutputs(outputs: ActionOutputs): void {
  for (const name of ACTION_OUTPUTS) if (outputs[name] !== undefined) core.setOutput(name, outputs[name])
}

function summaryOf(
  { function: released, changed, runtime, artifact, plan, difference, commands, coldStartMs, packages }: DeployResult,
  isDryRun: boolean,
): string {
  return deploymentSummary({
    functionName: released.name,
    version: released.version,
    alias: released.alias,
    url: released.url,
    changed,
    isDryRun: isDryRun && plan.length > 0,
    runtime,
    zipBytes: artifact.zipBytes,
    unzippedBytes: artifact.unzippedBytes,
    plan,
    difference,
    commands,
    coldStartMs,
    packages,
  })
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
