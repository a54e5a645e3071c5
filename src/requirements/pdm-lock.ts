import { asTable, asTables, asText, asTexts, packageLines, readDocument, type Table } from './documents.ts'
import { normalise } from './files.ts'
import { chooseGroups } from './groups.ts'
import { besideLock, indexSource, type LockContext, type LockedPins, localSource, ownPins } from './lock-context.ts'
import { checkPython, type Lock, type LockedDependency, type LockedPackage, reach } from './locked.ts'
import type { PinSource } from './pins.ts'
import { asDirect, chosenDependencies, readProjectDependencies, repositoryUrl } from './project-dependencies.ts'
import { parseRequirement } from './requirement.ts'

const REFRESH = 'pdm lock'

/** `pdm.lock`, for what the `pyproject.toml` beside it asks for. */
export async function readPdmLock(context: LockContext): Promise<LockedPins> {
  const { project, path, settings, environment } = context
  const lockFile = await readDocument(project, path, `Make it anew with: ${REFRESH}`)
  const manifestPath = besideLock(path, 'pyproject.toml')
  const manifest = await readDocument(project, manifestPath, `${path} needs the pyproject.toml that it was made from.`)
  const wanted = readProjectDependencies(manifest, project)
  const isPackage = asTable(asTable(manifest.root['tool'])['pdm'])['distribution'] !== false && wanted.isPackage
  const lineOf = packageLines(lockFile)
  const tables = asTables(lockFile.root['package'])
  const lock: Lock = { path, refresh: REFRESH, packages: lockedPackages(tables, context, lineOf) }
  checkPython(lock, asText(wanted.requiresPython), context.pythonVersion)
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
    pins: [...ownPins(context, { ...wanted, isPackage }, chosen.hasMain), ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: [],
  }
}

/** A distribution with extras has an entry of its own, which adds what the extras bring. */
function lockedPackages(
  tables: readonly Table[],
  context: LockContext,
  lineOf: ReturnType<typeof packageLines>,
): LockedPackage[] {
  const isBase = (table: Table): boolean => asTexts(table['extras']).length === 0
  const identity = (table: Table): string =>
    `${normalise(asText(table['name']) ?? '')} ${asText(table['version']) ?? ''}`
  const bases = new Set(tables.filter(isBase).map(identity))
  return tables
    .filter((table) => isBase(table) || !bases.has(identity(table)))
    .map((table) => {
      const name = normalise(asText(table['name']) ?? '')
      const withExtras = tables.filter((each) => !isBase(each) && identity(each) === identity(table))
      return {
        name,
        version: asText(table['version']),
        hashes: asTables(table['files']).flatMap(({ hash }) => asText(hash) ?? []),
        source: sourceOf(table, context),
        marker: asText(table['marker']),
        origin: undefined,
        dependencies: [
          ...(isBase(table) ? dependenciesOf(table, undefined) : []),
          ...withExtras.flatMap((each) => dependenciesOf(each, name)),
        ],
        location: lineOf(name),
      }
    })
}

/** @param owner where the entry is one for extras: it asks for the distribution itself, too */
function dependenciesOf(table: Table, owner: string | undefined): LockedDependency[] {
  const extras = asTexts(table['extras']).map(normalise)
  return asTexts(table['dependencies']).flatMap((text): LockedDependency[] => {
    const requirement = parseRequirement(text)
    if (!requirement || (requirement.name === owner && requirement.extras.length === 0)) return []
    return [{ ...requirement, onlyWith: owner === undefined ? undefined : extras }]
  })
}

function sourceOf(table: Table, context: LockContext): PinSource {
  const [path, url, git] = [asText(table['path']), asText(table['url']), asText(table['git'])]
  if (path !== undefined) return localSource(context, path, table['editable'] === true)
  if (git !== undefined)
    return {
      kind: 'url',
      url: repositoryUrl(git, asText(table['revision']) ?? asText(table['ref']), asText(table['subdirectory'])),
    }
  if (url === undefined) return indexSource(undefined)
  return { kind: 'url', url }
}
