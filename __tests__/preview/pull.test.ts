import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readEvent } from '../../src/preview/pull.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-event-'))
})
afterAll(() => rm(folder, { recursive: true }))

const HEAD = 'a'.repeat(40)
const opened = {
  action: 'opened',
  repository: { id: 42, full_name: 'octo/shop' },
  pull_request: {
    number: 7,
    head: { sha: HEAD, repo: { full_name: 'fork/shop' } },
    labels: [{ name: 'preview' }, { name: 'bug' }],
  },
}
const github = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REPOSITORY: 'octo/shop', GITHUB_REPOSITORY_ID: '42' }

async function eventOf(payload: unknown, variables: object = github, number?: number) {
  const path = join(folder, 'event.json')
  await writeFile(path, typeof payload === 'string' ? payload : JSON.stringify(payload))
  return readEvent({ ...variables, GITHUB_EVENT_PATH: path }, number)
}

describe("GitHub's event", () => {
  test('tells of the pull request that it is about', async () => {
    expect(await eventOf(opened)).toEqual({
      ...{ name: 'pull_request', action: 'opened', isDeletion: false, inputs: {} },
      pull: {
        number: 7,
        host: 'github.com',
        repositoryId: '42',
        repository: 'octo/shop',
        headSha: HEAD,
        headRepository: 'fork/shop',
        labels: ['preview', 'bug'],
      },
    })
  })

  test('tells which label came or went', async () => {
    expect(await eventOf({ ...opened, action: 'labeled', label: { name: 'preview' } })).toMatchObject({
      ...{ action: 'labeled', label: 'preview' },
    })
  })

  test('tells of a draft', async () => {
    const draft = { ...opened, pull_request: { ...opened.pull_request, draft: true } }
    expect((await eventOf(draft)).pull).toMatchObject({ isDraft: true })
    // What it says is not said of another one.
    expect((await eventOf(draft, github, 8)).pull).not.toHaveProperty('isDraft')
  })

  test('tells of one that is closed', async () => {
    const closed = { ...opened, action: 'labeled', pull_request: { ...opened.pull_request, state: 'closed' } }
    expect((await eventOf(closed)).pull).toMatchObject({ isClosed: true })
    expect((await eventOf(closed, github, 8)).pull).not.toHaveProperty('isClosed')
  })

  test.each([
    [true, true],
    [false, undefined],
  ])('tells whether one that is closed was merged: %j', async (merged, isMerged) => {
    const closed = { ...opened, action: 'closed', pull_request: { ...opened.pull_request, merged } }
    expect((await eventOf(closed)).isMerged).toBe(isMerged)
  })

  test.each([
    ['a run of its own', 'Octo/shop', 'push', false],
    ['a run for a fork', 'fork/shop', 'pull_request', true],
    ['a run for a fork that was deleted', undefined, 'pull_request', true],
  ])('tells of %s', async (_, repository, event, isForeign) => {
    const head = repository === undefined ? null : { full_name: repository }
    const { upstream } = await eventOf({
      ...{ action: 'completed', repository: { id: 42, full_name: 'octo/shop' } },
      workflow_run: { event, conclusion: 'success', head_branch: 'main', head_repository: head },
    })
    expect(upstream).toEqual({ event, isForeign, conclusion: 'success' })
  })

  test('of a pull request whose repository was deleted names none', async () => {
    const { pull } = await eventOf({
      ...opened,
      pull_request: { ...opened.pull_request, head: { sha: HEAD, repo: null } },
    })
    expect(pull?.headRepository).toBeUndefined()
  })

  test('about another pull request says nothing of the one that is named', async () => {
    const { pull, isOfOther } = await eventOf(opened, github, 8)
    expect(isOfOther).toBe(true)
    expect((await eventOf(opened, github, 7)).isOfOther).toBeUndefined()
    expect((await eventOf({ inputs: {} }, github, 8)).isOfOther).toBeUndefined()
    expect(pull).toEqual({
      number: 8,
      host: 'github.com',
      repositoryId: '42',
      repository: 'octo/shop',
      headSha: undefined,
      headRepository: 'octo/shop',
      labels: [],
    })
  })

  test.each([
    ['a push that removed a branch', { deleted: true }, { isDeletion: true }],
    ['what somebody chose', { inputs: { command: 'sweep' } }, { inputs: { command: 'sweep' } }],
    ['no JSON', '{', { action: undefined, pull: undefined }],
    ['no object', [1], { action: undefined, pull: undefined }],
    ['a number that is none', { pull_request: { number: -7 } }, { pull: undefined }],
  ])('%s', async (_, payload, expected) => {
    expect(await eventOf(payload, {})).toMatchObject(expected)
  })
})

test("GitLab's variables tell of a merge request", async () => {
  const variables = {
    GITLAB_CI: 'true',
    CI_PROJECT_ID: '1',
    CI_PROJECT_PATH: 'fork/shop',
    CI_COMMIT_SHA: 'b'.repeat(40),
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_PROJECT_ID: '42',
    CI_MERGE_REQUEST_PROJECT_PATH: 'octo/shop',
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'fork/shop',
    CI_MERGE_REQUEST_LABELS: 'preview,bug',
    CI_SERVER_URL: 'https://gitlab.com',
  }
  expect((await readEvent(variables)).pull).toEqual({
    number: 7,
    host: 'gitlab.com',
    repositoryId: '42',
    repository: 'octo/shop',
    headSha: 'b'.repeat(40),
    headRepository: 'fork/shop',
    labels: ['preview', 'bug'],
  })
  expect((await readEvent({ ...variables, CI_MERGE_REQUEST_DRAFT: 'true' })).pull).toMatchObject({ isDraft: true })
  expect((await readEvent({ ...variables, CI_MERGE_REQUEST_DRAFT: 'false' })).pull).not.toHaveProperty('isDraft')
})

test('elsewhere there is nothing', async () => {
  expect(await readEvent({})).toEqual({
    ...{ name: undefined, action: undefined, isDeletion: false, inputs: {} },
    pull: undefined,
  })
})
