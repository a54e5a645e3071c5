import { type Bar, medianOf } from './bars.ts'
import type { LargeBuild } from './large.ts'
import type { ProjectResult, Results, Times, ToolResult } from './results.ts'
import { isProblem, type Problem, SCENARIOS, type Scenario } from './rounds.ts'
import { OURS } from './tools.ts'

const TITLES: Readonly<Record<Scenario, string>> = {
  cold: 'cold',
  unchanged: 'nothing changed',
  line: 'one line changed',
  requirement: 'one requirement bumped',
}

const MEGABYTE = 1_000_000

/** The whole result as Markdown. */
export function report(results: Results, bars: readonly Bar[]): string {
  const machine = Object.entries(results.machine).map(([name, value]) => `${name} ${value}`)
  return [
    '# Packaging',
    `Written by \`npm run bench:packaging\` on ${results.date}: ${results.runtime}, ${machine.join(', ')}. Rounds: ${results.rounds}, interleaved.`,
    'Seconds are the median, the least in brackets, and how many times ours takes it. Compare ratios of one run, never times of two.',
    ...results.projects.flatMap(projectReport),
    ...(results.large.length > 0 ? ['## Memory of a large artifact (wsgi-lambda)', largeTable(results.large)] : []),
    '## Bars',
    barTable(bars),
    '## Versions',
    versions(results.projects),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}

/** The short form, for the README. */
export function summary({ tools }: ProjectResult, { date, runtime, rounds }: Results): string {
  const header = ['', ...SCENARIOS.map((scenario) => TITLES[scenario]), 'zip', 'start to first 200']
  return [
    '### What packaging takes',
    `A Django project with REST framework, psycopg, Pillow and cryptography, for ${runtime} (${date}; ${roundsInWords(rounds)} in which the tools take turns). ` +
      'The last column counts the binaries in the zip that cannot load on the runtime. ' +
      '[The whole result](bench/results/packaging.md), [how it is measured](bench/README.md).',
    table(
      [...header, 'cannot load'],
      tools.map((tool) => [
        tool.title,
        ...SCENARIOS.map((scenario) => secondsText(tool.seconds[scenario])),
        tool.contents ? megabytes(tool.contents.zipBytes) : '–',
        startText(tool.startMilliseconds),
        tool.contents ? String(tool.contents.wrongBinaries.length) : '–',
      ]),
    ),
  ].join('\n\n')
}

function projectReport(result: ProjectResult): string[] {
  const problems = problemLines(result.tools)
  const wrong = wrongLines(result.tools)
  return [
    `## ${result.project}`,
    timeTable(result.tools),
    cpuTable(result.tools),
    contentTable(result.tools),
    ...(result.processes ? [`Our Node process starts: ${processText(result.processes)}.`] : []),
    ...(problems.length > 0 ? [`What failed:\n\n${problems.join('\n')}`] : []),
    ...(wrong.length > 0
      ? [`Binaries that cannot load on the runtime, packaged without an error:\n\n${wrong.join('\n')}`]
      : []),
  ]
}

function processText(processes: NonNullable<ProjectResult['processes']>): string {
  const text = (started: readonly string[] | Problem): string =>
    'problem' in started ? started.problem : started.join(', ') || 'nothing'
  return `${text(processes.unchanged)} where nothing has changed, ${text(processes.line)} where one line has`
}

function timeTable(tools: readonly ToolResult[]): string {
  const ours = tools.find(({ name }) => name === OURS)
  return table(
    ['seconds', ...SCENARIOS.map((scenario) => TITLES[scenario]), 'largest process', 'all processes'],
    tools.map((tool) => [
      tool.title,
      ...SCENARIOS.map((scenario) => timeCell(tool.seconds[scenario], ours?.seconds[scenario])),
      megabytes(tool.largestProcessBytes),
      megabytes(tool.allProcessesBytes),
    ]),
  )
}

function cpuTable(tools: readonly ToolResult[]): string {
  const ours = tools.find(({ name }) => name === OURS)
  return table(
    ['CPU seconds', ...SCENARIOS.map((scenario) => TITLES[scenario])],
    tools.map((tool) => [
      tool.title,
      ...SCENARIOS.map((scenario) => timeCell(tool.cpuSeconds[scenario], ours?.cpuSeconds[scenario])),
    ]),
  )
}

function timeCell(times: Times | Problem | undefined, ours: Times | Problem | undefined): string {
  if (times === undefined) return '–'
  if (isProblem(times)) return '**failed**'
  const ourMedian = medianOf(ours)
  const ratio = ourMedian === undefined || times === ours ? '' : ` ${(times.median / ourMedian).toFixed(1)} ×`
  return `${times.median.toFixed(2)} (${times.least.toFixed(2)})${ratio}`
}

function contentTable(tools: readonly ToolResult[]): string {
  const header = [
    'artifact',
    'zip',
    'unzipped',
    'bytecode: files, kind',
    'valid',
    'cannot load',
    'same bytes: warm, cold, elsewhere',
  ]
  return table(
    [...header, 'start to first 200, ms'],
    tools.map((tool) => [tool.title, ...contentCells(tool), ...sameCells(tool), startCell(tool, tools)]),
  )
}

function contentCells({ contents }: ToolResult): string[] {
  if (!contents) return ['–', '–', '–', '–', '–']
  const { bytecode, wrongBinaries, sharedObjects } = contents
  const kinds = (['unchecked', 'checked', 'timestamp'] as const).filter((kind) => bytecode[kind] > 0)
  return [
    megabytes(contents.zipBytes),
    megabytes(contents.unzippedBytes),
    kinds.map((kind) => `${bytecode[kind]} ${kind}`).join(', ') || 'none',
    String(bytecode.valid),
    `${wrongBinaries.length} of ${sharedObjects}`,
  ]
}

function sameCells({ sameBytes }: ToolResult): string[] {
  const text = (value: boolean | undefined): string => (value === undefined ? '–' : value ? 'yes' : 'no')
  return [[sameBytes.unchanged, sameBytes.coldAgain, sameBytes.elsewhere].map(text).join(', ')]
}

function startCell(tool: ToolResult, tools: readonly ToolResult[]): string {
  const times = tool.startMilliseconds
  if (times === undefined) return '–'
  if (isProblem(times)) return '**failed**'
  const ours = medianOf(tools.find(({ name }) => name === OURS)?.startMilliseconds)
  const ratio = ours === undefined || tool.name === OURS ? '' : ` ${(times.median / ours).toFixed(1)} ×`
  return `${times.median.toFixed(0)} (${times.least.toFixed(0)})${ratio}`
}

function largeTable(large: readonly LargeBuild[]): string {
  const cell = (memory: LargeBuild['cold']): string =>
    'problem' in memory
      ? `**failed**: ${memory.problem}`
      : `${megabytes(memory.largestProcessBytes)}, ${megabytes(memory.allProcessesBytes)}, ${memory.seconds.toFixed(1)} s`
  return table(
    ['unzipped', 'zip', 'cold: largest process, all, time', 'nothing changed'],
    large.map(({ contents, cold, unchanged }) => [
      contents ? megabytes(contents.unzippedBytes) : '–',
      contents ? megabytes(contents.zipBytes) : '–',
      cell(cold),
      cell(unchanged),
    ]),
  )
}

function barTable(bars: readonly Bar[]): string {
  const verdict = ({ isMet }: Bar): string => (isMet === undefined ? 'not measured' : isMet ? 'met' : '**not met**')
  return table(
    ['', 'wanted', 'measured', ''],
    bars.map((bar) => [bar.bar, bar.wanted, bar.measured, verdict(bar)]),
  )
}

function problemLines(tools: readonly ToolResult[]): string[] {
  return tools.flatMap(({ title, seconds, startMilliseconds }) =>
    [...SCENARIOS.map((scenario) => seconds[scenario]), startMilliseconds].flatMap((times) =>
      times !== undefined && isProblem(times) ? [`- ${title}: ${times.problem}`] : [],
    ),
  )
}

function wrongLines(tools: readonly ToolResult[]): string[] {
  return tools.flatMap(({ title, contents }) => (contents?.wrongBinaries ?? []).map((wrong) => `- ${title}: ${wrong}`))
}

function versions(projects: readonly ProjectResult[]): string {
  const packages = projects.flatMap(({ tools }) => tools.flatMap((tool) => tool.versions))
  return [...new Set(packages)].toSorted().join(', ')
}

function secondsText(times: Times | Problem | undefined): string {
  if (times === undefined) return '–'
  return isProblem(times) ? 'failed' : `${times.median.toFixed(1)} s`
}

function startText(times: Times | Problem | undefined): string {
  if (times === undefined) return '–'
  return isProblem(times) ? 'failed' : `${times.median.toFixed(0)} ms`
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

function roundsInWords(rounds: number): string {
  return rounds === 1 ? 'one round' : `the median of ${rounds} rounds`
}
