import { type Problem, SettingsError } from '../errors.ts'
import type { RunEvent } from './pull.ts'

/** What a run does, and why. `none`: nothing is to be done, and that is no failure. */
export interface Decision {
  readonly command: string
  readonly why: string
}

/** GitHub's "Events that trigger workflows", pull_request: when there is a commit, a label or a state that a preview may depend on. */
const PREVIEW_ACTIONS: ReadonlySet<string> = new Set([
  ...['opened', 'synchronize', 'reopened', 'ready_for_review'],
  ...['labeled', 'unlabeled'],
])
/** `types:` may ask for these as well. */
const WITHOUT_COMMIT: ReadonlySet<string> = new Set(['converted_to_draft', 'edited', 'assigned', 'review_requested'])
const DEPLOYING_EVENTS: ReadonlySet<string> = new Set(['push', 'release', 'repository_dispatch', 'workflow_run'])
/** Others that a workflow for these may also be started by, such as one whose checks a merge queue waits for, and why nothing is done. */
const NOTHING_NEW: ReadonlyMap<string, string> = new Map([
  ['merge_group', 'what is in a merge queue is deployed by the push that merges it'],
  ['delete', 'a branch or a tag is gone, and a pull request that goes with it is closed'],
  ...[
    'pull_request_review',
    'pull_request_review_comment',
    'check_run',
    'check_suite',
    'status',
    'deployment_status',
  ].map((name) => [name, 'no commit is new by it'] as const),
])

/**
 * What `command: auto` means for the event that started the run.
 * @param allowed what somebody who starts it by hand may ask for
 * @throws SettingsError for an event that says nothing
 */
export function decide(event: RunEvent, allowed: readonly string[]): Decision {
  const { name, action, isDeletion, inputs, upstream } = event
  const because = `${name ?? 'no event'}${action === undefined ? '' : ` ${action}`}`
  if (name === 'pull_request' || name === 'pull_request_target') {
    if (event.isOfOther)
      return { command: 'none', why: `${because}, of another pull request than ${event.pull?.number}` }
    if (action === 'closed') return { command: 'destroy', why: because }
    if (action !== undefined && WITHOUT_COMMIT.has(action))
      return { command: 'none', why: `${because}: no commit is new by it, and a preview that is there stays` }
    if (action !== undefined && PREVIEW_ACTIONS.has(action)) return { command: 'preview', why: because }
    return { command: 'none', why: because }
  }
  if (name === 'schedule') return { command: 'sweep', why: because }
  if (name === 'workflow_dispatch') return asked(inputs['command'], allowed)
  if (name === 'push' && isDeletion) return { command: 'none', why: `${because}, which removed a branch` }
  // Also `branches: [main]` lets those for a fork's branch through that is called so.
  if (upstream?.isForeign === true || upstream?.event?.startsWith('pull_request') === true)
    return { command: 'none', why: `${because}, of a run for a pull request` }
  if (upstream !== undefined && upstream.conclusion !== 'success')
    return { command: 'none', why: `${because}, of a run that has not succeeded` }
  if (name !== undefined && DEPLOYING_EVENTS.has(name)) return { command: 'deploy', why: because }
  const reason = NOTHING_NEW.get(name ?? '')
  if (reason !== undefined) return { command: 'none', why: `${because}: ${reason}` }
  throw new SettingsError([
    {
      title: `command is auto, and the event ${because} does not say what to do`,
      detail:
        'push and release deploy, pull_request makes or removes a preview, schedule sweeps, workflow_dispatch does what its input command says.',
      hint: 'Name the command with the input command.',
    },
  ])
}

/** By hand: what the workflow's own input `command` says, where it has one. */
function asked(given: unknown, allowed: readonly string[]): Decision {
  if (given === undefined || given === '' || given === 'auto') return { command: 'deploy', why: 'workflow_dispatch' }
  if (typeof given === 'string' && allowed.includes(given)) return { command: given, why: 'workflow_dispatch' }
  const problem: Problem = {
    title: "the workflow's input command is not valid",
    detail: `Given: ${JSON.stringify(given)}`,
    hint: `Allowed: ${allowed.join(', ')}.`,
  }
  throw new SettingsError([problem])
}
