import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openGitHub } from '../../../src/github/open.ts'
import { type Announcer, createAnnouncer } from '../../../src/preview/announce/announcer.ts'
import type { AnnouncePlace } from '../../../src/preview/announce/facts.ts'
import { markerOf } from '../../../src/preview/announce/marker.ts'
import { type RecordingReporter, recordingReporter } from '../../report/recording.ts'
import { type FakeGitHub, startFakeGitHub, WORKFLOW_LOGIN } from '../../support/fake-github.ts'
import { PLACE, READY, SHA, URL_OF_PREVIEW } from './places.ts'

let fake: FakeGitHub
let report: RecordingReporter
let controller: AbortController

const MARKER = markerOf(PLACE.identity)
const ELSEWHERE = 'What stood here is told in another comment of this conversation.'
const FAILED = { problems: [{ title: 'manage migrate failed' }], serving: undefined }
const REMOVED = { why: 'closed', removed: ['function shop-pr-7'], problems: [] }

/** A run of a workflow: what it knows of GitHub, it has asked itself. */
async function run(changes: Partial<AnnouncePlace> = {}, longest?: number): Promise<Announcer> {
  const wait = (): Promise<void> => Promise.resolve()
  const github = await openGitHub(fake.env, fake.token, {
    ...{ version: '1', wait, signal: controller.signal, grace: 1000 },
  })
  return createAnnouncer(github, { ...PLACE, ...changes }, report, longest)
}

const outcomes = (): (string | undefined)[] =>
  fake.commentsOf(7).map((body) => /^### .*<\/code>: (.*)$/m.exec(body)?.[1])
const states = (): string[] =>
  fake.deployments.map(({ statuses }) =>
    statuses
      .map(({ state }) => state)
      .toReversed()
      .join(' '),
  )

beforeAll(async () => {
  fake = await startFakeGitHub()
})
afterAll(async () => {
  await fake[Symbol.asyncDispose]()
})
beforeEach(() => {
  report = recordingReporter()
  controller = new AbortController()
  fake.pulls.clear()
  fake.pulls.set(7, { isOpen: true, headSha: SHA, labels: [] }).set(8, { isOpen: true, headSha: SHA, labels: [] })
  for (const list of [fake.comments, fake.deployments, fake.calls, fake.headers]) list.length = 0
  fake.login = WORKFLOW_LOGIN
  fake.permissions = { 'pull-requests': 'write', deployments: 'write' }
  fake.fault = () => undefined
})

describe('the life of a preview', () => {
  test('is told by one comment and its deployments', async () => {
    const first = await run()
    await first.started({ serving: undefined })
    expect([outcomes(), states()]).toEqual([['deploying …'], ['in_progress']])
    await first.ready(READY)
    expect([outcomes(), states()]).toEqual([['ready'], ['in_progress success']])
    expect(fake.deployments[0]?.statuses[0]).toMatchObject({
      environment_url: URL_OF_PREVIEW,
      log_url: PLACE.runUrl,
      description: 'shop-pr-7 in eu-west-1 is ready',
    })

    const second = await run({ headSha: 'b'.repeat(40) })
    await second.started({ serving: { url: URL_OF_PREVIEW, headSha: SHA } })
    await second.failed({ ...FAILED, serving: { url: URL_OF_PREVIEW, headSha: SHA } })
    expect([outcomes(), states()]).toEqual([['failed'], ['in_progress success', 'in_progress failure']])

    const third = await run({ headSha: 'c'.repeat(40) })
    await third.started({ serving: { url: URL_OF_PREVIEW, headSha: SHA } })
    await third.ready(READY)
    expect([outcomes(), states()]).toEqual([
      ['ready'],
      ['in_progress success inactive', 'in_progress failure inactive', 'in_progress success'],
    ])

    await (await run({ headSha: undefined })).destroyed(REMOVED)
    expect([outcomes(), states()]).toEqual([
      ['removed'],
      ['in_progress success inactive', 'in_progress failure inactive', 'in_progress success inactive'],
    ])
    expect(report.problems).toEqual([])
    expect(fake.calls.filter((call) => call.startsWith('DELETE'))).toEqual([])
  })

  test('a version that serves and does not answer leaves none active that leads to it', async () => {
    await (await run()).ready(READY)
    await (await run({ headSha: 'b'.repeat(40) })).failed({ ...FAILED, isReleased: true })
    expect([outcomes(), states()]).toEqual([['failed'], ['in_progress success inactive', 'in_progress failure']])
  })

  test('what was removed stays told where another run finds nothing any more', async () => {
    await (await run()).ready(READY)
    await (await run()).destroyed(REMOVED)
    const told = fake.commentsOf(7)
    await (await run()).destroyed({ ...REMOVED, removed: [] })
    expect(fake.commentsOf(7)).toEqual(told)
    expect(told).toEqual([expect.stringContaining('function shop-pr-7')])
  })

  test('need not be awaited step by step', async () => {
    const announcer = await run()
    await Promise.all([announcer.started({ serving: undefined }), announcer.ready(READY)])
    expect([outcomes(), states()]).toEqual([['ready'], ['in_progress success']])
  })

  test('is told by what is wanted', async () => {
    await (await run({ environment: undefined })).ready(READY)
    expect([outcomes(), states()]).toEqual([['ready'], []])
    await (await run({ hasComment: false })).ready(READY)
    expect([outcomes(), states()]).toEqual([['ready'], ['in_progress success']])
  })

  test('is told to nobody where there is no GitHub', async () => {
    const announcer = createAnnouncer(undefined, PLACE, report)
    await announcer.ready(READY)
    expect([report.lines, fake.calls]).toEqual([[], []])
  })
})

describe('the comment', () => {
  test('is found on a later page, and after somebody else has written', async () => {
    for (let index = 0; index < 150; index += 1) fake.addComment(7, 'somebody', `comment ${index}`)
    await (await run()).ready(READY)
    for (let index = 0; index < 150; index += 1) fake.addComment(7, 'somebody', `comment ${index}`)
    await (await run()).failed(FAILED)
    expect(outcomes()).toEqual(['failed'])
  })

  test('of somebody else with our marker is left alone, as is one of ours that quotes it', async () => {
    fake.addComment(7, 'mallory', `${MARKER}\n\nmine`)
    fake.addComment(7, 'mallory[bot]', `${MARKER}\n\nmine`)
    fake.addComment(7, WORKFLOW_LOGIN, `Somebody said: ${MARKER}`)
    await (await run()).ready(READY)
    expect(fake.comments.map(({ body }) => body.slice(MARKER.length))).toEqual([
      '\n\nmine',
      '\n\nmine',
      MARKER.slice(-'Somebody said: '.length),
      expect.stringContaining('ready'),
    ])
  })

  test('of another function, or pull request, is another one', async () => {
    await (await run()).ready(READY)
    await (await run({ identity: { ...PLACE.identity, base: 'shop-2' } })).ready(READY)
    await (await run({ identity: { ...PLACE.identity, pull: 8 } })).ready(READY)
    expect([fake.commentsOf(7).length, fake.commentsOf(8).length]).toEqual([2, 1])
  })

  test('that somebody removed is written anew', async () => {
    const announcer = await run()
    await announcer.started({ serving: undefined })
    fake.comments.length = 0
    await announcer.ready(READY)
    expect(outcomes()).toEqual(['ready'])
  })

  test('of two runs at once is the older one, and the other points to it', async () => {
    const [one, other] = [await run({ environment: undefined }), await run({ environment: undefined })]
    // The other run writes between this one's look and its own comment.
    let isWritten = false
    const post = 'POST /repos/owner/name/issues/7/comments'
    fake.fault = (call) => {
      if (call === post && !isWritten) {
        isWritten = true
        fake.addComment(7, WORKFLOW_LOGIN, `${MARKER}\n\n### <code>shop</code>: deploying …`)
      }
      return undefined
    }
    await one.ready(READY)
    expect(outcomes()).toEqual(['ready', undefined])
    expect(fake.commentsOf(7)[1]).toBe(ELSEWHERE)
    await other.failed(FAILED)
    expect(outcomes()).toEqual(['failed', undefined])
  })

  test.each([
    ['was created', true],
    ['was not created', false],
  ])('is created once, when the answer is lost and it %s', async (_, isDone) => {
    const post = 'POST /repos/owner/name/issues/7/comments'
    fake.fault = (call, before) => (call === post && before === 0 ? { kind: 'drop', isDone } : undefined)
    await (await run()).ready(READY)
    expect([outcomes(), report.problems]).toEqual([['ready'], []])
  })
})

describe('a deployment', () => {
  test('of another pull request, function or environment stays as it is', async () => {
    await (await run({ identity: { ...PLACE.identity, pull: 8 } })).ready(READY)
    await (await run({ identity: { ...PLACE.identity, base: 'blog' } })).ready(READY)
    await (await run({ environment: 'review' })).ready(READY)
    await (await run()).ready(READY)
    await (await run()).destroyed(REMOVED)
    const [last, ...others] = states().toReversed()
    expect(last).toBe('in_progress success inactive')
    expect(others).toEqual(Array(3).fill('in_progress success'))
  })

  test('needs a commit', async () => {
    await (await run({ headSha: undefined })).ready(READY)
    expect([outcomes(), states()]).toEqual([['ready'], []])
  })

  test('of many pushes costs few calls', async () => {
    for (let push = 0; push < 12; push += 1) await (await run()).ready(READY)
    expect(states()).toEqual([...Array<string>(11).fill('in_progress success inactive'), 'in_progress success'])
    fake.calls.length = 0
    await (await run()).ready(READY)
    expect(fake.calls.filter((call) => call.includes('/deployments')).length).toBeLessThanOrEqual(7)
  })
})

describe('of one function in two regions', () => {
  const there = { identity: { ...PLACE.identity, region: 'us-east-1' } }
  const nowhere = { identity: { ...PLACE.identity, region: undefined } }
  const headings = (): (string | undefined)[] =>
    fake.commentsOf(7).map((body) => /^### Preview of <code>shop<\/code>(.*)$/m.exec(body)?.[1]?.replace(/&#45;/g, '-'))

  test('each run tells of its own', async () => {
    for (const place of [{}, there]) await (await run(place)).ready(READY)
    expect(headings()).toEqual([' in <code>eu-west-1</code>: ready', ' in <code>us-east-1</code>: ready'])
    expect(states()).toEqual(['in_progress success', 'in_progress success'])
    expect(fake.deployments.map(({ statuses }) => statuses[0]?.description)).toEqual([
      'shop-pr-7 in eu-west-1 is ready',
      'shop-pr-7 in us-east-1 is ready',
    ])

    await (await run({ ...there, headSha: 'b'.repeat(40) })).failed(FAILED)
    await (await run({ headSha: 'b'.repeat(40) })).ready(READY)
    expect(headings()).toEqual([' in <code>eu-west-1</code>: ready', ' in <code>us-east-1</code>: failed'])
    expect(states()).toEqual([
      'in_progress success inactive',
      'in_progress success',
      'in_progress failure',
      'in_progress success',
    ])

    await (await run(there)).destroyed(REMOVED)
    expect(headings()).toEqual([' in <code>eu-west-1</code>: ready', ' in <code>us-east-1</code>: removed'])
    expect(states()).toEqual([
      'in_progress success inactive',
      'in_progress success inactive',
      'in_progress failure inactive',
      'in_progress success',
    ])
    expect(fake.deployments.flatMap(({ autoInactive }) => autoInactive)).not.toContain(true)
    expect(report.problems).toEqual([])
  })

  test('each may have an environment of its own', async () => {
    const environmentOf = (region: string) => ({ environment: `preview-${region}` })
    await (await run(environmentOf('eu-west-1'))).ready(READY)
    await (await run({ ...there, ...environmentOf('us-east-1') })).ready(READY)
    await (await run(environmentOf('eu-west-1'))).destroyed(REMOVED)
    expect(fake.deployments.map(({ environment }) => environment)).toEqual(['preview-eu-west-1', 'preview-us-east-1'])
    expect(states()).toEqual(['in_progress success inactive', 'in_progress success'])
  })

  test('at once, each creates its own comment and nothing points to another', async () => {
    await Promise.all([{}, there].map(async (place) => (await run(place)).ready(READY)))
    expect(headings().toSorted()).toEqual([' in <code>eu-west-1</code>: ready', ' in <code>us-east-1</code>: ready'])
  })

  test('what a run has said that knew none is over when one knows its own, and not before', async () => {
    await (await run(there)).ready(READY)
    await (await run(nowhere)).failed(FAILED)
    expect(headings()).toEqual([' in <code>us-east-1</code>: ready', ': failed'])
    expect(states()).toEqual(['in_progress success', 'in_progress failure'])

    await (await run()).ready(READY)
    expect(headings()).toEqual([' in <code>us-east-1</code>: ready', undefined, ' in <code>eu-west-1</code>: ready'])
    expect(fake.commentsOf(7)[1]).toBe(ELSEWHERE)
    expect(states()).toEqual(['in_progress success', 'in_progress failure inactive', 'in_progress success'])
  })

  test('of a run that knew none, what it has said ends with the pull request', async () => {
    await (await run(nowhere)).failed(FAILED)
    await (await run()).destroyed({ ...REMOVED, removed: [] })
    expect([headings(), states()]).toEqual([[' in <code>eu-west-1</code>: removed'], ['in_progress failure inactive']])
    const told = fake.commentsOf(7)
    await (await run()).destroyed({ ...REMOVED, removed: [] })
    await (await run(there)).destroyed({ ...REMOVED, removed: [] })
    expect(fake.commentsOf(7)).toEqual(told)
  })
})

describe('what GitHub does not take fails nothing', () => {
  test('each missing permission is told once, with its name', async () => {
    fake.permissions = { 'pull-requests': 'read', deployments: 'none' }
    const announcer = await run()
    await announcer.started({ serving: undefined })
    await announcer.ready(READY)
    await announcer.failed(FAILED)
    await announcer.destroyed(REMOVED)
    expect(report.problems.map(({ hint }) => hint).toSorted()).toEqual([
      'Add deployments: write to the permissions of the job, in the workflow.',
      'Add pull-requests: write to the permissions of the job, in the workflow.',
    ])
    expect(report.of('notice')).toHaveLength(2)
  })

  test('the comment is written where deployments are not allowed, and the other way round', async () => {
    fake.permissions = { 'pull-requests': 'write', deployments: 'none' }
    await (await run()).ready(READY)
    fake.permissions = { 'pull-requests': 'none', deployments: 'write' }
    await (await run()).ready(READY)
    expect([outcomes(), states()]).toEqual([['ready'], ['in_progress success']])
  })

  test.each([
    ['a failure of GitHub', { status: 500 }],
    ['a limit', { status: 429, headers: { 'retry-after': '3600' } }],
    ['a page', { kind: 'page', html: '<p>no</p>' }],
    ['a lost connection', { kind: 'drop' }],
    ['not there', { status: 404, message: 'Not Found' }],
    ['an unknown token', { status: 401, message: 'Bad credentials' }],
  ] as const)('%s is a notice', async (_, fault) => {
    fake.fault = () => fault
    const announcer = await run()
    await announcer.started({ serving: undefined })
    await announcer.ready(READY)
    const kinds = new Set(report.lines.map((line) => line.split(':')[0]))
    expect([...kinds]).toEqual(['notice'])
    expect(JSON.stringify(report.problems)).not.toMatch(/defect of wsgi-lambda|ghs_/)
  })

  test('an announcement takes no longer than it may', async () => {
    fake.fault = () => ({ kind: 'silence' })
    const begun = performance.now()
    const announcer = await run({}, 100)
    await announcer.ready(READY)
    expect(performance.now() - begun).toBeLessThan(6000)
    expect(report.of('notice')).toEqual([
      expect.stringContaining('GitHub did not answer: could not'),
      expect.stringContaining('GitHub did not answer: could not'),
    ])
  })

  test('a cancelled run tells what it can at once, and says in the debug log only what it cannot', async () => {
    controller.abort()
    await (await run()).failed(FAILED)
    expect(outcomes()).toEqual(['failed'])
    fake.fault = () => ({ kind: 'silence' })
    await (await run()).destroyed(REMOVED)
    expect([outcomes(), report.problems]).toEqual([['failed'], []])
    expect(report.of('debug')).toHaveLength(2)
  })
})
