/**
 * How long the command line takes to answer, as a ratio to Node's own start; the bar is 4.
 *
 *     npm run bench:start
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../dist/cli.cjs', import.meta.url))
const ROUNDS = 15

const commands: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'wsgi-lambda --help': [CLI, '--help'],
  'wsgi-lambda deploy --help': [CLI, 'deploy', '--help'],
  'wsgi-lambda biuld (a typing mistake)': [CLI, 'biuld'],
}

function milliseconds(args: readonly string[]): number {
  const started = performance.now()
  spawnSync(process.execPath, args)
  return performance.now() - started
}

// Interleaved, so that a busy moment of the machine meets all of them.
const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, args] of Object.entries(commands)) times.get(name)?.push(milliseconds(args))
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
const bare = median(times.get('node -e 0') ?? [])
console.log(`Node ${process.version}, median of ${ROUNDS} interleaved runs`)
for (const [name, values] of times) {
  console.log(`${median(values).toFixed(0).padStart(5)} ms  ${(median(values) / bare).toFixed(1)} ×  ${name}`)
}
