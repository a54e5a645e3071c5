import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes } from '../report/size.ts'
import type { Requirements } from '../requirements/lock.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'
import { DEPENDENCIES } from '../wheels/install.ts'
import { applicationEntries } from './application.ts'
import { compileBytecode, TOOLS } from './bytecode.ts'
import { checkImport } from './check.ts'
import type { Entry } from './entry.ts'
import type { Distribution } from './metadata.ts'
import { prepareDependencies } from './prepare.ts'
import { COMPATIBLE_NAME, type ProductFiles, runtimeEntries, withRuntime } from './runtime.ts'
import { stageEntries } from './stage.ts'
import { type WrittenZip, writeZip } from './zip.ts'

const APPLICATION = 'application'

export interface Artifact {
  readonly path: string
  readonly sha256: string
  /** As Lambda computes it. */
  readonly codeSha256: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  readonly entries: number
}

export interface PackageSize {
  readonly name: string
  readonly version: string
  readonly zipBytes: number
  readonly unzippedBytes: number
}

export interface Assembled {
  readonly artifact: Artifact
  /** Sorted by name. */
  readonly packages: readonly PackageSize[]
  /** How many of them the store had. */
  readonly reusedPackages: number
}

interface Collaborators {
  readonly builder: Builder
  readonly store: Store
  readonly report: Reporter
}

/** Requirements + project + runtime → one zip. @throws UserError. */
export async function assemble(
  settings: BuildSettings,
  requirements: Requirements,
  product: ProductFiles,
  { builder, store, report }: Collaborators,
): Promise<Assembled> {
  const temporary = await mkdtemp(join(tmpdir(), 'wsgi-lambda-artifact-'))
  try {
    const project = await applicationEntries(settings.project, settings)
    const application = withRuntime(project, await runtimeEntries(settings, product), report)
    await builder.put(product.toolsFolder, TOOLS)
    const prepared = await prepareDependencies(requirements, { product, temporary }, { builder, store, report })
    await using pack = prepared.pack
    report.progress('compiling the bytecode of the application')
    await builder.put(await stageEntries(application, join(temporary, 'staged')), APPLICATION)
    await compileBytecode(APPLICATION, { builder, report })
    await checkIfPossible(settings, { builder, report })
    const taken = await builder.take(APPLICATION, join(temporary, APPLICATION))
    const compiled = await compiledEntries(application, taken)
    const entries = merge([...application, ...compiled], pack.entries, report)
    report.progress('writing the zip')
    await ignoreOwnFolder(settings)
    const zip = await writeZip(settings.output, entries)
    const packages = packageSizes(pack.distributions, entries, zip)
    await refuseTooLarge(zip, packages, settings.output)
    const { entries: written, ...sizes } = zip
    return {
      artifact: { path: settings.output, ...sizes, entries: written.length },
      packages,
      reusedPackages: prepared.isReused ? packages.length : 0,
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function checkIfPossible(
  settings: BuildSettings,
  { builder, report }: Omit<Collaborators, 'store'>,
): Promise<void> {
  if (settings.check === false) return
  if (!builder.canImport) {
    report.notice({
      title: 'The application was not imported: its compiled code is for another system than this one',
      hint: 'builder: docker imports it in the Lambda image.',
    })
    return
  }
  report.progress('importing the application')
  await checkImport({ application: APPLICATION, dependencies: DEPENDENCIES }, settings, { builder, report })
}

/** The folder that is ours within a project is none of its history, as a virtual environment is not. */
async function ignoreOwnFolder({ project, output }: BuildSettings): Promise<void> {
  const own = join(project, '.wsgi-lambda')
  if (dirname(output) !== own) return
  await mkdir(own, { recursive: true })
  await writeFile(join(own, '.gitignore'), '*\n')
}

/** The bytecode that was made beside the application's modules. */
async function compiledEntries(application: readonly Entry[], folder: string): Promise<Entry[]> {
  const modules = application.filter(({ path }) => path.endsWith('.py'))
  const folders = [...new Set(modules.map(({ path }) => path.split('/').slice(0, -1).join('/')))]
  const found = await Promise.all(
    folders.map(async (parent) => {
      const cache = parent === '' ? '__pycache__' : `${parent}/__pycache__`
      const names = await readdir(join(folder, cache)).catch(() => [])
      return names.map(
        (name): Entry => ({ path: `${cache}/${name}`, mode: 0o644, content: { file: join(folder, cache, name) } }),
      )
    }),
  )
  return found.flat()
}

/** The application wins over a dependency. */
function merge(application: readonly Entry[], dependencies: readonly Entry[], report: Reporter): Entry[] {
  const own = new Set(application.map(({ path }) => path))
  const replaced = dependencies.filter(({ path }) => own.has(path) && path !== COMPATIBLE_NAME)
  if (replaced.length > 0) {
    report.warning({
      title: `${replaced.length} files of dependencies are replaced by the application's own`,
      detail: replaced
        .slice(0, 10)
        .map(({ path, distribution }) => `${path} (${distribution ?? 'unknown'})`)
        .join('\n'),
      hint: 'Rename them, if that is not what you want.',
    })
  }
  return [...application, ...dependencies.filter(({ path }) => !own.has(path))]
}

function packageSizes(
  distributions: readonly Distribution[],
  entries: readonly Entry[],
  zip: WrittenZip,
): PackageSize[] {
  const owners = new Map(entries.map(({ path, distribution }) => [path, distribution]))
  const sizes = new Map(
    distributions.map(({ name, version }) => [name, { name, version, zipBytes: 0, unzippedBytes: 0 }]),
  )
  for (const { path, zipBytes, unzippedBytes } of zip.entries) {
    const size = sizes.get(owners.get(path) ?? '')
    if (!size) continue
    size.zipBytes += zipBytes
    size.unzippedBytes += unzippedBytes
  }
  return [...sizes.values()]
}

async function refuseTooLarge(
  { unzippedBytes }: WrittenZip,
  packages: readonly PackageSize[],
  output: string,
): Promise<void> {
  if (unzippedBytes <= LIMITS.unzippedBytes) return
  await rm(output, { force: true })
  const largest = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes).slice(0, 10)
  throw new UserError({
    title: `The artifact is too large: ${megabytes(unzippedBytes)} unzipped, and Lambda takes ${megabytes(LIMITS.unzippedBytes)}`,
    detail: largest
      .map(({ name, version, unzippedBytes: bytes }) => `${megabytes(bytes).padStart(9)}  ${name} ${version}`)
      .join('\n'),
    hint: 'Leave out what the function does not need: a requirement, or files with exclude.',
  })
}
