import { type Artifact, assemble, type PackageSize } from '../artifact/assemble.ts'
import type { ProductFiles } from '../artifact/runtime.ts'
import type { Toolchain } from '../builder/builder.ts'
import type { Reporter } from '../report/reporter.ts'
import { megabytes } from '../report/size.ts'
import { requirementsFile } from '../requirements/files.ts'
import { lockRequirements } from '../requirements/lock.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { Store } from '../store/store.ts'

export interface BuildCollaborators {
  readonly createToolchain: (settings: BuildSettings, store: Store) => Promise<Toolchain>
  readonly createStore: (settings: BuildSettings) => Store
  readonly product: ProductFiles
  readonly report: Reporter
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
  /** Seconds by step. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Project → zip. */
export async function build(
  settings: BuildSettings,
  { createToolchain, createStore, product, report, clock }: BuildCollaborators,
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
    const pins = await timed('requirements', async () => {
      const { text } = await lockRequirements(settings.project, settings.manifest, {
        builder: await toolchain.open(),
        report,
      })
      return {
        pins: requirementsFile('x', text).lines.flatMap(({ text: line }) => {
          const [, name, version] = /^([\w.-]+)==(\S+)/.exec(line) ?? []
          if (!name) return []
          return [
            {
              name: name.toLowerCase().replace(/[-_.]+/g, '-'),
              version,
              hashes: [...line.matchAll(/--hash=(\S+)/g)].map((m) => m[1] ?? ''),
              source: { kind: 'index' } as const,
              requiredBy: [],
              location: undefined,
            },
          ]
        }),
        pipOptions: [],
      }
    })
    const { artifact, packages, made } = await timed('artifact', () =>
      assemble(settings, pins, product, {
        toolchain,
        store,
        report,
        buildWheels: () => Promise.reject(new Error('no')),
      }),
    )
    report.info(
      `${artifact.path}: ${megabytes(artifact.zipBytes)} (${megabytes(artifact.unzippedBytes)} unzipped, ${artifact.entries} files, ${packages.length} packages)`,
    )
    return {
      artifact,
      runtime: settings.target.runtime,
      architecture: settings.target.architecture,
      streaming: settings.streaming,
      builder: toolchain.kind,
      slices: { total: packages.length, reused: packages.length - made, built: made },
      packages,
      seconds,
    }
  })
}
