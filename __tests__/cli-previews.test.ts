import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type PreviewWiring, runDestroy, runPreview } from '../src/cli-previews.ts'
import { SettingsError } from '../src/errors.ts'
import { fakeOrder } from './release/order.ts'
import { recordingReporter } from './report/recording.ts'
import { startFakeGitHub } from './support/fake-github.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await writeFile(
    join(folder, 'event.json'),
    JSON.stringify({ action: 'closed', pull_request: { number: 7, head: { repo: { full_name: 'somebody/shop' } } } }),
  )
})
afterAll(() => rm(folder, { recursive: true }))

function wiringOf({
  given = {},
  ...rest
}: Pick<PreviewWiring, 'report' | 'environment'> & { readonly given?: Record<string, string> }): PreviewWiring {
  const unneeded = () => Promise.reject(new Error('nobody was to be asked'))
  return {
    origin: {
      ...{ project: join(folder, 'missing'), stage: undefined, environment: {} },
      explicit: { given, nameOf: String },
    },
    clients: { version: '1.2.3', wait: () => Promise.resolve(), signal: new AbortController().signal },
    ...{ clock: () => 0, order: fakeOrder, releasing: unneeded, openAws: unneeded },
    ...rest,
  }
}

test.each([
  ['destroy', runDestroy],
  ['preview', runPreview],
])('%s tells a program why there is nothing to do for a fork, and reads no settings', async (_, run) => {
  const report = recordingReporter()
  const wiring = wiringOf({
    report,
    environment: {
      ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: join(folder, 'event.json') },
      ...{ GITHUB_REPOSITORY: 'octo/shop', GITHUB_REPOSITORY_ID: '42' },
    },
  })
  const title = 'Skipped: a run for a fork (somebody/shop) has no credentials'
  expect(await run(undefined, wiring)).toMatchObject({ skipped: { title } })
  expect(report.of('notice')).toEqual([title])
})

test('a comment has no secret of the variables and flags of the run, however it is spelled', async () => {
  await using github = await startFakeGitHub()
  github.pulls.set(7, { isOpen: true, headSha: 'a'.repeat(40), labels: [] })
  const wiring = wiringOf({
    report: recordingReporter(),
    environment: {
      ...{ ...github.env, GITHUB_TOKEN: github.token, GITHUB_REPOSITORY_ID: '42' },
      ...{ API_TOKEN: 'canary one', GITHUB_EVENT_NAME: 'workflow_dispatch' },
    },
    given: { 'function-name': 'shop', 'basic-auth': 'team:canary-two', 'is-canary%20one-or-canary-two': 'yes' },
  })
  await mkdir(wiring.origin.project)
  await expect(runPreview(7, wiring)).rejects.toThrow(SettingsError)
  const [comment = ''] = github.commentsOf(7)
  expect(comment).toContain('is-***-or-*** is not a setting')
  expect(comment).not.toContain('canary')
})
