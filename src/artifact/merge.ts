import { type Problem, UserError } from '../errors.ts'
import { sortedByPath } from '../wheels/paths.ts'
import { fileAndFolder } from '../wheels/read-wheel.ts'
import type { PlacedEntry, Slice } from './slice.ts'

/** A file of an artifact and the slice that it is copied from. */
export interface Pick {
  readonly slice: Slice
  readonly entry: PlacedEntry
}

export interface Merged {
  /** Sorted by path, bytewise; each path once. */
  readonly picks: readonly Pick[]
  /** Files of dependencies that gave way to the application's. */
  readonly replaced: readonly { readonly path: string; readonly distribution: string }[]
  /** Different files of several distributions at one path, which only one of them can have. */
  readonly conflicts: readonly Conflict[]
}

export interface Conflict {
  readonly path: string
  /** In the order of the lock; the last one's file is taken. */
  readonly distributions: readonly string[]
  /** Modules and libraries: the others may stop working without theirs. */
  readonly isCode: boolean
}

/** The module name of serverless-wsgi: where its distribution is a requirement too, ours takes its place. */
export const COMPATIBLE_NAME = 'serverless_wsgi.py'

const CODE = /\.(?:pyc?|so(?:\.\d+)*)$/
const BYTECODE = /(^|\/)__pycache__\/([^/]+)\.cpython-\d+\.pyc$/

/**
 * Lays slices over each other: the application wins over a dependency, a later distribution over an earlier one.
 * Bytecode follows its module, so that the one never belongs to another's source. @throws UserError where one has a file at
 * the path of another's folder: Lambda cannot unpack both.
 */
export function mergeSlices(application: Slice, dependencies: readonly Slice[]): Merged {
  const own = new Map(application.entries.map((entry) => [entry.path, { slice: application, entry }]))
  const owners = new Map<string, Pick[]>()
  for (const slice of dependencies) {
    for (const entry of slice.entries) {
      const pick = { slice, entry }
      const others = owners.get(entry.path)
      if (others) others.push(pick)
      else owners.set(entry.path, [pick])
    }
  }
  const replaced: Merged['replaced'][number][] = []
  const conflicts: Conflict[] = []
  const picks: Pick[] = [...own.values()]
  for (const [path, candidates] of owners) {
    const source = sourceOf(path)
    if (own.has(path) || (source !== undefined && own.has(source))) {
      const taken = own.get(path)
      if (taken && path !== COMPATIBLE_NAME && source === undefined && !areSame([taken, ...candidates]))
        replaced.push({ path, distribution: candidates.map(({ slice }) => slice.facts.distribution).join(', ') })
      continue
    }
    const chosen = winner(source === undefined ? candidates : candidatesFor(source, candidates, owners))
    if (chosen) picks.push(chosen)
    if (candidates.length > 1 && source === undefined && !areSame(candidates) && !isNamespace(path, candidates)) {
      const distributions = candidates.map(({ slice }) => slice.facts.distribution)
      conflicts.push({ path, distributions, isCode: CODE.test(path) })
    }
  }
  const sorted = sortedByPath(picks, ({ entry }) => entry.path)
  refuseFileAndFolder(sorted)
  return {
    picks: sorted,
    replaced: sortedByPath(replaced, ({ path }) => path),
    conflicts: sortedByPath(conflicts, ({ path }) => path),
  }
}

function refuseFileAndFolder(picks: readonly Pick[]): void {
  const path = fileAndFolder(picks.map(({ entry }) => entry.path))
  if (path === undefined) return
  const ownerOf = (pick: Pick | undefined): string => pick?.slice.facts.distribution || 'the project'
  const file = ownerOf(picks.find(({ entry }) => entry.path === path))
  const folder = ownerOf(picks.find(({ entry }) => entry.path.startsWith(`${path}/`)))
  throw new UserError({
    title: `${path} is a file of ${file} and a folder of ${folder}`,
    hint: 'Only one of them can be in an artifact: rename the file or the folder of the project, or remove one of the requirements.',
  })
}

/** The last one's, as when they are installed one after the other. */
function winner(candidates: readonly Pick[]): Pick | undefined {
  return candidates.at(-1)
}

/** Of the bytecode of several distributions, that of the one whose module is taken. */
function candidatesFor(
  source: string,
  candidates: readonly Pick[],
  owners: ReadonlyMap<string, readonly Pick[]>,
): readonly Pick[] {
  const module = winner(owners.get(source) ?? [])
  return module ? candidates.filter(({ slice }) => slice === module.slice) : candidates
}

function areSame(candidates: readonly Pick[]): boolean {
  const [first, ...others] = candidates
  return others.every(
    ({ entry }) => entry.crc === first?.entry.crc && entry.unzippedBytes === first.entry.unzippedBytes,
  )
}

/** Distributions that share a package bring the same kind of `__init__.py` each (PEP 420, "legacy"). */
function isNamespace(path: string, candidates: readonly Pick[]): boolean {
  const module = path.replace(/\.pyc$/, '.py') // Without sources, bytecode stands in their place.
  return candidates.every(({ slice }) => slice.facts.namespaces.includes(module))
}

/** `pkg/__pycache__/mod.cpython-313.pyc` belongs to whom `pkg/mod.py` belongs. */
function sourceOf(path: string): string | undefined {
  return path.endsWith('.pyc') && BYTECODE.test(path) ? path.replace(BYTECODE, '$1$2.py') : undefined
}

/** What conflicts of code say, for an error or a warning; undefined where there are none. */
export function conflictProblem(conflicts: readonly Conflict[]): Problem | undefined {
  const code = conflicts.filter(({ isCode }) => isCode)
  if (code.length === 0) return undefined
  const names = [...new Set(code.flatMap(({ distributions }) => distributions))]
  return {
    title: `${names.join(' and ')} have different files at the same path`,
    detail: code
      .slice(0, 10)
      .map(({ path, distributions }) => `${path} (${distributions.join(', ')})`)
      .join('\n'),
    hint: 'Only one of them can be installed: remove the other from the requirements. To take the later one all the same: on-conflict: warn.',
  }
}
