import { applicationEntries } from '../artifact/application.ts'
import type { OwnParts } from '../artifact/own-files.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import { normalise } from '../requirements/files.ts'
import { lockRequirements } from '../requirements/lock.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import { type BuiltWheel, buildWheels } from '../wheels/build.ts'
import type { ProjectFile } from '../wheels/build-source.ts'
import { takeExtraFiles } from '../wheels/extra-files.ts'
import { withoutDistributions, withoutRuntimeSdk } from '../wheels/leave-out.ts'
import { type LocalPackage, readLocalPackage } from '../wheels/local.ts'

export interface PartsCollaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  /** The process's variables: settings and credentials of indexes. */
  readonly environment: Readonly<Record<string, string>>
}

export type Parts = Pick<Pins, 'pins' | 'pipOptions'> & OwnParts

/** What goes into the artifact beside the project's own files. */
export async function partsOf(
  settings: BuildSettings,
  product: ProductFiles,
  collaborators: PartsCollaborators,
): Promise<Parts> {
  const extraFiles = await takeExtraFiles(settings.dockerExtraFiles, { ...collaborators, ...product })
  if (!settings.packRequirements) return { pins: [], pipOptions: [], locals: [], extraFiles }
  const { pins, pipOptions } = await lockRequirements(settings, collaborators)
  const wanted = withoutLeftOut(pins, settings, collaborators.report)
  const locals = new Map<Pin, LocalPackage>()
  for (const pin of wanted) {
    const placed = await readLocalPackage(pin, listFiles(settings))
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
  const absent = noDeploy.filter((name) => !pins.some((pin) => pin.name === normalise(name)))
  if (absent.length > 0) report.info(`no-deploy: not among the requirements: ${absent.join(', ')}`)
  return rest.pins
}

/** Wheels of pins that have none, built or found where they were built before. */
export async function wheelsOf(
  pins: readonly Pin[],
  { pipOptions }: Parts,
  settings: BuildSettings,
  { toolsFolder }: ProductFiles,
  collaborators: PartsCollaborators,
): Promise<ReadonlyMap<string, BuiltWheel>> {
  const { buildConstraints, dockerEnv } = settings
  const options = { pipOptions, buildConstraints, dockerEnv }
  return await buildWheels(pins, options, { ...collaborators, toolsFolder, listFiles: listFiles(settings) })
}

/** Lists the files of a local distribution, as git would keep them. It may be the project: then what is built stands in it. */
function listFiles({ output, sbom }: BuildSettings): (folder: string) => Promise<ProjectFile[]> {
  return async (folder) => {
    const entries = await applicationEntries(folder, { exclude: [], include: [], output, sbom })
    return entries.flatMap(({ path, mode, content }) => ('file' in content ? [{ path, mode, file: content.file }] : []))
  }
}
