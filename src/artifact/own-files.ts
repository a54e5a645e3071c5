import type { Reporter } from '../report/reporter.ts'
import type { BuildSettings } from '../settings/settings.ts'
import type { ExtraFile } from '../wheels/extra-files.ts'
import type { LocalPackage } from '../wheels/local.ts'
import { applicationEntries, underVendor } from './application.ts'
import type { Entry } from './entry.ts'
import { type ProductFiles, runtimeEntries, withRuntime } from './runtime.ts'

/** What comes into the artifact as it stands on this machine. */
export interface OwnParts {
  /** Local, editable and workspace distributions, placed as their build backends would place them. */
  readonly locals: readonly LocalPackage[]
  /** Files of the builder's image. */
  readonly extraFiles: readonly ExtraFile[]
}

/**
 * The files that no wheel brings: the project's, those of local packages, those of the image, the runtime's. Where several
 * stand at one path, the runtime's is taken, else the project's.
 */
export async function ownFiles(
  settings: BuildSettings,
  product: ProductFiles,
  { locals, extraFiles }: OwnParts,
  report: Reporter,
): Promise<Entry[]> {
  const placed = locals.flatMap(entriesOf)
  const listed = underVendor(await applicationEntries(settings.project, settings), settings.vendor)
  const project = isBelowFolder(settings.app) ? listed : withoutMoved(listed, placed)
  const extras = extraFiles.map(({ path, mode, file }): Entry => ({ path, mode, content: { file } }))
  const own = firstAtEachPath([...project, ...placed, ...extras])
  return settings.handler === 'none' ? own : withRuntime(own, await runtimeEntries(settings, product), report)
}

function entriesOf({ files, metadata }: LocalPackage): Entry[] {
  return [
    ...files.map(({ path, mode, file }): Entry => ({ path, mode, content: { file } })),
    ...metadata.map(({ path, text }): Entry => ({ path, mode: 0o644, content: { bytes: Buffer.from(text) } })),
  ]
}

/** `src/mysite.wsgi`: the application is imported from that folder of the project. */
function isBelowFolder(app: string): boolean {
  return app.includes('/')
}

/** The project itself may be one of the packages: what is placed elsewhere (`src/shop` as `shop`) stands there only. */
function withoutMoved(project: readonly Entry[], placed: readonly Entry[]): Entry[] {
  const files = new Set(placed.flatMap(({ content }) => ('file' in content ? [content.file] : [])))
  return project.filter(({ content }) => !('file' in content) || !files.has(content.file))
}

function firstAtEachPath(entries: readonly Entry[]): Entry[] {
  const byPath = new Map<string, Entry>()
  for (const entry of entries) if (!byPath.has(entry.path)) byPath.set(entry.path, entry)
  return [...byPath.values()]
}
