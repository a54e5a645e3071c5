import { type AliasMark, aliasDescription, readAliasMark, servedBefore } from '../order/alias-mark.ts'
import type { TrafficStep } from '../plan/traffic.ts'
import type { Executors, Releasing } from '../releasing.ts'
import { checkAlarms, judge } from '../traffic/judge.ts'
import { pointAlias } from './alias.ts'
import { smokeTarget } from './proof.ts'

export const trafficExecutors: Executors<TrafficStep> = {
  'clear-weights': async (_, releasing) => {
    const { alias } = releasing.progress
    if (alias === undefined) return
    const { version, description } = alias
    releasing.progress.alias = await pointAlias({ version, description }, releasing)
  },
  'check-alarms': async ({ names }, { with: judging }) => {
    await checkAlarms(names, 'Nothing has been changed.', judging)
  },
  'shift-traffic': async (portion, releasing) => {
    const { progress, desired, lock, with: judging } = releasing
    const { alias, version } = progress
    if (alias === undefined) return
    if (!progress.mayHaveShifted) await checkAlarms(desired.traffic.alarms, 'No traffic has moved.', judging)
    progress.mayHaveShifted = true
    const target = { version: alias.version, description: alias.description }
    progress.alias = await pointAlias({ ...target, weights: { [version]: portion.percent / 100 } }, releasing)
    judging.report.info(`version ${version} has ${portion.percent} % of the traffic, version ${alias.version} the rest`)
    const requests = desired.smoke?.requests ?? []
    const judgement = {
      alarms: desired.traffic.alarms,
      requests,
      target: smokeTarget(releasing),
      confirm: lock.confirm,
    }
    await judge(judgement, portion, judging)
  },
  'move-alias': async (_, releasing) => {
    const { current, desired, progress } = releasing
    progress.mayHaveMoved = true
    await moveAlias(desired.afterTraffic.length > 0 ? 'unfinished' : 'released', releasing)
    progress.hasMoved = true
    const { served } = current
    const from = served && served.version !== progress.version ? `${served.version} → ` : ''
    releasing.with.report.info(`${desired.alias}: version ${from}${progress.version}`)
  },
  'mark-unfinished': async (_, releasing) => {
    await moveAlias('unfinished', releasing)
  },
  finish: async (_, releasing) => {
    await moveAlias('released', releasing)
  },
}

async function moveAlias(phase: AliasMark['phase'], releasing: Releasing): Promise<void> {
  const { alias, version, hasCommands } = releasing.progress
  const now = alias && readAliasMark(alias.description)
  const coldStartMs = releasing.progress.coldStartMs ?? (alias?.version === version ? now?.coldStartMs : undefined)
  const mark = { phase, before: servedBefore(alias, version), left: now?.left ?? [], hasCommands, coldStartMs }
  const description = aliasDescription(mark)
  releasing.progress.alias = await pointAlias({ version, description }, releasing)
}
