import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { RUNTIME_NAMES } from '../platform/runtimes.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Builder, Completed, RunOptions } from './builder.ts'
import type { RunProcess } from './process.ts'
import { findUv } from './uv.ts'

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

/** Builds on this machine, from published wheels only. */
export async function createHostBuilder(
  target: Target,
  options: HostBuilderOptions,
  { run, report }: { run: RunProcess; report: Reporter },
): Promise<Builder> {
  const env = { ...options.environment, ...certificates(options.caFile), UV_PYTHON_DOWNLOADS: 'never' }
  // Python imports from the folder where it is started: never one that others may write.
  const cwd = options.toolsFolder
  const interpreter = await findInterpreter(target, options.pythonBin, (command) => run(command, { cwd, env }))
  const uv = await findUv(
    { python: interpreter.path, cacheFolder: options.cacheFolder, toolsFolder: options.toolsFolder, report },
    (command) => run(command, { cwd, env }),
  )
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-build-'))
  const workspace = await fencedWorkspace(folder)
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  return {
    kind: 'host',
    description: `host (Python ${interpreter.version}, ${interpreter.path})`,
    identity: `host ${interpreter.platform}`,
    target,
    workspace,
    python: interpreter.path,
    pythonVersion: interpreter.version,
    uv,
    processors: availableParallelism(),
    compilesFor: false,
    canImport: interpreter.platform === `linux-${target.architecture === 'arm64' ? 'aarch64' : 'x86_64'}`,
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
