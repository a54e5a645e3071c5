import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import {
  asTable,
  asTables,
  asText,
  asTexts,
  type Document,
  packageLines,
  readDocument,
  type Table,
  tableAt,
} from './documents.ts'
import { normalise } from './files.ts'
import { type Chosen, chooseGroups } from './groups.ts'
import {
  besideLock,
  checkFormat,
  indexSource,
  type LockContext,
  type LockedPins,
  localSource,
  usedIndexes,
} from './lock-context.ts'
import { checkPython, pinOf, staleLock } from './locked.ts'
import { holds } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import { asDirect, chosenDependencies, readProjectDependencies, repositoryUrl } from './project-dependencies.ts'
import { parseRequirement } from './requirement.ts'
import { satisfies } from './versions.ts'

/** `pylock.toml` and `pylock.NAME.toml`: PEP 751. */
export async function readPylock(context: LockContext): Promise<LockedPins> {
  const { project, path, settings, environment, pythonVersion } = context
  const document = await readDocument(project, path, 'Make it anew with the tool that wrote it.')
  const { root } = document
  const refresh = refreshOf(asText(root['created-by']), path)
  checkFormat(path, root['lock-version'], /^1\./, `Make it anew with: ${refresh}`)
  checkPython({ path, refresh }, asText(root['requires-python']), pythonVersion)
  const chosen = chooseGroups(
    {
      manifest: path,
      groups: [...new Set([...asTexts(root['dependency-groups']), ...asTexts(root['default-groups'])].map(normalise))],
      defaultGroups: asTexts(root['default-groups']).map(normalise),
      extras: asTexts(root['extras']).map(normalise),
    },
    settings,
  )
  const asked = { extras: new Set(chosen.extras), groups: new Set(chosen.groups) }
  checkEnvironments(asTexts(root['environments']), context, refresh)
  const tables = asTables(root['packages']).filter((table) => holds(asText(table['marker']), environment, asked))
  const pins = withRequirers(
    tables,
    tables.map((table) => pinOfTable(table, context, packageLines(document))),
  )
  const direct = await compareWithProject(context, { path, refresh }, pins, chosen)
  return {
    pins: pins.map((pin) => askedByProject(pin, direct)),
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, []),
  }
}

function refreshOf(tool: string | undefined, path: string): string {
  if (tool === 'uv') return `uv export --format pylock.toml -o ${path}`
  if (tool === 'pdm') return `pdm export -f pylock -o ${path}`
  return tool === 'pip' ? `pip lock -o ${path} -r FILE` : (tool ?? 'the tool that wrote it')
}

function checkEnvironments(markers: readonly string[], { path, environment }: LockContext, refresh: string): void {
  if (markers.length === 0 || markers.some((marker) => holds(marker, environment))) return
  throw new UserError({
    title: `${path} was not made for ${environment['sys_platform'] ?? ''} on ${environment['platform_machine'] ?? ''}`,
    detail: `Its environments: ${markers.join('; ')}`,
    hint: `Make it anew with: ${refresh}`,
    location: { file: path, line: 1 },
  })
}

function pinOfTable(table: Table, context: LockContext, lineOf: ReturnType<typeof packageLines>): Pin {
  const name = normalise(asText(table['name']) ?? '')
  const archives = [asTable(table['archive']), asTable(table['sdist']), ...asTables(table['wheels'])]
  const hashes = archives.flatMap(({ hashes }) =>
    Object.entries(asTable(hashes)).map(([algorithm, digest]) => `${algorithm}:${String(digest)}`),
  )
  return pinOf(
    { name, version: asText(table['version']), hashes, location: lineOf(name) },
    sourceOf(table, context),
    [],
  )
}

function sourceOf(table: Table, context: LockContext): PinSource {
  const [vcs, directory, archive] = [asTable(table['vcs']), asTable(table['directory']), asTable(table['archive'])]
  const local = asText(directory['path']) ?? asText(archive['path'])
  if (local !== undefined) return localSource(context, local, directory['editable'] === true)
  const url = asText(archive['url'])
  if (url !== undefined) return { kind: 'url', url }
  const address = asText(vcs['url']) ?? asText(vcs['path'])
  if (address !== undefined)
    return {
      kind: 'url',
      url: repositoryUrl(address, asText(vcs['commit-id']), asText(vcs['subdirectory']), asText(vcs['type'])),
    }
  return indexSource(asText(table['index']))
}

function askedByProject(pin: Pin, direct: ReadonlySet<string>): Pin {
  return direct.has(pin.name) ? { ...pin, requiredBy: ['', ...pin.requiredBy] } : pin
}

/** Tools need not write what depends on what. PDM writes it into its own table, in the words of PEP 508. */
function dependenciesOf(table: Table): readonly string[] {
  const standard = asTables(table['dependencies']).map(({ name }) => normalise(asText(name) ?? ''))
  const pdms = asTexts(tableAt(table, 'tool', 'pdm')['dependencies'])
  return [...standard, ...pdms.flatMap((text) => parseRequirement(text)?.name ?? [])]
}

function withRequirers(tables: readonly Table[], pins: readonly Pin[]): readonly Pin[] {
  const requirers = new Map<string, Set<string>>()
  for (const [index, table] of tables.entries()) {
    for (const asked of dependenciesOf(table)) {
      requirers.set(asked, (requirers.get(asked) ?? new Set()).add(pins[index]?.name ?? ''))
    }
  }
  return pins.map((pin) => ({ ...pin, requiredBy: [...(requirers.get(pin.name) ?? [])].toSorted() }))
}

/** What the project asks for is locked. @returns its names. A lock with a name of its own (`pylock.NAME.toml`) may be for something else. */
async function compareWithProject(
  { project, path, environment }: LockContext,
  lock: { readonly path: string; readonly refresh: string },
  pins: readonly Pin[],
  chosen: Chosen,
): Promise<ReadonlySet<string>> {
  const manifestPath = besideLock(path, 'pyproject.toml')
  if (!/(?:^|\/)pylock\.toml$/.test(path) || !existsSync(join(project, manifestPath))) return new Set()
  const manifest: Document = await readDocument(project, manifestPath, 'Correct it.')
  const wanted = readProjectDependencies(manifest, project)
  const locked = new Map(pins.map((pin) => [pin.name, pin]))
  const asked = chosenDependencies(wanted, { ...chosen, groups: [] }).map(asDirect)
  for (const direct of asked) {
    if (!holds(direct.marker, environment)) continue
    const pin = locked.get(direct.name)
    if (!pin) throw staleLock(lock, `${direct.name} is not in ${path}`, direct.location)
    if (pin.version === undefined || pin.source.kind !== 'index' || satisfies(pin.version, direct.specifier)) continue
    throw staleLock(
      lock,
      `${path} has ${direct.name} ${pin.version}, and ${manifestPath} asks for ${direct.specifier}`,
      direct.location,
    )
  }
  return new Set(asked.map(({ name }) => name))
}
