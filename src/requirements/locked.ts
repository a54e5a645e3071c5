import { compare, valid } from '@renovatebot/pep440'
import { UserError } from '../errors.ts'
import type { Location } from './documents.ts'
import { type Asked, holds, type MarkerEnvironment } from './markers.ts'
import type { Pin, PinSource } from './pins.ts'
import { satisfies } from './versions.ts'

/** A distribution as a lock has it: one node of the graph of what asks for what. */
export interface LockedPackage {
  /** Normalised. */
  readonly name: string
  readonly version: string | undefined
  readonly hashes: readonly string[]
  /** Undefined where nothing is installed for it, but what it asks for. */
  readonly source: PinSource | undefined
  /** When this version is meant, where the lock has several. */
  readonly marker: string | undefined
  /** Tells versions apart that are the same but for where they come from. */
  readonly origin: string | undefined
  readonly dependencies: readonly LockedDependency[]
  readonly location: Location
}

export interface LockedDependency {
  /** Normalised. */
  readonly name: string
  /** Normalised. */
  readonly extras: readonly string[]
  readonly specifier: string
  readonly marker: string | undefined
  /** Extras of the distribution that asks, any of which brings it; undefined where it is always needed. */
  readonly onlyWith: readonly string[] | undefined
  readonly origin?: string | undefined
}

export interface Lock {
  readonly path: string
  /** What makes it anew. */
  readonly refresh: string
  readonly packages: readonly LockedPackage[]
}

/** A dependency of the project itself, and where it is written. */
export interface Direct extends Omit<LockedDependency, 'onlyWith'> {
  readonly location: Location
}

/**
 * What a lock has for these dependencies of the project, transitively, for one target, in the order of the lock.
 * @throws UserError where the lock lacks a dependency, or has a version that it does not allow
 */
export function reach(lock: Lock, roots: readonly Direct[], environment: MarkerEnvironment, asked: Asked): Pin[] {
  const graph = new Map<string, LockedPackage[]>()
  for (const each of lock.packages) graph.set(each.name, [...(graph.get(each.name) ?? []), each])
  const reached = new Map<LockedPackage, { readonly extras: Set<string>; readonly requiredBy: Set<string> }>()
  const askedOf = (extras: ReadonlySet<string>): Asked => ({ ...asked, extras: new Set([...asked.extras, ...extras]) })

  const visit = (dependency: LockedDependency, requiredBy: string, extras: ReadonlySet<string>): void => {
    if (dependency.onlyWith && !dependency.onlyWith.some((extra) => extras.has(extra))) return
    if (!holds(dependency.marker, environment, askedOf(extras))) return
    const chosen = choose(graph.get(dependency.name) ?? [], dependency, environment, asked)
    // A lock may leave out what its tool was told to exclude.
    if (chosen) arrive(chosen, dependency.extras, requiredBy)
  }
  const arrive = (chosen: LockedPackage, extras: readonly string[], requiredBy: string): void => {
    const before = reached.get(chosen)
    const state = before ?? { extras: new Set<string>(), requiredBy: new Set<string>() }
    const isKnown = before !== undefined && extras.every((extra) => before.extras.has(extra))
    reached.set(chosen, state)
    state.requiredBy.add(requiredBy)
    for (const extra of extras) state.extras.add(extra)
    if (!isKnown) for (const next of chosen.dependencies) visit(next, chosen.name, state.extras)
  }

  for (const root of roots) {
    checkDirect(lock, graph.get(root.name) ?? [], root, environment, asked)
    visit({ ...root, onlyWith: undefined }, '', new Set())
  }
  return lock.packages.flatMap((each) => {
    const state = reached.get(each)
    return state && each.source ? [pinOf(each, each.source, [...state.requiredBy].toSorted())] : []
  })
}

export function pinOf(
  identity: Omit<Pin, 'source' | 'requiredBy'>,
  source: PinSource,
  requiredBy: readonly string[],
): Pin {
  const { name, version, hashes, location } = identity
  return { name, version, hashes, source, requiredBy, location }
}

/** The version that is meant. The lock decides: what overrides made of it need not satisfy who asks. */
function choose(
  candidates: readonly LockedPackage[],
  { specifier, origin }: LockedDependency,
  environment: MarkerEnvironment,
  asked: Asked,
): LockedPackage | undefined {
  const meant = candidates.filter(({ marker }) => holds(marker, environment, asked))
  const fitting = meant.filter((each) => isAllowed(each, specifier) && (origin ?? each.origin) === each.origin)
  const [best] = (fitting.length > 0 ? fitting : meant).toSorted(newestFirst)
  return best
}

function newestFirst(one: LockedPackage, other: LockedPackage): number {
  const [a = '', b = ''] = [one.version, other.version]
  return valid(a) && valid(b) ? compare(b, a) : 0
}

function isAllowed({ version, source }: LockedPackage, specifier: string): boolean {
  return version === undefined || source?.kind !== 'index' || satisfies(version, specifier)
}

function checkDirect(
  lock: Lock,
  candidates: readonly LockedPackage[],
  root: Direct,
  environment: MarkerEnvironment,
  asked: Asked,
): void {
  if (!holds(root.marker, environment, asked)) return
  if (candidates.length === 0) throw staleLock(lock, `${root.name} is not in ${lock.path}`, root.location)
  if (candidates.some((each) => isAllowed(each, root.specifier))) return
  const versions = candidates.map(({ version }) => version ?? '').join(', ')
  throw staleLock(
    lock,
    `${lock.path} has ${root.name} ${versions}, and ${root.location.file} asks for ${root.specifier}`,
    root.location,
  )
}

/** The manifest was changed since the lock was made. */
export function staleLock(
  { path, refresh }: Pick<Lock, 'path' | 'refresh'>,
  detail: string,
  location: Location,
): UserError {
  return new UserError({
    title: `${path} does not match ${location.file}`,
    detail: `${detail}.`,
    hint: `Make the lock anew with: ${refresh}`,
    location,
  })
}

/** @throws UserError where the lock was not made for this Python */
export function checkPython(
  lock: Pick<Lock, 'path'> & Partial<Pick<Lock, 'refresh'>>,
  requiresPython: string | undefined,
  pythonVersion: string,
): void {
  if (requiresPython === undefined || satisfies(pythonVersion, requiresPython)) return
  throw new UserError({
    title: `${lock.path} is for Python ${requiresPython}, and the runtime has ${pythonVersion}`,
    hint:
      lock.refresh === undefined
        ? 'Set runtime to one that fits, or let the project allow this Python.'
        : `Set runtime, or change requires-python and make the lock anew with: ${lock.refresh}`,
    location: { file: lock.path, line: 1 },
  })
}
