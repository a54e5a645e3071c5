import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Reporter } from '../report/reporter.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { DEPENDENCIES } from '../wheels/install.ts'
import { applicationEntries } from './application.ts'
import { checkImport } from './check.ts'
import { type Distribution, dependencyEntries, refuseLocallyCompiled } from './dependencies.ts'
import type { Entry } from './entry.ts'
import { stageEntries } from './stage.ts'
import { type WrittenZip, writeZip } from './zip.ts'

const APPLICATION = 'application'
const TOOLS = 'tools'

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
}

export interface ProductFiles {
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  /** The folder `runtime/` of this package. */
  readonly runtimeFolder: string
  /** Of this program, for `wsgi_lambda.json`. */
  readonly version: string
}

interface Collaborators {
  readonly builder: Builder
  readonly report: Reporter
}

/** Installed requirements in the builder + project + runtime → one zip. @throws UserError. */
export async function assemble(
  settings: BuildSettings,
  product: ProductFiles,
  { builder, report }: Collaborators,
): Promise<Assembled> {
  const local = await mkdtemp(join(tmpdir(), 'wsgi-lambda-artifact-'))
  try {
    const application = [
      ...(await applicationEntries(settings.project, settings)),
      ...(await runtimeEntries(settings, product)),
    ]
    await builder.put(product.toolsFolder, TOOLS)
    await builder.put(await stageEntries(application, join(local, 'staged')), APPLICATION)
    report.progress('compiling bytecode')
    await compileBytecode(builder, report)
    await checkIfPossible(settings, { builder, report })
    await builder.take(APPLICATION, join(local, APPLICATION))
    await takeIfPresent(builder, DEPENDENCIES, join(local, DEPENDENCIES))
    const dependencies = await dependencyEntries(join(local, DEPENDENCIES))
    refuseLocallyCompiled(dependencies.distributions, builder)
    const compiled = await compiledEntries(application, join(local, APPLICATION))
    const entries = merge([...application, ...compiled], dependencies.entries, report)
    report.progress('writing the zip')
    const zip = await writeZip(settings.output, entries)
    const packages = packageSizes(dependencies.distributions, entries, zip)
    refuseTooLarge(zip, packages)
    const { entries: written, ...sizes } = zip
    return { artifact: { path: settings.output, ...sizes, entries: written.length }, packages }
  } finally {
    await rm(local, { recursive: true, force: true })
  }
}

/** The Python package that answers events, and the file that tells it which application. */
async function runtimeEntries(settings: BuildSettings, { runtimeFolder, version }: ProductFiles): Promise<Entry[]> {
  const packaged = await readdir(join(runtimeFolder, 'wsgi_lambda'), { recursive: true })
  const paths = [
    'serverless_wsgi.py',
    'wsgi_handler.py',
    ...packaged.map((path) => `wsgi_lambda/${path.replaceAll('\\', '/')}`),
  ]
  const modules = paths.filter((path) => path.endsWith('.py') && !path.includes('__pycache__'))
  const configuration = {
    app: settings.app,
    ...(settings.commands === undefined ? {} : { commands: settings.commands }),
    runtime: settings.target.runtime,
    architecture: settings.target.architecture,
    version,
  }
  return [
    ...modules.map((path): Entry => ({ path, mode: 0o644, content: { file: join(runtimeFolder, path) } })),
    {
      path: 'wsgi_lambda.json',
      mode: 0o644,
      content: { bytes: Buffer.from(`${JSON.stringify(configuration, null, 2)}\n`) },
    },
  ]
}

async function compileBytecode(builder: Builder, report: Reporter): Promise<void> {
  const command = [
    builder.python,
    '-I',
    '-S',
    `${TOOLS}/compile_bytecode.py`,
    '--jobs',
    String(builder.processors),
    DEPENDENCIES,
    APPLICATION,
  ]
  const { exitCode, stdout, stderr } = await builder.run(command)
  if (exitCode !== 0) throw new Error(`Bytecode could not be compiled:\n${stderr}`)
  const { compiled, failed } = JSON.parse(stdout) as { compiled: number; failed: string[] }
  report.debug(`bytecode of ${compiled} modules`)
  if (failed.length > 0) report.debug(`without bytecode, since they do not compile: ${failed.join(', ')}`)
}

async function checkIfPossible(settings: BuildSettings, { builder, report }: Collaborators): Promise<void> {
  if (!settings.check) return
  if (!builder.canImport) {
    report.notice({
      title: 'The application was not imported: its compiled code is for another system than this one',
      hint: 'builder: docker imports it in the Lambda image.',
    })
    return
  }
  report.progress('importing the application')
  await checkImport({ application: APPLICATION, dependencies: DEPENDENCIES }, settings.environment, builder)
}

async function takeIfPresent(builder: Builder, path: string, localFolder: string): Promise<void> {
  const { exitCode } = await builder.run([
    builder.python,
    '-I',
    '-S',
    '-c',
    `import os, sys; sys.exit(not os.path.isdir(${JSON.stringify(path)}))`,
  ])
  if (exitCode === 0) await builder.take(path, localFolder)
}

/** The bytecode that was made beside the application's modules. */
async function compiledEntries(application: readonly Entry[], folder: string): Promise<Entry[]> {
  const modules = application.filter(({ path }) => path.endsWith('.py'))
  const folders = [...new Set(modules.map(({ path }) => path.split('/').slice(0, -1).join('/')))]
  const found = await Promise.all(
    folders.map(async (parent) => {
      const cache = parent === '' ? '__pycache__' : `${parent}/__pycache__`
      const names = await readdir(join(folder, cache)).catch(() => [])
      return await Promise.all(
        names.map(
          async (name): Promise<Entry> => ({
            path: `${cache}/${name}`,
            mode: 0o644,
            content: { bytes: await readFile(join(folder, cache, name)) },
          }),
        ),
      )
    }),
  )
  return found.flat()
}

/** The application wins over a dependency. */
function merge(application: readonly Entry[], dependencies: readonly Entry[], report: Reporter): Entry[] {
  const own = new Set(application.map(({ path }) => path))
  const replaced = dependencies.filter(({ path }) => own.has(path) && path !== 'serverless_wsgi.py')
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

function refuseTooLarge({ unzippedBytes }: WrittenZip, packages: readonly PackageSize[]): void {
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

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
