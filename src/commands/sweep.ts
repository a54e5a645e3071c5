import { inParallel } from '../artifact/parallel.ts'
import type { Pull } from '../preview/pull.ts'
import {
  isOrphanedEverywhere,
  type PullKnown,
  type Reason,
  reasonToRemove,
  reasonToRemoveOrphan,
} from '../preview/removal/choose.ts'
import {
  type OpenServer,
  type OrphanedDatabase,
  orphanedDatabases,
  removeOrphanedDatabase,
  serversOf,
} from '../preview/removal/databases.ts'
import { secondsSince, timed } from '../preview/removal/parts.ts'
import { type GetPull, knownPulls } from '../preview/removal/pulls.ts'
import { type RemovalCollaborators, removePreview } from '../preview/removal/removal.ts'
import { exitCodeOf, type PreviewRemoval } from '../preview/removal/result.ts'
import { type Beside, survey } from '../preview/removal/survey.ts'
import type { SweepItem, SweepResult } from '../preview/removal/sweep-result.ts'
import type { PreviewTags } from '../preview/tags.ts'
import type { RemovalSettings } from '../settings/settings.ts'

export interface SweepCollaborators extends RemovalCollaborators {
  /** Undefined where nobody can be asked. */
  readonly getPull: GetPull | undefined
  readonly openServer: OpenServer
}

/** Without hooks, whose output would be mixed. */
const AT_ONCE = 4

/**
 * Removes the previews of a repository that nobody needs any more, and what is left over of such. What fails is in the result,
 * with the exit code 1, and keeps nothing else from being removed.
 */
export async function sweep(
  { repositoryId, repository }: Pick<Pull, 'repositoryId' | 'repository'>,
  settings: RemovalSettings,
  collaborators: SweepCollaborators,
): Promise<SweepResult> {
  const { report, clock, order, previews: api, getPull, openServer } = collaborators
  const started = clock()
  return await report.phase(`Sweep previews of ${repository || `repository ${repositoryId}`}`, async () => {
    const found = await survey(repositoryId, api)
    const there = new Set(found.previews.map(({ functionName }) => functionName))
    const servers = serversOf(found.previews, settings)
    const databases = await orphanedDatabases(repositoryId, servers, there, { api, openServer })
    const numbers = [
      ...[...found.previews, ...found.orphans.map(({ owner }) => owner)].map(({ pull }) => pull),
      ...databases.orphans.map(({ database }) => database.mark.pr),
    ]
    const stateOf = await knownPulls(numbers, getPull, report)
    const sweeping: Sweeping = { settings, collaborators, stateOf, now: order.now() }
    const items = [
      ...(await inParallel(found.previews, settings.beforeDestroy.length > 0 ? 1 : AT_ONCE, (tags) =>
        sweepPreview(tags, sweeping),
      )),
      ...found.strange.map(strangeItem),
      ...(await inParallel(found.orphans, AT_ONCE, (orphan) => sweepBeside(orphan, sweeping))),
      ...(await inParallel(databases.orphans, 1, (orphan) => sweepDatabase(orphan, sweeping))),
    ]
    const problems = [...databases.problems, ...items.flatMap((item) => item.problems)]
    return {
      ...{ repository, isDryRun: settings.dryRun, items, problems, exitCode: exitCodeOf(problems) },
      seconds: secondsSince(started, clock),
    }
  })
}

interface Sweeping {
  readonly settings: RemovalSettings
  readonly collaborators: SweepCollaborators
  readonly stateOf: (pull: number) => PullKnown
  /** Milliseconds since 1970. */
  readonly now: number
}

async function sweepPreview(tags: PreviewTags, sweeping: Sweeping): Promise<SweepItem> {
  const { settings, collaborators, stateOf, now } = sweeping
  const { functionName, pull, base, expires } = tags
  const state = stateOf(pull)
  const item = { kind: 'preview', name: functionName, base, pull, state, expires } as const
  const reason = reasonToRemove(tags, state, now)
  if (reason === undefined) return kept(item)
  if (settings.dryRun) return planned(item, reason)
  const isDue = (fresh: PreviewTags): boolean => reasonToRemove(fresh, state, now) !== undefined
  const removal = await removePreview(tags, { ...settings, lockWait: 0, isDue }, collaborators)
  return { ...item, reason, ...OUTCOMES[removal.outcome](removal), seconds: removal.seconds }
}

const OUTCOMES: Readonly<
  Record<PreviewRemoval['outcome'], (removal: PreviewRemoval) => Pick<SweepItem, 'outcome' | 'note' | 'problems'>>
> = {
  removed: () => ({ outcome: 'removed', problems: [] }),
  missing: () => ({ outcome: 'missing', problems: [] }),
  refused: () => ({ outcome: 'kept', note: 'its tags have changed', problems: [] }),
  busy: () => ({ outcome: 'kept', note: 'it is being deployed', problems: [] }),
  failed: ({ problems }) => ({ outcome: 'failed', problems }),
  'would be removed': () => ({ outcome: 'would be removed', problems: [] }),
}

async function sweepBeside({ kind, name, owner }: Beside, sweeping: Sweeping): Promise<SweepItem> {
  const { base, pull, functionName } = owner
  const state = sweeping.stateOf(pull)
  const item = { kind, name, base, pull, state, expires: undefined } as const
  if (kind === 'role' && !isOrphanedEverywhere(state)) return keptElsewhere(item)
  const reason = reasonToRemoveOrphan(owner, state, sweeping.now)
  if (reason === undefined) return kept(item, 'its function may be on its way')
  const { previews } = sweeping.collaborators
  return await sweepPart(item, functionName, sweeping, async () => {
    const api = kind === 'role' ? await previews.openRoles() : await previews.openLogGroups()
    return (await api.remove(name)) ? 'removed' : 'missing'
  })
}

async function sweepDatabase(orphan: OrphanedDatabase, sweeping: Sweeping): Promise<SweepItem> {
  const { database, functionName } = orphan
  const { preview: base, pr: pull } = database.mark
  const state = sweeping.stateOf(pull)
  const item = { kind: database.scope, name: database.name, base, pull, state, expires: undefined } as const
  if (!isOrphanedEverywhere(state)) return keptElsewhere(item)
  return await sweepPart(item, functionName, sweeping, () =>
    removeOrphanedDatabase(orphan, sweeping.collaborators.openServer),
  )
}

type Item = Pick<SweepItem, 'kind' | 'name' | 'base' | 'pull' | 'state' | 'expires'>

async function sweepPart(
  item: Item,
  functionName: string,
  { settings, collaborators }: Sweeping,
  remove: () => Promise<'removed' | 'missing'>,
): Promise<SweepItem> {
  if (settings.dryRun) return planned(item, 'orphaned')
  const part = await timed(`${item.kind} ${item.name}`, functionName, collaborators, async () => ({
    outcome: await remove(),
  }))
  const { outcome, problem, seconds } = part
  return {
    ...{ ...item, reason: 'orphaned', seconds },
    outcome: outcome === 'removed' || outcome === 'missing' ? outcome : 'failed',
    problems: problem === undefined ? [] : [problem],
  }
}

function keptElsewhere(item: Item): SweepItem {
  const why = item.state === 'open' ? 'its pull request is open' : 'its pull request may be open'
  return kept(item, `${why}: its function may be in another region`)
}

function kept(item: Item, note?: string): SweepItem {
  return { ...item, reason: undefined, outcome: 'kept', note, problems: [], seconds: 0 }
}

function planned(item: Item, reason: Reason): SweepItem {
  return { ...item, reason, outcome: 'would be removed', problems: [], seconds: 0 }
}

function strangeItem(name: string): SweepItem {
  const note = 'its tags are like those of a preview, and its name does not fit them: it is left as it is'
  return kept({ kind: 'preview', name, base: '', pull: 0, state: 'unknown', expires: undefined }, note)
}
