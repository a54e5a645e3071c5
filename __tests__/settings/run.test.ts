import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Git, readRun } from '../../src/settings/run.ts'

const COMMIT = '4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a'
const git: Git = ([command]) => Promise.resolve(command === 'show' ? `${COMMIT} 2026-11-23T09:35:45+01:00\n` : '')
const changedGit: Git = ([command = '', ...rest]) =>
  command === 'status' ? Promise.resolve(' M shop/models.py\n?? new.py\n') : git([command, ...rest])
const noGit: Git = () => Promise.resolve(undefined)

const github = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SHA: COMMIT,
  GITHUB_ACTOR: 'octocat',
  GITHUB_REPOSITORY: 'octocat/shop',
  GITHUB_WORKFLOW: 'Deploy',
  GITHUB_WORKFLOW_REF: 'octocat/shop/.github/workflows/deploy.yml@refs/heads/main',
  GITHUB_RUN_NUMBER: '42',
  GITHUB_RUN_ID: '1234567890',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/main',
}

describe('a run of GitHub Actions', () => {
  test('is known by its workflow and number', async () => {
    expect(await readRun(github, git)).toEqual({
      commit: COMMIT,
      hasChanges: false,
      committedAt: '2026-11-23T09:35:45+01:00',
      actor: 'octocat',
      workflow: { name: 'octocat/shop/deploy.yml on main', number: 42 },
      isManual: false,
      address: 'https://github.com/octocat/shop/actions/runs/1234567890',
    })
  })

  test.each([
    ['the pushed commit', { id: COMMIT, timestamp: '2026-11-22T10:00:00Z' }, '2026-11-22T10:00:00Z'],
    ['another commit', { id: 'other', timestamp: '2026-11-22T10:00:00Z' }, undefined],
    ['no commit', null, undefined],
  ])('takes the date from the event: %s', async (_, head, committedAt) => {
    const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-run-'))
    try {
      const path = join(folder, 'event.json')
      await writeFile(path, JSON.stringify({ head_commit: head }))
      expect((await readRun({ ...github, GITHUB_EVENT_PATH: path }, noGit)).committedAt).toBe(committedAt)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('has no changes of its own: what a build leaves behind is none', async () => {
    expect((await readRun(github, changedGit)).hasChanges).toBe(false)
  })

  test('that somebody started, or started again', async () => {
    const started = { ...github, GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_TRIGGERING_ACTOR: 'hubot' }
    expect(await readRun(started, noGit)).toMatchObject({ isManual: true, actor: 'hubot' })
  })
})

test.each([
  [{ ...github }, 'octocat/shop/deploy.yml on main'],
  [{ ...github, GITHUB_EVENT_NAME: 'workflow_dispatch' }, 'octocat/shop/deploy.yml on main'],
  [{ ...github, GITHUB_REF: 'refs/heads/feature/basket' }, 'octocat/shop/deploy.yml on feature/basket'],
  [
    { ...github, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge' },
    'octocat/shop/deploy.yml on pull_request 7/merge',
  ],
  [{ ...github, GITHUB_EVENT_NAME: 'pull_request_target' }, 'octocat/shop/deploy.yml on pull_request_target main'],
  [{ ...github, GITHUB_REF: '' }, 'octocat/shop/deploy.yml'],
])('runs of %j are counted as those of %s', async (variables, name) => {
  expect((await readRun(variables, noGit)).workflow?.name).toBe(name)
})

test.each([
  [{ CI_COMMIT_REF_NAME: 'main' }, 'group/shop on main'],
  [{ CI_COMMIT_REF_NAME: 'feature', CI_MERGE_REQUEST_IID: '7' }, 'group/shop on merge request 7'],
])('runs of GitLab with %j are counted as those of %s', async (variables, name) => {
  const gitlab = { GITLAB_CI: 'true', CI_PROJECT_PATH: 'group/shop', CI_PIPELINE_IID: '7', ...variables }
  expect((await readRun(gitlab, noGit)).workflow?.name).toBe(name)
})

test('a job of GitLab', async () => {
  const gitlab = {
    GITLAB_CI: 'true',
    CI_COMMIT_SHA: COMMIT,
    CI_COMMIT_TIMESTAMP: '2026-11-23T09:35:45+01:00',
    GITLAB_USER_LOGIN: 'ada',
    CI_PROJECT_PATH: 'group/shop',
    CI_PIPELINE_IID: '7',
    CI_COMMIT_REF_NAME: 'main',
    CI_PIPELINE_SOURCE: 'web',
    CI_JOB_URL: 'https://gitlab.example.org/group/shop/-/jobs/1',
  }
  expect(await readRun(gitlab, noGit)).toEqual({
    commit: COMMIT,
    hasChanges: false,
    committedAt: '2026-11-23T09:35:45+01:00',
    actor: 'ada',
    workflow: { name: 'group/shop on main', number: 7 },
    isManual: true,
    address: 'https://gitlab.example.org/group/shop/-/jobs/1',
  })
})

describe("somebody's own computer", () => {
  test('with git', async () => {
    expect(await readRun({ USER: 'ada' }, git)).toMatchObject({ commit: COMMIT, actor: 'ada', workflow: undefined })
  })

  test('with changes that nobody has committed', async () => {
    expect(await readRun({}, changedGit)).toMatchObject({ commit: COMMIT, hasChanges: true })
    expect(await readRun({}, git)).toMatchObject({ hasChanges: false })
  })

  test('without git, or outside of a repository', async () => {
    expect(await readRun({}, noGit)).toMatchObject({ commit: undefined, committedAt: undefined, actor: undefined })
  })
})
