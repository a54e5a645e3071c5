import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import {
  asTable,
  asTables,
  asText,
  asTexts,
  type Document,
  type Location,
  packageLines,
  readDocument,
  requestLines,
  type Table,
} from './documents.ts'
import { normalise } from './files.ts'
import { chooseGroups } from './groups.ts'
import {
  besideLock,
  indexSource,
  isPublicIndex,
  type LockContext,
  type LockedPins,
  localSource,
} from './lock-context.ts'
import { checkPython, pinOf, staleLock } from './locked.ts'
import { holds } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import { repositoryUrl } from './project-dependencies.ts'
import { exactVersion, fromPoetry, satisfies } from './versions.ts'

const REFRESH = 'pipenv lock'
/** What a category is called in `Pipfile`, and by people. */
const CATEGORIES: Readonly<Record<string, string>> = { packages: 'default', dev: 'develop', 'dev-packages': 'develop' }
const MAIN = 'default'

/** `Pipfile.lock`, format 6; compared with the `Pipfile` beside it, where there is one. */
export async function readPipfileLock(context: LockContext): Promise<LockedPins> {
  const { project, path, settings, environment, pythonVersion } = context
  const lockFile = await readDocument(project, path, `Make it anew with: ${REFRESH}`)
  const meta = asTable(lockFile.root['_meta'])
  const sources = asTables(meta['sources'])
  checkPython({ path, refresh: REFRESH }, requiredPython(asTable(meta['requires'])), pythonVersion)
  const categories = Object.keys(lockFile.root).filter((name) => name !== '_meta' && name !== MAIN)
  const asCategory = (name: string): string => CATEGORIES[normalise(name)] ?? normalise(name)
  const chosen = chooseGroups(
    { manifest: path, groups: categories.map(normalise), defaultGroups: [], extras: [] },
    {
      ...settings,
      groups: settings.groups.map(asCategory).filter((name) => name !== MAIN),
      withoutGroups: settings.withoutGroups.map(asCategory),
      onlyGroups: settings.onlyGroups.map(asCategory),
    },
  )
  const wanted = [
    ...(chosen.hasMain ? [MAIN] : []),
    ...categories.filter((name) => chosen.groups.includes(normalise(name))),
  ]
  const pipfile = await readPipfile(context)
  if (pipfile) compareWithPipfile(context, pipfile, lockFile, wanted)
  const asked = markersOf(pipfile)
  const lineOf = packageLines(lockFile)
  const pins = new Map<string, Pin>()
  for (const [written, value] of wanted.flatMap((category) => Object.entries(asTable(lockFile.root[category])))) {
    const [name, table] = [normalise(written), asTable(value)]
    if (pins.has(name) || !holds(markerOf(table), environment) || !holds(asked.get(name), environment)) continue
    pins.set(name, pinOfEntry(name, table, sourceOf(table, sources, context), lineOf(name), asked.has(name)))
  }
  const indexes = sources.flatMap(({ name, url }) => {
    const address = asText(url)
    return address === undefined || isPublicIndex(address) ? [] : [{ name: asText(name) ?? '', url: address }]
  })
  return { pins: [...pins.values()], groupsLeftOut: chosen.groupsLeftOut, indexes }
}

/** The lock does not tell what asks for a distribution, but for what the project itself asks for. */
function pinOfEntry(name: string, table: Table, source: PinSource, location: Location, isDirect: boolean): Pin {
  const version = exactVersion(asText(table['version']) ?? '')
  if (version !== undefined || source.kind !== 'index')
    return pinOf({ name, version, hashes: asTexts(table['hashes']), location }, source, isDirect ? [''] : [])
  throw new UserError({
    title: `${location.file} has no version of ${name}`,
    detail: 'Pipenv leaves it out for what is not needed on the machine that makes the lock.',
    hint: `Make the lock on Linux, with: ${REFRESH}`,
    location,
  })
}

function requiredPython(requires: Table): string | undefined {
  const [full, minor] = [asText(requires['python_full_version']), asText(requires['python_version'])]
  if (minor !== undefined) return `==${minor}.*`
  return full === undefined ? undefined : `==${full.split('.').slice(0, 2).join('.')}.*`
}

function sourceOf(table: Table, sources: readonly Table[], context: LockContext): PinSource {
  const isEditable = table['editable'] === true
  const path = asText(table['path'])
  if (path !== undefined) return localSource(context, path, isEditable)
  const file = asText(table['file'])
  if (file !== undefined)
    return /^(?!file:)[a-z]+:\/\//.test(file) ? { kind: 'url', url: file } : localSource(context, file, isEditable)
  for (const tool of ['git', 'hg', 'svn', 'bzr']) {
    const address = asText(table[tool])
    if (address !== undefined)
      return { kind: 'url', url: repositoryUrl(address, asText(table['ref']), asText(table['subdirectory']), tool) }
  }
  return indexSource(asText(sources.find(({ name }) => name !== undefined && name === table['index'])?.['url']))
}

async function readPipfile({ project, path }: LockContext): Promise<Document | undefined> {
  const pipfilePath = besideLock(path, 'Pipfile')
  if (!existsSync(join(project, pipfilePath))) return undefined
  return await readDocument(project, pipfilePath, `Correct it, then: ${REFRESH}`)
}

/** What the Pipfile asks for, and the markers of that: Pipenv drops some of them. */
function markersOf(pipfile: Document | undefined): ReadonlyMap<string, string | undefined> {
  const sections = Object.values(pipfile?.root ?? {}).flatMap((section) => Object.entries(asTable(section)))
  return new Map(sections.map(([name, given]) => [normalise(name), markerOf(asTable(given))]))
}

/** Every distribution that the Pipfile asks for is locked, in a version that it allows. */
function compareWithPipfile(
  { path, environment }: LockContext,
  pipfile: Document,
  lockFile: Document,
  wanted: readonly string[],
): void {
  const lineOf = requestLines(pipfile)
  for (const [section, value] of Object.entries(pipfile.root)) {
    const category = CATEGORIES[section] ?? section
    if (!wanted.includes(category)) continue
    const locked = new Map(
      Object.entries(asTable(lockFile.root[category])).map(([name, entry]) => [normalise(name), asTable(entry)]),
    )
    for (const [written, given] of Object.entries(asTable(value))) {
      const name = normalise(written)
      if (!holds(markerOf(asTable(given)), environment)) continue
      const entry = locked.get(name)
      const lock = { path, refresh: REFRESH }
      if (!entry) throw staleLock(lock, `${name} is not in ${path}`, lineOf(name))
      const specifier = fromPoetry(asText(given) ?? asText(asTable(given)['version']) ?? '*')
      const version = exactVersion(asText(entry['version']) ?? '')
      if (version === undefined || satisfies(version, specifier)) continue
      throw staleLock(lock, `${path} has ${name} ${version}, and ${pipfile.path} asks for ${specifier}`, lineOf(name))
    }
  }
}

/** `sys_platform = "== 'win32'"` is short for a marker. */
function markerOf(table: Table): string | undefined {
  const short = [
    'os_name',
    'sys_platform',
    'platform_machine',
    'platform_system',
    'python_version',
    'python_full_version',
    'implementation_name',
  ]
  const parts = short.flatMap((variable) => {
    const condition = asText(table[variable])
    return condition === undefined ? [] : [`${variable} ${condition}`]
  })
  const whole = asText(table['markers'])
  const all = whole === undefined ? parts : [`(${whole})`, ...parts]
  return all.length === 0 ? undefined : all.join(' and ')
}
