import type { LargeBuild } from './large.ts'
import type { Contents } from './measure.ts'
import type { Project } from './projects.ts'
import { type Build, isProblem, type Problem, type Rounds, SCENARIOS, type Scenario } from './rounds.ts'
import type { Tool } from './tools.ts'

export interface Times {
  readonly median: number
  readonly least: number
  readonly count: number
}

/** What came of one tool with one project. */
export interface ToolResult {
  readonly name: string
  readonly title: string
  readonly versions: readonly string[]
  readonly isVariant: boolean
  /** Seconds. Undefined where an earlier build of the round failed already. */
  readonly seconds: Readonly<Record<Scenario, Times | Problem | undefined>>
  /** Of all processes, those of a container aside: steadier than wall time on a machine that does other work too. */
  readonly cpuSeconds: Readonly<Record<Scenario, Times | Problem | undefined>>
  /** The most of any build. */
  readonly largestProcessBytes: number
  readonly allProcessesBytes: number
  readonly contents: Contents | undefined
  readonly startMilliseconds: Times | Problem | undefined
  readonly sameBytes: SameBytes
}

/** Whether the same project gives the same zip. Undefined where it was not tried. */
export interface SameBytes {
  readonly unchanged: boolean | undefined // with warm caches
  readonly coldAgain: boolean | undefined
  readonly elsewhere: boolean | undefined // cold, in another folder
}

export interface ProjectResult {
  readonly project: Project['name']
  readonly tools: readonly ToolResult[]
  /** The programs that our Node process starts. */
  readonly processes: Readonly<Record<'unchanged' | 'line', readonly string[] | Problem>> | undefined
}

export interface Results {
  readonly date: string
  readonly machine: Readonly<Record<string, string>>
  readonly runtime: string
  readonly rounds: number
  readonly projects: readonly ProjectResult[]
  readonly large: readonly LargeBuild[]
}

export interface Evidence {
  readonly rounds: Rounds
  readonly contents: Contents | undefined
  readonly starts: readonly number[] | Problem | undefined
  readonly elsewhere: Build | Problem | undefined
}

export function summarise(tool: Tool, { rounds, contents, starts, elsewhere }: Evidence): ToolResult {
  const builds = successes(rounds.flat())
  return {
    name: tool.name,
    title: tool.title,
    versions: tool.installation?.packages ?? [],
    isVariant: tool.isVariant ?? false,
    seconds: byScenario(rounds, ({ seconds }) => seconds),
    cpuSeconds: byScenario(rounds, ({ cpuSeconds }) => cpuSeconds),
    largestProcessBytes: Math.max(0, ...builds.map(({ largestProcessBytes }) => largestProcessBytes)),
    allProcessesBytes: Math.max(0, ...builds.map(({ allProcessesBytes }) => allProcessesBytes)),
    contents,
    startMilliseconds: starts === undefined || isProblem(starts) ? starts : timesOf(starts),
    sameBytes: sameBytes(rounds, elsewhere),
  }
}

function byScenario(rounds: Rounds, secondsOf: (build: Build) => number): ToolResult['seconds'] {
  const entries = SCENARIOS.map((scenario, index) => [
    scenario,
    timesOrProblem(
      rounds.flatMap((round) => round[index] ?? []),
      secondsOf,
    ),
  ])
  return Object.fromEntries(entries) as ToolResult['seconds']
}

/** A single failure is a failure: no number hides it. */
function timesOrProblem(
  outcomes: readonly (Build | Problem)[],
  secondsOf: (build: Build) => number,
): Times | Problem | undefined {
  const problem = outcomes.find(isProblem)
  if (problem) return problem
  const seconds = successes(outcomes).map(secondsOf)
  return seconds.length === 0 ? undefined : timesOf(seconds)
}

function sameBytes(rounds: Rounds, elsewhere: Build | Problem | undefined): SameBytes {
  const builds = successes(rounds.flat())
  const hashes = (scenario: Scenario): string[] =>
    builds.filter((build) => build.scenario === scenario).map(({ sha256 }) => sha256)
  const cold = hashes('cold')
  const isSame = (others: readonly string[]): boolean | undefined =>
    others.length === 0 || cold.length === 0
      ? undefined
      : others.every((hash, index) => hash === (cold[index] ?? cold[0]))
  return {
    unchanged: isSame(hashes('unchanged')),
    coldAgain: cold.length < 2 ? undefined : new Set(cold).size === 1,
    elsewhere: elsewhere === undefined || isProblem(elsewhere) ? undefined : isSame([elsewhere.sha256]),
  }
}

function successes(outcomes: readonly (Build | Problem)[]): Build[] {
  return outcomes.flatMap((outcome) => (isProblem(outcome) ? [] : [outcome]))
}

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor((sorted.length - 1) / 2)
  const median = ((sorted[middle] ?? NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? NaN)) / 2
  return { median, least: sorted[0] ?? NaN, count: sorted.length }
}
