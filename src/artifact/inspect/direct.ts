import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { UserError } from '../../errors.ts'
import { normalise, type RequirementsFile, readRequirementsFiles } from '../../requirements/files.ts'
import { parseRequirement } from '../../requirements/requirement.ts'
import { readIfPresent } from '../../settings/pyproject.ts'
import type { Wanted } from './graph.ts'

/** What a project asks for itself. */
export interface Direct {
  /** The file that says so, relative to the project; undefined where none was found that can be read. */
  readonly from: string | undefined
  readonly requirements: readonly Wanted[]
}

const UNKNOWN: Direct = { from: undefined, requirements: [] }

/**
 * Looks into what people write: `requirements.in` before the `requirements.txt` that is made of it, `pyproject.toml` and
 * `Pipfile` before a lock. A file that names every distribution of the artifact is a lock too: it does not say who asked.
 *
 * @param manifest the file that the project is built from, relative to the project
 * @param present the distributions of the artifact
 */
export async function directRequirements(
  project: string,
  manifest: string | undefined,
  present: ReadonlySet<string>,
): Promise<Direct> {
  const written = [
    ...(manifest?.endsWith('.txt') === true ? [manifest.replace(/\.txt$/, '.in'), manifest] : []),
    'pyproject.toml',
    'Pipfile',
  ]
  for (const from of written) {
    const requirements = existsSync(join(project, from)) ? await readWritten(project, from) : []
    const names = new Set(requirements.map(({ name }) => name))
    const isLock = present.size > 1 && [...present].every((name) => names.has(name))
    if (requirements.length > 0 && !isLock) return { from, requirements }
  }
  return UNKNOWN
}

/** Nothing, where the file cannot be read: an inspection is no check of it. */
async function readWritten(project: string, path: string): Promise<Wanted[]> {
  try {
    if (path === 'pyproject.toml')
      return fromPyproject(asTable(parse((await readIfPresent(join(project, path))) ?? '')))
    if (path === 'Pipfile')
      return fromTable(asTable(parse((await readIfPresent(join(project, path))) ?? ''))['packages'])
    const files = await readRequirementsFiles(project, path)
    return [...fromRequirements(files), ...(await namedByFolder(project, files))]
  } catch (error) {
    if (error instanceof UserError || error instanceof TomlError) return []
    throw error
  }
}

function fromPyproject(document: Table): Wanted[] {
  const { dependencies } = asTable(document['project'])
  const listed = Array.isArray(dependencies) ? dependencies.map(String) : []
  return [
    ...listed.flatMap((text) => parseRequirement(text) ?? []),
    ...fromTable(asTable(asTable(document['tool'])['poetry'])['dependencies']),
  ]
}

/** Poetry's and Pipenv's way: names as keys, and extras beside the version. */
function fromTable(table: unknown): Wanted[] {
  return Object.entries(asTable(table)).flatMap(([name, value]) => {
    const { extras } = asTable(value)
    if (name === 'python') return []
    return [{ name: normalise(name), extras: Array.isArray(extras) ? extras.map(String) : [], marker: undefined }]
  })
}

/** Constraints are no requirements, nor are options and hashes. */
function fromRequirements(files: readonly RequirementsFile[]): Wanted[] {
  const constraints = new Set(
    files.flatMap(({ path, lines }) =>
      lines.flatMap(({ text }) => {
        const [, constraint] = /^(?:-c|--constraint)(?:\s+|=)?(\S+)/.exec(text) ?? []
        return constraint === undefined ? [] : [posix.join(posix.dirname(path), constraint)]
      }),
    ),
  )
  return files
    .filter(({ path }) => !constraints.has(path))
    .flatMap(({ lines }) => lines.flatMap(({ text }) => parseRequirement(text.replace(/\s--\w.*$/, '')) ?? []))
}

/** `./libs/shop` and `-e .`: the folder's `pyproject.toml` says whose it is. */
async function namedByFolder(project: string, files: readonly RequirementsFile[]): Promise<Wanted[]> {
  const folders = files.flatMap(({ lines }) =>
    lines.flatMap(
      ({ text }) => /^(?:(?:-e|--editable)[\s=]\s*)?(\.{1,2}(?:\/[^\s;[]*)?)(?=[\s;[]|$)/.exec(text)?.[1] ?? [],
    ),
  )
  const named = await Promise.all(
    folders.map(async (folder) => {
      const document = asTable(parse((await readIfPresent(join(project, folder, 'pyproject.toml'))) ?? ''))
      const name = asTable(document['project'])['name'] ?? asTable(asTable(document['tool'])['poetry'])['name']
      return typeof name === 'string' ? [{ name: normalise(name), extras: [], marker: undefined }] : []
    }),
  )
  return named.flat()
}

type Table = Readonly<Record<string, unknown>>

function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
}
