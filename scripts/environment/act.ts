import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ensureProgram, type FoundProgram, findProgram, type GoProgram } from './go-program.ts'
import { lastLines } from './service.ts'

const run = promisify(execFile)

/** nektos/act (MIT) runs workflows on this machine. Its steps run here as they are, without a container engine. */
const ACT: GoProgram = {
  name: 'act',
  package: 'github.com/nektos/act',
  version: '0.2.89',
  neededGo: [1, 24],
  versionFlag: '--version',
  answer: /^act version /,
}

/** Builds act where it is missing and Go is there. */
export function ensureAct(): Promise<FoundProgram> {
  return ensureProgram(ACT)
}

export interface ActOptions {
  /** Path of the workflow within the workspace. */
  readonly workflow: string
  /** Its name, such as `pull_request`, and the payload. act does not look at `types:`. */
  readonly event: { readonly name: string; readonly payload?: object }
  /** A git repository with at least one commit. What it ignores is not there in the run. */
  readonly workspace: string
  readonly env?: Readonly<Record<string, string>>
  /** Long ones: act masks every occurrence, so a secret of one letter hides that letter everywhere. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Actions of other repositories, as in `OWNER/NAME@REF`, and the folders that stand for them. Links in one are not followed. */
  readonly repositories?: Readonly<Record<string, string>>
  readonly timeoutSeconds?: number // default 300
}

/** Runs a workflow. The exit code is 1 when a step failed; the summary and the commands are lines of the output. */
export async function runAct(options: ActOptions): Promise<{ readonly exitCode: number; readonly output: string }> {
  const { workflow, event, workspace, env = {}, secrets = {}, repositories = {}, timeoutSeconds = 300 } = options
  const act = await findProgram(ACT)
  if ('missing' in act) throw new Error(act.missing)
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-act-'))
  const payload = join(folder, 'event.json')
  try {
    await mkdir(join(folder, 'home'))
    await writeFile(payload, JSON.stringify(event.payload ?? {}))
    const args = [
      event.name,
      ...['--directory', workspace, '--workflows', join(workspace, workflow), '--eventpath', payload],
      ...['--platform', 'ubuntu-latest=-self-hosted'],
      ...['--cache-server-addr', '127.0.0.1', '--cache-server-path', join(folder, 'actions-cache')],
      ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.entries(secrets).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
      ...Object.entries(repositories).flatMap(([name, path]) => ['--local-repository', `${name}=${path}`]),
    ]
    const pending = run(act.path, args, {
      cwd: workspace,
      // act hands its whole environment to the steps, so it gets as little as a runner has.
      env: {
        PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
        HOME: join(folder, 'home'),
        XDG_CACHE_HOME: join(folder, 'xdg'),
        LANG: 'C.UTF-8',
        NO_COLOR: '1',
      },
      timeout: timeoutSeconds * 1000,
      maxBuffer: 256 * 1024 * 1024,
    })
    const { stdout, stderr } = await pending
    return { exitCode: 0, output: stdout + stderr }
  } catch (error) {
    const {
      code,
      killed,
      stdout = '',
      stderr = '',
    } = error as { code?: unknown; killed?: boolean; stdout?: string; stderr?: string }
    if (typeof code !== 'number') {
      const why = killed === true ? `did not end within ${timeoutSeconds} s` : 'could not be run'
      throw new Error(`act ${why}: ${lastLines(stdout + stderr)}`, { cause: error })
    }
    return { exitCode: code, output: stdout + stderr }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
