import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import type { Toolchain } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes } from '../report/size.ts'
import type { Pin, Pins } from '../requirements/pins.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { keyOf } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { WheelPath } from '../wheels/download.ts'
import { reportFindings } from '../wheels/findings.ts'
import { type Finding, verifyNeeded } from '../wheels/verify.ts'
import { applicationSlice } from './application-slice.ts'
import { type Compilation, compilerDigest } from './compile.ts'
import { dependencySlices, verified } from './dependency-slices.ts'
import { findZips, mergeKey, rememberZips } from './kept.ts'
import type { SliceOptions } from './make-slice.ts'
import { conflictProblem, type Merged, mergeSlices, type Pick as Picked } from './merge.ts'
import { type Artifact, layerPathOf, MODULES_IN_LAYER, type Outputs, type PackageSize } from './outputs.ts'
import { type OwnParts, ownFiles } from './own-files.ts'
import type { ProductFiles } from './runtime.ts'
import { SLICE_FORMAT, type Slice } from './slice.ts'
import { type Place, writeZip } from './zip.ts'

export interface Assembled extends Outputs {
  /** Code and layer as one artifact, where that was asked for; else the code. */
  readonly whole: Artifact
  /** How many slices the store did not have. */
  readonly made: number
  /** SHA-256 (hexadecimal) of the wheels that were published, by distribution. */
  readonly wheels: ReadonlyMap<string, string>
}

export interface AssemblyCollaborators {
  readonly toolchain: Toolchain
  readonly store: Store
  readonly report: Reporter
  /** The process's variables: settings of indexes. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Makes wheels of pins that have none. */
  readonly buildWheels: (pins: readonly Pin[]) => Promise<ReadonlyMap<string, WheelPath>>
  /** Where code and layer are written as one artifact too, so that it can be checked as it will be laid out. */
  readonly whole?: string | undefined
}

/** Requirements + project + runtime → one zip. @throws UserError. */
export async function assemble(
  settings: BuildSettings,
  parts: Pick<Pins, 'pins' | 'pipOptions'> & OwnParts,
  product: ProductFiles,
  collaborators: AssemblyCollaborators,
): Promise<Assembled> {
  const { toolchain, store } = collaborators
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-artifact-'))
  const compilation = { temporary, toolsFolder: product.toolsFolder, toolchain }
  const slices: Slice[] = []
  try {
    const [dependencies, application] = await bothOrNeither(
      settings.packRequirements
        ? dependencySlices(
            parts,
            { ...sliceOptions(settings), ...product, ...collaborators },
            { ...collaborators, ...compilation },
          )
        : Promise.resolve({ slices: [], made: 0, wheels: new Map<string, string>() }),
      ownSlice(settings, product, parts, compilation, collaborators),
    )
    slices.push(...dependencies.slices, application)
    const key = mergeKey(application, dependencies.slices, settings, product)
    const kept = collaborators.whole === undefined ? await findZips(key, settings.output, store) : undefined
    const zips = kept
      ? { ...kept, whole: kept.artifact }
      : await mergeAndWrite(application, dependencies.slices, key, settings, collaborators)
    await ignoreOwnFolder(settings)
    return { ...zips, made: dependencies.made, wheels: dependencies.wheels }
  } finally {
    for (const slice of slices) await slice[Symbol.asyncDispose]()
    await rm(temporary, { recursive: true, force: true })
  }
}

async function mergeAndWrite(
  application: Slice,
  dependencies: readonly Slice[],
  key: string,
  settings: BuildSettings,
  { store, report, whole }: AssemblyCollaborators,
): Promise<Omit<Assembled, 'made' | 'wheels'>> {
  const merged = mergeSlices(application, dependencies)
  reportMerge(merged, settings, report)
  const missing = missingLibraries(dependencies, application, settings.target)
  reportFindings(missing, report)
  const packages = packageSizes(dependencies, merged.picks)
  refuseTooLarge(merged.picks, packages)
  const zips = { ...(await writeZips(settings, merged.picks, application, whole)), packages }
  const isQuiet = merged.replaced.length + merged.conflicts.length + missing.length === 0
  if (isQuiet) await rememberZips(key, zips, store)
  return zips
}

/** Libraries of a layer lie in `lib/`. */
function placeInLayer(path: string): string {
  return path.startsWith('lib/') ? path : `${MODULES_IN_LAYER}${path}`
}

async function writeZips(
  { output, dependenciesLayer }: BuildSettings,
  picks: readonly Picked[],
  application: Slice,
  whole: string | undefined,
): Promise<Pick<Assembled, 'artifact' | 'layer' | 'whole'>> {
  const write = async (path: string, part: readonly Picked[], place?: Place): Promise<Artifact> => ({
    path,
    ...(await writeZip(path, part, place)),
  })
  const others = picks.filter(({ slice }) => slice !== application)
  // Lambda takes no layer without files.
  if (!dependenciesLayer || others.length === 0) {
    const artifact = await write(output, picks)
    return { artifact, whole: artifact }
  }
  const own = picks.filter(({ slice }) => slice === application)
  const artifact = await write(output, own)
  const layer = await write(layerPathOf(output), others, placeInLayer)
  return { artifact, layer, whole: whole === undefined ? artifact : await write(whole, picks) }
}

/** The slices are owned together: where one part fails, the other's are closed. */
async function bothOrNeither<D extends { slices: readonly Slice[] }>(
  dependencies: Promise<D>,
  application: Promise<Slice>,
): Promise<[D, Slice]> {
  const [first, second] = await Promise.allSettled([dependencies, application])
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  const opened = [
    ...(first.status === 'fulfilled' ? first.value.slices : []),
    ...(second.status === 'fulfilled' ? [second.value] : []),
  ]
  for (const slice of opened) await slice[Symbol.asyncDispose]()
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason
}

function sliceOptions({ bytecode, slim, slimPatterns, strip, target }: BuildSettings): SliceOptions {
  const kind = bytecode === 'only' ? 'alone' : bytecode === 'none' ? 'none' : 'with-sources'
  return { pythonMinor: target.pythonMinor, bytecode: kind, slim, slimPatterns, strip }
}

/** What no wheel brings, as a slice. */
async function ownSlice(
  settings: BuildSettings,
  product: ProductFiles,
  parts: OwnParts,
  compilation: Compilation,
  { store, report }: AssemblyCollaborators,
): Promise<Slice> {
  const files = await ownFiles(settings, product, parts, report)
  const { pythonMinor, bytecode: dependencies } = sliceOptions(settings)
  const bytecode = settings.bytecode === 'dependencies' ? 'none' : dependencies
  const { pythonVersion, target } = compilation.toolchain
  const key = keyOf(
    ...['application', SLICE_FORMAT, await realpath(settings.project), target.runtime, target.architecture],
    ...[pythonVersion, bytecode, product.compressor, await compilerDigest(product.toolsFolder)],
  )
  return await applicationSlice(files, { key, pythonMinor, bytecode }, { ...compilation, store })
}

/** Libraries that no distribution brings, nor the application's `lib/`, which the loader looks into on Lambda. */
function missingLibraries(dependencies: readonly Slice[], application: Slice, target: Target): Finding[] {
  const own = application.entries.map(({ path }) => path).filter((path) => path.startsWith('lib/'))
  return verifyNeeded(
    dependencies.map(({ facts }) => ({ wheel: verified(facts), binaries: facts.binaries })),
    target,
    own.map((path) => posix.basename(path)),
  )
}

function reportMerge({ replaced, conflicts }: Merged, { onConflict }: BuildSettings, report: Reporter): void {
  if (replaced.length > 0) {
    report.warning({
      title: `${replaced.length} files of dependencies are replaced by the application's own`,
      detail: replaced
        .slice(0, 10)
        .map(({ path, distribution }) => `${path} (${distribution})`)
        .join('\n'),
      hint: 'Rename them, if that is not what you want.',
    })
  }
  const problem = conflictProblem(conflicts)
  if (problem && onConflict === 'error') throw new UserError(problem)
  if (problem) report.warning(problem)
  for (const { path, distributions } of conflicts.filter(({ isCode }) => !isCode))
    report.debug(`${path} is in ${distributions.join(' and ')}: the last one's is taken`)
}

function packageSizes(dependencies: readonly Slice[], picks: readonly Picked[]): PackageSize[] {
  const sizes = new Map(
    dependencies.map((slice) => {
      const { distribution: name, version } = slice.facts
      return [slice, { name, version, zipBytes: 0, unzippedBytes: 0 }]
    }),
  )
  for (const { slice, entry } of picks) {
    const size = sizes.get(slice)
    if (!size) continue
    size.zipBytes += entry.zippedBytes
    size.unzippedBytes += entry.unzippedBytes
  }
  return [...sizes.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function refuseTooLarge(picks: readonly Picked[], packages: readonly PackageSize[]): void {
  const unzippedBytes = picks.reduce((sum, { entry }) => sum + entry.unzippedBytes, 0)
  if (unzippedBytes <= LIMITS.unzippedBytes) return
  const largest = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes).slice(0, 10)
  throw new UserError({
    title: `The artifact is too large: ${megabytes(unzippedBytes)} unzipped, and Lambda takes ${megabytes(LIMITS.unzippedBytes)}`,
    detail: largest
      .map(({ name, version, unzippedBytes: bytes }) => `${megabytes(bytes).padStart(9)}  ${name} ${version}`)
      .join('\n'),
    hint: 'Leave out what the function does not need: a requirement, or files with exclude.',
  })
}

/** The folder that is ours within a project is none of its history, as a virtual environment is not. */
async function ignoreOwnFolder({ project, output }: BuildSettings): Promise<void> {
  const own = join(project, '.wsgi-lambda')
  if (dirname(output) !== own) return
  await mkdir(own, { recursive: true })
  await writeFile(join(own, '.gitignore'), '*\n')
}
