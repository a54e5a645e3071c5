import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { barsOf } from '../../bench/packaging/bars.ts'
import type { Cost } from '../../bench/packaging/measure.ts'
import { withoutPlaces } from '../../bench/packaging/measure.ts'
import { bumped, PROJECTS } from '../../bench/packaging/projects.ts'
import { type Results, summarise, timesOf } from '../../bench/packaging/results.ts'
import { type Build, rotated, type Scenario } from '../../bench/packaging/rounds.ts'
import { TOOLS, type Tool } from '../../bench/packaging/tools.ts'

const FOLDER = new URL('../../bench/packaging/', import.meta.url)

test.each(PROJECTS.map(({ name }) => name))(
  'the bump of %s changes one requirement of its lock, hashes and all',
  async (name) => {
    const lock = await readFile(new URL(`projects/${name}/requirements.txt`, FOLDER), 'utf8')
    const bump = await readFile(new URL(`bumps/${name}.txt`, FOLDER), 'utf8')

    const [before, after] = [lock.split('\n'), bumped(lock, bump).split('\n')]

    expect(after).toHaveLength(before.length)
    expect(after.filter((line) => !before.includes(line))).toEqual(bump.trimEnd().split('\n'))
  },
)

test('a bump that changes nothing is refused', () => {
  expect(() => bumped('flask==3.1.3\n', 'werkzeug==3.1.9\n')).toThrow('werkzeug')
})

test.each([
  [[3], { median: 3, least: 3, count: 1 }],
  [[3, 1, 2], { median: 2, least: 1, count: 3 }],
  [[4, 1], { median: 2.5, least: 1, count: 2 }],
])('the median of %p', (values, times) => {
  expect(timesOf(values)).toEqual(times)
})

test('each round starts with another tool', () => {
  expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc'])
})

test('one failure of a step leaves no number for it', () => {
  const rounds = [
    [build('cold', 4, 'a'), build('unchanged', 1, 'a')],
    [build('cold', 6, 'a'), { problem: 'exit 1' }],
  ]

  const { seconds } = resultOf('uv', rounds)

  expect(seconds).toEqual({ cold: { median: 5, least: 4, count: 2 }, unchanged: { problem: 'exit 1' } })
})

test.each([
  ['everywhere', ['a', 'a', 'a', 'a', 'a'], { unchanged: true, coldAgain: true, elsewhere: true }],
  ['not in another folder', ['a', 'a', 'a', 'a', 'b'], { unchanged: true, coldAgain: true, elsewhere: false }],
  ['with warm caches only', ['a', 'a', 'b', 'b', 'c'], { unchanged: true, coldAgain: false, elsewhere: false }],
  ['never', ['a', 'b', 'c', 'd', 'e'], { unchanged: false, coldAgain: false, elsewhere: false }],
])('the same bytes %s', (_, [cold = '', warm = '', again = '', warmAgain = '', elsewhere = ''], sameBytes) => {
  const rounds = [
    [build('cold', 1, cold), build('unchanged', 1, warm)],
    [build('cold', 1, again), build('unchanged', 1, warmAgain)],
  ]

  expect(resultOf('uv', rounds, build('cold', 1, elsewhere)).sameBytes).toEqual(sameBytes)
})

test('a bar is met, is not met, or was not measured', () => {
  const tools = [
    resultOf('ours', [[build('cold', 2, 'a'), build('unchanged', 0.2, 'a'), build('line', 0.5, 'b')]]),
    resultOf('uv', [[build('cold', 8, 'a'), build('unchanged', 5, 'a'), build('line', 4, 'b')]]),
  ]

  const bars = new Map(barsOf(results(tools)).map((bar) => [bar.bar, bar]))

  expect(bars.get('nothing changed')).toMatchObject({ measured: '0.20 s', isMet: true })
  expect(bars.get('one line: uv / ours')).toMatchObject({ wanted: 'at least 10.0 ×', measured: '8.0 ×', isMet: false })
  expect(bars.get('one requirement: uv / ours')).toMatchObject({ measured: '–', isMet: undefined })
})

test('no process is started where nothing has changed, and one Python where a line has', () => {
  const started = { unchanged: ['uv'], line: ['python3.11'] }

  const bars = barsOf({ ...results([]), projects: [{ project: 'django', tools: [], processes: started }] })

  const verdicts = bars.filter(({ bar }) => bar.endsWith('processes that Node starts')).map(({ isMet }) => isMet)
  expect(verdicts).toEqual([false, true])
})

test('what is published names no folder of this machine and no host', () => {
  const text = withoutPlaces(`at ${process.env['HOME'] ?? ''}/x: https://packages.example/simple/pip`)

  expect(text).toBe('at ~/x: https://…/simple/pip')
})

test('every tool is pinned', () => {
  const packages = TOOLS.flatMap(({ installation }) => installation?.packages ?? [])

  expect(packages.filter((name) => !/(==|@)\d+\.\d+\.\d+$|==\d+\.\d+$/.test(name))).toEqual([])
})

function build(scenario: Scenario, seconds: number, sha256: string): Build {
  const cost: Cost = { exitCode: 0, seconds, cpuSeconds: seconds, largestProcessBytes: 1, allProcessesBytes: 1 }
  return { ...cost, scenario, sha256 }
}

function resultOf(
  name: string,
  rounds: Parameters<typeof summarise>[1]['rounds'],
  elsewhere?: Build,
): ReturnType<typeof summarise> {
  const tool: Tool = { name, title: name, build: '' }
  return summarise(tool, { rounds, contents: undefined, starts: undefined, elsewhere })
}

function results(tools: Results['projects'][number]['tools']): Results {
  const django = { project: 'django' as const, tools, processes: undefined }
  return { date: '', machine: {}, runtime: 'python3.11', rounds: 1, projects: [django], large: [] }
}
