import { applicationEntries } from '../artifact/application.ts'
import { type Artifact, assemble, type PackageSize } from '../artifact/assemble.ts'
import { type CheckResult, checkArtifact, wantsCheck } from '../artifact/check.ts'
import type { OwnParts } from '../artifact/own-files.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes } from '../report/size.ts'
import { lockRequirements } from '../requirements/lock.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import { type BuiltWheel, buildWheels } from '../wheels/build.ts'
import type { ProjectFile } from '../wheels/build-source.ts'
import { takeExtraFiles } from '../wheels/extra-files.ts'
import { withoutDistributions, withoutRuntimeSdk } from '../wheels/leave-out.ts'
import { type LocalPackage, readLocalPackage } from '../wheels/local.ts'

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
  /** The dependencies, where they are a layer. */
  readonly layer?: Artifact
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
    const parts = await timed('requirements', () => partsOf(settings, product, collaborators))
    const { artifact, packages, made } = await timed('artifact', () =>
      assemble(settings, parts, product, {
        ...collaborators,
        buildWheels: (wheelless) => wheelsOf(wheelless, parts.pipOptions, settings, product, collaborators),
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

/** What goes into the artifact beside the project's own files. */
async function partsOf(
  settings: BuildSettings,
  product: ProductFiles,
  collaborators: Collaborators,
): Promise<Pick<Pins, 'pins' | 'pipOptions'> & OwnParts> {
  const extraFiles = await takeExtraFiles(settings.dockerExtraFiles, { ...collaborators, ...product })
  if (!settings.packRequirements) return { pins: [], pipOptions: [], locals: [], extraFiles }
  const { pins, pipOptions } = await lockRequirements(settings, collaborators)
  const wanted = withoutLeftOut(pins, settings, collaborators.report)
  const locals = new Map<Pin, LocalPackage>()
  for (const pin of wanted) {
    const placed = await readLocalPackage(pin, listFiles)
    if (placed) locals.set(pin, placed)
  }
  return { pins: wanted.filter((pin) => !locals.has(pin)), pipOptions, locals: [...locals.values()], extraFiles }
}

function withoutLeftOut(
  pins: readonly Pin[],
  { noDeploy, runtimeSdk }: BuildSettings,
  report: Reporter,
): readonly Pin[] {
  const named = withoutDistributions(pins, noDeploy)
  const rest = runtimeSdk ? withoutRuntimeSdk(named.pins) : { pins: named.pins, leftOut: [] }
  const leftOut = [...named.leftOut, ...rest.leftOut]
  if (leftOut.length > 0) report.info(`left out: ${leftOut.join(', ')}`)
  return rest.pins
}

/** The files of a local distribution, as git would keep them. */
async function listFiles(folder: string): Promise<ProjectFile[]> {
  const entries = await applicationEntries(folder, { exclude: [], include: [], output: '' })
  return entries.flatMap(({ path, mode, content }) => ('file' in content ? [{ path, mode, file: content.file }] : []))
}

async function wheelsOf(
  pins: readonly Pin[],
  pipOptions: readonly string[],
  { dockerEnv, buildConstraints }: BuildSettings,
  { toolsFolder }: ProductFiles,
  collaborators: Collaborators,
): Promise<ReadonlyMap<string, BuiltWheel>> {
  const options = { pipOptions, buildConstraints, dockerEnv }
  return await buildWheels(pins, options, { ...collaborators, toolsFolder, listFiles })
}
