import { describe, expect, test } from '@jest/globals'
import { NO_CORS } from '../../src/aws/cors.ts'
import { type RollbackResult, rollback } from '../../src/commands/rollback.ts'
import { versions, versionsText } from '../../src/commands/versions.ts'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'
import { versionDescription } from '../../src/release/order/provenance.ts'
import { problemsOf } from '../../src/report/problem.ts'
import { loadFunctionSettings } from '../../src/settings/settings.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { fakeProvisioned } from '../release/fake-provisioned.ts'
import { fakeOrder, run as ownRun } from '../release/order.ts'
import { configured } from '../release/releases.ts'
import { failureOf } from '../release/world.ts'
import { recordingReporter } from '../report/recording.ts'

/** A function whose alias has served versions 1 and 2, and serves 3. */
async function createWorld({ streams = [false, false, false] } = {}) {
  const lambda = fakeLambda()
  const provisioned = fakeProvisioned(lambda)
  const report = recordingReporter()
  let now = 0
  for (const [index, isStreaming] of streams.entries()) {
    const code = { zip: Buffer.from(`code ${index + 1}`), architecture: 'x86_64' }
    if (index === 0) await lambda.createFunction('shop', configured({}).configuration, code)
    else await lambda.updateCode('shop', code)
    const description = versionDescription({ ...ownRun, kind: 'release', streams: isStreaming })
    await lambda.publish('shop', `code ${index + 1}`, description)
  }
  await lambda.createAlias('shop', 'live', { version: '3', description: 'wsgi-lambda; served before: 2 1' })
  const invokeMode = streams[2] === true ? 'RESPONSE_STREAM' : 'BUFFERED'
  await lambda.urls.create('shop', 'live', { authType: 'NONE', invokeMode, cors: NO_CORS })
  lambda.calls.length = 0
  const settingsOf = (given: Readonly<Record<string, unknown>>) =>
    loadFunctionSettings({
      project: '.',
      stage: undefined,
      environment: {},
      explicit: { given: { 'function-name': 'shop', ...given }, nameOf: String },
    })
  const back = async (to?: string, given: Readonly<Record<string, unknown>> = {}): Promise<RollbackResult> =>
    await rollback(to, await settingsOf(given), {
      lambda,
      urls: lambda.urls,
      provisioned,
      versions: lambda.versions,
      report,
      clock: () => (now += 10),
      wait: () => Promise.resolve(),
      signal: new AbortController().signal,
      order: fakeOrder,
    })
  const served = async (): Promise<string | undefined> => (await lambda.getAlias('shop', 'live'))?.version
  return { lambda, provisioned, report, back, served, settingsOf }
}

describe('rollback', () => {
  test('the alias goes back, and back again', async () => {
    const { lambda, report, back, served } = await createWorld()
    expect(await back()).toMatchObject({
      function: { name: 'shop', version: '2', alias: 'live', url: 'https://abc.lambda-url.eu-west-1.on.aws/' },
      from: '3',
      provenance: { commit: ownRun.commit, actor: 'octocat' },
    })
    expect(lambda.calls.filter((line) => /^(?:invoke|updateAlias live)/.test(line))).toEqual([
      'invoke 2 GET /',
      'updateAlias live → 2 (wsgi-lambda; served before: 1; rolled back from: 3)',
    ])
    expect(report.of('notice')).toEqual(['What migrations have done to a database is not reversed'])
    await back()
    expect(await served()).toBe('1')
  })

  test('a version of which nobody knows whether it has served is warned of', async () => {
    const { lambda, report, back, served } = await createWorld()
    await lambda.updateAlias('shop', 'live', { version: '3', description: 'by hand' })
    await back()
    expect(report.of('warning')).toEqual(['It is not known whether version 2 has ever served'])
    expect(await served()).toBe('2')
  })

  test('a version whose release failed is refused', async () => {
    const { lambda, back, served } = await createWorld()
    await lambda.updateAlias('shop', 'live', { version: '3', description: 'wsgi-lambda; served before: 1' })
    await expect(back('2')).rejects.toThrow('Version 2 has never served: its release was not finished')
    expect(await served()).toBe('3')
  })

  test('it has the lock meanwhile', async () => {
    const { lambda, back } = await createWorld()
    await back()
    const writes = lambda.writes().map((line) => line.split(/[:;(]/)[0]?.trim())
    expect(writes).toEqual([
      `createAlias ${LOCK_ALIAS} → $LATEST`,
      'updateAlias live → 2',
      `updateAlias ${LOCK_ALIAS} → $LATEST`,
    ])
  })

  test.each<[string, boolean[], string]>([
    ['one that streams', [true, true, false], 'RESPONSE_STREAM'],
    ['one that does not', [false, false, true], 'BUFFERED'],
  ])('the mode of the URL goes with the version: %s', async (_, streams, mode) => {
    const { lambda, back } = await createWorld({ streams })
    await back()
    expect((await lambda.urls.get('shop', 'live'))?.invokeMode).toBe(mode)
  })

  test('a move that fails leaves everything as it was', async () => {
    const { lambda, back, served } = await createWorld({ streams: [true, true, false] })
    lambda.failAt(/^updateAlias live/, new Error('denied'))
    await expect(back()).rejects.toThrow('denied')
    expect([await served(), (await lambda.urls.get('shop', 'live'))?.invokeMode]).toEqual(['3', 'BUFFERED'])
    expect((await lambda.getAlias('shop', LOCK_ALIAS))?.description).toBe('wsgi-lambda lock: free')
  })

  test('a move whose answer got lost is done', async () => {
    const { lambda, back, served } = await createWorld({ streams: [true, true, false] })
    lambda.failAt(/^updateAlias live/, new Error('socket hang up'), 'after')
    await back()
    expect([await served(), (await lambda.urls.get('shop', 'live'))?.invokeMode]).toEqual(['2', 'RESPONSE_STREAM'])
  })

  test('environments are ready on the version before it is served, where the settings speak of them', async () => {
    const { lambda, provisioned, back } = await createWorld()
    await provisioned.put('shop', '3', 5)
    await back(undefined, { 'provisioned-concurrency': '5' })
    expect(lambda.calls.filter((line) => /^(?:provision|unprovision|updateAlias live)/.test(line))).toEqual([
      ...[
        'provision 3 5',
        'provision 2 5',
        'updateAlias live → 2 (wsgi-lambda; served before: 1; rolled back from: 3)',
        'unprovision 3',
      ],
    ])
  })

  test('environments that cannot be kept ready: the alias has not moved', async () => {
    const { provisioned, back, served } = await createWorld()
    await provisioned.put('shop', '3', 5)
    provisioned.failure = 'too many'
    const error = await failureOf(back(undefined, { 'provisioned-concurrency': '5' }))
    expect(error.hint).toContain('The alias live has not moved: it serves version 3. Without provisioned-concurrency')
    expect([await served(), [...provisioned.all.keys()]]).toEqual(['3', ['3']])
  })

  test('environments are left alone without the setting', async () => {
    const { provisioned, back } = await createWorld()
    await provisioned.put('shop', '3', 5)
    await back()
    expect([...provisioned.all.keys()]).toEqual(['3'])
  })

  test('a version that does not answer is refused, unless nobody asks it', async () => {
    const { lambda, back, served } = await createWorld()
    lambda.application = () => ({ payload: JSON.stringify({ statusCode: 500, body: 'no table' }) })
    expect((await failureOf(back())).hint).toContain('The alias live has not moved: it serves version 3.')
    expect(await served()).toBe('3')
    await back(undefined, { smoke: false })
    expect(await served()).toBe('2')
  })

  test('of requests that fail, each is told', async () => {
    const { lambda, back } = await createWorld()
    lambda.application = () => ({ payload: JSON.stringify({ statusCode: 500, body: 'no table' }) })
    const error = await failureOf(back(undefined, { 'smoke-requests': '/one\n/two' }))
    expect(problemsOf(error).problems.map(({ title }) => title)).toEqual([
      'Version 2 answers GET /one with 500',
      'Version 2 answers GET /two with 500',
    ])
  })

  test('a version that is gone is refused', async () => {
    const { lambda, back, served } = await createWorld()
    await lambda.versions.remove('shop', '2')
    expect((await failureOf(back('2'))).title).toBe('Version 2 does not exist, or was deleted')
    await back()
    expect(await served()).toBe('1')
  })

  test('without an alias there is nothing to go back from', async () => {
    const { lambda, back } = await createWorld()
    const error = await failureOf(back(undefined, { alias: 'staging' }))
    expect(error.title).toBe('The function shop has no alias staging: nothing was released by that name')
    expect(lambda.writes()).toEqual([])
  })
})

describe('versions', () => {
  test('as a table', async () => {
    const { lambda, settingsOf } = await createWorld()
    expect(versionsText(await versions(await settingsOf({}), lambda.versions)).split('\n')).toEqual([
      '  version  published (UTC)   by       commit          size  aliases',
      '* 3        2026-11-03 10:00  octocat  abc123456789  1.0 MB  live',
      '  2        2026-11-02 10:00  octocat  abc123456789  1.0 MB',
      '  1        2026-11-01 10:00  octocat  abc123456789  1.0 MB',
      '',
    ])
  })

  test('of a function that does not exist', async () => {
    const { lambda, settingsOf } = await createWorld()
    const error = await failureOf(versions(await settingsOf({ 'function-name': 'other' }), lambda.versions))
    expect(error.title).toBe('The function other does not exist')
  })
})
