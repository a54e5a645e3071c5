import { type Case, prepare, start } from './cases.ts'
import { type Combination, combinations } from './combinations.ts'
import { type Ground, servingOf } from './ground.ts'
import { recorded } from './recorded.ts'
import { type Outcome, survive } from './survival.ts'

/**
 * Makes each deployment once, without mishap, and finds what can happen to its calls. A call that comes after the same ones as
 * in an earlier case is tried there.
 */
export async function combinationsOf(cases: readonly Case[], ground: Ground): Promise<readonly Combination[]> {
  const all: Combination[] = []
  const tried = new Set<string>()
  for (const each of cases) {
    await using place = await ground.place()
    await prepare(ground, place, each)
    place.proxy.clear()
    const served = await servingOf(ground, place.functionName)
    const { exitCode, stderr } = await start(ground, place, each, served?.version ?? '').ended
    if (exitCode !== 0) throw new Error(`The deployment "${each.name}" fails without any mishap: ${stderr}`)
    const beginning = `${each.from ?? 'nothing'} → ${each.to}: `
    const calls = recorded(place.proxy.calls()).filter(({ history }) => !tried.has(beginning + history))
    for (const { history } of calls) tried.add(beginning + history)
    all.push(...combinations(each, calls))
  }
  return all
}

/** Tries them, so many at the same time, and tells each as soon as it has ended. */
export async function surviveAll(
  chosen: readonly Combination[],
  ground: Ground,
  jobs: number,
  tell: (line: string) => void,
  isEnough: (outcome: Outcome) => boolean = () => false,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = chosen.values()
  let hasEnough = false
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (const combination of queue) {
        if (hasEnough) break
        const outcome = await survive(combination, ground)
        outcomes.push(outcome)
        hasEnough ||= isEnough(outcome)
        tell(`${lineOf(combination)}  ${resultOf(outcome)}`)
        for (const problem of outcome.problems) tell(`      ✖ ${problem}`)
      }
    }),
  )
  return outcomes
}

/** Deployment, number of the call, operation, mishap. */
export function lineOf({ case: { name }, call: { number, operation, qualifier }, mishap }: Combination): string {
  const what = `${operation}${qualifier === undefined ? '' : ` ${qualifier}`}`
  return `${name.padEnd(15)} ${String(number).padStart(3)}  ${what.padEnd(36)} ${mishap.name.padEnd(28)}`
}

function resultOf({ before, after, ended, second, problems, seconds }: Outcome): string {
  const sign = problems.length > 0 ? '✖' : '✔'
  return `${sign} alias ${before} → ${after}  ${ended.padEnd(8)}  next run: ${second}  (${seconds.toFixed(1)} s)`
}
