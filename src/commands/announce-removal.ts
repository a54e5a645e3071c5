import { inParallel } from '../artifact/parallel.ts'
import type { Problem } from '../errors.ts'
import type { GitHubApi } from '../github/api.ts'
import { createAnnouncer } from '../preview/announce/announcer.ts'
import { noticesOnce } from '../preview/announce/once.ts'
import { type PlaceVariables, placeOfAnnouncement } from '../preview/announce/place.ts'
import { type NamedPreview, previewName } from '../preview/identity.ts'
import type { DestroyResult } from '../preview/removal/result.ts'
import type { SweepItem, SweepResult } from '../preview/removal/sweep-result.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Values } from '../settings/schema.ts'

/** GitHub limits what comes too fast. */
const AT_ONCE = 4

/** What became of one preview. */
interface Removal extends Pick<NamedPreview, 'functionName' | 'base' | 'pull'> {
  /** For people: `closed`, `expired`. */
  readonly why: string | undefined
  /** For people. */
  readonly removed: readonly string[]
  readonly problems: readonly Problem[]
}

export function destroyed({ previews }: DestroyResult): Removal[] {
  return previews
    .filter(({ outcome }) => outcome !== 'refused')
    .map(({ functionName, base, pull, parts, problems }) => ({
      ...{ functionName, base, pull, problems },
      why: 'closed',
      removed: parts.filter(({ outcome }) => outcome === 'removed').map(({ what }) => what),
    }))
}

/**
 * The same, and of each other preview that comments or deployments of ours still tell of: its run may have ended before there was anything to
 * remove, or between the removal and telling of it.
 * @param functionName the function whose previews were to go; undefined for all
 */
export function destroyedOrTold(
  result: DestroyResult,
  told: readonly NamedPreview[],
  functionName: string | undefined,
): Removal[] {
  const removals = destroyed(result)
  // What was refused goes on running.
  const known = new Set(result.previews.map(({ functionName: name }) => name))
  const others = told.filter(
    (preview) => !known.has(preview.functionName) && (functionName ?? preview.base) === preview.base,
  )
  return [...removals, ...others.map((preview) => ({ ...preview, why: 'closed', removed: [], problems: [] }))]
}

export function swept({ items }: SweepResult): Removal[] {
  return items
    .filter(({ kind, outcome }) => kind === 'preview' && (outcome === 'removed' || outcome === 'failed'))
    .map(({ name, base, pull, reason, outcome, problems }) => ({
      ...{ functionName: name, base, pull, problems, why: reason },
      removed: outcome === 'removed' ? [`function ${name}`] : [],
    }))
}

/**
 * Of closed pull requests, the previews whose functions had gone before: comments may tell of them as long as something was left, and
 * now nothing is.
 */
export function sweptRest({ items }: Pick<SweepResult, 'items'>): Removal[] {
  const nameOf = ({ base, pull }: SweepItem): string => previewName(base, pull)
  const isRest = ({ kind, state, outcome }: SweepItem): boolean =>
    kind !== 'preview' && state === 'closed' && (outcome === 'removed' || outcome === 'missing')
  const others = new Set(items.filter((item) => !isRest(item)).map(nameOf))
  const rests = new Map(items.filter(isRest).map((item) => [nameOf(item), item]))
  return [...rests]
    .filter(([functionName]) => !others.has(functionName))
    .map(([functionName, { base, pull }]) => ({
      ...{ functionName, base, pull },
      ...{ why: 'closed', removed: [], problems: [] },
    }))
}

export interface RemovalAnnouncing extends PlaceVariables {
  readonly github: GitHubApi | undefined
  readonly report: Reporter
}

/** Tells pull requests that their previews are gone, or why not. */
export async function announceRemovals(
  removals: readonly Removal[],
  { repository }: Pick<NamedPreview, 'repository'>,
  settings: Pick<Values, 'comment' | 'githubEnvironment' | 'dryRun'>,
  { github, report, environment, region, secrets }: RemovalAnnouncing,
): Promise<void> {
  if (settings.dryRun) return
  const once = noticesOnce(report)
  await inParallel(removals, AT_ONCE, async ({ functionName, base, pull, ...facts }) => {
    const identity = { functionName, base, pull, repository, region }
    const place = placeOfAnnouncement(settings, identity, undefined, { environment, secrets })
    await createAnnouncer(github, place, once).destroyed(facts)
  })
}
