import { oneOf, weighted } from '../environment/random.ts'
import { isWanted, needsLabel } from './labels.ts'
import type { PullRequest, Repository } from './repository.ts'

/** What happens next in the life of a repository. */
export type Happening =
  | { readonly kind: 'open' | 'push' | 'close' | 'reopen'; readonly pull: PullRequest }
  /** The label that the workflow asks for, or another one. */
  | { readonly kind: 'label' | 'unlabel' | 'other-label'; readonly pull: PullRequest }
  /** Two runs at once. */
  | { readonly kind: 'push-twice' | 'push-and-close' | 'close-twice'; readonly pull: PullRequest }
  /** The run for a commit that is not the newest any more. */
  | { readonly kind: 'late'; readonly pull: PullRequest }
  /** The run of a pull request is started again by hand. */
  | { readonly kind: 'again'; readonly pull: PullRequest }
  /** The time of its preview is over. */
  | { readonly kind: 'expire'; readonly pull: PullRequest }
  /** Somebody else's commits, for which a run gets no credentials. */
  | { readonly kind: 'fork'; readonly pull: PullRequest }
  | { readonly kind: 'push-main' | 'sweep' }

/** @param left how many steps there are still */
export function chooseHappening({ pulls }: Repository, left: number, random: () => number): Happening {
  const unopened = pulls.filter(({ commits }) => commits.length === 0)
  const open = pulls.filter(({ isOpen }) => isOpen)
  const closed = pulls.filter(({ isOpen, commits }) => !isOpen && commits.length > 0)
  const byLabel = open.filter(needsLabel)
  const older = open.filter(({ commits }) => commits.length > 1)
  if (unopened[0] !== undefined && left <= unopened.length) return { kind: 'open', pull: unopened[0] }
  const of =
    (kind: Exclude<Happening['kind'], 'push-main' | 'sweep'>, among: readonly PullRequest[]) => (): Happening => ({
      kind,
      pull: oneOf(among, random),
    })
  const may = (weight: number, among: readonly PullRequest[], kind: Parameters<typeof of>[0]) =>
    among.length === 0 ? [] : [{ weight, what: of(kind, among) }]
  return weighted<() => Happening>(
    [
      ...may(30, unopened.slice(0, 1), 'open'),
      ...may(20, open, 'push'),
      ...may(14, open, 'close'),
      ...may(6, closed, 'reopen'),
      ...may(
        14,
        byLabel.filter((pull) => !isWanted(pull)),
        'label',
      ),
      ...may(8, byLabel.filter(isWanted), 'unlabel'),
      ...may(3, open, 'other-label'),
      ...may(4, open, 'push-twice'),
      ...may(5, open, 'push-and-close'),
      ...may(3, open, 'close-twice'),
      ...may(5, older, 'late'),
      ...may(4, open, 'again'),
      ...may(4, open, 'expire'),
      ...may(1, open, 'fork'),
      { weight: 5, what: () => ({ kind: 'push-main' }) },
      { weight: 4, what: () => ({ kind: 'sweep' }) },
    ],
    random,
  )()
}
