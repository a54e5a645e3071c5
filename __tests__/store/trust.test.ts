import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mayWriteShared, readTrigger, type Trigger } from '../../src/store/trust.ts'

const run = (eventName: string, ref = 'refs/heads/main', defaultBranch: string | undefined = 'main'): Trigger => ({
  eventName,
  ref,
  defaultBranch,
})
const laptop: Trigger = { eventName: undefined, ref: undefined, defaultBranch: undefined }

test.each([
  ['auto', run('push'), true],
  ['auto', run('workflow_dispatch'), true],
  ['auto', { ...run('schedule'), defaultBranch: undefined }, true],
  ['auto', run('push', 'refs/heads/feature'), false],
  ['auto', run('push', 'refs/tags/main'), false],
  ['auto', { ...run('push'), defaultBranch: undefined }, false],
  ['auto', run('workflow_dispatch', 'refs/heads/feature'), false],
  ['auto', run('pull_request', 'refs/pull/7/merge'), false],
  ['auto', run('pull_request_target'), false],
  ['auto', run('issue_comment'), false],
  ['auto', run('workflow_run'), false],
  ['auto', laptop, false],
  ['true', laptop, true],
  ['true', run('push', 'refs/heads/feature'), true],
  ['true', run('pull_request', 'refs/pull/7/merge'), false],
  ['true', run('pull_request_target'), false],
  ['true', run('pull_request_review'), false],
  ['false', run('push'), false],
  ['false', laptop, false],
] as const)('%s, %j: %s', (setting, trigger, may) => {
  expect(mayWriteShared(setting, trigger)).toBe(may)
})

describe('what started a run', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.each([
    ['{"repository": {"default_branch": "trunk"}}', 'trunk'],
    ['{"repository": {"default_branch": 7}}', undefined],
    ['{"schedule": "0 4 * * *"}', undefined],
    ['null', undefined],
    ['no JSON', undefined],
  ])('by the event %s', async (event, defaultBranch) => {
    const path = join(folder, 'event.json')
    await writeFile(path, event)
    const environment = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/trunk', GITHUB_EVENT_PATH: path }
    expect(await readTrigger(environment)).toEqual({ eventName: 'push', ref: 'refs/heads/trunk', defaultBranch })
  })

  test('on a laptop', async () => {
    expect(await readTrigger({})).toEqual(laptop)
  })
})
