import { UserError } from '../errors.ts'
import { asTable, asTables, asText, asTexts, packageLines, readDocument, type Table } from './documents.ts'
import { normalise } from './files.ts'
import { chooseGroups } from './groups.ts'
import {
  besideLock,
  indexSource,
  type LockContext,
  type LockedPins,
  localSource,
  ownPins,
  usedIndexes,
} from './lock-context.ts'
import { checkPython, type Lock, type LockedDependency, type LockedPackage, reach } from './locked.ts'
import type { PinSource } from './pins.ts'
import {
  asDirect,
  chosenDependencies,
  namedIndexes,
  readProjectDependencies,
  repositoryUrl,
} from './project-dependencies.ts'
import { parseRequirement } from './requirement.ts'
import { fromPoetry } from './versions.ts'

const REFRESH = 'poetry lock'

/** `poetry.lock`, from Poetry 1.1 on, for what the `pyproject.toml` beside it asks for. */
export async function readPoetryLock(context: LockContext): Promise<LockedPins> {
  const { project, path, settings, environment } = context
  const lockFile = await readDocument(project, path, `Make it anew with: ${REFRESH}`)
  const manifestPath = besideLock(path, 'pyproject.toml')
  const manifest = await readDocument(project, manifestPath, `${path} needs the pyproject.toml that it was made from.`)
  const wanted = readProjectDependencies(manifest, project)
  const metadata = asTable(lockFile.root['metadata'])
  const lineOf = packageLines(lockFile)
  const lock: Lock = {
    path,
    refresh: REFRESH,
    packages: asTables(lockFile.root['package']).map((table) => lockedPackage(table, metadata, context, lineOf)),
  }
  checkPython(lock, pythonOf(metadata), context.pythonVersion)
  const chosen = chooseGroups(
    {
      manifest: manifestPath,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()],
    },
    settings,
  )
  const asked = { extras: new Set(chosen.extras), groups: new Set(chosen.groups) }
  const pins = reach(lock, chosenDependencies(wanted, chosen).map(asDirect), environment, asked)
  return {
    pins: [...ownPins(context, wanted, chosen.hasMain), ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, namedIndexes(manifest)),
  }
}

function pythonOf(metadata: Table): string | undefined {
  const python = asText(metadata['python-versions'])
  return python === undefined ? undefined : fromPoetry(python)
}

function lockedPackage(
  table: Table,
  metadata: Table,
  context: LockContext,
  lineOf: ReturnType<typeof packageLines>,
): LockedPackage {
  const written = asText(table['name']) ?? ''
  const name = normalise(written)
  // Poetry before 1.5 kept all hashes together.
  const files = table['files'] ?? asTable(metadata['files'])[written]
  return {
    name,
    version: asText(table['version']),
    hashes: asTables(files).flatMap(({ hash }) => asText(hash) ?? []),
    source: sourceOf(asTable(table['source']), table['develop'] === true, context),
    marker: markerOf(table),
    origin: undefined,
    dependencies: dependenciesOf(name, asTable(table['dependencies']), asTable(table['extras'])),
    location: lineOf(name),
  }
}

/** From Poetry 2 on: one marker, or one for each of the groups that have one. */
function markerOf({ markers, groups }: Table): string | undefined {
  if (typeof markers === 'string') return markers
  const byGroup = asTable(markers)
  const all = asTexts(groups).map((group) => asText(byGroup[group]))
  return all.length === 0 || all.includes(undefined) ? undefined : all.map((marker) => `(${marker ?? ''})`).join(' or ')
}

function sourceOf(source: Table, isEditable: boolean, context: LockContext): PinSource {
  const url = asText(source['url']) ?? ''
  switch (source['type']) {
    case undefined:
      return { kind: 'index' }
    case 'legacy':
      return indexSource(url)
    case 'directory':
    case 'file':
      return localSource(context, url, isEditable)
    case 'url':
      return { kind: 'url', url }
    case 'git':
      return { kind: 'url', url: repositoryUrl(url, commitOf(source), asText(source['subdirectory'])) }
    default:
      throw new UserError({
        title: `${context.path} has a source of the type ${String(source['type'])}, which cannot be installed`,
        detail: url,
        hint: 'Depend on an archive, a repository of git or an index.',
      })
  }
}

function commitOf(source: Table): string | undefined {
  return asText(source['resolved_reference']) ?? asText(source['reference'])
}

function dependenciesOf(owner: string, dependencies: Table, extras: Table): LockedDependency[] {
  const bringing = extrasByDependency(extras)
  const listed = Object.entries(dependencies).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) => dependencyOf(name, each, bringing)),
  )
  return [...listed, ...ownExtras(owner, extras)]
}

function dependencyOf(
  name: string,
  value: unknown,
  bringing: ReadonlyMap<string, readonly string[]>,
): LockedDependency {
  const table = typeof value === 'string' ? { version: value } : asTable(value)
  const marker = asText(table['markers'])
  const isOptional = table['optional'] === true && marker?.includes('extra') !== true
  return {
    name: normalise(name),
    extras: asTexts(table['extras']).map(normalise),
    specifier: fromPoetry(asText(table['version']) ?? ''),
    marker,
    onlyWith: isOptional ? (bringing.get(normalise(name)) ?? []) : undefined,
  }
}

/** Of a distribution: which of its extras bring a dependency. */
function extrasByDependency(extras: Table): Map<string, string[]> {
  const bringing = new Map<string, string[]>()
  for (const [extra, entries] of Object.entries(extras)) {
    for (const entry of asTexts(entries)) {
      const name = parseRequirement(entry)?.name
      if (name !== undefined) bringing.set(name, [...(bringing.get(name) ?? []), normalise(extra)])
    }
  }
  return bringing
}

/** Extras that ask for others of the same distribution. */
function ownExtras(owner: string, extras: Table): LockedDependency[] {
  return Object.entries(extras).flatMap(([extra, entries]) =>
    asTexts(entries).flatMap((entry): LockedDependency[] => {
      const own = parseRequirement(entry)
      if (own?.name !== owner) return []
      return [{ ...own, specifier: '', marker: undefined, onlyWith: [normalise(extra)] }]
    }),
  )
}
