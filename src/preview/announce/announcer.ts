import type { GitHubApi } from '../../github/api.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { NamedPreview } from '../identity.ts'
import { commentBody } from './comment.ts'
import { shownDeployment } from './deployment.ts'
import type { Announcement, AnnouncePlace, DestroyedFacts, FailedFacts, ReadyFacts, StartedFacts } from './facts.ts'
import { markerOf } from './marker.ts'
import { noticesOnce } from './once.ts'
import { type StickyComment, stickyComment } from './sticky.ts'

/**
 * Tells a pull request how its preview is, by a comment and a deployment of GitHub's. No promise of it is ever rejected:
 * what GitHub does not take is a notice. One announcement follows the other, so that none has to be awaited.
 */
export interface Announcer {
  started(facts: StartedFacts): Promise<void>
  ready(facts: ReadyFacts): Promise<void>
  failed(facts: FailedFacts): Promise<void>
  destroyed(facts: DestroyedFacts): Promise<void>
}

/** What a run has said that knew no region is out of date with the first that knows one. */
function commentOf(identity: NamedPreview): StickyComment {
  const nowhere = identity.region === undefined ? undefined : markerOf({ ...identity, region: undefined })
  return stickyComment(identity.pull, markerOf(identity), nowhere)
}

/** A run waits for two of them at most. */
const LONGEST_ANNOUNCEMENT_MS = 10_000

/**
 * @param github undefined where nobody can be told
 * @param longest milliseconds that an announcement may take
 */
export function createAnnouncer(
  github: GitHubApi | undefined,
  place: AnnouncePlace,
  report: Pick<Reporter, 'notice' | 'debug'>,
  longest = LONGEST_ANNOUNCEMENT_MS,
): Announcer {
  const comment = place.hasComment ? commentOf(place.identity) : undefined
  const deployment = place.environment === undefined ? undefined : shownDeployment(place, place.environment)
  const { notice, debug } = noticesOnce(report)

  function tell(error: unknown): void {
    if ((error as Partial<Error> | undefined)?.name === 'AbortError')
      debug('The pull request was not told: the run is cancelled.')
    else for (const problem of problemsOf(error).problems) notice(problem)
  }

  /** Of one kind, one after the other; the time of each begins with it. */
  function queue(): (work: (github: GitHubApi) => Promise<void>) => Promise<void> {
    let last = Promise.resolve()
    return (work) => {
      last = last.then(async () => {
        if (!github) return
        try {
          await work(github.within(longest))
        } catch (error) {
          tell(error)
        }
      })
      return last
    }
  }
  const [commenting, deploying] = [queue(), queue()]

  async function announce(announcement: Announcement, show: (github: GitHubApi) => Promise<void>): Promise<void> {
    // Where there was nothing, a comment on it would be the first that anyone hears of it.
    const isNews =
      announcement.status !== 'removed' || announcement.removed.length > 0 || announcement.problems.length > 0
    await Promise.all([
      comment && commenting((api) => comment.write(api, commentBody(place, announcement), isNews)),
      deployment && deploying(show),
    ])
  }

  return {
    started: (facts) => announce({ status: 'deploying', ...facts }, async (api) => deployment?.begin(api)),
    ready: (facts) => announce({ status: 'ready', ...facts }, async (api) => deployment?.succeed(api, facts.url)),
    failed: (facts) =>
      announce({ status: 'failed', ...facts }, async (api) => deployment?.fail(api, facts.isReleased ?? false)),
    destroyed: (facts) => announce({ status: 'removed', ...facts }, async (api) => deployment?.end(api)),
  }
}
