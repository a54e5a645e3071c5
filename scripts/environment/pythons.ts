import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, readdir, realpath, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lastLines } from './service.ts'

const run = promisify(execFile)

/** A CPython on this machine. */
export interface Python {
  readonly minor: string // '3.13'
  readonly path: string // the executable itself, never a shim or a venv's link
  readonly version: string // '3.13.0'
}

const MINORS = ['3.10', '3.11', '3.12', '3.13', '3.14'] as const

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))

const DESCRIBE = `
import json, os, platform, sys
print(json.dumps([platform.python_implementation(), platform.python_version(),
                  os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)]))`

let found: Promise<Python[]> | undefined

/**
 * Every CPython 3.10 to 3.14 that runs: on PATH, and where pyenv, uv and GitHub's runners keep theirs. What `python3` names
 * comes first, then by the order of PATH; one minor may occur more than once. A shim that points nowhere is left out.
 */
export function findPythons(): Promise<Python[]> {
  found ??= search()
  return found
}

async function search(): Promise<Python[]> {
  const names = ['python3', ...MINORS.map((minor) => `python${minor}`)]
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = [
    ...folders.map((folder) => join(folder, 'python3')),
    ...folders.flatMap((folder) => names.slice(1).map((name) => join(folder, name))),
    ...(await installations(join(homedir(), '.pyenv/versions'), 'bin')),
    ...(await installations(join(homedir(), '.local/share/uv/python'), 'bin')),
    ...(await installations('/opt/hostedtoolcache/Python', 'x64/bin')),
    ...(await installations('/opt/hostedtoolcache/Python', 'arm64/bin')),
  ]
  const pythons = await Promise.all([...new Set(candidates)].map(describe))
  const byPath = new Map<string, Python>()
  for (const python of pythons) {
    if (python !== undefined && !byPath.has(python.path)) byPath.set(python.path, python)
  }
  return [...byPath.values()]
}

/** `ROOT/VERSION/BIN/python3.X` for the versions that are there, newest first. */
async function installations(root: string, bin: string): Promise<string[]> {
  const versions = await readdir(root).catch(() => [])
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  return newestFirst.flatMap((version) => MINORS.map((minor) => join(root, version, bin, `python${minor}`)))
}

async function describe(path: string): Promise<Python | undefined> {
  try {
    await access(path)
    const { stdout } = await run(path, ['-I', '-c', DESCRIBE], { timeout: 20_000 })
    const [implementation, version, executable] = JSON.parse(stdout) as [string, string, string]
    const minor = version.split('.').slice(0, 2).join('.')
    const isWanted = implementation === 'CPython' && (MINORS as readonly string[]).includes(minor)
    return isWanted ? { minor, path: executable, version } : undefined
  } catch {
    return undefined // not there, or a shim whose version is not installed
  }
}

/**
 * The folder of a virtual environment that holds exactly these requirements (pinned, a line each), made by `python` on first
 * use and kept in `.cache/venvs`.
 *
 * @throws Error with the last lines of venv or pip.
 */
export function ensureVenv(
  name: string,
  requirements: readonly string[],
  python: Pick<Python, 'path' | 'version'>,
): Promise<string> {
  return ensureFolder(`venvs/${name}`, [...requirements, python.path, python.version], async (folder) => {
    await tool(`${python.path} -m venv`, python.path, ['-I', '-m', 'venv', folder])
    if (requirements.length === 0) return
    await tool(`pip install ${requirements.join(' ')}`, join(folder, 'bin/python'), [
      ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
      ...requirements,
    ])
  })
}

/** A virtual environment with nothing in it, not even pip: nothing but the standard library can be imported. */
export function ensureBareVenv(python: Pick<Python, 'path' | 'version'>): Promise<string> {
  return ensureFolder('venvs/bare', [python.path, python.version], async (folder) => {
    await tool(`${python.path} -m venv`, python.path, ['-I', '-m', 'venv', '--without-pip', folder])
  })
}

/**
 * The folder that `make` filled once for this input, `.cache/NAME-HASH`. It appears when it is complete and not before: the name
 * is a link to a folder that never moves, since a virtual environment knows its own path.
 */
export async function ensureFolder(
  name: string,
  input: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 12)
  const link = join(CACHE, `${name}-${hash}`)
  const ready = await realpath(link).catch(() => undefined)
  if (ready !== undefined) return ready
  const folder = `${link}.${randomUUID().slice(0, 8)}`
  await mkdir(folder, { recursive: true })
  try {
    await make(folder)
    await symlink(folder, `${folder}.link`)
    await rename(`${folder}.link`, link)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return realpath(link)
}

/** Runs a tool and turns its failure into one line that ends with the tool's own last words. */
export async function tool(title: string, file: string, args: readonly string[]): Promise<void> {
  try {
    await run(file, args, { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, PYTHONPATH: '' } })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${title} failed: ${lastLines(`${stdout}\n${stderr}`) || String(error)}`, { cause: error })
  }
}
