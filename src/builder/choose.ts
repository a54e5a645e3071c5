import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import type { Toolchain } from './builder.ts'
import { findSshAgent, readSecrets } from './docker-handed.ts'
import { createHostToolchain } from './host.ts'
import { withUvIndexes } from './index-settings.ts'
import { withPipFiles } from './pip-files.ts'
import type { RunProcess } from './process.ts'

export interface BuilderSurroundings {
  readonly run: RunProcess
  readonly report: Reporter
  /** The process's variables. */
  readonly environment: Readonly<Record<string, string>>
  readonly cacheFolder: string
  readonly toolsFolder: string
  /** Put on every container, so that what a killed run leaves can be found and removed. */
  readonly labels: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** What a builder is for may be an artifact that was built before: the settings of its project do not matter then. */
export type BuilderSettings = Omit<BuildSettings, 'app' | 'manifest' | 'output'>

type Surroundings = BuilderSurroundings & { readonly store: Store }

/** The builder that the setting names, unopened; `auto` takes docker where an engine answers. @throws UserError. */
export async function createToolchain(
  target: Target,
  settings: BuilderSettings,
  surroundings: Surroundings,
): Promise<Toolchain> {
  const { report, signal } = surroundings
  if (settings.dockerfile !== undefined && settings.baseImage !== undefined)
    throw new UserError(
      { title: 'base-image and dockerfile are both set', hint: 'Name the base in the dockerfile: FROM IMAGE.' },
      { exitCode: 2 },
    )
  const environment = withUvIndexes(await withPipFiles(surroundings.environment))
  const caFile = settings.caFile ?? (environment['SSL_CERT_FILE'] || undefined)
  if (settings.builder === 'host') return await onHost(target, settings, { ...surroundings, environment }, caFile)
  const { findEngine } = await import('./docker-engine.ts')
  const engine = await findEngine()
  if ('unreachable' in engine) {
    if (settings.builder === 'docker') throw new UserError(engine.unreachable)
    refuseImageSettings(settings, engine.unreachable.title)
    report.info('no container engine answers, so the host builder is used (published wheels only)')
    return await onHost(target, settings, { ...surroundings, environment }, caFile)
  }
  const { toolsFolder, labels } = surroundings
  const options = {
    baseImage: settings.baseImage,
    systemPackages: settings.systemPackages,
    environment,
    caFile,
    toolsFolder,
    labels,
    signal,
    ...(await handedOver(settings, { ...surroundings, environment })),
  }
  // Whoever builds on the host alone does not load the engine's client.
  const { createDockerToolchain } = await import('./docker.ts')
  return await createDockerToolchain(target, options, { report, store: surroundings.store })
}

/** What the settings hand to images and containers of this machine's. */
async function handedOver(
  { dockerfile, dockerBuildArgs, dockerEnv, dockerSecrets, dockerSsh, project }: BuilderSettings,
  { environment, toolsFolder, run }: Surroundings,
) {
  const secrets = await readSecrets(dockerSecrets, { environment, project })
  const sshAgent = dockerSsh ? await findSshAgent(environment, toolsFolder) : undefined
  const made = dockerfile !== undefined && {
    dockerfile: {
      file: resolve(project, dockerfile),
      buildArgs: dockerBuildArgs,
      secrets,
      isWithSsh: dockerSsh,
      run,
      environment,
    },
  }
  return { variables: dockerEnv, secrets, sshAgent, ...made }
}

async function onHost(
  target: Target,
  settings: BuilderSettings,
  { run, report, store, environment, cacheFolder, toolsFolder, signal }: Surroundings,
  caFile: string | undefined,
): Promise<Toolchain> {
  refuseImageSettings(settings, 'The builder is host', settings.builder === 'host' ? 2 : 1)
  return await createHostToolchain(
    target,
    { pythonBin: settings.pythonBin, caFile, environment, cacheFolder, toolsFolder, signal },
    { run, report, store },
  )
}

/** What only an image can have must not be left out silently. */
function refuseImageSettings(settings: BuilderSettings, reason: string, exitCode = 1): void {
  const given = IMAGE_ONLY.filter(([, isGiven]) => isGiven(settings)).map(([name]) => name)
  if (given.length === 0) return
  throw new UserError(
    {
      title: `${given.join(', ')} ${given.length === 1 ? 'needs' : 'need'} the docker builder`,
      detail: reason,
      hint: `Start a container engine and use builder: docker, or remove the setting${given.length === 1 ? '' : 's'}.`,
    },
    { exitCode },
  )
}

/** An SSH agent is not among them: on this machine git has it anyway. */
const IMAGE_ONLY: readonly (readonly [string, (settings: BuilderSettings) => boolean])[] = [
  ['base-image', ({ baseImage }) => baseImage !== undefined],
  ['dockerfile', ({ dockerfile }) => dockerfile !== undefined],
  ['system-packages', ({ systemPackages }) => systemPackages.length > 0],
  ['docker-env', ({ dockerEnv }) => Object.keys(dockerEnv).length > 0],
  ['strip', ({ strip }) => strip],
  ['docker-secrets', ({ dockerSecrets }) => Object.keys(dockerSecrets).length > 0],
  ['docker-extra-files', ({ dockerExtraFiles }) => dockerExtraFiles.length > 0],
]
