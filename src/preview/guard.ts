import { type Problem, UserError } from '../errors.ts'
import type { Pull, RunEvent } from './pull.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What could give a run the right to speak with AWS. Each is what the SDK's own chain of credentials looks for. */
const CREDENTIALS = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  ...['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
] as const

/** GitHub gives it to a job that may ask for a token of OIDC. So far nobody has turned that into credentials. */
const MAY_ASK = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'

/**
 * Why a run for a pull request has nothing to do; undefined where it may go on. GitHub gives runs for a fork's pull request,
 * and for Dependabot's, neither secrets nor a token of OIDC: such a run can only fail, and that is nobody's mistake. A private
 * repository may give tokens to those of forks; whether one of them signs in is for its workflow to say, and it may well not.
 */
export function reasonToSkip(event: RunEvent, variables: Variables): Problem | undefined {
  const { pull } = event
  const isForPull = event.name === 'pull_request' || event.name === 'pull_request_target'
  if (!isForPull || pull === undefined || hasCredentials(variables)) return undefined
  const mayAsk = hasAny([MAY_ASK], variables)
  if (isFork(pull)) {
    return {
      title: `Skipped: a run for a fork (${pull.headRepository ?? 'which was deleted'}) has no credentials`,
      hint: mayAsk
        ? 'The job may ask for a token, and has not signed in with it: the condition of the step that signs in says for whose code that is done.'
        : 'To see it run, push its commits to a branch of this repository.',
    }
  }
  if (variables['GITHUB_ACTOR'] !== 'dependabot[bot]' || mayAsk) return undefined
  return {
    title: 'Skipped: a run of Dependabot has no credentials',
    hint: 'Give the job id-token: write, or close the pull request and open it again: a run that is only started again keeps the rights of Dependabot.',
  }
}

/** Whether the variables of a run name any credentials. */
export function hasCredentials(variables: Variables): boolean {
  return hasAny(CREDENTIALS, variables)
}

/** Whether the head of a pull request lies in another repository. */
function isFork(pull: Pull): boolean {
  return pull.headRepository?.toLowerCase() !== pull.repository.toLowerCase()
}

/**
 * pull_request_target runs with the repository's secrets: building somebody else's requirements then runs their code with them.
 * @throws UserError for a fork's head
 */
export function refuseForeignCode(event: RunEvent): void {
  const { name, pull } = event
  if (name !== 'pull_request_target' || pull === undefined || !isFork(pull)) return
  throw new UserError({
    title: `This run has secrets (pull_request_target), and the code is a fork's (${pull.headRepository ?? 'deleted'})`,
    detail:
      'Building its requirements would run its code with the secrets of this repository, and its settings would say what is done.',
    hint: 'Use the event pull_request instead, whose runs for forks are skipped.',
  })
}

/**
 * The same of what builds a project, or goes by what it says. What was merged is this repository's own code by then; closed is
 * whatever its author closes. @throws UserError
 */
export function refuseForeignProject(event: RunEvent): void {
  if (event.isMerged !== true) refuseForeignCode(event)
}

/** Events that give a fork's run no secrets, or that only somebody who may write can have started. */
const ANSWERED_FOR: ReadonlySet<string> = new Set(['', 'pull_request', 'workflow_dispatch'])

/** Events that take somebody who may write. Most others anybody may cause, as a star or a check; the run before a workflow_run, a fork. */
const BY_MEMBERS: ReadonlySet<string> = new Set(['push', 'schedule', 'repository_dispatch', 'merge_group'])

/**
 * The same of a pull request that a run names, as one that a comment asks for: anybody may write that.
 * @param isForeign what GitHub says of its head
 * @throws UserError for a fork's head, and where nobody says whose it is
 */
export function refuseNamedFork({ name = '', pull }: RunEvent, isForeign: boolean | undefined): void {
  if (isForeign === false || ANSWERED_FOR.has(name)) return
  if (isForeign === undefined) {
    // Of the pull request that it is about, the event itself says that.
    if (pull?.headSha !== undefined || BY_MEMBERS.has(name)) return
    throw new UserError({
      title: `This run has secrets (${name}), and nobody says whose code pull request ${pull?.number} is`,
      detail: "GitHub was not asked, or did not answer. A fork's code would run with the secrets of this repository.",
      hint: 'Give the job pull-requests: read, and the token of the job as github-token (or GITHUB_TOKEN); or run it again later.',
    })
  }
  throw new UserError({
    title: `This run has secrets (${name}), and the code of pull request ${pull?.number} is a fork's`,
    detail: 'Building its requirements would run its code with the secrets of this repository.',
    hint: 'Let somebody who may start workflows do so (workflow_dispatch) once the code was looked at, or push its commits to a branch of this repository.',
  })
}

function hasAny(names: readonly string[], variables: Variables): boolean {
  return names.some((name) => (variables[name] ?? '') !== '')
}
