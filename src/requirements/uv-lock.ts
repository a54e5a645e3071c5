import { dirname, join, posix } from 'node:path'
import {
  asTable,
  asTables,
  asText,
  asTexts,
  type Document,
  packageLines,
  readDocument,
  requestLines,
  type Table,
} from './documents.ts'
import { normalise } from './files.ts'
import { type Chosen, chooseGroups } from './groups.ts'
import {
  checkFormat,
  indexSource,
  type LockContext,
  type LockedPins,
  localSource,
  usedIndexes,
} from './lock-context.ts'
import { checkPython, type LockedDependency, type LockedPackage, pinOf, reach, staleLock } from './locked.ts'
import type { Asked } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import {
  namedIndexes,
  type ProjectDependencies,
  readProjectDependencies,
  repositoryUrl,
  type Wanted,
} from './project-dependencies.ts'
import { requirementText } from './requirement.ts'
import { canonicalSpecifier } from './versions.ts'

const REFRESH = 'uv lock'

/**
 * `uv.lock`, format 1, read as `uv export --locked` reads it, without starting it. The lock may stand above the project,
 * which is a member of its workspace then.
 */
export async function readUvLock(context: LockContext): Promise<LockedPins> {
  const { project, path, settings, environment, pythonVersion } = context
  const document = await readDocument(project, path, `Make it anew with: ${REFRESH}`)
  checkFormat(path, document.root['version'], /^1$/, `Make it anew with: ${REFRESH}`)
  checkPython({ path, refresh: REFRESH }, asText(document.root['requires-python']), pythonVersion)
  const needsManifest = `${path} needs the pyproject.toml that it was made from.`
  const manifest = await readDocument(project, manifestPath(path), needsManifest)
  const wanted = readProjectDependencies(manifest, project)
  const own = asTables(document.root['package']).find((table) => isOwn(table, context))
  const chosen = chooseGroups(
    {
      manifest: manifest.path,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()],
    },
    settings,
  )
  if (own) compareWithProject(own, wanted, path, manifest)
  const lineOf = requestLines(manifest)
  const lock = { path, refresh: REFRESH, packages: lockedPackages(document, context) }
  const roots = own ? rootsOf(own, chosen) : workspaceRoots(document, chosen)
  const pins = reach(
    lock,
    roots.map((root) => ({ ...root, location: lineOf(root.name) })),
    environment,
    askedOf(wanted.name, chosen),
  )
  return {
    pins: [...(own && chosen.hasMain ? ownPin(own, lock.packages) : []), ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, namedIndexes(manifest)),
  }
}

/** A lock above the project is its workspace's; the project's own file tells what it asks for. */
function manifestPath(path: string): string {
  return path.startsWith('..') ? 'pyproject.toml' : posix.join(posix.dirname(path), 'pyproject.toml')
}

function isOwn(table: Table, { project, path }: LockContext): boolean {
  const folder = localPath(asTable(table['source']))
  return (
    folder !== undefined && join(project, posix.dirname(path), folder) === dirname(join(project, manifestPath(path)))
  )
}

/** Of a package in a folder, relative to the lock. */
function localPath(source: Table): string | undefined {
  return asText(source['editable']) ?? asText(source['virtual']) ?? asText(source['directory'])
}

function ownPin(own: Table, packages: readonly LockedPackage[]): Pin[] {
  const name = normalise(asText(own['name']) ?? '')
  const found = packages.find((each) => each.name === name && each.source?.kind === 'local')
  return found?.source ? [pinOf(found, found.source, [''])] : []
}

function lockedPackages(document: Document, context: LockContext): LockedPackage[] {
  const lineOf = packageLines(document)
  return asTables(document.root['package']).map((table) => {
    const name = normalise(asText(table['name']) ?? '')
    const source = asTable(table['source'])
    const byExtra = Object.entries(asTable(table['optional-dependencies']))
    return {
      name,
      version: asText(table['version']),
      hashes: [asTable(table['sdist']), ...asTables(table['wheels'])].flatMap(({ hash }) => asText(hash) ?? []),
      source: sourceOf(source, context),
      marker: undefined, // Whoever asks for one of several versions names it.
      origin: originOf(source),
      dependencies: [
        ...dependenciesOf(table['dependencies'], undefined),
        ...byExtra.flatMap(([extra, value]) => dependenciesOf(value, [normalise(extra)])),
      ],
      location: lineOf(name),
    }
  })
}

function dependenciesOf(value: unknown, onlyWith: readonly string[] | undefined): LockedDependency[] {
  return asTables(value).map((table) => {
    const [version, source] = [asText(table['version']), table['source']]
    return {
      name: normalise(asText(table['name']) ?? ''),
      extras: asTexts(table['extra']).map(normalise),
      specifier: version === undefined ? '' : `===${version}`,
      marker: asText(table['marker']),
      onlyWith,
      origin: source === undefined ? undefined : originOf(asTable(source)),
    }
  })
}

function originOf(source: Table): string {
  return JSON.stringify(source)
}

function sourceOf(source: Table, context: LockContext): PinSource | undefined {
  const [git, url, path] = [asText(source['git']), asText(source['url']), asText(source['path'])]
  if (git !== undefined) return { kind: 'url', url: repositoryOf(git) }
  if (url !== undefined) return { kind: 'url', url: withSubdirectory(url, asText(source['subdirectory'])) }
  if (path !== undefined) return localSource(context, path, false)
  if (source['virtual'] !== undefined) return undefined
  const folder = localPath(source)
  if (folder !== undefined) return localSource(context, folder, source['editable'] !== undefined)
  return indexSource(asText(source['registry']))
}

/** As in `https://host/repository?subdirectory=lib&rev=main#COMMIT`. */
function repositoryOf(git: string): string {
  const [, address = git, query = '', commit] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(git) ?? []
  return repositoryUrl(address, commit, new URLSearchParams(query).get('subdirectory') ?? undefined)
}

function withSubdirectory(url: string, subdirectory: string | undefined): string {
  return subdirectory === undefined ? url : `${url}#subdirectory=${subdirectory}`
}

/** What the project asks for, with the versions that the lock chose. */
function rootsOf(own: Table, chosen: Chosen): LockedDependency[] {
  const [extras, groups] = [asTable(own['optional-dependencies']), asTable(own['dev-dependencies'])]
  return [
    ...(chosen.hasMain ? dependenciesOf(own['dependencies'], undefined) : []),
    ...Object.entries(extras).flatMap(([name, value]) =>
      chosen.extras.includes(normalise(name)) ? dependenciesOf(value, undefined) : [],
    ),
    ...Object.entries(groups).flatMap(([name, value]) =>
      chosen.groups.includes(normalise(name)) ? dependenciesOf(value, undefined) : [],
    ),
  ]
}

/** A workspace whose root is no project: its members, and the root's own groups. */
function workspaceRoots({ root }: Document, chosen: Chosen): LockedDependency[] {
  const manifest = asTable(root['manifest'])
  const members = chosen.hasMain ? asTexts(manifest['members']).map((name) => ({ name })) : []
  const groups = Object.entries(asTable(manifest['dependency-groups']))
  const ofGroups = groups.flatMap(([name, value]) => (chosen.groups.includes(normalise(name)) ? asTables(value) : []))
  return [
    ...dependenciesOf(members, undefined),
    ...ofGroups.map((table) => ({
      name: normalise(asText(table['name']) ?? ''),
      extras: asTexts(table['extras']).map(normalise),
      specifier: asText(table['specifier']) ?? '',
      marker: asText(table['marker']),
      onlyWith: undefined,
    })),
  ]
}

/** Where extras or groups exclude each other, uv writes them into markers as `extra-4-shop-cpu` and `group-4-shop-dev`. */
function askedOf(name: string | undefined, { extras, groups }: Chosen): Asked {
  const owner = name === undefined ? '' : `${name.length}-${name}`
  const written = [...extras.map((each) => `extra-${owner}-${each}`), ...groups.map((each) => `group-${owner}-${each}`)]
  return { extras: new Set([...extras, ...written]), groups: new Set(groups) }
}

/** The lock keeps what it was made from: `uv lock --check` compares the same. @throws UserError with the manifest's line */
function compareWithProject(own: Table, wanted: ProjectDependencies, path: string, manifest: Document): void {
  const metadata = asTable(own['metadata'])
  const inGroups = Object.values(asTable(metadata['requires-dev'])).flatMap(asTables)
  const locked = [...asTables(metadata['requires-dist']), ...inGroups].filter(({ name }) => name !== wanted.name)
  const asked = [wanted.main, ...wanted.extras.values(), ...wanted.groups.values()].flat()
  const lock = { path, refresh: REFRESH }
  for (const each of asked) {
    if (locked.some((entry) => isSame(entry, each))) continue
    const text = requirementText({ ...each, marker: undefined })
    throw staleLock(lock, `${manifest.path} asks for ${text}, and the lock was made without it`, each.location)
  }
  const names = new Set(asked.map(({ name }) => name))
  const gone = locked.map(({ name }) => normalise(asText(name) ?? '')).find((name) => !names.has(name))
  if (gone === undefined) return
  throw staleLock(lock, `The lock was made with ${gone}, and ${manifest.path} does not ask for it`, {
    file: manifest.path,
    line: 1,
  })
}

function isSame(entry: Table, { name, specifier }: Wanted): boolean {
  if (normalise(asText(entry['name']) ?? '') !== name) return false
  // What comes from a folder, a repository or an address has no specifier in the lock.
  const isElsewhere = ['editable', 'directory', 'virtual', 'path', 'url', 'git'].some((key) => entry[key] !== undefined)
  return isElsewhere || canonicalSpecifier(asText(entry['specifier']) ?? '') === canonicalSpecifier(specifier)
}
