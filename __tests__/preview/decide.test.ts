import { expect, test } from '@jest/globals'
import { SettingsError } from '../../src/errors.ts'
import { decide } from '../../src/preview/decide.ts'
import type { RunEvent } from '../../src/preview/pull.ts'

const nothing: RunEvent = { name: undefined, action: undefined, isDeletion: false, inputs: {}, pull: undefined }
const PUSH = { event: 'push', isForeign: false } as const
const ALLOWED = ['deploy', 'preview', 'destroy', 'sweep', 'plan']

test.each<[string, Partial<RunEvent>, string]>([
  ['a push', { name: 'push' }, 'deploy'],
  ['a push that removed a branch', { name: 'push', isDeletion: true }, 'none'],
  ['a release', { name: 'release', action: 'published' }, 'deploy'],
  ['a run for a push', { name: 'workflow_run', upstream: { ...PUSH, conclusion: 'success' } }, 'deploy'],
  ['a run for a push that failed', { name: 'workflow_run', upstream: { ...PUSH, conclusion: 'failure' } }, 'none'],
  ['a run for a push that goes on', { name: 'workflow_run', upstream: PUSH }, 'none'],
  ["a run for a fork's push", { name: 'workflow_run', upstream: { event: 'push', isForeign: true } }, 'none'],
  ['a run for a pull request', { name: 'workflow_run', upstream: { event: 'pull_request', isForeign: false } }, 'none'],
  ['an opened pull request', { name: 'pull_request', action: 'opened' }, 'preview'],
  ['a new commit', { name: 'pull_request', action: 'synchronize' }, 'preview'],
  ['one that is open again', { name: 'pull_request', action: 'reopened' }, 'preview'],
  ['a label', { name: 'pull_request', action: 'labeled' }, 'preview'],
  ['the same with secrets', { name: 'pull_request_target', action: 'opened' }, 'preview'],
  ['a closed pull request', { name: 'pull_request', action: 'closed' }, 'destroy'],
  ['a closed one, where another is named', { name: 'pull_request', action: 'closed', isOfOther: true }, 'none'],
  ['a label of one, where another is named', { name: 'pull_request', action: 'unlabeled', isOfOther: true }, 'none'],
  ['an action that is not known', { name: 'pull_request', action: 'locked' }, 'none'],
  ['one that is a draft from now on', { name: 'pull_request', action: 'converted_to_draft' }, 'none'],
  ['another title, text or base', { name: 'pull_request', action: 'edited' }, 'none'],
  ['somebody it is given to', { name: 'pull_request', action: 'assigned' }, 'none'],
  ['somebody who is to review', { name: 'pull_request', action: 'review_requested' }, 'none'],
  ['a draft that is ready', { name: 'pull_request', action: 'ready_for_review' }, 'preview'],
  ['a merge queue, which waits for the check', { name: 'merge_group', action: 'checks_requested' }, 'none'],
  ['a branch that is gone', { name: 'delete' }, 'none'],
  ['a review', { name: 'pull_request_review', action: 'submitted' }, 'none'],
  ['a check of somebody else', { name: 'check_suite', action: 'completed' }, 'none'],
  ['the time', { name: 'schedule' }, 'sweep'],
  ['by hand', { name: 'workflow_dispatch' }, 'deploy'],
  ['by hand, with a choice', { name: 'workflow_dispatch', inputs: { command: 'sweep' } }, 'sweep'],
  ['by hand, with auto', { name: 'workflow_dispatch', inputs: { command: 'auto' } }, 'deploy'],
])('%s', (_, event, command) => {
  expect(decide({ ...nothing, ...event }, ALLOWED).command).toBe(command)
})

test.each<[string, Partial<RunEvent>, RegExp]>([
  ['a draft', { name: 'pull_request', action: 'converted_to_draft' }, /^pull_request converted_to_draft: .* stays$/],
  ['another title', { name: 'pull_request', action: 'edited' }, /^pull_request edited: no commit is new by it/],
  [
    'a merge queue',
    { name: 'merge_group', action: 'checks_requested' },
    /^merge_group checks_requested: .* merge queue/,
  ],
])('%s is told why nothing is done', (_, event, why) => {
  expect(decide({ ...nothing, ...event }, ALLOWED).why).toMatch(why)
})

test.each<[string, Partial<RunEvent>, string]>([
  [
    'an event that says nothing',
    { name: 'issues', action: 'opened' },
    'command is auto, and the event issues opened does not say what to do',
  ],
  ['no event', {}, 'command is auto, and the event no event does not say what to do'],
  [
    'a choice that is none',
    { name: 'workflow_dispatch', inputs: { command: 'rm -rf' } },
    "the workflow's input command is not valid",
  ],
])('%s is refused', (_, event, title) => {
  expect(() => decide({ ...nothing, ...event }, ALLOWED)).toThrow(SettingsError)
  expect(() => decide({ ...nothing, ...event }, ALLOWED)).toThrow(title)
})
