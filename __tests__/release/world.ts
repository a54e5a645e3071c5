import { expect } from '@jest/globals'
import type { AliasState } from '../../src/aws/lambda.ts'
import { UserError } from '../../src/errors.ts'
import { applyRelease, type Release } from '../../src/release/apply.ts'
import { readCurrentRelease } from '../../src/release/current.ts'
import { LOOKING_NOWHERE } from '../../src/release/current-aside.ts'
import { planRelease } from '../../src/release/plan/plan.ts'
import type { Preparation } from '../../src/release/plan/preparation.ts'
import type { CurrentRelease, DesiredRelease } from '../../src/release/state.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeAlarms } from './fake-alarms.ts'
import { fakeAside } from './fake-aside.ts'
import { type FakeLambda, fakeLambda } from './fake-lambda.ts'
import { fakeProvisioned } from './fake-provisioned.ts'
import { openLock } from './order.ts'
import { configured, same } from './releases.ts'

export const v1 = { ...same, codeSha256: 'one' }
export const v2 = configured({ memory: 1024 }, { ...same, codeSha256: 'two' })

/** A Lambda, and somebody who releases to it. */
export function createWorld() {
  const lambda = fakeLambda()
  const aside = fakeAside(lambda.calls)
  const logs = fakeLogs()
  const alarms = fakeAlarms()
  const provisioned = fakeProvisioned(lambda)
  const report = recordingReporter()
  const controller = new AbortController()
  const waits: number[] = []
  let now = 0
  const waiting = {
    lambda,
    urls: lambda.urls,
    versions: lambda.versions,
    aside,
    alarms,
    provisioned,
    logs,
    report,
    signal: controller.signal,
    clock: () => (now += 10),
    wait: (milliseconds: number, until?: AbortSignal) => {
      // Until a command has answered: it always does before its log is looked at.
      if (until && until !== controller.signal) return aborted(until)
      waits.push(milliseconds)
      now += milliseconds
      return Promise.resolve()
    },
  }
  /** Everything that was called by one release after the state was read. */
  const release = async (desired: DesiredRelease): Promise<Release> => {
    const looking = {
      ...LOOKING_NOWHERE,
      provisioned: desired.provisioned !== undefined,
      commands: desired.commands !== undefined,
      databases: desired.databases !== undefined,
    }
    return await apply(await readCurrentRelease(desired.functionName, desired.alias, waiting, looking), desired)
  }
  let versionDescription = 'commit abc'
  const describeAs = (description: string): void => {
    versionDescription = description
  }
  let preparation: Preparation | undefined
  const prepareBy = (given: Preparation): void => {
    preparation = given
  }
  const apply = async (from: CurrentRelease, desired: DesiredRelease, lock = openLock): Promise<Release> => {
    const code = { zip: Buffer.from(desired.codeSha256), architecture: desired.architecture }
    const makeBucket = (): Promise<void> => {
      lambda.calls.push(`makeBucket ${desired.ownBucket?.name ?? ''}`)
      return Promise.resolve()
    }
    const upload = (): Promise<void> => {
      lambda.calls.push(`upload ${desired.upload ?? ''}`)
      return Promise.resolve()
    }
    const publishLayer = (): Promise<string> => {
      lambda.calls.push(`publishLayer ${desired.layer?.name ?? ''}`)
      return Promise.resolve('arn:aws:lambda:eu-west-1:1:layer:shop-dependencies:2')
    }
    const options = {
      current: from,
      desired,
      code,
      makeBucket,
      upload,
      publishLayer,
      preparation,
      versionDescription,
      databasesDescription: 'databases of commit abc',
      commandsDescription: 'commands of commit abc',
      lock,
    }
    return await applyRelease(planRelease(from, desired), options, waiting)
  }
  const aliasNow = (): Promise<AliasState | undefined> => lambda.getAlias('shop', 'live')
  return {
    waiting,
    apply,
    describeAs,
    prepareBy,
    aside,
    lambda,
    provisioned,
    alarms,
    logs,
    report,
    controller,
    waits,
    release,
    aliasNow,
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve)
  })
}

/** A world in which version 1 is released, and then the calls are counted from zero. */
export async function createReleasedWorld(desired = v1) {
  const world = createWorld()
  await world.release(desired)
  world.lambda.calls.length = 0
  world.report.lines.length = 0
  return world
}

/** The error of a release that has to fail. */
export async function failureOf(releasing: Promise<unknown>): Promise<UserError> {
  const error = await releasing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

/** Writes and invocations, which are what the order matters for. */
export function effects(lambda: FakeLambda): string[] {
  const writes = new Set(lambda.writes())
  return lambda.calls.filter((line) => writes.has(line) || line.startsWith('invoke'))
}
