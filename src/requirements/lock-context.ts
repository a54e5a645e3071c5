import { isAbsolute, join, posix, relative, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { withoutCredentials } from './credentials.ts'
import type { Location } from './documents.ts'
import type { GroupSettings } from './groups.ts'
import { pinOf } from './locked.ts'
import type { MarkerEnvironment } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import type { ProjectDependencies } from './project-dependencies.ts'

/** What every reader of a lock gets. */
export interface LockContext {
  /** Absolute. */
  readonly project: string
  /** The lock's path, relative to the project. */
  readonly path: string
  readonly settings: GroupSettings
  readonly environment: MarkerEnvironment
  /** In full, as in `3.13.5`. */
  readonly pythonVersion: string
}

type Variables = Readonly<Record<string, string | undefined>>

/** What every reader of a lock answers. */
export interface LockedPins {
  readonly pins: readonly Pin[]
  readonly groupsLeftOut: readonly string[]
  /** Indexes besides the usual one. */
  readonly indexes: readonly Index[]
}

export interface Index {
  readonly name: string
  /** May hold credentials. */
  readonly url: string
}

/** An index as the only one that a distribution may come from; the public one is not named, since it may have a mirror. */
export function indexSource(url: string | undefined): PinSource {
  const index = url === undefined || isPublicIndex(url) ? undefined : withoutCredentials(url)
  return index === undefined ? { kind: 'index' } : { kind: 'index', index }
}

export function isPublicIndex(url: string): boolean {
  return /^https:\/\/(?:[^/@]*@)?pypi\.org\//.test(url)
}

/** A folder or archive that a lock names, relative to the lock. */
export function localSource(
  { project, path }: Pick<LockContext, 'project' | 'path'>,
  written: string,
  isEditable: boolean,
): PinSource {
  const file = written
    .replace(/^file:\/\/(?=\/)/, '')
    .replace(/^\$\{PROJECT_ROOT\}/, '.')
    .replace(/\/$/, '')
  return { kind: 'local', path: isAbsolute(file) ? file : join(project, posix.dirname(path), file), isEditable }
}

/** `pyproject.toml` beside a lock, relative to the project. */
export function besideLock(path: string, file: string): string {
  return posix.join(posix.dirname(path), file)
}

/** The project itself as a pin, where it is installed like a distribution. */
export function ownPins(
  { project, path }: Pick<LockContext, 'project' | 'path'>,
  { name, isPackage }: ProjectDependencies,
  hasMain: boolean,
): Pin[] {
  if (name === undefined || !isPackage || !hasMain) return []
  const location: Location = { file: besideLock(path, 'pyproject.toml'), line: 1 }
  return [pinOf({ name, version: undefined, hashes: [], location }, localSource({ project, path }, '.', true), [''])]
}

/** Options of pip for these indexes, with the credentials that the tools of locks take from variables. */
export function indexOptions(indexes: readonly Index[], variables: Variables): readonly string[] {
  return indexes.flatMap((index) => ['--extra-index-url', withCredentials(index, variables)])
}

/** Variables of pip and uv with addresses of indexes. */
const ADDRESSES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_INDEX']

/** Sources: uv, "Package indexes"; Poetry, "Configuring credentials". */
function withCredentials({ name, url }: Index, variables: Variables): string {
  const given = ADDRESSES.flatMap((each) => variables[each]?.split(/\s+/) ?? [])
    .map((each) => each.replace(/^[\w-]+=/, ''))
    .find((each) => trimmed(each) === trimmed(url) && withoutCredentials(each) !== each)
  if (given !== undefined) return given
  const upper = name.toUpperCase().replace(/[^A-Z0-9]/g, '_')
  const prefix = [`UV_INDEX_${upper}`, `POETRY_HTTP_BASIC_${upper}`].find(
    (each) => variables[`${each}_USERNAME`] !== undefined || variables[`${each}_PASSWORD`] !== undefined,
  )
  if (prefix === undefined || withoutCredentials(url) !== url) return url
  const [user = '', password = ''] = [variables[`${prefix}_USERNAME`], variables[`${prefix}_PASSWORD`]]
  return url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`)
}

/** Named indexes that these pins come from. */
export function usedIndexes(pins: readonly Pin[], named: readonly Index[]): readonly Index[] {
  const used = new Set(pins.flatMap(({ source }) => (source.kind === 'index' && source.index ? [source.index] : [])))
  const known = new Map(named.map((index) => [trimmed(index.url), index]))
  return [...used].map((url) => known.get(trimmed(url)) ?? { name: '', url })
}

function trimmed(url: string): string {
  return withoutCredentials(url).replace(/\/+$/, '')
}

/** A path as it is shown: relative to the project, with `/`. */
export function relativePath(project: string, path: string): string {
  return relative(project, path).split(sep).join('/')
}

/** @throws UserError where the lock's format is one that came later */
export function checkFormat(path: string, version: unknown, known: RegExp, hint: string): void {
  if (known.test(String(version))) return
  throw new UserError({
    title: `${path} has the format ${String(version)}, which is not known`,
    hint,
    location: { file: path, line: 1 },
  })
}
