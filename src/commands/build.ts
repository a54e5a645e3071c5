import { applicationEntries } from '../artifact/application.ts'
import { type Artifact, assemble, type PackageSize } from '../artifact/assemble.ts'
import { type CheckResult, checkArtifact, wantsCheck } from '../artifact/check.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes } from '../report/size.ts'
import { lockRequirements } from '../requirements/lock.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import { type BuiltWheel, buildWheels } from '../wheels/build.ts'

export interface BuildCollaborators {
  readonly createToolchain: (settings: BuildSettings, store: Store) => Promise<Toolchain>
  readonly createStore: (settings: BuildSettings) => Store
  readonly product: ProductFiles
  readonly report: Reporter
  /** The process's variables: settings and credentials of indexes. */
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly clock: () => number
}

/** What `build --json` prints. */
export interface BuildResult {
  readonly artifact: Artifact
  readonly runtime: string
  readonly architecture: string
  readonly streaming: boolean
  readonly builder: string
  readonly slices: { readonly total: number; readonly reused: number; readonly built: number }
  readonly packages: readonly PackageSize[]
  /** How the import check ended, where there was one. */
  readonly check?: CheckResult['outcome']
  /** Seconds by step. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Project → zip. @param command whose build it is: what is released is checked unless the settings say otherwise */
export async function build(
  settings: BuildSettings,
  command: 'build' | 'deploy',
  { createToolchain, createStore, product, report, environment, clock }: BuildCollaborators,
): Promise<BuildResult> {
  const seconds: Record<string, number> = {}
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const started = clock()
    const result = await work()
    seconds[step] = Math.round(clock() - started) / 1000
    return result
  }
  return await report.phase(`Build ${settings.target.runtime} on ${settings.target.architecture}`, async () => {
    for (const line of settings.found) report.info(line)
    await using store = createStore(settings)
    await using toolchain = await timed('builder', () => createToolchain(settings, store))
    report.info(`builder: ${toolchain.description}`)
    const collaborators = { toolchain, store, report, environment }
    const pins = await timed('requirements', () => requirementsOf(settings, collaborators))
    const { artifact, packages, made } = await timed('artifact', () =>
      assemble(settings, pins, product, {
        ...collaborators,
        buildWheels: (wheelless) => wheelsOf(wheelless, pins, settings, product, collaborators),
      }),
    )
    report.info(
      `${artifact.path}: ${megabytes(artifact.zipBytes)} (${megabytes(artifact.unzippedBytes)} unzipped, ${artifact.entries} files, ${packages.length} packages)`,
    )
    const check = wantsCheck(settings.check, command)
      ? await timed('check', () => checkArtifact(artifact, settings, collaborators))
      : undefined
    return {
      artifact,
      runtime: settings.target.runtime,
      architecture: settings.target.architecture,
      streaming: settings.streaming,
      builder: toolchain.kind,
      slices: { total: packages.length, reused: packages.length - made, built: made },
      packages,
      ...(check && { check: check.outcome }),
      seconds,
    }
  })
}

interface Collaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  readonly environment: BuildCollaborators['environment']
}

async function requirementsOf(settings: BuildSettings, collaborators: Collaborators): Promise<Pins> {
  if (!settings.packRequirements) return { pins: [], pipOptions: [], groupsLeftOut: [] }
  return await lockRequirements(settings, collaborators)
}

async function wheelsOf(
  pins: readonly Pin[],
  { pipOptions }: Pins,
  { dockerEnv }: BuildSettings,
  { toolsFolder }: ProductFiles,
  collaborators: Collaborators,
): Promise<ReadonlyMap<string, BuiltWheel>> {
  const listFiles = async (folder: string) => {
    const entries = await applicationEntries(folder, { exclude: [], include: [], output: '' })
    return entries.flatMap(({ path, mode, content }) => ('file' in content ? [{ path, mode, file: content.file }] : []))
  }
  const options = { pipOptions, buildConstraints: [], dockerEnv }
  return await buildWheels(pins, options, { ...collaborators, toolsFolder, listFiles })
}
