import { isUtf8 } from 'node:buffer'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import picocolors from 'picocolors'
import type { AwsApis } from './aws/apis.ts'
import type { ClientOptions } from './aws/call.ts'
import { wait } from './aws/wait.ts'
import type { Toolchain } from './builder/builder.ts'
import { type BuilderSettings, createToolchain } from './builder/choose.ts'
import { runProcess } from './builder/process.ts'
import type { PreviewWiring } from './cli-previews.ts'
import type { BootstrapArguments } from './commands/bootstrap.ts'
import { type BuildCollaborators, build } from './commands/build.ts'
import type { DeployCollaborators } from './commands/deploy.ts'
import type { InspectArguments } from './commands/inspect.ts'
import type { LogsArguments } from './commands/logs.ts'
import type { RemoteArguments } from './commands/remote.ts'
import type { Problem } from './errors.ts'
import type { Target } from './platform/target.ts'
import { refuseForeignBuild } from './preview/guard.ts'
import { readEvent } from './preview/pull.ts'
import { orderAt } from './release/order/order.ts'
import { checkAccount } from './release/permissions/account.ts'
import { UNKNOWN_RESULT } from './remote/failure.ts'
import { unshown } from './remote/live.ts'
import type { FoundEvent } from './remote/log-search.ts'
import { type CommandOutcome, exitStatus } from './remote/protocol.ts'
import { consoleReporter, formatProblems } from './report/console.ts'
import { inert, inertJson, linesOf, withoutPasswords } from './report/inert.ts'
import { problemsOf } from './report/problem.ts'
import { definedVariables } from './settings/environment.ts'
import {
  type FunctionSettings,
  loadBuildSettings,
  loadDeploySettings,
  loadFunctionSettings,
  loadInspectSettings,
  type SettingsOrigin,
} from './settings/settings.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { VERSION } from './version.ts'

export interface CommonFlags {
  readonly project?: string
  readonly stage?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly color?: boolean
  readonly qualifier?: string
  readonly follow?: boolean
}

/** One parsed command line. */
export type Invocation = {
  readonly flags: CommonFlags
  /** Settings by their kebab-case names, as they were written. */
  readonly given: Readonly<Record<string, unknown>>
} & (
  | { readonly command: 'build' | 'deploy' | 'versions' | 'sweep' }
  | { readonly command: 'permissions'; readonly previews: boolean }
  | { readonly command: 'rollback'; readonly to: string | undefined }
  | { readonly command: 'preview' | 'destroy'; readonly pull: number | undefined }
  | { readonly command: 'plan'; readonly isDetailed: boolean }
  | {
      readonly command: 'bootstrap'
      readonly bootstrap: BootstrapArguments
      /** The file that the template is written into; undefined for standard output. */
      readonly output: string | undefined
    }
  | { readonly command: 'inspect'; readonly inspect: InspectArguments }
  | { readonly command: 'logs'; readonly logs: LogsArguments }
  | { readonly command: 'remote'; readonly remote: RemoteArguments }
)

/** Commands whose standard output is for other programs. */
const HAS_OWN_OUTPUT: ReadonlySet<Invocation['command']> = new Set(['logs', 'remote', 'permissions', 'bootstrap'])

/** Ended by Ctrl-C: 128 + SIGINT, as shells count. */
const CANCELLED = 130

/** Runs a command. @returns the exit code. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  // `engines` of package.json says which Node is supported: the SDK need not say it to every user.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const environment = definedVariables(process.env)
  const isJson = flags.json === true
  const hasColors =
    flags.color !== false &&
    environment['NO_COLOR'] === undefined &&
    (environment['FORCE_COLOR'] !== undefined || process.stderr.isTTY)
  const colors = picocolors.createColors(hasColors)
  // Standard output has what a remote command printed, or a document, and nothing else.
  const out = isJson || HAS_OWN_OUTPUT.has(invocation.command) ? process.stderr : process.stdout
  const clock = (): number => performance.now()
  const report = consoleReporter({
    write: (text) => out.write(text),
    isTerminal: out.isTTY,
    verbosity: flags.quiet === true ? 'quiet' : flags.verbose === true ? 'verbose' : 'normal',
    colors,
    clock,
  })
  const print = (value: unknown): void => {
    process.stdout.write(`${inertJson(value)}\n`)
  }
  const isFollowing = invocation.command === 'logs' && invocation.logs.follow
  const cancellation = cancelOnSignals(() => {
    if (!isFollowing) process.stderr.write('\nCancelled: cleaning up. Once more to stop at once.\n')
  })
  const { signal } = cancellation
  try {
    const origin: SettingsOrigin = {
      project: flags.project ?? (environment['WSGI_LAMBDA_PROJECT'] || '.'),
      stage: flags.stage ?? (environment['WSGI_LAMBDA_STAGE'] || undefined),
      environment,
      explicit: { given: invocation.given, nameOf: (name) => `--${name}` },
    }
    const folders = productFolders(environment)
    const toolchainFor = (target: Target, settings: BuilderSettings, store: Store): Promise<Toolchain> =>
      createToolchain(target, settings, {
        store,
        run: runProcess,
        report,
        environment,
        cacheFolder: folders.cache,
        toolsFolder: folders.tools,
        labels: { 'wsgi-lambda.run': `local-${process.pid}` },
        signal,
      })
    const createStore = (settings: Parameters<typeof openStore>[0]): Store =>
      openStore(settings, { folder: join(folders.cache, 'store'), environment, version: VERSION, signal, report })
    const collaborators: BuildCollaborators = {
      createToolchain: (settings, store) => toolchainFor(settings.target, settings, store),
      product: {
        toolsFolder: folders.tools,
        runtimeFolder: folders.runtime,
        version: VERSION,
        compressor: `zlib ${process.versions.zlib}`,
      },
      createStore,
      report,
      environment,
      clock,
    }
    // AWS's clients are loaded with the commands that talk to it: the others start without them.
    const createOptions = async (): Promise<ClientOptions> => {
      const { shownWait } = await import('./aws/call.ts')
      return { version: VERSION, wait: shownWait(wait, report), signal }
    }
    const createAws = async (settings: Pick<FunctionSettings, 'allowedAccountIds'>): Promise<AwsApis> => {
      const options = await createOptions()
      await checkAccount(settings, async () => (await import('./aws/identity.ts')).readAccount(options))
      const { createAwsApis } = await import('./aws/apis.ts')
      return createAwsApis(options)
    }
    const releaseCollaborators = async (settings: FunctionSettings): Promise<DeployCollaborators> => {
      const { openBucket, openOwnBucket } = await import('./aws/bucket.ts')
      const { openStaticBucket } = await import('./aws/open-static-bucket.ts')
      return {
        ...collaborators,
        ...(await createAws(settings)),
        openBucket: (address, access) => openBucket(address, { environment, version: VERSION, signal, access }),
        openOwnBucket: async (setting, known) =>
          openOwnBucket(setting, known, { ...(await createOptions()), environment }),
        openStaticBucket: (address) => openStaticBucket(address, { environment, version: VERSION, signal }),
        wait,
        signal,
        order: orderAt({ project: settings.project, environment, run: runProcess, process }),
        ...(flags.follow === false && { follows: false }),
      }
    }
    const previewWiring = async (): Promise<PreviewWiring> => ({
      ...{ origin, environment, report, clock, releasing: releaseCollaborators, openAws: createAws },
      clients: await createOptions(),
      order: orderAt({ project: origin.project, environment, run: runProcess, process }),
    })
    switch (invocation.command) {
      case 'build': {
        refuseForeignBuild(await readEvent(environment))
        const result = await build(await loadBuildSettings(origin), 'build', collaborators)
        if (isJson) print(result)
        return 0
      }
      case 'deploy': {
        // First, since a wrong setting needs none of what a deployment is made of.
        refuseForeignBuild(await readEvent(environment))
        const settings = await loadDeploySettings(origin)
        const { deploy } = await import('./commands/deploy.ts')
        const result = await deploy(settings, await releaseCollaborators(settings))
        if (isJson) print(result)
        else if (result.function.version !== '')
          process.stdout.write(`${result.function.url ?? result.function.aliasArn}\n`)
        return 0
      }
      case 'plan': {
        refuseForeignBuild(await readEvent(environment))
        const settings = await loadDeploySettings(origin)
        const { plan, planExitCode } = await import('./commands/plan.ts')
        const result = await plan(settings, await releaseCollaborators(settings))
        if (isJson) print(result)
        return planExitCode(result, invocation)
      }
      case 'rollback': {
        const { rollback } = await import('./commands/rollback.ts')
        const settings = await loadFunctionSettings(origin)
        const result = await rollback(invocation.to, settings, await releaseCollaborators(settings))
        if (isJson) print(result)
        else process.stdout.write(`${result.function.url ?? result.function.aliasArn}\n`)
        return 0
      }
      case 'preview': {
        const { runPreview } = await import('./cli-previews.ts')
        const done = await runPreview(invocation.pull, await previewWiring())
        if (isJson) print(done.skipped === undefined ? done.result : { skipped: done.skipped })
        else if (done.skipped === undefined && done.result.function.version !== '')
          process.stdout.write(`${done.result.function.url ?? done.result.function.aliasArn}\n`)
        return 0
      }
      case 'destroy': {
        const { runDestroy } = await import('./cli-previews.ts')
        const result = await runDestroy(invocation.pull, await previewWiring())
        if (isJson) print(result)
        if ('skipped' in result) return 0
        process.stderr.write(formatProblems(result.problems, colors))
        return result.exitCode
      }
      case 'sweep': {
        const { runSweep } = await import('./cli-previews.ts')
        const { sweepText } = await import('./report/removal-summary.ts')
        const result = await runSweep(await previewWiring())
        if (isJson) print(result)
        else process.stdout.write(sweepText(result))
        process.stderr.write(formatProblems(result.problems, colors))
        return result.exitCode
      }
      case 'versions': {
        const { versions, versionsText } = await import('./commands/versions.ts')
        const settings = await loadFunctionSettings(origin)
        const result = await versions(settings, (await createAws(settings)).versions)
        if (isJson) print(result)
        else process.stdout.write(versionsText(result))
        return 0
      }
      case 'permissions': {
        const { permissions } = await import('./commands/permissions.ts')
        print(permissions(await loadFunctionSettings(origin), invocation, { report, environment }))
        return 0
      }
      case 'bootstrap': {
        const { bootstrap, templateText } = await import('./commands/bootstrap.ts')
        const template = bootstrap(invocation.bootstrap, await loadFunctionSettings(origin), environment)
        if (invocation.output !== undefined) await writeFile(invocation.output, templateText(template))
        else if (isJson) print(template)
        else process.stdout.write(templateText(template))
        return 0
      }
      case 'inspect': {
        const { inspect } = await import('./commands/inspect.ts')
        const { inspectionText } = await import('./commands/inspection-text.ts')
        const settings = await loadInspectSettings(origin)
        const result = await inspect(invocation.inspect, settings, {
          createToolchain: (target, store) => toolchainFor(target, { ...settings, target }, store),
          createStore: () => createStore(settings),
          toolsFolder: folders.tools,
        })
        if (isJson) print(result)
        else process.stdout.write(inspectionText(result, colors))
        return 0
      }
      case 'logs': {
        const { logs } = await import('./commands/logs.ts')
        const { logRecord, logText } = await import('./remote/log-text.ts')
        const settings = await loadFunctionSettings(origin)
        const aws = await createAws(settings)
        const text = logText(
          picocolors.createColors(hasColors && (environment['FORCE_COLOR'] !== undefined || process.stdout.isTTY)),
        )
        const found: FoundEvent[] = []
        await logs(invocation.logs, settings, {
          ...{ lambda: aws.lambda, logs: aws.logs, report, wait, signal, now: Date.now },
          print: (event) => {
            if (!isJson) process.stdout.write(text(event))
            else if (isFollowing) process.stdout.write(`${inertJson(logRecord(event), 0)}\n`)
            else found.push(event)
          },
        })
        if (isJson && !isFollowing) print({ events: found.map(logRecord) })
        return 0
      }
      case 'remote': {
        const { remote } = await import('./commands/remote.ts')
        const settings = await loadFunctionSettings(origin, true)
        const isLiveOutput = !isJson && process.stdout.isTTY
        const { lambda, logs } = await createAws(settings)
        const { outcome, shown } = await remote(invocation.remote, flags.qualifier, settings, {
          ...{ lambda, logs, report, wait, clock, signal },
          readInput: () => buffer(process.stdin),
          variables: environment,
          show: showing(flags.follow ?? isLiveOutput, (line) => {
            if (isLiveOutput) process.stdout.write(`${line}\n`)
            else report.output(line)
          }),
        })
        if (isJson) print(asJson(outcome))
        else process.stdout.write(isLiveOutput ? unshown(outcome.output, shown) : outcome.output)
        return exitStatus(outcome)
      }
    }
  } catch (error) {
    if (signal.aborted) return CANCELLED
    const { problems, exitCode, stack } = problemsOf(error)
    if (isJson) print({ error: problems.map(asPlainText) })
    process.stderr.write(formatProblems(problems, colors))
    if (stack !== undefined && flags.verbose === true) process.stderr.write(`${linesOf(stack).map(inert).join('\n')}\n`)
    // Of a remote command, anything but a wrong argument means that nobody knows how it ended.
    return invocation.command === 'remote' && exitCode !== 2 ? UNKNOWN_RESULT : exitCode
  } finally {
    cancellation.stop()
  }
}

function showing(isOn: boolean, show: (line: string) => void): typeof show | undefined {
  return isOn ? show : undefined
}

/** Output that is no text is base64, as in the reply of the function. */
function asJson({ exitCode, output, omittedBytes, run }: CommandOutcome) {
  const isText = isUtf8(output)
  const shown = { exitCode, output: output.toString(isText ? 'utf8' : 'base64') }
  return run ? { ...shown, isBase64Encoded: !isText, omittedBytes, ...run } : shown
}

/** JSON escapes what would harm a terminal, but not a password that a program quoted in an address. */
function asPlainText({ title, detail, hint }: Problem): Problem {
  const shown = (text: string | undefined) => text && withoutPasswords(text)
  return { title: withoutPasswords(title), detail: shown(detail), hint: shown(hint) }
}

/** The first Ctrl-C lets the work clean up after itself; the second one ends the program. */
function cancelOnSignals(announce: () => void): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(CANCELLED)
    announce()
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, cancel)
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) process.off(name, cancel)
    },
  }
}

/** Beside the bundle's folder stand the runtime and the Python of the builder. */
function productFolders(environment: Readonly<Record<string, string>>): {
  runtime: string
  tools: string
  cache: string
} {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const caches = environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache')
  return { runtime: join(root, 'runtime'), tools: join(root, 'docker'), cache: join(caches, 'wsgi-lambda') }
}
