import { describe, expect, test } from '@jest/globals'
import { SettingsError, UserError } from '../../src/errors.ts'
import { reasonToSkip, refuseForeignCode, refuseForeignProject, refuseNamedFork } from '../../src/preview/guard.ts'
import { pullOf, refuseMissingRole, repositoryOfRun } from '../../src/preview/prerequisites.ts'
import type { Pull, RunEvent } from '../../src/preview/pull.ts'
import { decideByLabel, reasonAgainst, reasonAgainstDraft, reasonNotToRemove } from '../../src/preview/pull-state.ts'

const pull: Pull = {
  number: 7,
  host: 'github.com',
  repositoryId: '42',
  repository: 'octo/shop',
  headSha: 'a'.repeat(40),
  headRepository: 'octo/shop',
  labels: [],
}
const fork: Pull = { ...pull, headRepository: 'stranger/shop' }
const deleted: Pull = { ...pull, headRepository: undefined }
const event = (name: string, of: Pull | undefined): RunEvent => ({
  ...{ name, action: 'opened', isDeletion: false, inputs: {} },
  pull: of,
})

describe('a run that can have no credentials is skipped', () => {
  const DEPENDABOT = { GITHUB_ACTOR: 'dependabot[bot]' }
  test.each<[string, RunEvent, Readonly<Record<string, string>>, string | undefined]>([
    ['for a fork', event('pull_request', fork), {}, 'Skipped: a run for a fork (stranger/shop) has no credentials'],
    [
      'for a fork that was deleted',
      event('pull_request', deleted),
      {},
      'Skipped: a run for a fork (which was deleted) has no credentials',
    ],
    ['of Dependabot', event('pull_request', pull), DEPENDABOT, 'Skipped: a run of Dependabot has no credentials'],
    ['for a fork, with credentials', event('pull_request', fork), { AWS_ACCESS_KEY_ID: 'A' }, undefined],
    [
      'for a fork, which may ask for a token',
      event('pull_request', fork),
      { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'T' },
      'Skipped: a run for a fork (stranger/shop) has no credentials',
    ],
    [
      'for a fork, which has signed in',
      event('pull_request', fork),
      { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'T', AWS_WEB_IDENTITY_TOKEN_FILE: '/tmp/token' },
      undefined,
    ],
    [
      'of Dependabot, which may ask for a token',
      event('pull_request', pull),
      { ...DEPENDABOT, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'T' },
      undefined,
    ],
    ['of Dependabot, with credentials', event('pull_request', pull), { ...DEPENDABOT, AWS_PROFILE: 'p' }, undefined],
    ['for a branch of this repository, without any', event('pull_request', pull), {}, undefined],
    [
      'of a repository whose name is written otherwise',
      event('pull_request', { ...pull, headRepository: 'Octo/Shop' }),
      {},
      undefined,
    ],
    ['by hand', event('workflow_dispatch', fork), {}, undefined],
  ])('%s', (_, of, variables, title) => {
    expect(reasonToSkip(of, variables)?.title).toBe(title)
  })
})

describe("a fork's code beside secrets is refused", () => {
  test.each<[string, RunEvent, boolean]>([
    ['a fork', event('pull_request_target', fork), true],
    ['a fork that was deleted', event('pull_request_target', deleted), true],
    ['a branch', event('pull_request_target', pull), false],
    ['a fork without secrets', event('pull_request', fork), false],
    ['no pull request', event('pull_request_target', undefined), false],
  ])('%s', (_, of, isRefused) => {
    const refusing = () => {
      refuseForeignCode(of)
    }
    if (isRefused) expect(refusing).toThrow(UserError)
    else expect(refusing).not.toThrow()
  })
})

test.each<[string, Partial<RunEvent>, boolean]>([
  ['opened', {}, true],
  // Whoever has opened it may do that.
  ['closed', { action: 'closed' }, true],
  ['merged', { action: 'closed', isMerged: true }, false],
])("what builds a fork's code beside secrets is refused for a pull request that is %s: %j", (_, of, isRefused) => {
  const building = () => {
    refuseForeignProject({ ...event('pull_request_target', fork), ...of })
  }
  if (isRefused) expect(building).toThrow(UserError)
  else expect(building).not.toThrow()
})

test.each<[string | undefined, boolean | undefined, boolean]>([
  ['issue_comment', true, true],
  ['repository_dispatch', true, true],
  ['workflow_run', true, true],
  ['workflow_run', false, false],
  ['pull_request_target', true, true],
  ['issue_comment', false, false],
  ['pull_request_target', false, false],
  ['push', undefined, false],
  ['repository_dispatch', undefined, false],
  ['workflow_dispatch', true, false],
  ['pull_request', true, false],
  [undefined, true, false],
])("a fork's code that is named beside secrets: %s, %j", (name, isForeign, isRefused) => {
  const refusing = () => {
    refuseNamedFork({ ...event('', pull), name }, isForeign)
  }
  if (isRefused) expect(refusing).toThrow(`This run has secrets (${name}), and the code of pull request 7 is a fork's`)
  else expect(refusing).not.toThrow()
})

describe("a pull request that is named beside secrets, and of which GitHub says nothing, could be a fork's", () => {
  const refusing = (name: string, of: Pull) => () => {
    refuseNamedFork(event(name, of), undefined)
  }
  test.each(['issue_comment', 'pull_request_target', 'workflow_run', 'check_run', 'watch'])('%s', (name) => {
    expect(refusing(name, { ...pull, headSha: undefined })).toThrow(
      `This run has secrets (${name}), and nobody says whose code pull request 7 is`,
    )
  })
  test('that of the event is known by it', () => {
    expect(refusing('pull_request_target', pull)).not.toThrow()
  })
})

test('to start a run of Dependabot again would help nobody: GitHub keeps its rights', () => {
  expect(reasonToSkip(event('pull_request', pull), { GITHUB_ACTOR: 'dependabot[bot]' })?.hint).toMatch(
    /id-token: write, or close .* and open it again/,
  )
})

test('a fork that may ask for a token is told who decides whether it signs in', () => {
  const token = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'T' }
  expect(reasonToSkip(event('pull_request', fork), token)?.hint).toMatch(/the step that signs in says for whose code/)
})

describe('the pull request of a run', () => {
  test('is that of the event', () => {
    expect(pullOf(event('pull_request', pull), {})).toEqual({ pull })
  })
  test('may be that of a fork, beside secrets: to remove its preview runs none of its code', () => {
    expect(pullOf(event('pull_request_target', fork), { AWS_ACCESS_KEY_ID: 'A' })).toEqual({ pull: fork })
  })
  test('is skipped before anything else is asked', () => {
    expect(pullOf(event('pull_request', fork), {})).toMatchObject({
      skipped: { title: expect.stringMatching(/^Skipped/) },
    })
  })
  test.each<[string, Pull | undefined, string]>([
    ['none', undefined, 'There is no pull request'],
    ['one of an unknown host', { ...pull, host: '' }, 'The host of the repository is not known'],
    ['one of an unknown repository', { ...pull, repositoryId: '' }, 'The number of the repository is not known'],
  ])('%s is a mistake', (_, of, title) => {
    expect(() => pullOf(event('push', of), {})).toThrow(SettingsError)
    expect(() => pullOf(event('push', of), {})).toThrow(title)
  })
})

describe('the repository of a sweep', () => {
  test('is that of the run', () => {
    const variables = { GITHUB_REPOSITORY_ID: '42', GITHUB_REPOSITORY: 'octo/shop' }
    expect(repositoryOfRun(variables)).toEqual({ host: 'github.com', repositoryId: '42', repository: 'octo/shop' })
  })
  test.each([{}, { GITHUB_REPOSITORY_ID: '' }, { GITLAB_CI: 'true', CI_SERVER_HOST: 'gitlab.com' }])(
    'is asked for where %j says nothing',
    (variables) => {
      expect(() => repositoryOfRun(variables)).toThrow('The number of the repository is not known')
    },
  )
})

describe('the role of a preview', () => {
  const refusing = (settings: Parameters<typeof refuseMissingRole>[0]) => () => {
    refuseMissingRole(settings, { functionName: 'shop-pr-7' })
  }
  test('is its own, or made for it', () => {
    expect(refusing({ previewRole: 'arn:aws:iam::123456789012:role/shop-preview', createRole: false })).not.toThrow()
    expect(refusing({ previewRole: undefined, createRole: true })).not.toThrow()
  })
  test('is asked for by the name of its setting', () => {
    expect(refusing({ previewRole: undefined, createRole: false })).toThrow('preview-role is missing')
  })
})

describe('what GitHub says of an open pull request now counts', () => {
  const now = { number: 7, isOpen: true, headSha: pull.headSha ?? '', labels: ['preview'] }
  test.each([
    ['all is as it was', pull, now, undefined, undefined],
    [
      'there is a newer commit',
      pull,
      { ...now, headSha: 'b'.repeat(40) },
      undefined,
      `Skipped: pull request 7 has a newer commit (${'b'.repeat(12)})`,
    ],
    ['it has the label now', pull, now, 'preview', undefined],
    ['it has another one', pull, now, 'demo', 'Skipped: pull request 7 has no label "demo"'],
    [
      'GitHub cannot be asked, and the event knows the label',
      { ...pull, labels: ['demo'] },
      undefined,
      'demo',
      undefined,
    ],
    [
      'GitHub cannot be asked, and the event says that it is closed',
      { ...pull, isClosed: true },
      undefined,
      undefined,
      'Skipped: pull request 7 is closed, as the event says',
    ],
    [
      'the event says that it is closed, and GitHub that it is not',
      { ...pull, isClosed: true },
      now,
      undefined,
      undefined,
    ],
    ['nobody knows the head', { ...pull, headSha: undefined }, now, undefined, undefined],
  ])('%s', (_, of, state, label, title) => {
    expect(reasonAgainst(of, state, label)?.title).toBe(title)
  })
})

test.each<[string, boolean | undefined, boolean | undefined, boolean, boolean]>([
  ['of a draft, where drafts get one', true, true, true, false],
  ['of a draft', true, true, false, true],
  ['of one that is ready', undefined, false, false, false],
  ['of a draft that is ready meanwhile', true, false, false, false],
  ['of one that is a draft meanwhile', undefined, true, false, true],
  ['of a draft, where GitHub cannot be asked', true, undefined, false, true],
  ['of which nobody says that it is a draft', undefined, undefined, false, false],
])('a preview %s', (_, isDraft, isDraftNow, takesDrafts, isSkipped) => {
  const of = { ...pull, ...(isDraft !== undefined && { isDraft }) }
  const now = isDraftNow === undefined ? undefined : { isDraft: isDraftNow }
  const title = isSkipped ? 'Skipped: pull request 7 is a draft' : undefined
  expect(reasonAgainstDraft(of, now, takesDrafts)?.title).toBe(title)
})

describe('a label with command: auto', () => {
  test.each([
    ['another event', 'synchronize', undefined, ['preview'], 'preview', 'as-usual'],
    ['the label that is asked for', 'labeled', 'preview', ['preview'], 'preview', 'as-usual'],
    ['another one', 'labeled', 'bug', ['preview', 'bug'], 'preview', 'unless-current'],
    ['another one, without the one', 'labeled', 'bug', ['bug'], 'preview', 'as-usual'],
    ['any, where none is asked for', 'labeled', 'bug', ['bug'], undefined, 'unless-current'],
    ['the label is taken away', 'unlabeled', 'preview', ['bug'], 'preview', 'remove'],
    ['another one is taken away', 'unlabeled', 'bug', ['preview'], 'preview', 'unless-current'],
    ['another one, without the one, is taken away', 'unlabeled', 'bug', [], 'preview', 'as-usual'],
    ['it is there again', 'unlabeled', 'preview', ['preview'], 'preview', 'unless-current'],
    ['it is gone again', 'labeled', 'preview', [], 'preview', 'as-usual'],
    ['any is taken away, where none is asked for', 'unlabeled', 'bug', [], undefined, 'unless-current'],
  ])('where GitHub does not answer: %s', (_, action, label, labels, wanted, decision) => {
    expect(decideByLabel({ action, label }, { ...pull, labels }, undefined, wanted)).toBe(decision)
  })

  test.each([
    ['another event', 'synchronize', undefined, ['preview'], 'preview', 'as-usual'],
    ['another event, without the label', 'synchronize', undefined, ['bug'], 'preview', 'remove-rest'],
    ['by hand, without the label', undefined, undefined, [], 'preview', 'as-usual'],
    ['the label that is asked for', 'labeled', 'preview', ['preview'], 'preview', 'as-usual'],
    ['another one', 'labeled', 'bug', ['preview', 'bug'], 'preview', 'unless-current'],
    ['another one, without the one', 'labeled', 'bug', ['bug'], 'preview', 'remove-rest'],
    ['any, where none is asked for', 'labeled', 'bug', ['bug'], undefined, 'unless-current'],
    ['the label is taken away', 'unlabeled', 'preview', ['bug'], 'preview', 'remove'],
    ['it is there again', 'unlabeled', 'preview', ['preview'], 'preview', 'unless-current'],
    ['it is gone again', 'labeled', 'preview', [], 'preview', 'remove-rest'],
  ])('where GitHub answers: %s', (_, action, label, labels, wanted, decision) => {
    expect(decideByLabel({ action, label }, { ...pull, labels: ['preview'] }, { labels }, wanted)).toBe(decision)
  })
})

test.each([
  ['closed', { number: 7, isOpen: true }, 'Skipped: pull request 7 is open again'],
  ['closed', { number: 7, isOpen: false }, undefined],
  ['closed', undefined, undefined],
  // Somebody has asked for it by hand.
  [undefined, { number: 7, isOpen: true }, undefined],
])('a removal for %s, where GitHub says %j', (action, state, title) => {
  const now = state && { ...state, headSha: '', labels: [], isForeign: false }
  expect(reasonNotToRemove({ ...event('pull_request', pull), action }, now)?.title).toBe(title)
})

test('a removal of one that somebody names does not go by the event about another one', () => {
  const now = { number: 8, isOpen: true, headSha: '', labels: [], isForeign: false }
  const closed = { ...event('pull_request', { ...pull, number: 8 }), action: 'closed', isOfOther: true }
  expect(reasonNotToRemove(closed, now)).toBeUndefined()
})
