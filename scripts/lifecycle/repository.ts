import { createHash } from 'node:crypto'
import { CODES, type Code } from './application.ts'

/** A repository of GitHub's and its pull requests, as they are in the story. */

export const REPOSITORY = { id: 42, name: 'owner/name' } as const

export interface Commit {
  readonly sha: string
  readonly code: Code
  /** Of the run that it has started. */
  readonly run: number
}

export interface Numbered {
  readonly number: number
}

export interface PullRequest extends Numbered {
  isOpen: boolean
  /** Oldest first; none before it was opened. */
  readonly commits: Commit[]
  readonly labels: Set<string>
}

export interface Repository {
  readonly pulls: readonly PullRequest[]
  /** A new commit; of each run the number is greater than that of the run before. */
  readonly commit: () => Commit
  readonly nextRun: () => number
}

export function createRepository(pulls: number): Repository {
  let runs = 1000
  let commits = 0
  const nextRun = (): number => (runs += 1)
  return {
    pulls: Array.from({ length: pulls }, (_, index) => ({
      ...{ number: index + 1, isOpen: false },
      ...{ commits: [], labels: new Set<string>() },
    })),
    nextRun,
    commit: () => {
      commits += 1
      const sha = createHash('sha1').update(`commit ${commits}`).digest('hex')
      return { sha, code: CODES[commits % CODES.length] ?? 'a', run: nextRun() }
    },
  }
}

/** An event as GitHub tells it to a workflow: "Webhook events and payloads". */
export interface WorkflowEvent {
  readonly name: 'push' | 'pull_request' | 'schedule'
  /** Of a pull request. */
  readonly action?: PullAction
  /** That came or went. */
  readonly label?: string | undefined
  readonly pull?: PullRequest
  readonly payload: object
  readonly commit: Commit
  /** GitHub gives none to the runs of forks. */
  readonly hasCredentials?: boolean
}

const repository = { id: REPOSITORY.id, full_name: REPOSITORY.name }

export type PullAction = 'opened' | 'synchronize' | 'reopened' | 'labeled' | 'unlabeled' | 'closed'

/** @param options `head`: where its commits lie; another repository is a fork's. `label`: that came or went */
export function pullEvent(
  pull: PullRequest,
  action: PullAction,
  commit: Commit,
  { head = REPOSITORY.name, label }: { readonly head?: string; readonly label?: string | undefined } = {},
): WorkflowEvent {
  const { number } = pull
  const labels = Array.from(pull.labels, (name) => ({ name }))
  const request = { number, head: { sha: commit.sha, ref: `branch-${number}`, repo: { full_name: head } }, labels }
  const payload = { action, repository, pull_request: request, ...(label !== undefined && { label: { name: label } }) }
  return { name: 'pull_request', action, label, pull, payload, commit }
}

export function pushEvent(commit: Commit): WorkflowEvent {
  return { name: 'push', payload: { repository, after: commit.sha, ref: 'refs/heads/main' }, commit }
}

export function scheduleEvent(commit: Commit): WorkflowEvent {
  return { name: 'schedule', payload: { repository, schedule: '17 3 * * *' }, commit }
}

export function newest({ commits, number }: PullRequest): Commit {
  const commit = commits.at(-1)
  if (commit === undefined) throw new Error(`Pull request ${number} was never opened.`)
  return commit
}
