import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '../../scripts/environment/emulator.ts'
import { type FaultProxy, startFaultProxy } from '../../scripts/environment/fault-proxy.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
export const ROLE = 'arn:aws:iam::000000000000:role/wsgi-lambda-test'
const CLI = join(REPOSITORY, 'dist/cli.cjs')
/** Installed wheels and prepared dependencies, kept between test runs. */
const CACHE = join(REPOSITORY, '.cache')

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  /** Those of standard output. */
  readonly bytes: Buffer
  readonly stderr: string
}

/** Real parts on this machine, and the bundle among them: what the end-to-end tests share. */
export interface World extends AsyncDisposable {
  readonly emulator: Emulator
  /** In front of the emulator: what AWS refuses and the emulator does not, and a log of calls. */
  readonly proxy: FaultProxy
  readonly postgres: Postgres
  readonly python: Python
  /** Variables of a program that deploys to this world. */
  readonly env: Readonly<Record<string, string>>
  /** Settings that this machine needs, as action inputs. */
  readonly inputs: Readonly<Record<string, string>>
  /** A folder that goes with the world. */
  readonly folder: string
  /** Runs `dist/cli.cjs`. */
  readonly cli: (
    args: readonly string[],
    options?: { env?: Readonly<Record<string, string>>; cwd?: string; input?: Buffer },
  ) => Promise<Ended>
  /** `deploy` with what this machine needs. */
  readonly deploy: (args: readonly string[]) => Promise<Ended>
  /** What a visitor of a Function URL gets; 403 as long as its two statements are missing. */
  readonly visit: (address: string, path?: string) => Promise<{ readonly status: number; readonly text: string }>
  /** Names of the operations that reached Lambda since the last `proxy.clear()`, but for the lock's. */
  readonly operations: () => readonly string[]
}

export async function startWorld(): Promise<World> {
  const [python] = (await findPythons()).toSorted((a, b) => Number(b.minor === '3.13') - Number(a.minor === '3.13'))
  if (!python) throw new Error('The end-to-end tests need Python 3.10 or newer, and none was found.')
  await using stack = new AsyncDisposableStack()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-world-')))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const [postgres, emulator] = await Promise.all([startPostgres(), startEmulator({ runtimeClient: true })])
  stack.defer(() => postgres.stop())
  stack.defer(() => emulator.stop())
  const proxy = await startFaultProxy(emulator.endpoint)
  stack.defer(() => proxy.stop())
  const env = { ...machineVariables(), ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint }
  const inputs = {
    builder: 'host',
    runtime: `python${python.minor}`,
    'python-bin': python.path,
    store: join(CACHE, 'test-store'),
    role: ROLE,
    'url-origin': proxy.urlOrigin,
  }
  const cli: World['cli'] = (args, { env: added = {}, cwd = folder, input } = {}) =>
    runNode([CLI, ...args], { env: { ...env, ...added }, cwd, input })
  const stopping = stack.move()
  return {
    emulator,
    proxy,
    postgres,
    python,
    env,
    inputs,
    folder,
    cli,
    deploy: (args) =>
      cli([
        'deploy',
        ...Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]),
        '--output',
        join(folder, 'app.zip'),
        ...args,
      ]),
    visit: async (address, path = '/') => {
      const origin = proxy.urlOrigin.replace('{id}', new URL(address).hostname.split('.')[0] ?? '')
      const answer = await fetch(origin + path, { redirect: 'manual' })
      return { status: answer.status, text: await answer.text() }
    },
    operations: () =>
      proxy
        .calls()
        .filter(({ qualifier }) => qualifier !== LOCK_ALIAS)
        .map(({ operation }) => operation),
    [Symbol.asyncDispose]: () => stopping.disposeAsync(),
  }
}

/** What a program of ours may see of this machine: how packages are fetched, and nothing of AWS. */
export function machineVariables(): Record<string, string> {
  const passed = /^(?:PATH|HOME|TMPDIR|LANG|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|DOCKER_HOST|(?:PIP|UV)_\w+)$/
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passed.test(entry[0]),
  )
  return {
    ...Object.fromEntries(own),
    XDG_CACHE_HOME: CACHE,
    UV_CACHE_DIR: join(CACHE, 'uv'),
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

export async function runNode(
  args: readonly string[],
  { input, ...options }: { env: Readonly<Record<string, string>>; cwd: string; input?: Buffer | undefined },
): Promise<Ended> {
  const child = spawn(process.execPath, args, { ...options, stdio: 'pipe' })
  child.stdin.end(input)
  const [bytes, stderr, [code]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { exitCode: code ?? -1, stdout: bytes.toString(), bytes, stderr }
}
