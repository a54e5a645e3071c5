/**
 * What runtime/ costs a function, compared with other handlers for WSGI: the cold start, a request, and large bodies.
 *
 *     npm run bench:runtime
 *     npm run bench:runtime -- --python 3.12
 *     npm run bench:runtime -- --json
 *
 * The handlers, the events and the programs that run them are in bench/runtime/. Nothing is written to runtime/.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureFolder, findPythons, type Python, tool } from '../scripts/environment/pythons.ts'
import {
  barsOf,
  type Comparison,
  type Cost,
  HANDLERS,
  type Handler,
  isBinary,
  type Problem,
  type Row,
  report,
  type StartCost,
  type Times,
} from './runtime/report.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROGRAMS = join(ROOT, 'bench/runtime')

const COLD_RUNS = 25
const COLD_SHAPES = ['http-api', 'rest'] as const

/** Where Python finds the others, AWS's runtime client beside them, and where it finds ours. */
interface Folders {
  readonly rivals: string
  readonly ours: string
}

/** What cold.py prints. */
interface ColdStart {
  readonly made: Reading
  readonly answered: Reading | Problem
}

interface ColdRun {
  readonly handler: Handler
  readonly shape: (typeof COLD_SHAPES)[number]
  readonly starts: ColdStart[]
}

interface Reading {
  readonly cpuMs: number
  readonly wallMs: number
  readonly modules: number
}

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, python: { type: 'string' } },
})
const python = await choosePython(options.python)
const folders = { rivals: await ensureRivals(python), ours: await copyOurs(python) }
try {
  const comparison = compare(python, folders)
  const bars = barsOf(comparison)
  console.log(options.json ? JSON.stringify({ ...comparison, bars }) : report(comparison, bars))
} finally {
  await rm(folders.ours, { recursive: true, force: true })
}

/** The newest Python of this machine, or the newest of the minor that was asked for. */
async function choosePython(minor: string | undefined): Promise<Python> {
  const pythons = (await findPythons()).filter((python) => minor === undefined || python.minor === minor)
  const newest = pythons.toSorted((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))[0]
  if (newest) return newest
  throw new Error(`The benchmark needs Python ${minor ?? '3.10 or newer'}, and it was not found on this machine.`)
}

async function ensureRivals(python: Python): Promise<string> {
  const requirements = join(PROGRAMS, 'requirements.txt')
  const input = [await readFile(requirements, 'utf8'), python.path, python.version]
  const venv = await ensureFolder('venvs/bench-runtime', input, async (folder) => {
    await tool(`${python.path} -m venv`, python.path, ['-I', '-m', 'venv', folder])
    await tool(`pip install -r ${requirements}`, join(folder, 'bin/python'), [
      ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-compile'],
      ...['--requirement', requirements],
    ])
    await compile(python, sitePackages(folder, python))
  })
  return sitePackages(venv, python)
}

function sitePackages(venv: string, { minor }: Python): string {
  return join(venv, `lib/python${minor}/site-packages`)
}

async function copyOurs(python: Python): Promise<string> {
  const folder = await mkdtemp(join(ROOT, '.cache/bench-runtime-'))
  await cp(join(ROOT, 'runtime/wsgi_lambda'), join(folder, 'wsgi_lambda'), {
    recursive: true,
    filter: (source) => basename(source) !== '__pycache__',
  })
  await compile(python, folder)
  return folder
}

/** Bytecode that is loaded without a look at its source, as deployments ship it. */
function compile({ path }: Python, folder: string): Promise<void> {
  const args = ['-I', '-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', folder]
  return tool(`compileall ${folder}`, path, args)
}

function compare(python: Python, folders: Folders): Comparison {
  progress('Cold starts')
  const starts = coldStarts(python, folders)
  requireOurs(starts)
  progress('Small requests')
  const requests = warmRequests('small', python, folders)
  requireOurs(requests)
  progress('Large bodies')
  const bodies = warmRequests('large', python, folders)
  requireOurs(bodies.filter(isBinary))
  return { python: python.version, starts, requests, bodies }
}

/** @throws Error when ours fails at one of them: there is nothing to compare. */
function requireOurs(rows: readonly Row<Cost>[]): void {
  for (const { work, shape, costs } of rows) {
    const ours = costs['wsgi-lambda']
    if ('problem' in ours) throw new Error(`wsgi-lambda, ${work}, ${shape ?? 'every shape'}: ${ours.problem}`)
  }
}

function warmRequests(part: 'small' | 'large', python: Python, { rivals, ours }: Folders): Row<Cost>[] {
  return runPython(python, ['warm.py', part, rivals, ours]) as Row<Cost>[]
}

/** Interleaved and in rotating order, so that a busy moment of the machine meets all of them. */
function coldStarts(python: Python, folders: Folders): Row<StartCost>[] {
  const runs: ColdRun[] = COLD_SHAPES.flatMap((shape) => HANDLERS.map((handler) => ({ handler, shape, starts: [] })))
  for (const run of runs) coldStart(python, folders, run) // the first one reads from the disk
  for (let round = 0; round < COLD_RUNS; round++) {
    const first = round % runs.length
    const rotated = [...runs.slice(first), ...runs.slice(0, first)]
    for (const run of rotated) run.starts.push(coldStart(python, folders, run))
  }
  return [
    { work: 'import', shape: null, costs: costsOfStarts(runs, ({ made }) => made) },
    ...COLD_SHAPES.map((shape) => {
      const ofShape = runs.filter((run) => run.shape === shape)
      return { work: 'import and first request', shape, costs: costsOfStarts(ofShape, ({ answered }) => answered) }
    }),
  ]
}

function coldStart(python: Python, { rivals, ours }: Folders, { handler, shape }: ColdRun): ColdStart {
  const task = handler === 'wsgi-lambda' ? ours : rivals
  return runPython(python, ['cold.py', handler, shape, rivals, task]) as ColdStart
}

function costsOfStarts(
  runs: readonly ColdRun[],
  readingOf: (start: ColdStart) => Reading | Problem,
): Row<StartCost>['costs'] {
  const costs = HANDLERS.map((handler) => {
    const readings = runs.filter((run) => run.handler === handler).flatMap(({ starts }) => starts.map(readingOf))
    return [handler, summary(readings)] as const
  })
  return Object.fromEntries(costs) as Row<StartCost>['costs']
}

function summary(outcomes: readonly (Reading | Problem)[]): StartCost | Problem {
  const readings: Reading[] = []
  for (const outcome of outcomes) {
    if ('problem' in outcome) return outcome
    readings.push(outcome)
  }
  return {
    cpuMs: times(readings.map(({ cpuMs }) => cpuMs)),
    wallMs: times(readings.map(({ wallMs }) => wallMs)),
    modules: Math.max(...readings.map(({ modules }) => modules)),
  }
}

function times(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b)
  return { min: sorted[0] ?? NaN, median: sorted[Math.floor(sorted.length / 2)] ?? NaN }
}

/** Runs a program of bench/runtime/ with only the standard library in reach. @returns the JSON of its last line. */
function runPython(python: Python, [program, ...args]: readonly [string, ...string[]]): unknown {
  const { status, stdout, stderr } = spawnSync(python.path, ['-I', '-S', '-B', join(PROGRAMS, program), ...args], {
    encoding: 'utf8',
    env: {
      AWS_EXECUTION_ENV: `AWS_Lambda_python${python.minor}`,
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
      AWS_REGION: 'eu-west-1',
      LANG: 'C.UTF-8',
    },
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

/** Standard output is for the result. */
function progress(text: string): void {
  console.error(`${text} …`)
}
