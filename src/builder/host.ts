import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../errors.ts'
import { RUNTIME_NAMES } from '../platform/runtimes.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { Builder, BuilderFacts, Completed, RunOptions, Toolchain } from './builder.ts'
import { type Found, findExecutable } from './executable.ts'
import type { RunProcess } from './process.ts'
import { findUv, installedUv } from './uv.ts'

export interface HostBuilderOptions {
  /** Setting `python-bin`. */
  readonly pythonBin: string | undefined
  readonly caFile: string | undefined
  /** The process's variables: index settings and credentials reach uv and pip through them. */
  readonly environment: Readonly<Record<string, string>>
  /** Where uv is kept when the machine has none. */
  readonly cacheFolder: string
  /** The folder `docker/` of this package: the Python that runs inside a builder. */
  readonly toolsFolder: string
  readonly signal: AbortSignal
}

interface Interpreter {
  readonly path: string
  readonly version: string
  readonly minor: string
  /** As in `linux-x86_64`. */
  readonly platform: string
}

interface Collaborators {
  readonly run: RunProcess
  readonly report: Reporter
}

/**
 * This machine's interpreter, which is asked once: what it answered is kept in the store for as long as its file stays the
 * same. @throws UserError where there is none of the target's minor version.
 */
export async function createHostToolchain(
  target: Target,
  options: HostBuilderOptions,
  { store, ...collaborators }: Collaborators & { readonly store: Store },
): Promise<Toolchain> {
  const { env, run } = surroundings(options, collaborators.run)
  const interpreter = await rememberedInterpreter(target, options, { store, run })
  let opened: Promise<Builder> | undefined
  return {
    ...factsOf(interpreter, target),
    open: () => (opened ??= openBuilder(interpreter, target, { ...options, env, ...collaborators })),
    [Symbol.asyncDispose]: async () => {
      const builder = await opened?.catch(() => undefined) // Whoever opened it heard of the failure.
      await builder?.close()
    },
  }
}

/** Builds on this machine, from published wheels only. */
export async function createHostBuilder(
  target: Target,
  options: HostBuilderOptions,
  collaborators: Collaborators,
): Promise<Builder> {
  const { env, run } = surroundings(options, collaborators.run)
  const interpreter = await findInterpreter(target, options.pythonBin, run)
  return await openBuilder(interpreter, target, { ...options, env, ...collaborators })
}

function surroundings(options: HostBuilderOptions, run: RunProcess): { env: Record<string, string>; run: Run } {
  const env = { ...options.environment, ...certificates(options.caFile), UV_PYTHON_DOWNLOADS: 'never' }
  // Python imports from the folder where it is started: never one that others may write.
  return { env, run: (command) => run(command, { cwd: options.toolsFolder, env }) }
}

function factsOf({ version, path, platform }: Interpreter, target: Target): BuilderFacts {
  return {
    kind: 'host',
    description: `host (Python ${version}, ${path})`,
    identity: `host ${platform}`,
    target,
    pythonVersion: version,
    compilesFor: false,
    canImport: platform === `linux-${target.architecture === 'arm64' ? 'aarch64' : 'x86_64'}`,
  }
}

async function openBuilder(
  interpreter: Interpreter,
  target: Target,
  options: HostBuilderOptions & Collaborators & { readonly env: Readonly<Record<string, string>> },
): Promise<Builder> {
  const { env, run, report, cacheFolder, toolsFolder } = options
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-build-'))
  const workspace = await fencedWorkspace(folder)
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  let uv: Promise<string> | undefined
  const runInTools: Run = (command) => run(command, { cwd: toolsFolder, env })
  return {
    ...factsOf(interpreter, target),
    workspace,
    python: interpreter.path,
    uv: () => (uv ??= findUv({ python: interpreter.path, cacheFolder, toolsFolder, report }, runInTools)),
    uvIfThere: async () => await (uv ?? installedUv(cacheFolder, runInTools)),
    processors: availableParallelism(),
    put: (localFolder, path) => cp(localFolder, join(workspace, path), { recursive: true, mode: COPY_ON_WRITE }),
    take: (path) => Promise.resolve(join(workspace, path)),
    run: async (
      command: readonly string[],
      { cwd = workspace, env: added = {}, environment = 'inherit', onLine }: RunOptions = {},
    ): Promise<Completed> => {
      options.signal.throwIfAborted()
      const whole = environment === 'replace' ? { ...added } : { ...env, ...added }
      const completed = await run(command, { cwd, env: whole, onLine })
      options.signal.throwIfAborted() // Ctrl-C at a terminal ended the program too: its exit code says nothing.
      return completed
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** What is kept of an interpreter: as found on PATH, and the file that runs behind it (a shim leads to another one). */
interface Remembered {
  readonly interpreter: Interpreter
  readonly behind: Found
}

async function rememberedInterpreter(
  target: Target,
  { pythonBin, environment }: HostBuilderOptions,
  { store, run }: { readonly store: Store; readonly run: Run },
): Promise<Interpreter> {
  const found = await findExecutable(pythonBin ?? target.runtime, environment)
  if (found === undefined) return await findInterpreter(target, pythonBin, run)
  // pyenv's and asdf's shims choose by these.
  const choice = ['PYENV_VERSION', 'PYENV_ROOT', 'ASDF_PYTHON_VERSION'].map((name) => environment[name] ?? '')
  const key = keyOf('interpreter', found, choice, target.pythonMinor)
  const kept = await readRecord<Remembered>(store, 'toolchains', key)
  if (kept && isDeepStrictEqual(await findExecutable(kept.behind.path, environment), kept.behind))
    return kept.interpreter
  const interpreter = await findInterpreter(target, pythonBin, run)
  const behind = await findExecutable(interpreter.path, environment)
  if (behind) await writeRecord(store, 'toolchains', key, { interpreter, behind } satisfies Remembered)
  return interpreter
}

/**
 * uv reads settings in the folders above, and looks there for a workspace that the project is a member of. The folder of
 * temporary files is everybody's to write: a file that stands before it ends both searches.
 */
async function fencedWorkspace(folder: string): Promise<string> {
  const workspace = join(folder, 'workspace')
  await mkdir(workspace)
  await writeFile(join(folder, 'pyproject.toml'), '[tool.uv.workspace]\nmembers = []\n')
  return workspace
}

/** Clones the blocks where the file system can (`COPYFILE_FICLONE`), else copies. */
const COPY_ON_WRITE = 2

/** The variables by which uv, pip and OpenSSL find a certificate authority. They run in other folders than this program. */
function certificates(caFile: string | undefined): Record<string, string> {
  if (caFile === undefined) return {}
  const path = resolve(caFile)
  // uv would only warn, and then trust no index at all.
  if (!existsSync(path))
    throw new UserError({ title: `ca-file: ${caFile} cannot be read`, hint: 'Name a file in PEM format.' })
  return { SSL_CERT_FILE: path, PIP_CERT: path, REQUESTS_CA_BUNDLE: path }
}

const DESCRIBE_PYTHON = [
  'import json, platform, sys',
  'print(json.dumps([sys.executable, platform.python_version(), "%d.%d" % sys.version_info[:2], sys.platform + "-" + platform.machine()]))',
].join('\n')

type Run = (command: readonly string[]) => Promise<Completed>

async function findInterpreter(target: Target, pythonBin: string | undefined, run: Run): Promise<Interpreter> {
  const wanted = pythonBin ?? target.runtime
  // A name is looked for on PATH; a path is the user's, not one of the folder where the interpreter is started.
  const interpreter = await describeInterpreter(/[\\/]/.test(wanted) ? resolve(wanted) : wanted, run)
  if (interpreter?.minor === target.pythonMinor) return interpreter
  const found = interpreter ?? (await describeInterpreter('python3', run))
  const available = RUNTIME_NAMES.find((name) => name === `python${found?.minor ?? ''}`)
  throw new UserError({
    title: `The host builder needs Python ${target.pythonMinor} for ${target.runtime}`,
    detail: [
      interpreter ? `${wanted} is Python ${interpreter.version}.` : `${wanted} was not found, or does not run.`,
      found && !interpreter ? `python3 is Python ${found.version} (${found.path}).` : '',
    ]
      .join(' ')
      .trim(),
    hint: `Install Python ${target.pythonMinor}, name it with python-bin, use builder: docker${available ? `, or set runtime: ${available}` : ''}.`,
  })
}

async function describeInterpreter(command: string, run: Run): Promise<Interpreter | undefined> {
  try {
    const { exitCode, stdout } = await run([command, '-c', DESCRIBE_PYTHON])
    if (exitCode !== 0) return undefined
    const [path, version, minor, platform] = JSON.parse(stdout) as [string, string, string, string]
    return { path, version, minor, platform }
  } catch {
    return undefined // Not on PATH: the caller says so together with what was found.
  }
}
