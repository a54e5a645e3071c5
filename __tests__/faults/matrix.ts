import { type Case, prepare, start } from './cases.ts'
import { type Combination, combinations } from './combinations.ts'
import { type Ground, servingOf } from './ground.ts'
import { type RecordedCall, recorded } from './recorded.ts'
import { type Outcome, survive } from './survival.ts'

/**
 * Makes each deployment once, without mishap, and finds what can happen to its calls. A call that comes after the same ones as
 * in an earlier case is tried there; where code or files go by a bucket, what follows is the same as where they do not.
 */
export async function combinationsOf(
  cases: readonly Case[],
  ground: Ground,
  jobs: number,
): Promise<readonly Combination[]> {
  const recordings = new Map<Case, readonly RecordedCall[]>()
  await atOnce(jobs, cases, async (each) => {
    recordings.set(each, await record(each, ground))
  })
  const tried = new Set<string>()
  return cases.flatMap((each) => {
    const beginning = `${each.from ?? 'nothing'} → ${each.to}: `
    const all = recordings.get(each) ?? []
    const calls = all
      .filter(({ history }) => !tried.has(beginning + history))
      .filter((call) => each.packing === undefined || isAboutBucket(call))
    for (const { history } of calls) tried.add(beginning + history)
    return combinations(each, calls)
  })
}

async function record(which: Case, ground: Ground): Promise<readonly RecordedCall[]> {
  await using place = await ground.place()
  await prepare(ground, place, which)
  place.proxy.clear()
  const served = await servingOf(ground, place)
  const { exitCode, stderr } = await start(ground, place, which, served?.version ?? '').ended
  if (exitCode !== 0) throw new Error(`The deployment "${which.name}" fails without any mishap: ${stderr}`)
  return recorded(place.proxy.calls())
}

function isAboutBucket({ protocol, operation }: RecordedCall): boolean {
  return protocol === 's3' || operation === 'UpdateFunctionCode'
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
  let hasEnough = false
  await atOnce(jobs, chosen, async (combination) => {
    if (hasEnough) return
    const outcome = await survive(combination, ground)
    outcomes.push(outcome)
    hasEnough ||= isEnough(outcome)
    tell(`${lineOf(combination)}  ${resultOf(outcome)}`)
    for (const problem of outcome.problems) tell(`      ✖ ${problem}`)
  })
  return outcomes
}

/** Does something with each, with so many at the same time. */
async function atOnce<T>(jobs: number, all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const queue = all.values()
  const worker = async (): Promise<void> => {
    for (const each of queue) await work(each)
  }
  await Promise.all(Array.from({ length: jobs }, worker))
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
