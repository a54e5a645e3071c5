import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Cost, lastWords, measure, sha256Of } from './measure.ts'
import { bumpRequirement, changeOneLine, type Project, writeProject } from './projects.ts'
import type { Tool } from './tools.ts'

/** In the order in which they follow each other in a round; each starts from what the one before has left. */
export const SCENARIOS = ['cold', 'unchanged', 'line', 'requirement'] as const
export type Scenario = (typeof SCENARIOS)[number]

export interface Build extends Cost {
  readonly scenario: Scenario
  readonly sha256: string
}

/** Why there is no number. */
export interface Problem {
  readonly problem: string
}

/** What all tools have in common in one run. */
export interface Bench {
  readonly python: string // an executable
  readonly runtime: string
  readonly limitSeconds: number // for one build
  readonly environmentOf: (tool: Tool, folder: string) => Readonly<Record<string, string>>
}

/** A tool's own folder for one project, with everything that it keeps between builds. */
export interface Lane {
  readonly tool: Tool
  readonly project: Project
  readonly folder: string
}

/** The builds of a tool, round by round; one that failed is the last of its round. */
export type Rounds = readonly (readonly (Build | Problem)[])[]

/** Interleaved, and in rotating order, so that a busy moment of the machine meets all of them. */
export async function runRounds(
  lanes: readonly Lane[],
  count: number,
  bench: Bench,
  progress: (text: string) => void,
): Promise<Map<Lane, Rounds>> {
  const rounds = new Map(lanes.map((lane) => [lane, [] as (Build | Problem)[][]]))
  for (let round = 0; round < count; round++) {
    for (const builds of rounds.values()) builds.push([])
    for (const scenario of SCENARIOS) {
      for (const lane of rotated(lanes, round)) {
        const builds = rounds.get(lane)?.[round]
        if (!builds || builds.some(isProblem)) continue
        const outcome = await runScenario(lane, scenario, round, bench)
        builds.push(outcome)
        progress(`${lane.project.name} ${round + 1}/${count} ${scenario} ${lane.tool.name}: ${shortly(outcome)}`)
      }
    }
  }
  return rounds
}

async function runScenario(lane: Lane, scenario: Scenario, round: number, bench: Bench): Promise<Build | Problem> {
  try {
    if (scenario === 'cold') await layOut(lane, bench)
    await change(lane, scenario, round)
    return await build(lane, scenario, bench)
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** The project as it was checked out, and no cache of anything. */
export async function layOut(lane: Lane, bench: Bench): Promise<void> {
  const { folder, tool, project } = lane
  await rm(folder, { recursive: true, force: true })
  await writeProject(project, join(folder, 'site', tool.place ?? '.'))
  for (const name of ['temporary', 'caches']) await mkdir(join(folder, name), { recursive: true })
  for (const [path, content] of Object.entries(tool.files?.(project, bench.runtime) ?? {})) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  if (tool.prepare === undefined) return
  const { exitCode } = await runScript(lane, tool.prepare, 'cold', bench)
  if (exitCode !== 0) throw new Error(`It cannot be prepared: ${await lastWords(logOf(lane))}`)
}

export async function change({ folder, tool, project }: Lane, scenario: Scenario, round: number): Promise<void> {
  if (scenario === 'line') await changeOneLine(project, join(folder, 'site', tool.place ?? '.'), round)
  if (scenario === 'requirement') await bumpRequirement(project, join(folder, 'site/requirements.txt'))
}

export async function build(lane: Lane, scenario: Scenario, bench: Bench): Promise<Build | Problem> {
  const cost = await runScript(lane, lane.tool.build, scenario, bench)
  if (cost.exitCode === null) return { problem: `${scenario}: not done after ${bench.limitSeconds} s` }
  if (cost.exitCode !== 0) return { problem: `${scenario}: exit ${cost.exitCode}: ${await lastWords(logOf(lane))}` }
  const sha256 = await sha256Of(zipOf(lane)).catch(() => undefined)
  return sha256 === undefined ? { problem: `${scenario}: exit 0 without a zip` } : { ...cost, scenario, sha256 }
}

function runScript(lane: Lane, script: string, scenario: Scenario, bench: Bench): Promise<Cost> {
  const env = { ...bench.environmentOf(lane.tool, lane.folder), SCENARIO: scenario }
  return measure(bench.python, script, {
    folder: lane.folder,
    env,
    log: logOf(lane),
    limitSeconds: bench.limitSeconds,
  })
}

export function zipOf({ folder }: Lane): string {
  return join(folder, 'result.zip')
}

function logOf({ folder }: Lane): string {
  return join(folder, 'build.log')
}

export function isProblem(outcome: object): outcome is Problem {
  return 'problem' in outcome
}

export function rotated<T>(values: readonly T[], by: number): T[] {
  const first = by % Math.max(1, values.length)
  return [...values.slice(first), ...values.slice(0, first)]
}

function shortly(outcome: Build | Problem): string {
  return isProblem(outcome) ? `FAILED, ${outcome.problem}` : `${outcome.seconds.toFixed(2)} s`
}
