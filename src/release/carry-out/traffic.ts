import type { AliasState } from '../../aws/lambda.ts'
import { type AliasMark, aliasDescription, servedBefore } from '../alias-mark.ts'
import type { Executors, Releasing } from '../releasing.ts'
import type { TrafficStep } from '../traffic.ts'

export const trafficExecutors: Executors<TrafficStep> = {
  'move-alias': async (_, releasing) => {
    const { current, desired, progress } = releasing
    progress.alias = await moveAlias(desired.afterTraffic.length > 0 ? 'unfinished' : 'released', releasing)
    progress.hasMoved = true
    const { served } = current
    const from = served && served.version !== progress.version ? `${served.version} → ` : ''
    releasing.with.report.info(`${desired.alias}: version ${from}${progress.version}`)
  },
  finish: async (_, releasing) => {
    releasing.progress.alias = await moveAlias('released', releasing)
  },
}

/**
 * An answer can get lost, and a client repeats what is done already then; and a revision also changes with what is no
 * move. So what counts is where the alias is.
 */
async function moveAlias(
  phase: AliasMark['phase'],
  { progress: { alias, version }, desired: { functionName, alias: name }, with: { lambda } }: Releasing,
): Promise<AliasState> {
  const description = aliasDescription({ phase, before: servedBefore(alias, version) })
  const target = { version, description }
  try {
    return alias
      ? await lambda.updateAlias(functionName, name, target, alias.revisionId)
      : await lambda.createAlias(functionName, name, target)
  } catch (error) {
    const now = await lambda.getAlias(functionName, name).catch(() => undefined)
    if (now?.version === version && now.description === description) return now
    const isWhereItWas = now?.version === alias?.version && now?.description === alias?.description
    if (now === undefined || !isWhereItWas || now.revisionId === alias?.revisionId) throw error
    return await lambda.updateAlias(functionName, name, target, now.revisionId)
  }
}
