/**
 * Every check and every suite; all are run, and any failure fails the whole. Those of a group run two at a time, since most of
 * them leave a core idle, and each is shown as a whole: the first of those that run as it goes, the others after it.
 *
 *     npm test
 *
 * Prints the number of tests of each suite and, last, of all.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GROUPS = [
  ['check', 'test:unit', 'test:runtime'],
  ['test:e2e'], // several at a time by itself
  ['test:faults:sample', 'test:lifecycle:sample'],
]
const AT_A_TIME = 2

interface Outcome {
  readonly script: string
  readonly isGood: boolean
  readonly passed: number
  readonly failed: number
  readonly seconds: number
}

/** Of a script that runs: what it writes is kept until it is shown. */
interface Running {
  readonly outcome: Promise<Outcome>
  /** Shows what was written so far, and from then on what comes. */
  readonly show: () => void
}

/** Runs an npm script, and counts what its test runners say. */
function startScript(script: string): Running {
  const started = performance.now()
  const child = spawn('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const written: { readonly to: NodeJS.WriteStream; readonly chunk: string }[] = []
  let isShown = false
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (chunk: string) => {
      written.push({ to, chunk })
      if (isShown) to.write(chunk)
    })
  }
  async function end(): Promise<Outcome> {
    const [code] = (await once(child, 'close')) as [number | null]
    const seconds = Math.round((performance.now() - started) / 1000)
    return { script, isGood: code === 0, ...counts(written.map(({ chunk }) => chunk).join('')), seconds }
  }
  return {
    outcome: end(),
    show: () => {
      console.log(`\n━━ npm run ${script}`)
      for (const { to, chunk } of written) to.write(chunk)
      isShown = true
    },
  }
}

/** Runs the scripts of a group, so many at a time. @returns their outcomes, in their order */
async function runGroup(scripts: readonly string[]): Promise<Outcome[]> {
  const waiting = [...scripts]
  const running = new Map<string, Running>()
  const startNext = (): void => {
    const script = waiting.shift()
    if (script === undefined) return
    const started = startScript(script)
    running.set(script, started)
    void started.outcome.finally(startNext)
  }
  for (let index = 0; index < AT_A_TIME; index++) startNext()
  const ended: Outcome[] = []
  for (const script of scripts) {
    const { show, outcome } = running.get(script) as Running
    show()
    ended.push(await outcome)
  }
  return ended
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
for (const group of GROUPS) outcomes.push(...(await runGroup(group)))

console.log('')
for (const { script, isGood, passed, failed, seconds } of outcomes) {
  const tests = passed + failed === 0 ? '' : `, ${passed} passed, ${failed} failed`
  console.log(`${isGood ? '✔' : '✖'} ${script} (${seconds} s${tests})`)
}
const total = (key: 'passed' | 'failed'): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0)
console.log(`${total('passed')} passed, ${total('failed')} failed`)
const suites = outcomes.filter(({ script }) => script.startsWith('test:'))
process.exitCode = outcomes.every(({ isGood }) => isGood) && suites.every(({ passed }) => passed > 0) ? 0 : 1
