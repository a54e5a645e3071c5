import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AwsApis } from './aws/apis.ts'
import type { ClientOptions } from './aws/call.ts'
import { wait } from './aws/wait.ts'
import type { Toolchain } from './builder/builder.ts'
import { type BuilderSettings, createToolchain } from './builder/choose.ts'
import { runProcess } from './builder/process.ts'
import type { Invocation } from './cli-invocation.ts'
import type { PreviewWiring } from './cli-previews.ts'
import type { BuildCollaborators } from './commands/build.ts'
import type { DeployCollaborators } from './commands/deploy.ts'
import type { Target } from './platform/target.ts'
import { orderAt } from './release/order/order.ts'
import { checkAccount } from './release/permissions/account.ts'
import type { Reporter } from './report/reporter.ts'
import type { FunctionSettings, SettingsOrigin } from './settings/settings.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { VERSION } from './version.ts'

/** What is known when a command of the command line is run. */
interface CliStart {
  readonly environment: Readonly<Record<string, string>>
  readonly report: Reporter
  readonly clock: () => number
  readonly signal: AbortSignal
}

/** What each command of the command line has at hand. */
export interface CliRun extends CliStart {
  readonly origin: SettingsOrigin
  readonly wait: typeof wait
  readonly building: BuildCollaborators
  readonly toolchainFor: (target: Target, settings: BuilderSettings, store: Store) => Promise<Toolchain>
  readonly createStore: (settings: Parameters<typeof openStore>[0]) => Store
  readonly toolsFolder: string
  /** Checked to be in an account that the settings allow. */
  readonly openAws: (settings: Pick<FunctionSettings, 'allowedAccountIds'>) => Promise<AwsApis>
  readonly releasing: (settings: FunctionSettings) => Promise<DeployCollaborators>
  readonly forPulls: () => Promise<PreviewWiring>
}

export function createRun({ flags, given }: Invocation, start: CliStart): CliRun {
  const { environment, report, clock, signal } = start
  const origin: SettingsOrigin = {
    project: flags.project ?? (environment['WSGI_LAMBDA_PROJECT'] || '.'),
    stage: flags.stage ?? (environment['WSGI_LAMBDA_STAGE'] || undefined),
    environment,
    explicit: { given, nameOf: (name) => `--${name}` },
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
  const building: BuildCollaborators = {
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
  const openAws = async (settings: Pick<FunctionSettings, 'allowedAccountIds'>): Promise<AwsApis> => {
    const options = await createOptions()
    await checkAccount(settings, async () => (await import('./aws/identity.ts')).readAccount(options))
    const { createAwsApis } = await import('./aws/apis.ts')
    return createAwsApis(options)
  }
  const releasing = async (settings: FunctionSettings): Promise<DeployCollaborators> => {
    const { openBucket, openOwnBucket } = await import('./aws/bucket.ts')
    const { openStaticBucket } = await import('./aws/open-static-bucket.ts')
    return {
      ...building,
      ...(await openAws(settings)),
      openBucket: (address, access) => openBucket(address, { environment, version: VERSION, signal, access }),
      openOwnBucket: async (setting, known) =>
        openOwnBucket(setting, known, { ...(await createOptions()), environment }),
      openStaticBucket: (address, owner) => openStaticBucket(address, { environment, version: VERSION, signal, owner }),
      wait,
      signal,
      order: orderAt({ project: settings.project, environment, run: runProcess, process }),
      ...(flags.follow === false && { follows: false }),
    }
  }
  return {
    ...{ origin, environment, report, clock, signal, wait, building, toolchainFor, createStore, openAws, releasing },
    toolsFolder: folders.tools,
    forPulls: async () => ({
      ...{ origin, environment, report, clock, releasing, openAws },
      clients: await createOptions(),
      order: orderAt({ project: origin.project, environment, run: runProcess, process }),
    }),
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
