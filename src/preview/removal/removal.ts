import { isNotFound } from '../../aws/errors.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import { HeldByOther } from '../../release/order/lock.ts'
import { inTurn, type Turn, type TurnCollaborators } from '../../release/order/turn.ts'
import { problemsOf } from '../../report/problem.ts'
import type { PreviewIdentity } from '../identity.ts'
import type { PreviewTags } from '../tags.ts'
import { carryOut, type RemoveDatabase, type Removing } from './carry-out.ts'
import { type HookCollaborators, hooksOf } from './hooks.ts'
import { removeLayer } from './layers.ts'
import { removeLeftovers } from './leftovers.ts'
import { findPreview } from './ownership.ts'
import { isFailed, problemsIn, secondsSince, timed } from './parts.ts'
import { describeRemoval, planRemoval, type RemovalStep } from './plan.ts'
import type { PreviewRemoval, RemovedPart } from './result.ts'

export interface RemovalOptions {
  /** The alias that commands run in. */
  readonly alias: string
  /** Commands that run first. */
  readonly beforeDestroy: readonly string[]
  /** Whether what would be removed is only told. */
  readonly dryRun: boolean
  /** Of the function: where a preview that is gone may have left its static files. */
  readonly static: string | undefined
  /** Seconds to wait for a deployment that goes on. */
  readonly lockWait: number
  /** Whether a preview is still to be removed, once nobody deploys it any more. */
  readonly isDue: (tags: PreviewTags) => boolean
}

export interface RemovalCollaborators extends HookCollaborators {
  readonly order: TurnCollaborators['order']
  readonly previews: PreviewApi
  readonly removeDatabase: RemoveDatabase
}

/**
 * Removes a preview with everything that was made for it, in a turn of its own. It never fails: what could not be removed is told,
 * and then its function stays, so that the next run finds all of it again.
 */
export async function removePreview(
  identity: PreviewIdentity,
  options: RemovalOptions,
  collaborators: RemovalCollaborators,
): Promise<PreviewRemoval> {
  const { clock, signal, previews } = collaborators
  const started = clock()
  const { functionName, base, pull } = identity
  const ended = (rest: Partial<PreviewRemoval> & Pick<PreviewRemoval, 'outcome'>): PreviewRemoval => ({
    ...{ functionName, base, pull, parts: [], problems: [], ...rest },
    seconds: secondsSince(started, clock),
  })
  try {
    const found = await findPreview(identity, previews)
    if (found.state === 'foreign') return ended({ outcome: 'refused', problems: [found.problem] })
    if (found.state === 'missing') return ended(await removeRest(identity, options, collaborators))
    if (options.dryRun) return ended(planned(found.tags, collaborators))
    const turn = { functionName, lockWait: options.lockWait, exists: true }
    return ended(await inTurn(turn, collaborators, (own) => removeInTurn(identity, own, options, collaborators)))
  } catch (error) {
    signal.throwIfAborted()
    // Another run has removed it meanwhile.
    if (isNotFound(error)) return ended({ outcome: 'missing' })
    const { problems } = problemsOf(error)
    return ended({ outcome: error instanceof HeldByOther ? 'busy' : 'failed', problems })
  }
}

type Outcome = Pick<PreviewRemoval, 'outcome' | 'parts' | 'problems'>

async function removeRest(
  identity: PreviewIdentity,
  options: RemovalOptions,
  collaborators: RemovalCollaborators,
): Promise<Outcome> {
  const parts = await removeLeftovers(identity, options, collaborators)
  const problems = problemsIn(parts)
  if (parts.length === 0) return { outcome: 'missing', parts, problems }
  if (options.dryRun) return { outcome: 'would be removed', parts, problems }
  return { outcome: parts.some(isFailed) ? 'failed' : 'removed', parts, problems }
}

function planned(tags: PreviewTags, { report }: RemovalCollaborators): Outcome {
  const outcome = 'would be removed'
  const parts = planRemoval(tags, []).map(
    (step) => ({ what: describeRemoval(step, tags.functionName), outcome, seconds: 0 }) as const,
  )
  for (const { what } of parts) report.info(`${tags.functionName}: ${what}: ${outcome}`)
  return { outcome, parts, problems: [] }
}

/** What the tags say may have changed while another run had its turn. */
async function removeInTurn(
  identity: PreviewIdentity,
  turn: Turn,
  options: RemovalOptions,
  collaborators: RemovalCollaborators,
): Promise<Outcome> {
  const found = await findPreview(identity, collaborators.previews)
  if (found.state === 'missing') return { outcome: 'missing', parts: [], problems: [] }
  if (found.state === 'foreign') return { outcome: 'refused', parts: [], problems: [found.problem] }
  const { arn, tags } = found
  if (!options.isDue(tags)) return { outcome: 'busy', parts: [], problems: [] }
  const { previews, removeDatabase } = collaborators
  const runHook = hooksOf(identity.functionName, options.alias, collaborators)
  const removing: Removing = { arn, tags, previews, removeDatabase, runHook }
  return await removeParts(planRemoval(tags, options.beforeDestroy), turn, removing, collaborators)
}

async function removeParts(
  steps: readonly RemovalStep[],
  { lock }: Turn,
  removing: Removing,
  collaborators: RemovalCollaborators,
): Promise<Outcome> {
  const { functionName } = removing.tags
  const attempt = (step: RemovalStep): Promise<RemovedPart> =>
    timed(describeRemoval(step, functionName), functionName, collaborators, () => carryOut(step, removing))
  const parts: RemovedPart[] = []
  for (const step of steps.filter(({ kind }) => kind === 'run-hook')) parts.push(await attempt(step))
  await lock.confirm()
  const beside = steps.filter(({ kind }) => kind !== 'run-hook' && kind !== 'remove-function')
  const ended = await Promise.all([...beside.map(attempt), removeLayer(functionName, collaborators)])
  parts.push(...ended.flatMap((part) => part ?? []))
  if (!parts.some(isFailed)) {
    await lock.confirm()
    for (const step of steps.filter(({ kind }) => kind === 'remove-function')) parts.push(await attempt(step))
    await removeLateLog(removing)
  }
  return { outcome: parts.some(isFailed) ? 'failed' : 'removed', parts, problems: problemsIn(parts) }
}

/** Lambda makes the group again for the lines of a request that came while it was removed. */
async function removeLateLog({ tags, previews }: Removing): Promise<void> {
  const logGroups = await previews.openLogGroups()
  await logGroups.remove(defaultLogGroup(tags.functionName)).catch(() => undefined)
}
