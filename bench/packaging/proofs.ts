import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Target } from '../../src/platform/target.ts'
import { type Contents, inspect, MACHINE, PROGRAMS, startMilliseconds } from './measure.ts'
import {
  type Bench,
  type Build,
  build,
  change,
  isProblem,
  type Lane,
  layOut,
  type Problem,
  rotated,
  zipOf,
} from './rounds.ts'

/** Builds again, cold and in another folder. */
export async function buildElsewhere(lane: Lane, bench: Bench): Promise<Build | Problem> {
  const other = { ...lane, folder: join(`${lane.folder}-in-another-folder`, 'of-another-depth') }
  try {
    await layOut(other, bench)
    return await build(other, 'cold', bench)
  } catch (error) {
    return { problem: String(error) }
  }
}

export async function unpack(lane: Lane, python: string, { glibc }: Target): Promise<Contents> {
  const folder = unpackedOf(lane)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  return inspect(python, zipOf(lane), { glibc, machine: MACHINE, folder })
}

/** Starts them `count` times each, interleaved. The first start of each reads from the disk and does not count. */
export async function startAll(
  lanes: readonly Lane[],
  count: number,
  python: string,
): Promise<Map<Lane, number[] | Problem>> {
  const starts = new Map<Lane, number[] | Problem>(lanes.map((lane) => [lane, []]))
  for (let round = 0; round <= count; round++) {
    for (const lane of rotated(lanes, round)) {
      const taken = starts.get(lane) ?? []
      if (isProblem(taken)) continue
      try {
        const milliseconds = await startMilliseconds(python, unpackedOf(lane), lane.project.application)
        if (round > 0) taken.push(milliseconds)
      } catch (error) {
        starts.set(lane, { problem: (error as Error).message.trim().split('\n').at(-1) ?? '' })
      }
    }
  }
  return starts
}

/**
 * What our own Node process starts where nothing has changed, and where one line has: the programs' names. The lane is one that has
 * been built; it isn't timed, since the hook costs something.
 */
export async function processesOf(lane: Lane, bench: Bench): Promise<Record<'unchanged' | 'line', string[] | Problem>> {
  const unchanged = await startedBy(lane, 'unchanged', bench)
  return { unchanged, line: await startedBy(lane, 'line', bench) }
}

async function startedBy(lane: Lane, scenario: 'unchanged' | 'line', bench: Bench): Promise<string[] | Problem> {
  const log = join(lane.folder, 'spawns.txt')
  await writeFile(log, '')
  await change(lane, scenario, 1000)
  const hooked: Bench = {
    ...bench,
    environmentOf: (tool, folder) => ({
      ...bench.environmentOf(tool, folder),
      NODE_OPTIONS: `--import=${join(PROGRAMS, 'spawns.ts')}`,
      SPAWNS: log,
    }),
  }
  const outcome = await build(lane, scenario, hooked)
  if (isProblem(outcome)) return outcome
  const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => basename(String((JSON.parse(line) as string[])[0])))
}

function unpackedOf({ folder }: Lane): string {
  return join(folder, 'unpacked')
}
