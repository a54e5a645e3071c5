import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { isWrite } from '../../scripts/environment/faults.ts'
import type { Running } from './bundle.ts'
import { type Case, deploy, prepare, start } from './cases.ts'
import { problemsOfFirst, problemsOfLast, problemsOfSecond, type Run, type Standing, type Visit } from './checks.ts'
import type { Combination } from './combinations.ts'
import { type Ground, type Place, servingOf } from './ground.ts'
import type { Others } from './mishaps.ts'

export interface Outcome {
  readonly combination: Combination
  /** Versions that the alias served: before the mishap, and after it. */
  readonly before: string
  readonly after: string
  readonly ended: string
  readonly second: string
  /** None where it was survived. */
  readonly problems: readonly string[]
  readonly seconds: number
}

/** By Ctrl-C. */
const CANCELLED = 130

/** Nothing of ours waits longer for anything than three minutes. */
const LONGEST_MILLISECONDS = 240_000

/** Tries one combination. Where the trial itself fails, that is its problem. */
export async function survive(combination: Combination, ground: Ground): Promise<Outcome> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  try {
    return { ...(await deployThrice(combination, ground)), combination, seconds: seconds() }
  } catch (error) {
    const problems = [`it could not be tried: ${error instanceof Error ? error.message : String(error)}`]
    return { combination, before: '?', after: '?', ended: '?', second: '?', problems, seconds: seconds() }
  }
}

/** Deploys, with one mishap; then again without one, and again. */
async function deployThrice(
  combination: Combination,
  ground: Ground,
): Promise<Omit<Outcome, 'combination' | 'seconds'>> {
  await using place = await ground.place()
  const { case: which, call, mishap } = combination
  await prepare(ground, place, which)
  const before = await servingOf(ground, place)
  let running: Running | undefined
  const problems: string[] = []
  const others: Others = {
    running: () => {
      if (running === undefined) throw new Error('nothing runs yet')
      return running
    },
    deployBeside: async () => {
      const impatient = { ...which, settings: [...which.settings, '--lock-wait', '0'] }
      const { exitCode, stderr } = await deploy(ground, place, impatient, 'c').ended
      if (exitCode !== 1 || !stderr.includes('is being deployed by'))
        problems.push(`another deployment was not kept away: it ended with ${exitCode ?? 'a signal'}`)
    },
    overwriteCode: () => overwriteCode(ground, place),
    removeBuckets: place.buckets.remove,
    giveBucketsAway: place.buckets.giveAway,
  }
  const begin = (): Running => {
    running = start(ground, place, which, before?.version ?? '')
    return running
  }

  place.proxy.clear()
  const met: string[] = []
  const fault = mishap.fault(others)
  place.proxy.inject({
    operation: call.operation,
    qualifier: call.qualifier ?? null,
    afterWrites: call.afterWrites,
    ...fault,
    before: async () => {
      met.push(call.operation)
      await fault.before?.()
    },
  })
  const first = await runAndLook(begin, ground, place)
  if (met.length === 0) problems.push('the call was not made')
  problems.push(...problemsOfFirst(combination, first))
  if (mishap.takesBucket) await giveBucketBack(which, place)
  const second = await runAndLook(begin, ground, place)
  problems.push(...problemsOfSecond(combination, second))
  // What a rollback refuses, it refuses while it has the lock.
  const last = (run: Run): readonly string[] => problemsOfLast(which.isRollback ? { ...run, writes: [] } : run)
  if (isComplete(first)) problems.push(...last(second))
  else if (second.ended.exitCode === 0) problems.push(...last(await runAndLook(begin, ground, place)))

  return {
    before: before?.version ?? '-',
    after: first.standing.serving?.version ?? '-',
    ended: endOf(first),
    second: isComplete(first) ? 'nothing to do' : `alias on ${second.standing.serving?.version ?? '-'}`,
    problems,
  }
}

/** What could not be tidied up after the release has a warning, and is done by the next run. */
function isComplete({ ended: { exitCode, stderr } }: Run): boolean {
  return exitCode === 0 && !/^! /m.test(stderr)
}

function endOf({ ended: { exitCode } }: Run): string {
  if (exitCode === undefined) return 'killed'
  return exitCode === 0 ? 'went on' : `exit ${exitCode}`
}

async function runAndLook(begin: () => Running, ground: Ground, place: Place): Promise<Run> {
  const notesBefore = await place.readNotes()
  const running = begin()
  const timer = setTimeout(() => {
    running.signal('SIGKILL')
  }, LONGEST_MILLISECONDS)
  const ended = await running.ended
  clearTimeout(timer)
  if (ended.exitCode === CANCELLED) await sleep(1000) // what was sent before may still run in the function
  const writes = place.proxy
    .calls()
    .filter(isWrite)
    .map(({ operation }) => operation)
  place.proxy.clear()
  const notes = await place.readNotes()
  const standing: Standing = {
    serving: await servingOf(ground, place),
    visit: await visit(place),
    contents: await place.buckets.read(),
    notes,
  }
  place.proxy.clear()
  return { ended, standing, notes: notes.slice(notesBefore.length), writes }
}

async function giveBucketBack({ makesBucket }: Case, { buckets }: Place): Promise<void> {
  await buckets.takeBack()
  if (!makesBucket) await buckets.make()
}

async function visit({ lambda, functionName, proxy }: Place): Promise<Visit | undefined> {
  const url = await lambda
    .send(new GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: 'live' }))
    .catch(() => undefined)
  if (url?.FunctionUrl === undefined) return undefined
  const id = new URL(url.FunctionUrl).hostname.split('.')[0] ?? ''
  const answer = await fetch(`${proxy.urlOrigin.replace('{id}', id)}/`)
  const body = await answer.text()
  return { status: answer.status, told: answer.status === 200 ? (JSON.parse(body) as Visit['told']) : {} }
}

async function overwriteCode({ zips }: Ground, { lambda, functionName }: Place): Promise<void> {
  const ZipFile = await readFile(zips.small.c)
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile }))
  for (;;) {
    const now = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
    if (now.LastUpdateStatus === 'Successful') return
    await sleep(100)
  }
}
