/**
 * Tests runtime/ with every Python that Lambda has and this machine has too (`npm run test:runtime`); with the newest one,
 * every branch must be run, and two type checkers must agree. Arguments are passed on to pytest; branches are not counted
 * then. Each interpreter has a virtual environment in .cache/venvs, made again when the pinned requirements change.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COVERAGE_SETTINGS = '--rcfile=runtime/pyproject.toml'
const MINORS = ['3.10', '3.11', '3.12', '3.13', '3.14']

interface Interpreter {
  readonly minor: string
  readonly executable: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const requirements = join(root, '__tests__/runtime/requirements.txt')
const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }

const interpreters = findInterpreters()
const newest = interpreters.at(-1)
if (newest === undefined) {
  console.error(`No Python of ${MINORS.join(', ')} runs here: install one and try again.`)
  process.exit(1)
}
const options = process.argv.slice(2)
const failed = interpreters.filter((interpreter) => !passesTests(interpreter)).map(({ minor }) => `pytest on ${minor}`)
for (const [name, passes] of Object.entries({ mypy: passesMypy, pyright: passesPyright })) {
  if (!passes(newest)) failed.push(`${name} on ${newest.minor}`)
}
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}.`)
process.exitCode = failed.length > 0 ? 1 : 0

/** One interpreter for each minor. A name on the PATH proves nothing: version managers put names there that do not run. */
function findInterpreters(): Interpreter[] {
  const versions = join(homedir(), '.pyenv/versions')
  const candidates = [
    ...MINORS.map((minor) => `python${minor}`),
    'python3',
    ...(existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin/python3')) : []),
  ]
  const found = new Map<string, string>()
  for (const candidate of candidates) {
    const minor = minorOf(candidate)
    if (minor !== undefined && !found.has(minor)) found.set(minor, candidate)
  }
  return MINORS.flatMap((minor) => {
    const executable = found.get(minor)
    return executable === undefined ? [] : [{ minor, executable }]
  })
}

/** A Python without venv (as some distributions split it) is as good as none. */
function minorOf(executable: string): string | undefined {
  const script = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])'
  const { status, stdout } = spawnSync(executable, ['-c', script], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

function virtualEnvironment({ minor, executable }: Interpreter): string {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(root, '.cache/venvs', `runtime-${minor}-${hash}`)
  const ready = join(folder, 'ready')
  if (existsSync(ready)) return join(folder, 'bin/python')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync(executable, ['-m', 'venv', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  const python = join(folder, 'bin/python')
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  mkdirSync(ready)
  return python
}

function passesTests(interpreter: Interpreter): boolean {
  const python = virtualEnvironment(interpreter)
  const counts = interpreter === newest && options.length === 0
  const program = counts ? ['-m', 'coverage', 'run', COVERAGE_SETTINGS, '-m', 'pytest'] : ['-m', 'pytest']
  const tests = run(python, [...program, '-q', '-p', 'no:cacheprovider', '__tests__/runtime', ...options])
  if (!tests.passes) console.log(tests.output)
  console.log(`python${interpreter.minor}: ${tests.output.trimEnd().split('\n').at(-1) ?? ''}`)
  return tests.passes && (!counts || passesCoverage(interpreter))
}

function passesCoverage(interpreter: Interpreter): boolean {
  const report = run(virtualEnvironment(interpreter), ['-m', 'coverage', 'report', COVERAGE_SETTINGS])
  console.log(`branches (python${interpreter.minor}): ${report.output.trimEnd()}`)
  return report.passes
}

function passesMypy(interpreter: Interpreter): boolean {
  const python = virtualEnvironment(interpreter)
  const check = run(python, ['-m', 'mypy', '--strict', '--cache-dir', join(root, '.cache/mypy')], 'runtime')
  console.log(`mypy (python${interpreter.minor}): ${check.output.trimEnd()}`)
  return check.passes
}

function passesPyright(interpreter: Interpreter): boolean {
  const pyright = join(root, 'node_modules/pyright/index.js')
  const check = run(process.execPath, [pyright, '--pythonpath', virtualEnvironment(interpreter)], 'runtime')
  console.log(`pyright (python${interpreter.minor}): ${check.output.trimEnd()}`)
  return check.passes
}

function run(program: string, options: readonly string[], folder = '.'): { passes: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(program, options, {
    cwd: join(root, folder),
    env: { ...environment, COVERAGE_FILE: join(root, '.cache/coverage') },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  return { passes: status === 0, output: stdout + stderr }
}
