import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type PreviewWiring, runDestroy, runPreview } from '../src/cli-previews.ts'
import { fakeOrder } from './release/order.ts'
import { recordingReporter } from './report/recording.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await writeFile(
    join(folder, 'event.json'),
    JSON.stringify({ action: 'closed', pull_request: { number: 7, head: { repo: { full_name: 'somebody/shop' } } } }),
  )
})
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['destroy', runDestroy],
  ['preview', runPreview],
])('%s tells a program why there is nothing to do for a fork, and reads no settings', async (_, run) => {
  const report = recordingReporter()
  const unneeded = () => Promise.reject(new Error('nobody was to be asked'))
  const wiring: PreviewWiring = {
    environment: {
      ...{ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: join(folder, 'event.json') },
      ...{ GITHUB_REPOSITORY: 'octo/shop', GITHUB_REPOSITORY_ID: '42' },
    },
    origin: {
      ...{ project: join(folder, 'missing'), stage: undefined, environment: {} },
      explicit: { given: {}, nameOf: String },
    },
    clients: { version: '1.2.3', wait: () => Promise.resolve(), signal: new AbortController().signal },
    ...{ report, clock: () => 0, order: fakeOrder, releasing: unneeded, openAws: unneeded },
  }
  const title = 'Skipped: a run for a fork (somebody/shop) has no credentials'
  expect(await run(undefined, wiring)).toMatchObject({ skipped: { title } })
  expect(report.of('notice')).toEqual([title])
})
