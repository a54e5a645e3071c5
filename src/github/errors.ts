import { type Problem, UserError } from '../errors.ts'
import { isLimited, mayHaveHappened, type RequestFailure } from './patience.ts'

/** What was asked of GitHub. */
export interface Asked {
  /** In the infinitive: `comment on pull request 7`. */
  readonly what: string
  /** As a workflow's `permissions` has it. */
  readonly permission: `${'pull-requests' | 'deployments'}: ${'read' | 'write'}`
}

/** A failure of a request to GitHub. */
export class GitHubError extends UserError {
  override readonly name = 'GitHubError'
  /** Whether what was asked for may have been done all the same. */
  readonly mayHaveHappened: boolean
  readonly isMissing: boolean

  constructor(failure: RequestFailure, asked: Asked) {
    super(problemOf(failure, asked))
    this.mayHaveHappened = mayHaveHappened(failure)
    this.isMissing = failure.status === 404
  }
}

/** GitHub says 404 of what the token may not know of. */
const REFUSING: ReadonlySet<number | undefined> = new Set([401, 403, 404])
/** Of GitHub's own words: a refusal that no permission changes. */
const CLOSED = /\b(?:locked|archived|read-only)\b/i

function problemOf(failure: RequestFailure, { what, permission }: Asked): Problem {
  const { status, message } = failure
  const detail = message === '' ? undefined : `GitHub: ${message}`
  if (isLimited(failure)) {
    return {
      title: `GitHub limits its requests: could not ${what}`,
      detail,
      hint: 'The limit is shared by all that uses the same token: a later run does it again.',
    }
  }
  if (status === 401) {
    return {
      title: `GitHub does not know the token: could not ${what}`,
      detail,
      hint: `Leave the input github-token away, and give the job the permission ${permission}.`,
    }
  }
  if (REFUSING.has(status) && !CLOSED.test(message)) {
    return {
      title: `The run may not ${what}: the permission ${permission} is missing`,
      detail,
      hint: `Add ${permission} to the permissions of the job, in the workflow.`,
    }
  }
  const outcome = status === undefined ? 'did not answer' : `answered with ${status}`
  return { title: `GitHub ${outcome}: could not ${what}`, detail }
}
