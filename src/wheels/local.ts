import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { normalise } from '../requirements/files.ts'
import type { Pin } from '../requirements/pins.ts'
import { equipmentFor } from './build-needs.ts'
import type { ProjectFile } from './build-source.ts'
import { mappingOf, type Table, tableAt } from './local-mapping.ts'

/** A distribution of this machine whose files need no build: they are part of the application. */
export interface LocalPackage {
  /** Normalised, PEP 503. */
  readonly name: string
  readonly version: string
  /** `path` is where the file stands in the artifact. */
  readonly files: readonly ProjectFile[]
  /** What `importlib.metadata` reads: small files of its `.dist-info`. */
  readonly metadata: readonly { readonly path: string; readonly text: string }[]
}

/**
 * The files of a local, editable or workspace distribution, where its build backend would put them; undefined where only
 * a build tells, or compiles. Names and files are the folder's own: nothing is run.
 *
 * @param listFiles the files of a folder, as git would keep them
 */
export async function readLocalPackage(
  pin: Pin,
  listFiles: (folder: string) => Promise<readonly ProjectFile[]>,
): Promise<LocalPackage | undefined> {
  if (pin.source.kind !== 'local') return undefined
  const folder = pin.source.path
  if (!(await stat(folder)).isDirectory()) return undefined
  const toml = await readFile(join(folder, 'pyproject.toml'), 'utf8').catch(() => undefined)
  const document = toml === undefined ? undefined : parseOrNothing(toml)
  if (document === undefined) return undefined

  const listed = await listFiles(folder)
  const paths = listed.map(({ path }) => path)
  const isCompiled = equipmentFor({ names: paths, pyproject: toml ?? null }).length > 0
  const mapping = isCompiled ? undefined : mappingOf({ document, module: pin.name.replaceAll('-', '_'), paths })
  const version = pin.version ?? (await staticVersion(document, folder))
  if (mapping === undefined || version === undefined) return undefined
  const files = listed.flatMap((file) => {
    const path = mapping(file.path)
    return path === undefined ? [] : [{ ...file, path }]
  })
  return { name: normalise(pin.name), version, files, metadata: metadataOf(pin.name, version, document) }
}

function parseOrNothing(toml: string): Table | undefined {
  try {
    return parse(toml)
  } catch {
    return undefined // The build says what is wrong with it.
  }
}

/** As it is written, or as hatch and setuptools read it from a file of the project. */
async function staticVersion(document: Table, folder: string): Promise<string | undefined> {
  const written = tableAt(document, 'project')['version'] ?? tableAt(document, 'tool', 'poetry')['version']
  if (typeof written === 'string') return written
  const { path } = tableAt(document, 'tool', 'hatch', 'version')
  if (typeof path !== 'string') return undefined
  const text = await readFile(join(folder, path), 'utf8').catch(() => '')
  return /^(?:__version__|VERSION)(?::\s*str)?\s*=\s*["']v?([^"']+)["']/m.exec(text)?.[1]
}

/** "Core metadata specifications" and "Recording installed projects" of the Python Packaging User Guide. */
function metadataOf(name: string, version: string, document: Table): LocalPackage['metadata'] {
  // A version may be any text in pyproject.toml; a path may not.
  const folder = `${name.replaceAll('-', '_')}-${version.replace(/[^\w.+!]/g, '_')}.dist-info`
  const entryPoints = entryPointsOf(document)
  const { dependencies } = tableAt(document, 'project')
  const required = Array.isArray(dependencies) ? dependencies.map(String) : []
  const fields = [`Name: ${name}`, `Version: ${version}`, ...required.map((text) => `Requires-Dist: ${asField(text)}`)]
  return [
    { path: `${folder}/METADATA`, text: ['Metadata-Version: 2.1', ...fields, ''].join('\n') },
    ...(entryPoints === '' ? [] : [{ path: `${folder}/entry_points.txt`, text: entryPoints }]),
  ]
}

/** A field of the metadata ends with its line. An address may hold credentials, and says nothing to whoever reads it on Lambda. */
function asField(requirement: string): string {
  return requirement
    .replace(/^([^@;]+?)\s*@\s*\S+/, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}

function entryPointsOf(document: Table): string {
  const project = tableAt(document, 'project')
  const poetry = tableAt(document, 'tool', 'poetry')
  const groups: Record<string, Table> = {
    console_scripts: { ...tableAt(poetry, 'scripts'), ...tableAt(project, 'scripts') },
    gui_scripts: tableAt(project, 'gui-scripts'),
  }
  for (const table of [tableAt(poetry, 'plugins'), tableAt(project, 'entry-points')])
    for (const group of Object.keys(table)) groups[group] = { ...groups[group], ...tableAt(table, group) }
  return Object.entries(groups)
    .map(([group, entries]) => [group, Object.entries(entries).filter(isText)] as const)
    .filter(([, entries]) => entries.length > 0)
    .map(([group, entries]) => `[${group}]\n${entries.map(([name, value]) => `${name} = ${value}\n`).join('')}`)
    .join('\n')
}

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'
