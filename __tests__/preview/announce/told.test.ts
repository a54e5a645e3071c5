import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { GitHubApi } from '../../../src/github/api.ts'
import { openGitHub } from '../../../src/github/open.ts'
import { markerOf } from '../../../src/preview/announce/marker.ts'
import { previewsToldOf } from '../../../src/preview/announce/told.ts'
import { type FakeGitHub, startFakeGitHub, WORKFLOW_LOGIN } from '../../support/fake-github.ts'

let fake: FakeGitHub
let github: GitHubApi

const REPOSITORY = 'owner/name'
const REGION = 'eu-west-1'
const told = async (environment?: string, region: string | undefined = REGION): Promise<string[]> =>
  (await previewsToldOf({ pull: 7, repository: REPOSITORY, region }, environment, github)).map(
    ({ functionName, ...preview }) => `${functionName} in ${preview.region}`,
  )
const marked = (base: string, pull = 7, region: string | undefined = REGION): string =>
  `${markerOf({ base, pull, region })}\n\n### ready`

beforeAll(async () => {
  fake = await startFakeGitHub()
  const options = { version: '1', wait: () => Promise.resolve(), signal: new AbortController().signal }
  const opened = await openGitHub(fake.env, fake.token, options)
  if (opened === undefined) throw new Error('no token')
  github = opened
})
afterAll(async () => {
  await fake[Symbol.asyncDispose]()
})
beforeEach(() => {
  fake.comments.length = 0
  fake.deployments.length = 0
  fake.fault = () => undefined
  fake.pulls.set(7, { isOpen: false, headSha: 'a', labels: [] })
})

test('each preview that a comment of ours tells of is found once', async () => {
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop'))
  fake.addComment(7, WORKFLOW_LOGIN, marked('admin'))
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop'))
  expect(await told()).toEqual(['shop-pr-7 in eu-west-1', 'admin-pr-7 in eu-west-1'])
})

test('what others have written, or tells of another pull request, is none of ours', async () => {
  fake.addComment(7, 'octocat', marked('shop'))
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop', 8))
  fake.addComment(7, WORKFLOW_LOGIN, `> ${marked('shop')}`)
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop').replace('=shop', '=shop%3E-->'))
  expect(await told()).toEqual([])
})

test('a deployment tells of its preview where no comment does', async () => {
  const where = { environment: 'preview', pull: 7, preview: 'shop', region: REGION }
  const deployment = { ...where, ref: 'b'.repeat(40), description: 'd' }
  await github.createDeployment(deployment)
  await github.createDeployment({ ...deployment, preview: 'admin' })
  await github.createDeployment({ ...deployment, pull: 8, preview: 'blog' })
  await github.createDeployment({ ...deployment, environment: 'review', preview: 'docs' })
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop'))
  expect(await told('preview')).toEqual(['shop-pr-7 in eu-west-1', 'admin-pr-7 in eu-west-1'])
  expect(await told()).toEqual(['shop-pr-7 in eu-west-1'])
})

test('what is told of another region is none of ours', async () => {
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop', 7, 'us-east-1'))
  const where = { environment: 'preview', pull: 7, preview: 'admin', region: 'us-east-1' }
  await github.createDeployment({ ...where, ref: 'b'.repeat(40), description: 'd' })
  expect(await told('preview')).toEqual([])
  expect(await told('preview', 'us-east-1')).toEqual(['shop-pr-7 in us-east-1', 'admin-pr-7 in us-east-1'])
})

test('what a run has said that knew no region is of each', async () => {
  fake.addComment(7, WORKFLOW_LOGIN, `${markerOf({ base: 'shop', pull: 7, region: undefined })}\n\n### failed`)
  const nowhere = { environment: 'preview', pull: 7, preview: 'admin', region: undefined }
  await github.createDeployment({ ...nowhere, ref: 'b'.repeat(40), description: 'd' })
  expect(await told('preview')).toEqual(['shop-pr-7 in eu-west-1', 'admin-pr-7 in eu-west-1'])
})

test('where GitHub does not say, there are none', async () => {
  fake.addComment(7, WORKFLOW_LOGIN, marked('shop'))
  fake.fault = () => ({ status: 403, message: 'Resource not accessible by integration' })
  expect(await told('preview')).toEqual([])
})
