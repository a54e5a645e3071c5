import { inParallel } from '../artifact/parallel.ts'
import { type PreviewOwner, previewName } from '../preview/identity.ts'
import { previewMark } from '../preview/mark.ts'
import { removeOwnDatabase } from '../preview/removal/carry-out.ts'
import { isOrphanedForGood, type PullKnown, type Reason, reasonToRemoveOrphan } from '../preview/removal/choose.ts'
import {
  type FoundDatabases,
  type OpenServer,
  type OrphanedDatabase,
  removeOrphanedDatabase,
} from '../preview/removal/databases.ts'
import { findMarkedLayer } from '../preview/removal/layers.ts'
import { timed } from '../preview/removal/parts.ts'
import { hasServerData } from '../preview/removal/plan.ts'
import type { RemovalCollaborators } from '../preview/removal/removal.ts'
import type { Ended } from '../preview/removal/result.ts'
import { accountOf } from '../preview/removal/static-orphans.ts'
import { removeStatics } from '../preview/removal/statics.ts'
import type { Beside, Survey, Tagged } from '../preview/removal/survey.ts'
import type { SweepItem } from '../preview/removal/sweep-result.ts'
import type { RemovalSettings } from '../settings/removal.ts'

/** What a sweep goes by. */
export interface Sweeping {
  readonly settings: RemovalSettings
  readonly collaborators: RemovalCollaborators & { readonly openServer: OpenServer }
  readonly owner: PreviewOwner
  readonly stateOf: (pull: number) => PullKnown
  /** Milliseconds since 1970. */
  readonly now: number
}

const AT_ONCE = 4

/**
 * What is left of previews whose functions are gone. What has tags goes last, and stays as long as something is left that these
 * name: by them it is found again.
 */
export async function sweepRest(
  { marked, tagged }: Pick<Survey, 'marked' | 'tagged'>,
  databases: FoundDatabases,
  sweeping: Sweeping,
): Promise<readonly SweepItem[]> {
  const first = [
    ...(await inParallel(marked, AT_ONCE, (beside) => sweepMarked(beside, sweeping))),
    ...(await inParallel(databases.orphans, 1, (orphan) => sweepDatabase(orphan, sweeping))),
  ]
  const isLeft = ({ owner }: Tagged): boolean =>
    first.some(({ base, pull, outcome }) => outcome === 'failed' && previewName(base, pull) === owner.functionName) ||
    (hasServerData(owner) && databases.problems.length > 0)
  const last = await inParallel(tagged, AT_ONCE, (beside) => sweepTagged(beside, isLeft(beside), sweeping))
  return [...first, ...last]
}

async function sweepMarked(beside: Beside, sweeping: Sweeping): Promise<SweepItem> {
  const { owner, collaborators } = sweeping
  const { functionName, pull } = beside.owner
  const item = itemOf(beside, sweeping)
  const reason = reasonToRemoveOrphan(beside.owner, item.state, sweeping.now)
  if (reason === undefined) return keptForPull(item)
  const { previews } = collaborators
  const preview = { ...owner, functionName, pull }
  return await sweepPart(item, functionName, sweeping, async () => {
    if (beside.kind === 'layer') return (await (await findMarkedLayer(preview, previews))?.()) ?? { outcome: 'missing' }
    const bucket = await previews.openStatics(beside.name, accountOf(owner))
    return await removeStatics(bucket, { address: beside.name, functionName, mark: previewMark(preview) })
  })
}

async function sweepTagged(beside: Tagged, isLeft: boolean, sweeping: Sweeping): Promise<SweepItem> {
  const { kind, name, owner } = beside
  const item = itemOf(beside, sweeping)
  const namesData = hasServerData(owner) || owner.static !== undefined
  if (namesData && !isOrphanedForGood(item.state)) return keptForPull(item)
  const reason = reasonToRemoveOrphan(owner, item.state, sweeping.now)
  if (reason === undefined)
    return item.state === 'unknown' ? kept(item, 'its function may be on its way') : keptForPull(item)
  if (isLeft) return kept(item, 'its tags name what is not removed yet')
  const { previews, removeDatabase } = sweeping.collaborators
  return await sweepPart(item, owner.functionName, sweeping, async () => {
    // Of others, the server has told.
    if (owner.database === 'command') await removeOwnDatabase(owner, removeDatabase)
    const api = kind === 'role' ? await previews.openRoles() : await previews.openLogGroups()
    return { outcome: (await api.remove(name)) ? 'removed' : 'missing' }
  })
}

async function sweepDatabase(orphan: OrphanedDatabase, sweeping: Sweeping): Promise<SweepItem> {
  const { database, functionName } = orphan
  const { preview: base, pr: pull } = database.mark
  const item = itemOf({ kind: database.scope, name: database.name, owner: { base, pull } }, sweeping)
  if (!isOrphanedForGood(item.state)) return keptForPull(item)
  return await sweepPart(item, functionName, sweeping, async () => ({
    outcome: await removeOrphanedDatabase(orphan, sweeping.collaborators.openServer),
  }))
}

type Item = Pick<SweepItem, 'kind' | 'name' | 'base' | 'pull' | 'state' | 'expires'>

function itemOf(
  { kind, name, owner: { base, pull } }: Pick<Item, 'kind' | 'name'> & { readonly owner: Pick<Item, 'base' | 'pull'> },
  { stateOf }: Sweeping,
): Item {
  return { kind, name, base, pull, state: stateOf(pull), expires: undefined }
}

async function sweepPart(
  item: Item,
  functionName: string,
  { settings, collaborators }: Sweeping,
  remove: () => Promise<Ended>,
): Promise<SweepItem> {
  if (settings.dryRun) return planned(item, 'orphaned')
  const { kind, name } = item
  const staying = 'what is left of it is found again'
  const part = await timed(`${kind} ${name}`, functionName, collaborators, remove, staying)
  const { outcome, problem, seconds } = part
  return {
    ...{ ...item, reason: 'orphaned', seconds },
    outcome: outcome === 'removed' || outcome === 'missing' || outcome === 'kept' ? outcome : 'failed',
    problems: problem === undefined ? [] : [problem],
  }
}

function keptForPull(item: Item): SweepItem {
  return kept(item, item.state === 'open' ? 'its pull request is open' : 'its pull request may be open')
}

export function kept(item: Item, note?: string): SweepItem {
  return { ...item, reason: undefined, outcome: 'kept', note, problems: [], seconds: 0 }
}

export function planned(item: Item, reason: Reason): SweepItem {
  return { ...item, reason, outcome: 'would be removed', problems: [], seconds: 0 }
}
