/**
 * What it costs to package a project for Lambda, and what comes out, compared with other tools.
 *
 *     npm run bench:packaging
 *     npm run bench:packaging -- --tools ours,uv --projects django --rounds 1
 *     npm run bench:packaging -- --quick
 *     npm run bench:packaging -- --projects django --rounds 2 --record
 *     npm run bench:packaging -- --clean
 *
 * The tools, the projects and the programs that measure are in bench/packaging/. Everything is done below
 * .cache/bench-packaging; the result is written to bench/results/, where all of it was measured or --record asks for it.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { RUNTIME_NAMES, targetOf } from '../src/platform/runtimes.ts'
import { type Bar, barsOf } from './packaging/bars.ts'
import { environmentOf } from './packaging/environment.ts'
import { CACHE_NAME, commandsFolder, findPython, toolInstallation } from './packaging/installations.ts'
import { buildLarge, type LargeBuild, WHEEL_MEGABYTES } from './packaging/large.ts'
import type { Contents } from './packaging/measure.ts'
import { PROJECTS, type Project } from './packaging/projects.ts'
import { buildElsewhere, processesOf, startAll, unpack } from './packaging/proofs.ts'
import { report, summary } from './packaging/report.ts'
import { type ProjectResult, type Results, summarise } from './packaging/results.ts'
import { type Bench, type Build, isProblem, type Lane, type Problem, runRounds } from './packaging/rounds.ts'
import { OURS, TOOLS, type Tool } from './packaging/tools.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CACHE = join(ROOT, '.cache', CACHE_NAME)
const RESULTS = join(ROOT, 'bench/results')
const STARTS = 9

const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: join(ROOT, 'dist/cli.cjs') }, // our command line
    clean: { type: 'boolean', default: false }, // remove everything that the benchmark has left on the machine
    limit: { type: 'string', default: '300' }, // seconds for one build
    projects: { type: 'string' },
    record: { type: 'boolean', default: false }, // write the result also where only a part was measured
    quick: { type: 'boolean', default: false }, // one round, without what takes long besides
    rounds: { type: 'string', default: '3' },
    runtime: { type: 'string', default: 'python3.11' },
    tools: { type: 'string' },
  },
})

if (options.clean) await rm(CACHE, { recursive: true, force: true })
else await main()

async function main(): Promise<void> {
  const tools = chosen(TOOLS, options.tools)
  const projects = chosen(PROJECTS, options.projects)
  const isWhole = !options.quick && tools.length === TOOLS.length && projects.length === PROJECTS.length
  const surroundings = await prepare(tools)
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(surroundings.pythonVersion),
    runtime: options.runtime,
    rounds: roundCount(),
    projects: await inTurn(projects, (project) => runProject(project, tools, surroundings)),
    large: options.quick || !tools.some(({ name }) => name === OURS) ? [] : await runLarge(surroundings),
  }
  const bars = barsOf(results)
  const text = report(results, bars)
  console.log(text)
  if (isWhole || options.record) await write(results, bars, text)
}

interface Surroundings {
  readonly bench: Bench
  readonly pythonVersion: string
  readonly target: ReturnType<typeof targetOf>
}

async function prepare(tools: readonly Tool[]): Promise<Surroundings> {
  const runtime = RUNTIME_NAMES.find((name) => name === options.runtime)
  if (!runtime) throw new Error(`--runtime is one of ${RUNTIME_NAMES.join(', ')}.`)
  const target = targetOf(runtime, 'x86_64')
  const python = await findPython(target.pythonMinor)
  const commands = await commandsFolder(python, CACHE)
  const installations = new Map<Tool, string>()
  for (const tool of tools) {
    progress(`Installation: ${tool.title}`)
    installations.set(tool, await toolInstallation(tool, python))
  }
  const facts = { target, commands, cli: resolve(options.cli), pythonVersion: python.version }
  const bench: Bench = {
    python: python.path,
    runtime,
    limitSeconds: Number(options.limit),
    environmentOf: (tool, folder) => environmentOf(facts, installations.get(tool) ?? '', folder),
  }
  return { bench, pythonVersion: python.version, target }
}

async function runProject(
  project: Project,
  tools: readonly Tool[],
  surroundings: Surroundings,
): Promise<ProjectResult> {
  const { bench, target } = surroundings
  const lanes = tools.map((tool): Lane => ({ tool, project, folder: join(CACHE, 'work', project.name, tool.name) }))
  const rounds = await runRounds(lanes, roundCount(), bench, progress)
  const built = lanes.filter((lane) =>
    rounds
      .get(lane)
      ?.at(-1)
      ?.every((build) => !isProblem(build)),
  )
  const contents = new Map<Lane, Contents>()
  for (const lane of built) {
    progress(`${project.name}: contents of ${lane.tool.name}`)
    contents.set(lane, await unpack(lane, bench.python, target))
  }
  progress(`${project.name}: start to first 200`)
  const starts = await startAll(built, options.quick ? 3 : STARTS, bench.python)
  const elsewhere = new Map(options.quick ? [] : await inTurn(built, (lane) => elsewhereOf(lane, bench)))
  const ours = built.find(({ tool }) => tool.name === OURS)
  return {
    project: project.name,
    tools: lanes.map((lane) =>
      summarise(lane.tool, {
        rounds: rounds.get(lane) ?? [],
        contents: contents.get(lane),
        starts: starts.get(lane),
        elsewhere: elsewhere.get(lane),
      }),
    ),
    processes: ours && (await processesOf(ours, bench)),
  }
}

async function elsewhereOf(lane: Lane, bench: Bench): Promise<[Lane, Build | Problem]> {
  const outcome = await buildElsewhere(lane, bench)
  progress(`${lane.project.name}: elsewhere ${lane.tool.name}: ${isProblem(outcome) ? outcome.problem : 'done'}`)
  return [lane, outcome]
}

function runLarge({ bench, target }: Surroundings): Promise<LargeBuild[]> {
  return inTurn(WHEEL_MEGABYTES, (megabytes) => {
    progress(`Memory with ${megabytes} MB of wheels`)
    const folder = join(CACHE, 'work', `large-${megabytes}`)
    const environment = environmentOfOurs(bench, folder)
    return buildLarge(megabytes, { python: bench.python, folder, environment, target })
  })
}

function environmentOfOurs(bench: Bench, folder: string): Readonly<Record<string, string>> {
  const ours = TOOLS.find(({ name }) => name === OURS)
  if (!ours) throw new Error('Our own command line is not among the tools.')
  return bench.environmentOf(ours, folder)
}

async function write(results: Results, bars: readonly Bar[], text: string): Promise<void> {
  await mkdir(RESULTS, { recursive: true })
  await writeFile(join(RESULTS, 'packaging.md'), text)
  await writeFile(join(RESULTS, 'packaging.json'), `${JSON.stringify({ ...results, bars }, undefined, 2)}\n`)
  const readme = join(ROOT, 'README.md')
  const django = results.projects.find(({ project }) => project === 'django')
  if (django) await writeFile(readme, withSummary(await readFile(readme, 'utf8'), django, results))
}

/** Replaces what stands between the markers; the first time, it is added before the inputs. */
function withSummary(readme: string, django: ProjectResult, results: Results): string {
  const [begin, end] = ['<!-- bench:packaging -->', '<!-- /bench:packaging -->']
  const section = `${begin}\n\n${summary(django, results)}\n\n${end}`
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from >= 0 && to > from) return readme.slice(0, from) + section + readme.slice(to + end.length)
  return readme.replace('\n## Inputs\n', () => `\n${section}\n\n## Inputs\n`)
}

function machine(pythonVersion: string): Record<string, string> {
  return {
    cores: String(availableParallelism()),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    Python: pythonVersion,
    'Node.js': process.versions.node,
  }
}

function roundCount(): number {
  return options.quick ? 1 : Number(options.rounds)
}

function chosen<T extends { readonly name: string }>(all: readonly T[], names: string | undefined): readonly T[] {
  if (names === undefined) return all
  const wanted = names.split(',')
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name))
  if (unknown.length > 0)
    throw new Error(`${unknown.join(', ')}: choose from ${all.map(({ name }) => name).join(', ')}.`)
  return all.filter(({ name }) => wanted.includes(name))
}

/** One after the other: two at once would slow each other down. */
async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (const value of values) done.push(await work(value))
  return done
}

/** Standard output is for the result. */
function progress(text: string): void {
  console.error(text)
}
