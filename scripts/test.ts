/**
 * Every check and every suite, one after another; all are run, and any failure fails the whole.
 *
 *     npm test
 *
 * Prints the number of tests of each suite and, last, of all.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Outcome {
  readonly script: string
  readonly isGood: boolean
  readonly passed: number
  readonly failed: number
  readonly seconds: number
}

/** Runs an npm script with its output on this terminal, and counts what its test runners say. */
async function runScript(script: string): Promise<Outcome> {
  console.log(`\n━━ npm run ${script}`)
  const started = performance.now()
  const child = spawn('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      to.write(chunk)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  const seconds = Math.round((performance.now() - started) / 1000)
  return { script, isGood: code === 0, ...counts(output), seconds }
}

/**
 * Jest's `Tests: 1 failed, 2 passed, 3 total` and pytest's `1 failed, 2 passed in 3.45s`, added up; or the combinations that
 * were survived, and those that were not; or the steps of a repository's life, and what they left over or touched.
 */
function counts(output: string): { passed: number; failed: number } {
  const survived = /^(\d+) combinations survived$/m.exec(output)?.[1]
  if (survived !== undefined) {
    const others = /^(\d+) combinations were not survived$/m.exec(output)?.[1] ?? 0
    return { passed: Number(survived), failed: Number(others) }
  }
  const life = /^(\d+) steps, (\d+) leaks, (\d+) foreign$/m.exec(output)
  if (life) return { passed: Number(life[1]), failed: Number(life[2]) + Number(life[3]) }
  const lines = output
    .split('\n')
    .filter((line) => /^Tests: .* total$|(?:passed|failed).* in [\d.]+s/.test(line.trim()))
  const sum = (word: string): number =>
    lines.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0), 0)
  return { passed: sum('passed'), failed: sum('failed') }
}

const outcomes: Outcome[] = []
for (const script of ['check', 'test:unit', 'test:runtime', 'test:e2e', 'test:faults:sample', 'test:lifecycle:sample'])
  outcomes.push(await runScript(script))

console.log('')
for (const { script, isGood, passed, failed, seconds } of outcomes) {
  const tests = passed + failed === 0 ? '' : `, ${passed} passed, ${failed} failed`
  console.log(`${isGood ? '✔' : '✖'} ${script} (${seconds} s${tests})`)
}
const total = (key: 'passed' | 'failed'): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
const suites = outcomes.filter(({ script }) => script.startsWith('test:'))
process.exitCode = outcomes.every(({ isGood }) => isGood) && suites.every(({ passed }) => passed > 0) ? 0 : 1
