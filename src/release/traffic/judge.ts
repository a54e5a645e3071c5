import type { AlarmApi } from '../../aws/alarms.ts'
import { type Problem, UserError } from '../../errors.ts'
import type { SmokeRequest } from '../../settings/traffic.ts'
import type { Waiting } from '../wait.ts'
import { findFailure, type SmokeTarget } from './smoke.ts'

/** Whose word counts while two versions have traffic. */
export interface Judgement {
  /** Names of CloudWatch alarms. */
  readonly alarms: readonly string[]
  readonly requests: readonly SmokeRequest[]
  readonly target: SmokeTarget
  /** Rejects where this run may not go on. */
  readonly confirm: () => Promise<void>
}

export type Judging = Waiting & { readonly alarms: AlarmApi }

/** Often enough to notice soon, and seldom enough to cost nothing. */
const PAUSE_MILLISECONDS = 5000

/** Looks at the alarms and asks the new version, for that long. @throws UserError with what speaks against it */
export async function judge(
  { alarms, requests, target, confirm }: Judgement,
  { percent, seconds }: { readonly percent: number; readonly seconds: number },
  judging: Judging,
): Promise<void> {
  const { clock, report, signal, wait } = judging
  const end = clock() + seconds * 1000
  for (;;) {
    signal.throwIfAborted()
    await confirm()
    const problem = (await findAlarm(alarms, judging)) ?? (await findFailure(requests, target, judging))
    if (problem) throw new UserError({ ...problem, title: `With ${percent} % of the traffic: ${problem.title}` })
    const left = end - clock()
    if (left <= 0) return
    report.progress(`version ${target.version} has ${percent} % of the traffic (${Math.ceil(left / 1000)} s left)`)
    await wait(Math.min(left, PAUSE_MILLISECONDS))
  }
}

/**
 * @param soFar what has been done until then, in words
 * @throws UserError where an alarm does not exist, or is on before this release had any traffic
 */
export async function checkAlarms(
  names: readonly string[],
  soFar: string,
  judging: Pick<Judging, 'alarms'>,
): Promise<void> {
  const alarm = await findAlarm(names, judging)
  if (alarm === undefined) return
  throw new UserError({
    ...alarm,
    hint: `${soFar} Wait until it is OK; or, if this release is the remedy, deploy it with traffic: none.`,
  })
}

/** The first alarm that is on. One without data says nothing. */
async function findAlarm(names: readonly string[], { alarms }: Pick<Judging, 'alarms'>): Promise<Problem | undefined> {
  if (names.length === 0) return undefined
  const found = await alarms.read(names)
  const missing = names.filter((name) => !found.some((alarm) => alarm.name === name))
  if (missing.length > 0) {
    throw new UserError({
      title: `There is no alarm ${missing.join(', ')}`,
      hint: 'Check traffic-alarms and the region.',
    })
  }
  const alarm = found.find(({ state }) => state === 'ALARM')
  return (
    alarm && {
      title: `The alarm ${alarm.name} is in ALARM`,
      detail: alarm.reason,
      hint: "Look at the alarm, and at the function's log.",
    }
  )
}
