import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { GitHubApi } from '../../src/github/api.ts'
import { openGitHub } from '../../src/github/open.ts'
import { type FakeGitHub, startFakeGitHub, WORKFLOW_LOGIN } from '../support/fake-github.ts'
import { containing } from '../support/matchers.ts'

let fake: FakeGitHub
let waits: number[]
let controller: AbortController
let github: GitHubApi

async function open(token = fake.token): Promise<GitHubApi> {
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
    return Promise.resolve()
  }
  const opened = await openGitHub(fake.env, token, {
    ...{ version: '1.2.3', wait, signal: controller.signal, grace: 1000 },
  })
  if (!opened) throw new Error('GitHub was not opened')
  return opened
}

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

beforeAll(async () => {
  fake = await startFakeGitHub()
})
afterAll(async () => {
  await fake[Symbol.asyncDispose]()
})
beforeEach(async () => {
  waits = []
  controller = new AbortController()
  fake.pulls.clear()
  fake.pulls.set(7, { isOpen: true, headSha: 'a'.repeat(40), labels: ['preview'] })
  for (const list of [fake.comments, fake.deployments, fake.calls, fake.headers]) list.length = 0
  fake.login = WORKFLOW_LOGIN
  fake.permissions = { 'pull-requests': 'write', deployments: 'write' }
  fake.fault = () => undefined
  github = await open()
})

test('nothing is opened without a token or a repository', async () => {
  const options = { version: '1', wait: () => Promise.resolve(), signal: controller.signal }
  expect(await openGitHub(fake.env, '', options)).toBeUndefined()
  expect(await openGitHub(fake.env, undefined, options)).toBeUndefined()
  expect(await openGitHub({ ...fake.env, GITHUB_REPOSITORY: '' }, 'token', options)).toBeUndefined()
  expect(await openGitHub({}, 'token', options)).toBeUndefined()
})

test('who calls, with which version of the API', async () => {
  await github.getPull(7)
  expect(fake.headers[0]).toMatchObject({ 'x-github-api-version': '2022-11-28' })
  expect(fake.headers[0]?.['user-agent']).toMatch(/^wsgi-lambda\/1\.2\.3 /)
})

describe('a pull request', () => {
  test('as it is', async () => {
    expect(await github.getPull(7)).toEqual({
      number: 7,
      isOpen: true,
      headSha: 'a'.repeat(40),
      isForeign: false,
      labels: ['preview'],
      isDraft: false,
    })
  })

  test('as a draft', async () => {
    fake.pulls.set(9, { isOpen: true, headSha: 'b'.repeat(40), labels: [], isDraft: true })
    expect(await github.getPull(9)).toMatchObject({ isDraft: true })
  })

  test.each(['fork/name', null])('of a fork: %s', async (headRepository) => {
    fake.pulls.set(9, { isOpen: true, headSha: 'b'.repeat(40), labels: [], headRepository })
    expect(await github.getPull(9)).toMatchObject({ isForeign: true })
  })

  test('is not there, where the others can be seen', async () => {
    expect(await github.getPull(8)).toBeUndefined()
  })

  test('may be there, where none can be seen: no answer is not the answer that it is gone', async () => {
    fake.fault = () => ({ status: 404, message: 'Not Found' })
    await expect(github.getPull(7)).rejects.toMatchObject({ hint: containing('pull-requests: read') })
  })
})

describe('comments', () => {
  test('of every page, with whose they are', async () => {
    for (let index = 0; index < 250; index += 1)
      fake.addComment(7, index % 2 === 0 ? WORKFLOW_LOGIN : 'somebody', `comment ${index}`)
    fake.addComment(8, WORKFLOW_LOGIN, 'of another')
    fake.addComment(7, '', 'of a user who is gone')
    const comments = await github.comments(7)
    expect(comments).toHaveLength(251)
    expect(comments.slice(248).map(({ body, author, isOurs }) => [body, author, isOurs])).toEqual([
      ['comment 248', WORKFLOW_LOGIN, true],
      ['comment 249', 'somebody', false],
      ['of a user who is gone', '', false],
    ])
    expect(fake.calls.filter((call) => call.startsWith('GET'))).toHaveLength(3)
  })

  test('of the app or the person whose token it is', async () => {
    fake.login = 'release[bot]'
    fake.addComment(7, 'release[bot]', 'own')
    fake.addComment(7, WORKFLOW_LOGIN, 'of the workflow')
    expect((await github.comments(7)).map(({ isOurs }) => isOurs)).toEqual([true, false])
  })

  test('asked for who that is once', async () => {
    await github.within(5000).comments(7)
    await github.within(5000).comments(7)
    expect(fake.calls.filter((call) => call === 'POST /graphql')).toHaveLength(1)
  })

  test('where GitHub does not tell whose token it is, those of the workflow', async () => {
    fake.fault = (call) => (call === 'POST /graphql' ? { status: 403, message: 'Forbidden' } : undefined)
    fake.addComment(7, WORKFLOW_LOGIN, 'of the workflow')
    expect((await github.comments(7)).map(({ isOurs }) => isOurs)).toEqual([true])
  })

  test('are created and updated', async () => {
    const id = await github.createComment(7, 'first')
    await github.updateComment(id, 'second')
    expect(fake.commentsOf(7)).toEqual(['second'])
  })
})

describe('deployments', () => {
  const where = { environment: 'preview', pull: 7, preview: 'shop', region: 'eu-west-1' }
  const deployment = { ...where, ref: 'b'.repeat(40), description: 'd' }

  test('are transient, and wait for no check', async () => {
    await github.createDeployment(deployment)
    expect(fake.deployments[0]?.request).toMatchObject({
      ...{ auto_merge: false, required_contexts: [], transient_environment: true, production_environment: false },
      payload: { pr: 7, preview: 'shop', region: 'eu-west-1' },
    })
  })

  test('of one pull request only, newest first', async () => {
    const first = await github.createDeployment(deployment)
    await github.createDeployment({ ...deployment, pull: 8 })
    const other = await github.createDeployment({ ...deployment, preview: 'blog' })
    await github.createDeployment({ ...deployment, environment: 'review' })
    const second = await github.createDeployment(deployment)
    expect(await github.deploymentsOf('preview', 7)).toEqual([
      { id: second, preview: 'shop', region: 'eu-west-1' },
      { id: other, preview: 'blog', region: 'eu-west-1' },
      { id: first, preview: 'shop', region: 'eu-west-1' },
    ])
  })

  test.each(['', 'a b', 'shop\n', 'shop`', 'a'.repeat(65)])(
    'are of something else where no function is called %j',
    async (preview) => {
      await github.createDeployment({ ...deployment, preview })
      expect(await github.deploymentsOf('preview', 7)).toEqual([])
    },
  )

  test('say where their preview is, where that is known', async () => {
    const nowhere = await github.createDeployment({ ...deployment, region: undefined })
    const there = await github.createDeployment({ ...deployment, region: 'us-east-1' })
    expect(fake.deployments.map(({ payload }) => payload)).toEqual([
      { pr: 7, preview: 'shop' },
      { pr: 7, preview: 'shop', region: 'us-east-1' },
    ])
    expect(await github.deploymentsOf('preview', 7)).toEqual([
      { id: there, preview: 'shop', region: 'us-east-1' },
      { id: nowhere, preview: 'shop', region: undefined },
    ])
  })

  test('are active until they are set inactive; a description is cut', async () => {
    const id = await github.createDeployment(deployment)
    expect(await github.isActive(id)).toBe(true)
    await github.setDeploymentStatus(id, {
      state: 'success',
      environmentUrl: 'https://x/',
      description: '☃'.repeat(200),
    })
    expect(await github.isActive(id)).toBe(true)
    await github.setDeploymentStatus(id, { state: 'inactive', description: '' })
    expect(await github.isActive(id)).toBe(false)
    expect(fake.deployments[0]?.statuses[1]).toMatchObject({
      environment_url: 'https://x/',
      description: '☃'.repeat(140),
    })
  })
})

describe('what passes is asked again', () => {
  test.each([
    ['a failure of GitHub', { status: 502 }, [500]],
    ['one that says when', { status: 503, headers: { 'retry-after': '3' } }, [3000]],
    ['too many requests', { status: 429, headers: { 'retry-after': '2' } }, [2000]],
    ['the secondary limit', { status: 403, headers: { 'retry-after': '1' } }, [1000]],
    ['a lost connection', { kind: 'drop' }, [500]],
    ['a page of a proxy', { kind: 'page', html: '<h1>Sign in</h1>' }, [500]],
  ] as const)('%s', async (_, fault, expected) => {
    fake.fault = (__, before) => (before === 0 ? fault : undefined)
    expect(await github.getPull(7)).toMatchObject({ number: 7 })
    expect(waits).toEqual(expected)
  })

  test('but not for ever', async () => {
    fake.fault = () => ({ status: 500, message: 'Server Error' })
    await expect(github.getPull(7)).rejects.toMatchObject({
      title: 'GitHub answered with 500: could not read pull request 7',
      detail: 'GitHub: Server Error',
    })
    expect(fake.calls).toHaveLength(3)
  })

  test('nor a comment that may be there', async () => {
    fake.fault = () => ({ kind: 'drop', isDone: true })
    await expect(github.createComment(7, 'text')).rejects.toMatchObject({ mayHaveHappened: true })
    expect(fake.commentsOf(7)).toEqual(['text'])
  })

  test.each([
    [{ status: 429, headers: { 'retry-after': '60' } }],
    [{ status: 403, message: 'You have exceeded a secondary rate limit.' }],
    [{ status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' } }],
  ])('nor after a limit that lasts: %j', async (fault) => {
    fake.fault = () => fault
    await expect(github.getPull(7)).rejects.toMatchObject({
      title: 'GitHub limits its requests: could not read pull request 7',
    })
    expect(fake.calls).toHaveLength(1)
  })
})

describe('a refusal names the permission', () => {
  test.each([
    ['pull-requests: write', (api: GitHubApi) => api.createComment(7, 'text')],
    ['pull-requests: write', (api: GitHubApi) => api.updateComment(1, 'text')],
    ['pull-requests: write', (api: GitHubApi) => api.comments(7)],
    ['pull-requests: read', (api: GitHubApi) => api.getPull(7)],
    ['deployments: write', (api: GitHubApi) => api.deploymentsOf('preview', 7)],
    ['deployments: write', (api: GitHubApi) => api.isActive(1)],
  ])('%s', async (permission, work) => {
    fake.permissions = { 'pull-requests': 'none', deployments: 'none' }
    const error = await failureOf(work(github))
    expect(error).toMatchObject({
      detail: 'GitHub: Resource not accessible by integration',
      hint: `Add ${permission} to the permissions of the job, in the workflow.`,
    })
  })

  test('a token that GitHub does not know', async () => {
    const error = await failureOf((await open('ghs_another')).createComment(7, 'text'))
    expect(error).toMatchObject({ hint: containing('pull-requests: write'), detail: 'GitHub: Bad credentials' })
  })

  test('but not where none would help', async () => {
    fake.fault = () => ({ status: 403, message: 'Unable to create comment because issue is locked.' })
    expect(await failureOf(github.createComment(7, 'text'))).toMatchObject({
      title: 'GitHub answered with 403: could not comment on pull request 7',
      hint: undefined,
    })
  })
})

test.each([
  ['refused', { status: 401 }],
  ['dropped', { kind: 'drop' }],
] as const)('no error holds the token: %s', async (_, fault) => {
  fake.fault = () => fault
  const error = await failureOf(github.createComment(7, 'text'))
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(fake.token)
})

test('nor where it cannot be sent at all', async () => {
  const error = await failureOf((await open('ghs_two\nlines')).getPull(7))
  expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain('ghs_two')
})

describe('an end', () => {
  test('of the run leaves a moment to say so', async () => {
    controller.abort()
    await github.createComment(7, 'cancelled')
    expect(fake.commentsOf(7)).toEqual(['cancelled'])
  })

  test('of the run then ends a request, with its reason', async () => {
    fake.fault = () => ({ kind: 'silence' })
    const failing = failureOf(github.getPull(7))
    controller.abort()
    expect(await failing).toBe(controller.signal.reason)
  })

  test('of the time ends a request', async () => {
    fake.fault = () => ({ kind: 'silence' })
    await expect(github.within(50).getPull(7)).rejects.toMatchObject({
      title: 'GitHub did not answer: could not read pull request 7',
      detail: 'GitHub: it took too long',
    })
  })
})
