import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Assembled, assemble } from '../artifact/assemble.ts'
import { type CheckResult, checkArtifact, wantsCheck } from '../artifact/check.ts'
import type { Artifact, PackageSize } from '../artifact/outputs.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import { writeBillOfMaterials } from '../artifact/sbom-file.ts'
import { type Toolchain, ToolchainChanged } from '../builder/builder.ts'
import { withPipFiles } from '../builder/pip-files.ts'
import { UserError } from '../errors.ts'
import type { ImportFacts } from '../report/import-section.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes, sizeText } from '../report/size.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { staticVariables } from '../settings/static.ts'
import { assembleWithStatic } from '../static/built.ts'
import { bytesOf, type StaticFiles } from '../static/static-files.ts'
import type { StoreSettings } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { type Parts, type PartsCollaborators, partsOf, wheelsOf } from './parts.ts'

export interface BuildCollaborators {
  readonly createToolchain: (settings: BuildSettings, store: Store) => Promise<Toolchain>
  readonly createStore: (settings: StoreSettings) => Store
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
  /** The static files, where a bucket has them. */
  readonly static?: { readonly digest: string; readonly folder: string; readonly files: number; readonly bytes: number }
  readonly runtime: string
  readonly architecture: string
  readonly streaming: boolean
  readonly builder: string
  readonly slices: { readonly total: number; readonly reused: number; readonly built: number }
  readonly packages: readonly PackageSize[]
  /** Where the bill of materials was written. */
  readonly sbom?: string
  /** How the import check ended, where there was one. */
  readonly check?: CheckResult['outcome']
  /** Where the time of the import went, as the check saw it. */
  readonly imports?: ImportFacts
  /** Seconds by step. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Project → zip. @param command whose build it is: what is released is checked unless the settings say otherwise */
export async function build(
  given: BuildSettings,
  command: 'build' | 'deploy',
  { createToolchain, createStore, product, report, environment, clock }: BuildCollaborators,
): Promise<BuildResult> {
  const { seconds, timed } = stopwatch(clock)
  const settings = { ...given, environment: { ...given.environment, ...staticVariables(given) } }
  const once = async (): Promise<BuildResult> => {
    await using store = createStore(settings)
    await using toolchain = await timed('builder', () => createToolchain(settings, store))
    report.info(`builder: ${toolchain.description}`)
    const collaborators = { toolchain, store, report, environment: await withPipFiles(environment) }
    const parts = await timed('requirements', () => partsOf(settings, product, collaborators))
    const isChecked = wantsCheck(settings.check, command)
    const { assembled, statics, check } = await makeChecked(settings, isChecked, parts, {
      ...collaborators,
      product,
      timed,
    })
    const { artifact, layer, packages, made } = assembled
    report.info(`${describe(artifact)}, ${packages.length} packages)`)
    if (layer) report.info(`${describe(layer)})`)
    const { sbom } = settings
    if (sbom !== undefined) {
      await writeBillOfMaterials(sbom, settings, { assembled, pins: parts.pins, productVersion: product.version })
      report.info(`${sbom}: bill of materials`)
    }
    if (statics) report.info(`${statics.folder}: ${statics.files.length} static files, ${sizeText(bytesOf(statics))}`)
    return {
      artifact,
      ...(layer && { layer }),
      ...(statics && { static: describeStatic(statics) }),
      runtime: settings.target.runtime,
      architecture: settings.target.architecture,
      streaming: settings.streaming,
      builder: toolchain.kind,
      slices: { total: packages.length, reused: packages.length - made, built: made },
      packages,
      ...(sbom !== undefined && { sbom }),
      ...(check && { check: check.outcome }),
      ...(check?.outcome === 'passed' && check.imports && { imports: check.imports }),
      seconds,
    }
  }
  return await report.phase(`Build ${settings.target.runtime} on ${settings.target.architecture}`, async () => {
    for (const line of settings.found) report.info(line)
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof ToolchainChanged)) throw error
      report.info(error.message)
      return await once()
    }
  })
}

function describe({ path, zipBytes, unzippedBytes, entries }: Artifact): string {
  return `${path}: ${megabytes(zipBytes)} (${megabytes(unzippedBytes)} unzipped, ${entries} files`
}

export function describeStatic(statics: StaticFiles): NonNullable<BuildResult['static']> {
  const { digest, folder, files } = statics
  return { digest, folder, files: files.length, bytes: bytesOf(statics) }
}

type Timed = <T>(step: string, work: () => Promise<T>) => Promise<T>

/** Steps add up where they are repeated. */
function stopwatch(clock: () => number): { seconds: Record<string, number>; timed: Timed } {
  const seconds: Record<string, number> = {}
  const timed: Timed = async (step, work) => {
    const started = clock()
    const result = await work()
    seconds[step] = Math.round(clock() - started + (seconds[step] ?? 0) * 1000) / 1000
    return result
  }
  return { seconds, timed }
}

type Making = PartsCollaborators & { readonly product: ProductFiles; readonly timed: Timed }

interface Made {
  readonly assembled: Assembled
  readonly statics: StaticFiles | undefined
  readonly check: CheckResult | undefined
}

/** With `strip`, symbols are left out only where the application still works without them. */
async function makeChecked(settings: BuildSettings, isChecked: boolean, parts: Parts, making: Making): Promise<Made> {
  if (!settings.strip) return await make(settings, isChecked, parts, making)
  const stripped = await make(settings, true, parts, making).catch((error: unknown) => {
    if (error instanceof UserError) return error
    throw error
  })
  if ('check' in stripped && stripped.check?.outcome === 'passed') return stripped
  making.report.notice({
    title: 'Symbols are not stripped: it could not be shown that the application works without them',
    detail: stripped instanceof UserError ? stripped.title : undefined,
    hint: 'To silence this, remove strip.',
  })
  return await make({ ...settings, strip: false }, isChecked, parts, making)
}

async function make(settings: BuildSettings, isChecked: boolean, parts: Parts, making: Making): Promise<Made> {
  const { product, timed, ...collaborators } = making
  const isRun = isChecked || settings.static !== undefined
  const temporary = settings.dependenciesLayer && isRun ? await mkdtemp(join(tmpdir(), 'wsgi-lambda-whole-')) : ''
  try {
    const assembleOnce = (chosen: BuildSettings, wanted: Parts, report: Reporter): Promise<Assembled> =>
      assemble(chosen, wanted, product, {
        ...collaborators,
        report,
        buildWheels: (wheelless) => wheelsOf(wheelless, wanted, chosen, product, collaborators),
        whole: temporary === '' ? undefined : join(temporary, 'whole.zip'),
      })
    const { assembled, statics } = await timed<Omit<Made, 'check'>>('artifact', async () =>
      settings.static === undefined
        ? { assembled: await assembleOnce(settings, parts, collaborators.report), statics: undefined }
        : await assembleWithStatic(settings, parts, assembleOnce, { ...collaborators, product }),
    )
    const check = isChecked
      ? await timed('check', () => checkArtifact(assembled.whole, settings, collaborators))
      : undefined
    return { assembled, statics, check }
  } finally {
    if (temporary !== '') await rm(temporary, { recursive: true, force: true })
  }
}
