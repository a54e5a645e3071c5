import { normalise } from '../../requirements/files.ts'
import { parseRequirement, type Requirement } from '../../requirements/requirement.ts'
import { groupBy } from './group.ts'
import type { InspectedDistribution } from './packages.ts'

/** Which distribution is there because of which. */
export interface Graph {
  /** Those that the project asks for itself, and those that nobody else asks for: sorted. */
  readonly roots: readonly string[]
  /** Those of them that the project is known to ask for. */
  readonly direct: ReadonlySet<string>
  /** By the distribution that is asked for: sorted. */
  readonly requiredBy: ReadonlyMap<string, readonly Requirer[]>
}

export interface Requirer {
  readonly name: string
  /** The extra of the requirer's that asks for it, as `binary` in `psycopg[binary]`. */
  readonly extra: string | undefined
}

/** What of a requirement says who is wanted. */
export type Wanted = Pick<Requirement, 'name' | 'extras' | 'marker'>

/** Whether a marker holds where the artifact runs, given the extras that are asked for. */
export type MarkerHolds = (marker: string, extras: ReadonlySet<string>) => boolean

function requirementsOf(metadata: string): Wanted[] {
  const head = metadata.split(/\r?\n\r?\n/, 1)[0] ?? ''
  return [...head.matchAll(/^Requires-Dist: (.+)$/gm)].flatMap(([, text = '']) => parseRequirement(text) ?? [])
}

interface Edge extends Requirer {
  readonly to: string
}

/** @param direct what the project asks for itself, as far as that is known */
export function dependencyGraph(
  distributions: readonly Pick<InspectedDistribution, 'name' | 'metadata'>[],
  direct: readonly Wanted[],
  holds: MarkerHolds,
): Graph {
  const present = new Map(distributions.map(({ name, metadata }) => [name, requirementsOf(metadata)] as const))
  for (const [name, requirements] of present)
    present.set(
      name,
      requirements.filter((requirement) => present.has(requirement.name) && requirement.name !== name),
    )
  const edges = firmEdges(present, direct, holds)
  const own = new Set(direct.map(({ name }) => name).filter((name) => present.has(name)))
  const asked = new Set([...own, ...edges.map(({ to }) => to)])
  edges.push(...optionalEdges(present, asked, holds))
  const requiredBy = groupBy(edges, ({ to }) => to)
  const roots = [...own, ...[...present.keys()].filter((name) => !own.has(name) && !requiredBy.has(name))]
  return {
    roots: [...roots, ...rootsOfCircles(present, roots, edges)].toSorted(),
    direct: own,
    requiredBy: new Map([...requiredBy].map(([name, requirers]) => [name, withoutRepeats(requirers)])),
  }
}

/** What is asked for whatever happens: extras are followed from the project's own to those of its dependencies. */
function firmEdges(
  present: ReadonlyMap<string, readonly Wanted[]>,
  direct: readonly Wanted[],
  holds: MarkerHolds,
): Edge[] {
  const extras = new Map([...present.keys()].map((name) => [name, new Set<string>()]))
  const edges: Edge[] = []
  const ask = ({ name, extras: wanted }: Wanted): void => {
    for (const extra of wanted) extras.get(name)?.add(extra)
  }
  direct.forEach(ask)
  for (let known = -1; known !== edges.length + sum(extras); ) {
    known = edges.length + sum(extras)
    edges.length = 0
    for (const [name, requirements] of present) {
      for (const requirement of requirements) {
        const extra = extraThatHolds(requirement, extras.get(name) ?? new Set(), holds)
        if (extra === false) continue
        edges.push({ name, extra, to: requirement.name })
        ask(requirement)
      }
    }
  }
  return edges
}

function sum(extras: ReadonlyMap<string, ReadonlySet<string>>): number {
  return [...extras.values()].reduce((count, { size }) => count + size, 0)
}

const NO_EXTRAS: ReadonlySet<string> = new Set()

/** The extra by which a requirement counts, undefined where it needs none, and false where it does not count. */
function extraThatHolds(
  { marker }: Wanted,
  extras: ReadonlySet<string>,
  holds: MarkerHolds,
): string | undefined | false {
  if (marker === undefined || holds(marker, NO_EXTRAS)) return undefined
  return [...extras].toSorted().find((extra) => holds(marker, new Set([extra]))) ?? false
}

/** Who is there and was not asked for is most likely there by an extra that the project's requirements ask for. */
function optionalEdges(
  present: ReadonlyMap<string, readonly Wanted[]>,
  asked: ReadonlySet<string>,
  holds: MarkerHolds,
): Edge[] {
  return [...present].flatMap(([name, requirements]) =>
    requirements.flatMap((requirement): Edge[] => {
      if (requirement.marker === undefined || asked.has(requirement.name)) return []
      const named = [...requirement.marker.matchAll(/extra\s*==\s*["']([^"']+)["']/g)].map(([, extra = '']) => extra)
      const extra = extraThatHolds(requirement, new Set(named.map(normalise)), holds)
      return extra === false ? [] : [{ name, extra, to: requirement.name }]
    }),
  )
}

/** Of distributions that only ask for each other, the first stands for them all. */
function rootsOfCircles(
  present: ReadonlyMap<string, unknown>,
  roots: readonly string[],
  edges: readonly Edge[],
): string[] {
  const asks = groupBy(edges, ({ name }) => name)
  const reached = new Set<string>()
  const visit = (name: string): void => {
    if (reached.has(name)) return
    reached.add(name)
    for (const { to } of asks.get(name) ?? []) visit(to)
  }
  roots.forEach(visit)
  return [...present.keys()].toSorted().filter((name) => {
    const isFirst = !reached.has(name)
    visit(name)
    return isFirst
  })
}

function withoutRepeats(requirers: readonly Requirer[]): Requirer[] {
  const byWords = new Map(requirers.map(({ name, extra }) => [inWords({ name, extra }), { name, extra }]))
  return [...byWords].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, requirer]) => requirer)
}

/** As requirements are written: `psycopg[binary]`. */
export function inWords({ name, extra }: Requirer): string {
  return extra === undefined ? name : `${name}[${extra}]`
}

const MOST_PATHS = 20
/** Of a graph that branches at every step, not all is walked. */
const MOST_STEPS = 20_000

/**
 * Why a distribution is there: the ways from what the project asks for to it, shortest first, at most twenty.
 *
 * @returns each as requirements are written, as in `['djangorestframework', 'django', 'sqlparse']`
 */
export function pathsTo(name: string, { roots, requiredBy }: Graph): string[][] {
  const isRoot = new Set(roots)
  const found: string[][] = []
  let waiting: { readonly names: readonly string[]; readonly words: string[] }[] = [{ names: [name], words: [name] }]
  for (let steps = 0; waiting.length > 0 && found.length < MOST_PATHS && steps < MOST_STEPS; ) {
    const next: typeof waiting = []
    for (const { names, words } of waiting) {
      steps++
      const [first = '', ...rest] = names
      if (isRoot.has(first)) found.push(words)
      for (const requirer of requiredBy.get(first) ?? []) {
        if (!names.includes(requirer.name) && next.length < MOST_STEPS)
          next.push({ names: [requirer.name, first, ...rest], words: [inWords(requirer), ...words] })
      }
    }
    waiting = next
  }
  return found.slice(0, MOST_PATHS)
}
