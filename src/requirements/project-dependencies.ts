import { join, posix } from 'node:path'
import { UserError } from '../errors.ts'
import {
  asTable,
  asTables,
  asText,
  asTexts,
  type Document,
  type Location,
  requestLines,
  type Table,
  tableAt,
} from './documents.ts'
import { normalise } from './files.ts'
import type { Chosen } from './groups.ts'
import { type Direct } from './locked.ts'
import { parseRequirement, type Requirement } from './requirement.ts'
import { fromPoetry, isSpecifier } from './versions.ts'

/** A dependency that `pyproject.toml` asks for. */
export interface Wanted extends Requirement {
  readonly location: Location
  /** A folder or an archive of this machine (absolute), where the tool's own table says so. */
  readonly path: string | undefined
}

/** What `pyproject.toml` asks for, whichever tool it was written for. All names are normalised. */
export interface ProjectDependencies {
  readonly name: string | undefined
  readonly main: readonly Wanted[]
  readonly extras: ReadonlyMap<string, readonly Wanted[]>
  readonly groups: ReadonlyMap<string, readonly Wanted[]>
  readonly defaultGroups: readonly string[]
  readonly requiresPython: string | undefined
  /** Whether the project is installed too: it says how it is built. */
  readonly isPackage: boolean
  /** Whether Poetry's own table says it. */
  readonly isPoetrys: boolean
}

/**
 * Reads `[project]` (PEP 621), `[dependency-groups]` (PEP 735), and the tables of Poetry, PDM and uv.
 * @param project the absolute folder that paths of the document are relative to
 * @throws UserError with the line of what cannot be read
 */
export function readProjectDependencies(document: Document, project: string): ProjectDependencies {
  const { root } = document
  const [own, poetry] = [tableAt(root, 'project'), tableAt(root, 'tool', 'poetry')]
  const reader = readerOf(document, join(project, posix.dirname(document.path)))
  const isPoetrys = own['dependencies'] === undefined && poetry['dependencies'] !== undefined
  const fromPoetry = reader.poetryTable(asTable(poetry['dependencies']))
  const name = asText(own['name']) ?? asText(poetry['name'])
  return {
    name: name === undefined ? undefined : normalise(name),
    main: isPoetrys ? fromPoetry.filter(({ isOptional }) => !isOptional) : reader.list(own['dependencies']),
    extras: isPoetrys
      ? poetryExtras(asTable(poetry['extras']), fromPoetry)
      : withOwnExtras(name, reader.lists(asTable(own['optional-dependencies']))),
    groups: new Map([
      ...poetryGroups(poetry, reader),
      ...reader.lists(tableAt(root, 'tool', 'pdm', 'dev-dependencies')),
      ...reader.lists({ dev: tableAt(root, 'tool', 'uv')['dev-dependencies'] ?? [] }, { isSparse: true }),
      ...dependencyGroups(asTable(root['dependency-groups']), reader, document),
    ]),
    defaultGroups: defaultGroups(root),
    requiresPython: asText(own['requires-python']) ?? pythonOfPoetry(poetry),
    isPoetrys,
    isPackage: root['build-system'] !== undefined && poetry['package-mode'] !== false,
  }
}

/** The dependencies of the project itself that were chosen. */
export function chosenDependencies(project: ProjectDependencies, chosen: Chosen): readonly Wanted[] {
  return [
    ...(chosen.hasMain ? project.main : []),
    ...chosen.extras.flatMap((extra) => project.extras.get(extra) ?? []),
    ...chosen.groups.flatMap((group) => project.groups.get(group) ?? []),
  ]
}

/** As roots of a lock's graph. */
export function asDirect({ name, extras, specifier, marker, location }: Wanted): Direct {
  return { name, extras, specifier, marker, location }
}

interface Reader {
  readonly list: (value: unknown) => Wanted[]
  readonly lists: (tables: Table, options?: { isSparse: boolean }) => Map<string, Wanted[]>
  readonly poetryTable: (table: Table) => (Wanted & { readonly isOptional: boolean })[]
}

function readerOf(document: Document, folder: string): Reader {
  const lineOf = requestLines(document)
  const list = (value: unknown): Wanted[] =>
    asTexts(value).map((text) => {
      const requirement = parseRequirement(text)
      if (requirement) return { ...requirement, location: lineOf(requirement.name), path: undefined }
      throw unreadable(document, text, lineOf(normalise(/^[\w.-]+/.exec(text)?.[0] ?? '')))
    })
  const lists: Reader['lists'] = (tables, { isSparse } = { isSparse: false }) =>
    new Map(
      Object.entries(tables)
        .map(([name, value]) => [normalise(name), list(value)] as const)
        .filter(([, wanted]) => !isSparse || wanted.length > 0),
    )
  const poetryTable: Reader['poetryTable'] = (table) =>
    Object.entries(table)
      .filter(([name]) => name.toLowerCase() !== 'python')
      .flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((each: unknown) =>
          poetryDependency(name, each, lineOf(normalise(name)), document, folder),
        ),
      )
  return { list, lists, poetryTable }
}

/** One entry of Poetry's table: a constraint, or a table with `version`, `path`, `git`, `url`, markers and extras. */
function poetryDependency(
  name: string,
  value: unknown,
  location: Location,
  document: Document,
  folder: string,
): Wanted & { readonly isOptional: boolean } {
  const table = typeof value === 'string' ? { version: value } : asTable(value)
  const constraint = asText(table['version']) ?? ''
  const specifier = fromPoetry(constraint)
  if (!specifier.split('||').every(isSpecifier)) throw unreadable(document, `${name} = ${constraint}`, location)
  const path = asText(table['path'])
  return {
    name: normalise(name),
    extras: asTexts(table['extras']).map(normalise),
    specifier,
    url: path === undefined ? urlOf(table) : undefined,
    marker: poetryMarker(table),
    location,
    path: path === undefined ? undefined : join(folder, path),
    isOptional: table['optional'] === true,
  }
}

function urlOf(table: Table): string | undefined {
  const git = asText(table['git'])
  if (git === undefined) return asText(table['url'])
  const reference = asText(table['rev']) ?? asText(table['tag']) ?? asText(table['branch'])
  const subdirectory = asText(table['subdirectory'])
  return repositoryUrl(git, reference, subdirectory)
}

/** As pip writes it. Source: pip, "VCS Support". */
export function repositoryUrl(
  address: string,
  reference: string | undefined,
  subdirectory: string | undefined,
  tool = 'git',
): string {
  // git's own short form, git@host:path, is no URL.
  const url = address.replace(/^([\w.-]+@[\w.-]+):(?!\/\/)/, 'ssh://$1/').replace(new RegExp(`^${tool}\\+`), '')
  return `${tool}+${url}${reference === undefined ? '' : `@${reference}`}${subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`}`
}

/** Poetry's `markers`, `python` and `platform` together. */
function poetryMarker(table: Table): string | undefined {
  const python = asText(table['python'])
  const platform = asText(table['platform'])
  const parts = [
    asText(table['markers']),
    python === undefined ? undefined : pythonMarker(fromPoetry(python)),
    platform === undefined ? undefined : `sys_platform == '${platform}'`,
  ].filter((part) => part !== undefined && part !== '')
  return parts.length === 0 ? undefined : parts.map((part) => `(${part})`).join(' and ')
}

function pythonMarker(specifier: string): string {
  const alternatives = specifier.split('||').map((range) =>
    range
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => part.replace(/^([<>=!~]+)(.*)$/, "python_full_version $1 '$2'"))
      .join(' and '),
  )
  return alternatives.includes('') ? '' : alternatives.join(' or ')
}

function pythonOfPoetry(poetry: Table): string | undefined {
  const python = asText(tableAt(poetry, 'dependencies')['python'])
  return python === undefined ? undefined : fromPoetry(python)
}

function poetryExtras(
  extras: Table,
  dependencies: readonly (Wanted & { readonly isOptional: boolean })[],
): Map<string, Wanted[]> {
  return new Map(
    Object.entries(extras).map(([extra, names]) => {
      const wanted = new Set(asTexts(names).map(normalise))
      return [normalise(extra), dependencies.filter(({ name }) => wanted.has(name))]
    }),
  )
}

function poetryGroups(poetry: Table, reader: Reader): Map<string, Wanted[]> {
  const groups = Object.entries(asTable(poetry['group'])).map(
    ([name, group]) => [normalise(name), reader.poetryTable(tableAt(asTable(group), 'dependencies'))] as const,
  )
  const former = asTable(poetry['dev-dependencies'])
  return new Map([...(Object.keys(former).length > 0 ? [['dev', reader.poetryTable(former)] as const] : []), ...groups])
}

/** An extra may ask for others of the same project, as in `all = ["shop[cache,api]"]`. */
function withOwnExtras(
  name: string | undefined,
  extras: ReadonlyMap<string, readonly Wanted[]>,
): Map<string, readonly Wanted[]> {
  const own = name === undefined ? undefined : normalise(name)
  const expand = (extra: string, seen: readonly string[]): readonly Wanted[] =>
    (extras.get(extra) ?? []).flatMap((wanted) =>
      wanted.name === own
        ? wanted.extras.filter((next) => !seen.includes(next)).flatMap((next) => expand(next, [...seen, next]))
        : [wanted],
    )
  return new Map([...extras.keys()].map((extra) => [extra, expand(extra, [extra])]))
}

/** PEP 735, with `{include-group = "…"}`. */
function dependencyGroups(table: Table, reader: Reader, document: Document): Map<string, Wanted[]> {
  const groups = new Map(Object.entries(table).map(([name, entries]) => [normalise(name), entries]))
  const expand = (name: string, seen: readonly string[]): Wanted[] => {
    const entries = groups.get(name)
    if (!Array.isArray(entries)) {
      throw new UserError({
        title: `${document.path}: the dependency group ${name} does not exist`,
        detail: `It is included by ${seen.at(-2) ?? name}.`,
        hint: 'Correct include-group.',
        location: requestLines(document)(name),
      })
    }
    return entries.flatMap((entry: unknown) => {
      const included = asText(asTable(entry)['include-group'])
      if (included === undefined) return reader.list([entry])
      const next = normalise(included)
      return seen.includes(next) ? [] : expand(next, [...seen, next])
    })
  }
  return new Map([...groups.keys()].map((name) => [name, expand(name, [name])]))
}

/** Source: uv, "Dependency groups": `dev` is one where nobody says otherwise. */
function defaultGroups(root: Table): string[] {
  const given = tableAt(root, 'tool', 'uv')['default-groups']
  return given === 'all'
    ? Object.keys(asTable(root['dependency-groups'])).map(normalise)
    : asTexts(given).map(normalise)
}

function unreadable(document: Document, text: string, location: Location): UserError {
  return new UserError({
    title: `${document.path}: the dependency cannot be read: ${text}`,
    hint: 'It should look like: django>=5.2,<6 (PEP 508).',
    location,
  })
}

/** Addresses of `[[tool.uv.index]]` and `[[tool.poetry.source]]`, by name. */
export function namedIndexes({ root }: Document): readonly { name: string; url: string; isDefault: boolean }[] {
  const tables = [
    ...asTables(tableAt(root, 'tool', 'uv')['index']),
    ...asTables(tableAt(root, 'tool', 'poetry')['source']),
  ]
  return tables.flatMap((table) => {
    const url = asText(table['url'])
    return url === undefined ? [] : [{ name: asText(table['name']) ?? '', url, isDefault: table['default'] === true }]
  })
}
