import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Python } from '../../scripts/environment/pythons.ts'
import type { BuildResult } from '../../src/commands/build.ts'
import { addFiles } from '../settings/project-folder.ts'
import { type WheelParts, wheelIn } from './wheels.ts'
import { machineVariables, REPOSITORY } from './world.ts'

export const CLI = join(REPOSITORY, 'dist/cli.cjs')

export interface BuildOptions {
  readonly python: Python
  readonly project: string
  readonly store: string
  readonly output: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Commands of a shell that hold for the build, such as `umask 077`. */
  readonly before?: string
  readonly signal?: AbortSignal
}

export interface Built {
  readonly exitCode: number
  readonly stderr: string
  /** Of a build that succeeded. */
  readonly result: BuildResult
}

/** `build --json` of the bundle, with this machine's own Python. */
export async function runBuild({
  python,
  project,
  store,
  output,
  args = [],
  env = {},
  ...how
}: BuildOptions): Promise<Built> {
  const host = ['--builder', 'host', '--runtime', `python${python.minor}`, '--python-bin', python.path]
  const where = ['--project', project, '--store', store, '--output', output]
  const command = [process.execPath, CLI, 'build', '--json', '--app', 'wsgi:application', ...host, ...where, ...args]
  return await new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', `${how.before ?? ':'}; exec "$@"`, 'sh', ...command],
      {
        env: { ...machineVariables(), ...env },
        cwd: project,
        signal: how.signal,
        killSignal: 'SIGKILL',
        maxBuffer: 2 ** 26,
      },
      (error, stdout, stderr) => {
        const exitCode = error ? (typeof error.code === 'number' ? error.code : -1) : 0
        const result = (exitCode === 0 ? JSON.parse(stdout) : undefined) as BuildResult
        resolve({ exitCode, stderr, result })
      },
    )
  })
}

/** Writes a project whose requirements are these wheels, which lie in a folder beside it: no index is asked. */
export async function projectWith(
  folder: string,
  wheels: readonly WheelParts[],
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const project = join(folder, 'project')
  const published = join(folder, 'wheels')
  await Promise.all([project, published].map((path) => mkdir(path, { recursive: true })))
  const lines: string[] = ['--no-index', `--find-links ${published}`]
  for (const parts of wheels) {
    const { path } = await wheelIn(published, parts)
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    lines.push(`${parts.name ?? 'demo'}==${parts.version ?? '1.0'} --hash=sha256:${digest}`)
  }
  await addFiles(project, { 'wsgi.py': APPLICATION, ...files })
  await writeFile(join(project, 'requirements.txt'), `${lines.join('\n')}\n`)
  return project
}

const APPLICATION = `def application(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
`

/** The files below a folder, without those of a kind. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
