import { inParallel } from '../artifact/parallel.ts'
import type { Repository } from '../preview/pull.ts'
import { reasonToRemove } from '../preview/removal/choose.ts'
import { type OpenServer, orphanedDatabases, serversOf } from '../preview/removal/databases.ts'
import { secondsSince } from '../preview/removal/parts.ts'
import { type GetPull, knownPulls } from '../preview/removal/pulls.ts'
import { type RemovalCollaborators, removePreview } from '../preview/removal/removal.ts'
import { exitCodeOf, type PreviewRemoval } from '../preview/removal/result.ts'
import { survey } from '../preview/removal/survey.ts'
import type { SweepItem, SweepResult } from '../preview/removal/sweep-result.ts'
import type { PreviewTags } from '../preview/tags.ts'
import type { RemovalSettings } from '../settings/removal.ts'
import { kept, planned, type Sweeping, sweepRest } from './sweep-rest.ts'

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
  whose: Repository,
  settings: RemovalSettings,
  collaborators: SweepCollaborators,
): Promise<SweepResult> {
  const { report, clock, order, previews: api, getPull, openServer } = collaborators
  const { repository } = whose
  const started = clock()
  return await report.phase(`Sweep previews of ${repository || `repository ${whose.repositoryId}`}`, async () => {
    const owner = { ...whose, place: await api.readPlace() }
    const found = await survey(owner, settings, collaborators)
    const there = new Set(found.previews.map(({ functionName }) => functionName))
    const tagged = found.tagged.map((beside) => beside.owner)
    const servers = serversOf([...found.previews, ...tagged], settings)
    const databases = await orphanedDatabases(owner, servers, there, { api, openServer })
    const numbers = [
      ...[...found.previews, ...tagged, ...found.marked.map((beside) => beside.owner)].map(({ pull }) => pull),
      ...databases.orphans.map(({ database }) => database.mark.pr),
    ]
    const stateOf = await knownPulls(numbers, getPull, report)
    const sweeping: Sweeping = { settings, collaborators, owner, stateOf, now: order.now() }
    const items = [
      ...(await inParallel(found.previews, settings.beforeDestroy.length > 0 ? 1 : AT_ONCE, (tags) =>
        sweepPreview(tags, sweeping),
      )),
      ...found.strange.map(strangeItem),
      ...(await sweepRest(found, databases, sweeping)),
    ]
    const problems = [...found.problems, ...databases.problems, ...items.flatMap((item) => item.problems)]
    return {
      ...{ repository, isDryRun: settings.dryRun, items, problems, exitCode: exitCodeOf(problems) },
      seconds: secondsSince(started, clock),
    }
  })
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

function strangeItem(name: string): SweepItem {
  const note = 'its tags are like those of a preview, and its name does not fit them: it is left as it is'
  return kept({ kind: 'preview', name, base: '', pull: 0, state: 'unknown', expires: undefined }, note)
}
