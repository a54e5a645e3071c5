import { UserError } from '../errors.ts'
import { type Compiled, readCompiled } from './compiled.ts'
import { asTable, asText, asTexts, type Document, readDocument } from './documents.ts'
import { normalise, type RequirementsFile, requirementsFile } from './files.ts'
import { chooseGroups, type GroupSettings } from './groups.ts'
import { readLocalProject } from './local-project.ts'
import { ownPins } from './lock-context.ts'
import { checkPython, pinOf } from './locked.ts'
import type { MarkerEnvironment } from './markers.ts'
import type { Pin } from './pins.ts'
import { has, isAddress, type PipOption } from './pip-options.ts'
import { chosenDependencies, readProjectDependencies, type Wanted } from './project-dependencies.ts'
import { type Entry, type RequirementsList, readConstraints, readRequirementsList } from './requirements-list.ts'
import { activeEntries, checkHashes, isComplete, pinsOfEntries, sourceOf } from './requirements-pins.ts'
import { atCommit, type Collaborators, localEntry, resolve } from './resolution.ts'

/** What is asked of a manifest that need not be a lock. */
export interface ManifestContext {
  /** Absolute. */
  readonly project: string
  /** Relative to the project. */
  readonly path: string
  readonly settings: GroupSettings
  readonly environment: MarkerEnvironment
  readonly pythonVersion: string
  /** Of `pip-args`. */
  readonly options: readonly PipOption[]
}

export interface ResolvedPins {
  readonly pins: readonly Pin[]
  readonly groupsLeftOut: readonly string[]
  /** Options that the manifest itself has. */
  readonly options: readonly PipOption[]
}

/** A requirements file, with what it includes. */
export async function pinRequirementsFile(
  context: ManifestContext,
  collaborators: Collaborators,
): Promise<ResolvedPins> {
  const { project, path, settings } = context
  chooseGroups({ manifest: path, groups: [], defaultGroups: [], extras: [] }, settings)
  const list = await readRequirementsList(project, path)
  const pins = await pin(list, context, { own: [], lockWith: lockCommand(path) }, collaborators)
  return { pins, groupsLeftOut: [], options: list.options }
}

function lockCommand(path: string): string {
  const locked = path.replace(/(?:\.in|\.txt)?$/, '.lock.txt')
  return `uv pip compile --universal --generate-hashes ${path} -o ${locked}, and set requirements to ${locked}`
}

/** `pyproject.toml` without a lock. */
export async function pinPyproject(context: ManifestContext, collaborators: Collaborators): Promise<ResolvedPins> {
  const { project, path, settings, pythonVersion } = context
  const document = await readDocument(project, path, 'Correct it.')
  const wanted = readProjectDependencies(document, project)
  checkPython({ path }, wanted.requiresPython, pythonVersion)
  const chosen = chooseGroups(
    {
      manifest: path,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()],
    },
    settings,
  )
  const dynamic = chosen.hasMain ? await dynamicRequirements(document, project) : undefined
  const entries = [...(dynamic?.entries ?? []), ...chosenDependencies(wanted, chosen).map(asEntry)]
  const list: RequirementsList = {
    entries,
    constraints: dynamic?.constraints ?? [],
    options: dynamic?.options ?? [],
    remoteFiles: dynamic?.remoteFiles ?? [],
    isCompiled: false,
    files: [...(dynamic?.files ?? []), linesOf(path, entries)],
  }
  const own = ownPins(context, wanted, chosen.hasMain)
  const pins = await pin(list, context, { own, lockWith: wanted.isPoetrys ? 'poetry lock' : 'uv lock' }, collaborators)
  return { pins, groupsLeftOut: chosen.groupsLeftOut, options: list.options }
}

function asEntry(wanted: Wanted): Entry {
  return { ...wanted, isEditable: false, hashes: [] }
}

/** The manifest's requests as lines, for messages that name a line. */
function linesOf(path: string, entries: readonly Entry[]): RequirementsFile {
  return {
    ...requirementsFile(path, ''),
    lines: entries.map(({ name = '', location }) => ({ text: name, number: location.line })),
  }
}

/** Dependencies that setuptools reads from files; others only a build tells. */
async function dynamicRequirements({ root, path }: Document, project: string): Promise<RequirementsList | undefined> {
  if (!asTexts(asTable(root['project'])['dynamic']).includes('dependencies')) return undefined
  const setuptools = asTable(asTable(root['tool'])['setuptools'])
  const { file } = asTable(asTable(setuptools['dynamic'])['dependencies'])
  const [first, ...more] = asText(file) === undefined ? asTexts(file) : [String(file)]
  if (first === undefined || more.length > 0) {
    throw new UserError({
      title: `${path} leaves its dependencies to a build: they are dynamic`,
      hint: 'Lock them with: uv lock; or set requirements to a requirements file.',
      location: { file: path, line: 1 },
    })
  }
  return await readRequirementsList(project, first)
}

interface About {
  /** The project itself, where it is installed. */
  readonly own: readonly Pin[]
  /** What would lock the manifest. */
  readonly lockWith: string
}

async function pin(
  list: RequirementsList,
  context: ManifestContext,
  { own, lockWith }: About,
  collaborators: Collaborators,
): Promise<readonly Pin[]> {
  const { project, environment } = context
  const options = [...list.options, ...context.options]
  const entries = activeEntries(list.entries, environment)
  checkHashes(entries, options)
  const given = await givenConstraints(context)
  const constraints = activeEntries([...list.constraints, ...given.entries], environment)
  const remoteFiles = [...list.remoteFiles, ...given.remoteFiles]
  if (list.remoteFiles.length === 0 && isComplete(entries, { isCompiled: list.isCompiled, options })) {
    const names = new Map<Entry, string>()
    for (const entry of entries)
      if (entry.path !== undefined) names.set(entry, (await readLocalProject(project, entry.path)).name)
    return [...own, ...pinsOfEntries(entries, constraints, (entry) => names.get(entry) ?? '')]
  }
  const unfolded = await unfold(entries, context, has(options, '--no-deps'))
  const asked = unfolded.asked.filter(({ entry }) => !unfolded.locals.some(({ name }) => name === entry.name))
  const request = {
    manifest: context.path,
    entries: asked.map(({ entry }) => entry),
    constraints,
    options,
    remoteFiles,
    files: list.files,
    local: unfolded.built,
    texts: unfolded.texts,
  }
  if (asked.length === 0 && remoteFiles.length === 0) return [...own, ...unfolded.locals]
  const { text, isKept } = await resolve(request, collaborators)
  const resolved = located(readCompiled(text).map((each) => resolvedPin(each, asked)))
  show(resolved, { isKept, manifest: context.path, lockWith }, collaborators)
  return [...own, ...unfolded.locals, ...resolved]
}

/** Constraints of `pip-args`. */
async function givenConstraints({
  project,
  options,
}: ManifestContext): Promise<{ entries: readonly Entry[]; remoteFiles: readonly string[] }> {
  const paths = options.filter(({ name }) => name === '--constraint').map(({ value }) => value)
  const local = paths.filter((path) => !isAddress(path))
  const entries = await Promise.all(local.map((path) => readConstraints(project, path)))
  return { entries: entries.flat(), remoteFiles: paths.filter(isAddress).map((path) => `-c ${path}`) }
}

/** An entry, and who asks for it. */
interface Asked {
  readonly entry: Entry
  readonly requiredBy: string
}

interface Unfolded {
  readonly locals: readonly Pin[]
  readonly asked: readonly Asked[]
  /** Names of those that only a build tells of. */
  readonly built: readonly string[]
  readonly texts: readonly string[]
}

/** Local projects that tell what they need without being built are replaced by that: no builder then sees their files. */
async function unfold(entries: readonly Entry[], context: ManifestContext, noDeps: boolean): Promise<Unfolded> {
  const locals = new Map<string, Pin>()
  const asked: Asked[] = []
  const built: string[] = []
  const texts: string[] = []
  const visit = async (entry: Entry, requiredBy: string): Promise<void> => {
    if (entry.path === undefined) {
      asked.push({ entry, requiredBy })
      return
    }
    const local = await readLocalProject(context.project, entry.path)
    if (local.dependencies === undefined && !noDeps) {
      asked.push({ entry: { ...entry, name: entry.name ?? local.statedName }, requiredBy })
      texts.push(...local.texts)
      built.push(local.name)
      return
    }
    const identity = { name: local.name, version: local.version, hashes: entry.hashes, location: entry.location }
    if (locals.has(`${local.name} ${entry.extras.join()}`)) return
    locals.set(`${local.name} ${entry.extras.join()}`, pinOf(identity, sourceOf(entry), [requiredBy]))
    if (noDeps || local.dependencies === undefined) return
    const chosen = { hasMain: true, groups: [], groupsLeftOut: [], extras: entry.extras.map(normalise) }
    const next = chosenDependencies(local.dependencies, chosen).map(asEntry)
    for (const each of activeEntries(next, context.environment)) await visit(each, local.name)
  }
  for (const entry of entries) await visit(entry, '')
  const pins = new Map([...locals.values()].map((pin) => [pin.name, pin]))
  return { locals: [...pins.values()], asked, built, texts }
}

function resolvedPin({ name, version, url, hashes, requiredBy }: Compiled, asked: readonly Asked[]): Pin {
  const local = url === undefined ? undefined : localEntry(url)
  const own = asked.filter(({ entry }) => entry.name === name)
  const origin =
    local === undefined
      ? (own[0]?.entry ?? asked.find(({ entry }) => isNamelessSource(entry, url))?.entry)
      : asked[local]?.entry
  const askers = new Set(
    requiredBy.flatMap((each) => (each === '' && own.length > 0 ? own.map((one) => one.requiredBy) : [each])),
  )
  const given = own.flatMap(({ entry }) => entry.hashes)
  const written = origin?.url === undefined ? url : atCommit(origin.url, url ?? '')
  return pinOf(
    {
      name,
      version,
      hashes: given.length > 0 ? given : hashes,
      location: origin?.location,
    },
    sourceOf({
      path: local === undefined ? undefined : origin?.path,
      url: written,
      isEditable: origin?.isEditable === true,
    }),
    [...askers].toSorted(),
  )
}

/** What nobody wrote down is placed at the line of who asks for it. */
function located(pins: readonly Pin[]): readonly Pin[] {
  const byName = new Map(pins.map((pin) => [pin.name, pin]))
  const locate = ({ location, requiredBy }: Pin, seen: readonly string[]): Pin['location'] => {
    if (location) return location
    const askers = requiredBy.flatMap((name) => (seen.includes(name) ? [] : (byName.get(name) ?? [])))
    for (const asker of askers) {
      const found = locate(asker, [...seen, ...requiredBy])
      if (found) return found
    }
    return undefined
  }
  return pins.map((pin) => ({ ...pin, location: locate(pin, [pin.name]) }))
}

/** A repository without a name: uv's answer starts with its address. */
function isNamelessSource({ name, url }: Entry, resolved: string | undefined): boolean {
  if (name !== undefined || url === undefined || resolved === undefined) return false
  const bare = (address: string): string =>
    address
      .replace(/#.*$/, '')
      .replace(/\/\/[^/@]*@/, '//')
      .replace(/@[^/@]*$/, '')
  return bare(url) === bare(resolved)
}

function show(
  pins: readonly Pin[],
  { isKept, manifest, lockWith }: { isKept: boolean; manifest: string; lockWith: string },
  { report }: Collaborators,
): void {
  if (isKept) {
    report.info(`${manifest} is not locked: resolved in an earlier build to ${pins.length} distributions`)
    return
  }
  const list = pins.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(', ')
  report.info(`${manifest} is not locked. Resolved to ${list}`)
  report.info(`Lock it, so that every build has the same, with: ${lockWith}`)
}
