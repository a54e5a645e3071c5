import type { LambdaApi, VersionState } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'

export interface Waiting {
  readonly lambda: LambdaApi
  readonly report: Reporter
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly clock: () => number
}

/** A function in a VPC needs a minute or two for its network; SnapStart takes a snapshot. */
const MOST_SECONDS = 600

/** Waits until nothing is going on in `$LATEST`: only then it can be changed. That its last update failed is no reason not to. */
export async function waitUntilIdle(
  functionName: string,
  waiting: Waiting,
  mostSeconds = MOST_SECONDS,
): Promise<VersionState> {
  return await waitFor(
    functionName,
    undefined,
    'the update',
    waiting,
    ({ state, lastUpdateStatus }) => lastUpdateStatus !== 'InProgress' && state !== 'Pending',
    mostSeconds,
  )
}

/** Waits until `$LATEST` has taken its last update. @throws UserError when that failed. */
export async function waitUntilUpdated(functionName: string, waiting: Waiting): Promise<VersionState> {
  const updated = await waitUntilIdle(functionName, waiting)
  const { state, stateReason, lastUpdateStatus, lastUpdateReason } = updated
  if (lastUpdateStatus === 'Failed') throw failed('The function could not be updated', lastUpdateReason)
  if (state === 'Failed') throw failed('The function could not be made ready', stateReason)
  return updated
}

/** Waits until a published version can be called. */
export async function waitUntilActive(functionName: string, version: string, waiting: Waiting): Promise<VersionState> {
  return await waitFor(functionName, version, `version ${version}`, waiting, ({ state, stateReason }) => {
    if (state === 'Failed') throw failed(`Version ${version} could not be made ready`, stateReason)
    return state === 'Active' || state === 'Inactive'
  })
}

/** The same for a version that PublishVersion has named; one that has failed before is no news. */
export async function waitUntilPublished(
  functionName: string,
  version: string,
  waiting: Waiting,
): Promise<'active' | 'failed before'> {
  let looks = 0
  const found = await waitFor(functionName, version, `version ${version}`, waiting, ({ state, stateReason }) => {
    looks += 1
    if (state === 'Failed' && looks > 1) throw failed(`Version ${version} could not be made ready`, stateReason)
    return ['Active', 'Inactive', 'Failed'].includes(state)
  })
  return found.state === 'Failed' ? 'failed before' : 'active'
}

/** Waits until a version that was put away can be called again. */
export async function waitUntilAwake(functionName: string, version: string, waiting: Waiting): Promise<VersionState> {
  return await waitFor(functionName, version, `version ${version}`, waiting, ({ state, stateReason }) => {
    if (state === 'Failed') throw failed(`Version ${version} could not be made ready`, stateReason)
    return state === 'Active'
  })
}

async function waitFor(
  functionName: string,
  qualifier: string | undefined,
  what: string,
  { lambda, report, wait, clock }: Waiting,
  isDone: (state: VersionState) => boolean,
  mostSeconds = MOST_SECONDS,
): Promise<VersionState> {
  const started = clock()
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 5000)) {
    const state = await lambda.getVersion(functionName, qualifier)
    if (state && isDone(state)) return state
    const seconds = (clock() - started) / 1000
    if (seconds > mostSeconds) {
      throw new UserError({
        title: `Waited ${mostSeconds} seconds for ${what} of ${functionName}`,
        detail: state?.stateReason ?? state?.lastUpdateReason,
        hint: 'Look at the function in the AWS console; then run this again, it goes on from there.',
      })
    }
    report.progress(`waiting for ${what} (${seconds.toFixed(0)} s)`)
    await wait(pause)
  }
}

function failed(title: string, reason: string | undefined): UserError {
  return new UserError({ title, detail: reason })
}
