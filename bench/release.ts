/**
 * What it costs to deploy where nothing has changed: calls to AWS, rounds of them, and the time of our own code.
 *
 *     npm run bench:release
 *     npm run bench:release -- --cli DIR/cli.cjs --rounds 21 --record
 *
 * AWS is the emulator of the tests, behind the proxy that logs calls. Its time is taken off, from the first byte of a request
 * to the last of its answer; what is left is ours, with the start of Node.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmulator } from '../scripts/environment/emulator.ts'
import { type FaultProxy, startFaultProxy } from '../scripts/environment/fault-proxy.ts'
import type { Call } from '../scripts/environment/proxy/calls.ts'
import { findPythons } from '../scripts/environment/pythons.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ROLE = 'arn:aws:iam::000000000000:role/wsgi-lambda-bench'
const MOST = { calls: 4, rounds: 2, milliseconds: 300 } as const
const SLOW_MILLISECONDS = 1000
/** A flag of a feature that is one call more, in the same rounds. */
const FEATURE = ['--reserved-concurrency', '5'] as const

const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: join(ROOT, 'dist/cli.cjs') },
    rounds: { type: 'string', default: '15' },
    record: { type: 'boolean', default: false }, // write the result to bench/results/
  },
})

interface Measured {
  readonly name: string
  readonly zipBytes: number
  readonly operations: readonly string[]
  readonly rounds: number
  /** Of our own, in milliseconds, each run's. */
  readonly own: readonly number[]
}

await main()

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-bench-'))
  const emulator = await startEmulator({ runtimeClient: false })
  const proxy = await startFaultProxy(emulator.endpoint)
  try {
    const environment = { ...machineVariables(), ...emulator.env, AWS_ENDPOINT_URL: proxy.endpoint }
    const deploy = (args: readonly string[]): Promise<number> => cli(['deploy', '--no-smoke', ...args], environment)
    const measured: Measured[] = []
    for (const example of ['flask', 'django']) {
      const zip = join(folder, `${example}.zip`)
      await build(example, zip, environment)
      measured.push(await measure(example, zip, [], { proxy, deploy }))
    }
    measured.push(await measure('flask, one more feature', join(folder, 'flask.zip'), FEATURE, { proxy, deploy }))
    const lines = reportOf(measured, await nodeStart(environment))
    console.log(lines.join('\n'))
    if (options.record) await record(lines)
  } finally {
    await proxy.stop()
    await emulator.stop()
    await rm(folder, { recursive: true })
  }
}

async function build(example: string, zip: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const [python] = await findPythons()
  if (!python) throw new Error('Python 3.10 or newer is needed to build the examples, and none was found.')
  const host = ['--builder', 'host', '--python-bin', python.path, '--runtime', `python${python.minor}`, '--no-check']
  await cli(['build', '--project', join(ROOT, 'examples', example), '--output', zip, ...host], environment)
}

async function measure(
  name: string,
  zip: string,
  more: readonly string[],
  { proxy, deploy }: { proxy: FaultProxy; deploy: (args: readonly string[]) => Promise<number> },
): Promise<Measured> {
  const functionName = `bench-${name.replaceAll(/\W+/g, '-')}`
  const given = ['--artifact', zip, '--function-name', functionName, '--role', ROLE, '--url-origin', proxy.urlOrigin]
  await deploy([...given, ...more])
  const calls = await withSlowAnswers(proxy, () => deploy([...given, ...more]))
  const own: number[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    proxy.clear()
    const wall = await deploy([...given, ...more])
    own.push(wall - busyMilliseconds(proxy.calls()))
  }
  const operations = calls.map(({ operation }) => operation)
  return { name, zipBytes: (await stat(zip)).size, operations, rounds: roundsOf(calls), own }
}

/** On a busy machine a quick answer may come before the next call of its round is sent. */
async function withSlowAnswers(proxy: FaultProxy, work: () => Promise<unknown>): Promise<readonly Call[]> {
  proxy.clear()
  await work()
  const names = new Set(proxy.calls().map(({ operation }) => operation))
  proxy.clear()
  for (const operation of names) proxy.inject({ operation, times: Infinity, delayMs: SLOW_MILLISECONDS })
  await work()
  return proxy.calls()
}

/** A call that starts when all before it are answered starts a round. */
function roundsOf(calls: readonly Call[]): number {
  return spansOf(calls).length
}

/** While at least one call was under way. */
function busyMilliseconds(calls: readonly Call[]): number {
  return spansOf(calls).reduce((sum, { from, until }) => sum + until - from, 0)
}

interface Span {
  readonly from: number
  readonly until: number
}

function spansOf(calls: readonly Call[]): Span[] {
  const spans: Span[] = []
  for (const { at, until = at } of calls.toSorted((a, b) => a.at - b.at)) {
    const last = spans.at(-1)
    if (last === undefined || at > last.until) spans.push({ from: at, until })
    else spans[spans.length - 1] = { from: last.from, until: Math.max(last.until, until) }
  }
  return spans
}

/** @returns how long it took, in milliseconds. @throws where it fails */
async function cli(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  return await timed([resolve(options.cli), ...args], environment)
}

async function timed(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return performance.now() - started
}

async function nodeStart(environment: Readonly<Record<string, string>>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < Number(options.rounds); round++) times.push(await timed(['-e', '0'], environment))
  return Math.min(...times)
}

function reportOf(measured: readonly Measured[], nodeMilliseconds: number): string[] {
  return [
    `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), the least of ${options.rounds} runs, the median in brackets.`,
    `Node's own start, which is in the times: ${nodeMilliseconds.toFixed(0)} ms.`,
    '',
    '| unchanged deployment    | zip     | calls | rounds | own time        | bar     |',
    '| ----------------------- | ------- | ----- | ------ | --------------- | ------- |',
    ...measured.map(rowOf),
    '',
    `Bar: at most ${MOST.calls} calls, and one more for a further feature, in at most ${MOST.rounds} rounds; ${MOST.milliseconds} ms of our own.`,
    ...measured.map(({ name, operations }) => `- ${name}: ${operations.toSorted().join(', ')}`),
  ]
}

function rowOf({ name, zipBytes, operations, rounds, own }: Measured): string {
  const calls = operations.length
  const inOrder = own.toSorted((a, b) => a - b)
  const [least = NaN, median = NaN] = [inOrder[0], inOrder[Math.floor(own.length / 2)]]
  const most = MOST.calls + (name.includes('feature') ? 1 : 0)
  const isMet = calls <= most && rounds <= MOST.rounds && least <= MOST.milliseconds
  return [
    `| ${name.padEnd(23)}`,
    `${(zipBytes / 1e6).toFixed(1)} MB`.padStart(7),
    String(calls).padStart(5),
    String(rounds).padStart(6),
    `${least.toFixed(0)} ms (${median.toFixed(0)})`.padStart(15),
    `${isMet ? 'met' : 'not met'} |`,
  ].join(' | ')
}

async function record(lines: readonly string[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const head = ['# Unchanged deployments', '', `Written by \`npm run bench:release -- --record\` on ${date}.`, '']
  await mkdir(join(ROOT, 'bench/results'), { recursive: true })
  await writeFile(join(ROOT, 'bench/results/release.md'), `${[...head, ...lines].join('\n')}\n`)
}

/** Of this machine's variables, what fetches packages; the store is the tests'. */
function machineVariables(): Record<string, string> {
  const passed = /^(?:PATH|HOME|TMPDIR|LANG|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|(?:PIP|UV)_\w+)$/
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && passed.test(entry[0]),
  )
  return { ...Object.fromEntries(own), XDG_CACHE_HOME: join(ROOT, '.cache') }
}
