import type { LargeBuild } from './large.ts'
import type { ProjectResult, Results, Times, ToolResult } from './results.ts'
import type { Scenario } from './rounds.ts'
import { OURS } from './tools.ts'

/** What packaging wants to reach; the numbers are of the Django project. */
export interface Bar {
  readonly bar: string
  readonly wanted: string
  readonly measured: string
  /** Undefined: not measured in this run. */
  readonly isMet: boolean | undefined
}

const MEGABYTE = 1_000_000
const PEERS_OF_LINE = ['pip', 'sam-builder', 'sam', 'sam-uv', 'chalice', 'pex', 'zappa', 'serverless']

export function barsOf({ projects, large }: Results): Bar[] {
  const django = projects.find(({ project }) => project === 'django')
  return [...(django ? projectBars(django) : []), ...large.flatMap(memoryBars)]
}

function projectBars(result: ProjectResult): Bar[] {
  const slower = (title: string, names: readonly string[], scenario: Scenario, times: number): Bar[] =>
    names.map((name) =>
      ratioBar(`${title}: ${name} / ours`, seconds(result, name, scenario), ours(result, scenario), times),
    )
  const start = (names: readonly string[], times: number): Bar[] =>
    names.map((name) =>
      ratioBar(`start to first 200: ${name} / ours`, startOf(result, name), startOf(result, OURS), times),
    )
  return [
    atMost('nothing changed', ours(result, 'unchanged'), 0.3, 's'),
    ...slower('nothing changed', ['uv', ...PEERS_OF_LINE], 'unchanged', 1),
    startedBar('nothing changed', result, 'unchanged', 0),
    atMost('one line', ours(result, 'line'), 0.4, 's'),
    ...slower('one line', ['uv'], 'line', 10),
    ...slower('one line', PEERS_OF_LINE, 'line', 20),
    startedBar('one line', result, 'line', 1),
    ...slower('one requirement', ['uv'], 'requirement', 3),
    ...slower('one requirement', ['sam-builder', 'sam', 'chalice'], 'requirement', 6),
    ratioBar('cold: uv / ours (at most 0.7 of it)', seconds(result, 'uv', 'cold'), ours(result, 'cold'), 1 / 0.7),
    ...slower('cold', ['sam-builder', 'sam'], 'cold', 2.5),
    ...slower('cold', ['serverless', 'zappa'], 'cold', 8),
    atMost('cold, docker builder: more than host', difference(result), 2, 's'),
    ...start(['sam-builder', 'sam', 'uv', 'chalice', 'pex'], 3),
    ...start(['zappa'], 4),
    ...artifactBars(result),
  ]
}

function artifactBars(result: ProjectResult): Bar[] {
  const tool = find(result, OURS)
  const contents = tool?.contents
  const same = tool?.sameBytes
  return [
    atMost('zip / the same files at level 6', contents && contents.zipBytes / contents.level6Bytes, 1.02, '', 3),
    atMost('memory, all processes', tool && tool.allProcessesBytes / MEGABYTE, 200, 'MB', 0),
    atMost('wrong binaries', contents?.wrongBinaries.length, 0, '', 0),
    yes('same bytes, warm', same?.unchanged),
    yes('same bytes, cold again', same?.coldAgain),
    yes('same bytes, in another folder', same?.elsewhere),
  ]
}

function memoryBars({ cold, unchanged, contents }: LargeBuild): Bar[] {
  const size = contents ? `${(contents.unzippedBytes / MEGABYTE).toFixed(0)} MB unzipped` : 'a large artifact'
  const bytes = (memory: LargeBuild['cold']): number | undefined =>
    'problem' in memory ? undefined : memory.allProcessesBytes / MEGABYTE
  return [
    atMost(`memory, all processes, ${size}, cold`, bytes(cold), 200, 'MB', 0),
    atMost(`memory, all processes, ${size}, nothing changed`, bytes(unchanged), 200, 'MB', 0),
  ]
}

function atMost(bar: string, value: number | undefined, limit: number, unit: string, digits = 2): Bar {
  const text = (number: number): string => [number.toFixed(digits), unit].filter((part) => part !== '').join(' ')
  return {
    bar,
    wanted: `at most ${text(limit)}`,
    measured: value === undefined ? '–' : text(value),
    isMet: value === undefined ? undefined : value <= limit,
  }
}

function ratioBar(bar: string, theirs: number | undefined, ourOwn: number | undefined, atLeast: number): Bar {
  const ratio = theirs === undefined || ourOwn === undefined ? undefined : theirs / ourOwn
  return {
    bar,
    wanted: `at least ${atLeast.toFixed(1)} ×`,
    measured: ratio === undefined ? '–' : `${ratio.toFixed(1)} ×`,
    isMet: ratio === undefined ? undefined : ratio >= atLeast,
  }
}

function startedBar(title: string, { processes }: ProjectResult, scenario: 'unchanged' | 'line', limit: number): Bar {
  const started = processes?.[scenario]
  const programs = started === undefined || 'problem' in started ? undefined : started
  const isPython = programs?.every((program) => program.startsWith('python')) ?? false
  return {
    bar: `${title}: processes that Node starts`,
    wanted: limit === 0 ? 'none' : `at most ${limit} Python`,
    measured: programs === undefined ? '–' : programs.join(', ') || 'none',
    isMet: programs && programs.length <= limit && isPython,
  }
}

function yes(bar: string, value: boolean | undefined): Bar {
  return { bar, wanted: 'yes', measured: value === undefined ? '–' : value ? 'yes' : 'no', isMet: value }
}

function difference(result: ProjectResult): number | undefined {
  const [docker, host] = [seconds(result, 'ours-docker', 'cold'), ours(result, 'cold')]
  return docker === undefined || host === undefined ? undefined : docker - host
}

function ours(result: ProjectResult, scenario: Scenario): number | undefined {
  return seconds(result, OURS, scenario)
}

function seconds(result: ProjectResult, name: string, scenario: Scenario): number | undefined {
  return medianOf(find(result, name)?.seconds[scenario])
}

function startOf(result: ProjectResult, name: string): number | undefined {
  return medianOf(find(result, name)?.startMilliseconds)
}

export function medianOf(times: Times | { readonly problem: string } | undefined): number | undefined {
  return times === undefined || 'problem' in times ? undefined : times.median
}

function find({ tools }: ProjectResult, name: string): ToolResult | undefined {
  return tools.find((tool) => tool.name === name)
}
