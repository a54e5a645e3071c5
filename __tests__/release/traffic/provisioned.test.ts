import { describe, expect, test } from '@jest/globals'
import type { ProvisionedConcurrency } from '../../../src/aws/provisioned.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { moveProvisioned } from '../../../src/release/traffic/provisioned.ts'
import { recordingReporter } from '../../report/recording.ts'
import { fakeLambda } from '../fake-lambda.ts'
import { fakeProvisioned } from '../fake-provisioned.ts'
import { alias, current, nothing, RELEASED, RELEASED_AFTER_1, same } from '../releases.ts'
import { createReleasedWorld, effects, failureOf, v1, v2 } from '../world.ts'

const ready = (qualifier: string, requested = 5): ProvisionedConcurrency => ({
  ...{ qualifier, requested, available: requested },
  ...{ status: 'READY', reason: undefined },
})
const quiet = { beforeTraffic: [], afterTraffic: [] }
const five: DesiredRelease = { ...same, ...quiet, provisioned: 5 }
const none: DesiredRelease = { ...five, provisioned: 0 }
const having = (...provisioned: ProvisionedConcurrency[]): CurrentRelease => ({ ...current, provisioned })
const KEEP_5 = 'keep 5 environments of the version ready (provisioned concurrency)'
const REMOVE_7 = 'remove the provisioned concurrency of version 7'
const CHANGE = ['update the code', 'publish a version and wait until it is active', 'request / from the new version']
const MOVE = 'move the alias live to the new version'

describe('the plan', () => {
  test.each<[string, CurrentRelease, DesiredRelease, readonly string[]]>([
    ['nothing to do', having(ready('7')), five, []],
    ['nothing was asked for', having(ready('7')), { ...five, provisioned: undefined }, []],
    ['none, and there is none', having(), none, []],
    ['the version that serves gets it, and nothing else is done', having(), five, [KEEP_5]],
    ['another count', having(ready('7', 3)), five, [KEEP_5]],
    ['it has failed', having({ ...ready('7'), status: 'FAILED' }), five, [KEEP_5]],
    ['it is on its way', having({ ...ready('7'), status: 'IN_PROGRESS' }), five, []],
    ['it is removed', having(ready('7')), none, [REMOVE_7]],
    [
      'a new version has it before traffic moves, and the old one has it until then',
      having(ready('7')),
      { ...five, codeSha256: 'new' },
      [...CHANGE, KEEP_5, MOVE, REMOVE_7],
    ],
    ['a new version, and none', having(ready('7')), { ...none, codeSha256: 'new' }, [...CHANGE, MOVE, REMOVE_7]],
    [
      'what an ended run has left on the version before',
      { ...having(ready('7'), ready('6')), alias: { ...alias, description: 'wsgi-lambda; served before: 6 5' } },
      five,
      ['remove the provisioned concurrency of version 6'],
    ],
    [
      'what a run has left that was ended within a step',
      { ...having(ready('7'), ready('8')), alias: { ...alias, weights: { '8': 0.1 } } },
      five,
      [
        'send all traffic of the alias live to one version again',
        ...['request / from the new version', MOVE, 'remove the provisioned concurrency of version 8'],
      ],
    ],
    ['versions that others use are left alone', having(ready('7'), ready('3')), five, []],
  ])('%s', (_, from, desired, lines) => {
    expect(planRelease(from, desired).map((step) => describeStep(step, desired))).toEqual(lines)
  })

  test('the first deployment', () => {
    const kinds = planRelease(nothing, { ...five, access: 'none' }).map(({ kind }) => kind)
    expect(kinds).toEqual(['create-function', 'publish', 'smoke', 'provision', 'move-alias'])
  })

  test('is refused where the alias has its own', () => {
    const problem = {
      title: 'The alias live has provisioned concurrency of its own, and provisioned-concurrency is set',
    }
    expect(() => planRelease(having(ready('live')), five)).toThrow(expect.objectContaining(problem))
  })
})

describe('a release with provisioned concurrency', () => {
  const from = { ...v1, ...quiet, provisioned: 2 }
  const to = { ...v2, ...quiet, provisioned: 3 }

  test('is awaited on the new version, then removed from the old one', async () => {
    const { lambda, provisioned, release, report } = await createReleasedWorld(from)
    provisioned.pendingReads = 2
    await release(to)
    expect(effects(lambda).slice(3)).toEqual([
      'invoke 2 GET /',
      'provision 2 3',
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
      'unprovision 1',
    ])
    expect([...provisioned.all.keys()]).toEqual(['2'])
    expect(report.of('progress')).toContain('0 of 3 environments of version 2 are ready')
  })

  test('that cannot be provided: nothing moves, and the new version keeps none', async () => {
    const { provisioned, release, aliasNow } = await createReleasedWorld(from)
    provisioned.failure = 'FUNCTION_ERROR_INIT_FAILURE'
    expect(await failureOf(release(to))).toMatchObject({
      title: 'Lambda could not keep 3 environments of version 2 ready',
      detail: 'FUNCTION_ERROR_INIT_FAILURE',
      hint: expect.stringContaining(
        'The alias live has not moved: it serves version 1. Version 2 has no provisioned concurrency any more.',
      ),
    })
    expect(await aliasNow()).toMatchObject({ version: '1', description: RELEASED })
    expect([...provisioned.all.keys()]).toEqual(['1'])
  })

  test('that never gets ready is not awaited for ever', async () => {
    const { provisioned, release } = await createReleasedWorld(from)
    provisioned.pendingReads = 1e6
    expect((await failureOf(release(to))).title).toBe('Waited 900 seconds for the provisioned concurrency of version 2')
    expect([...provisioned.all.keys()]).toEqual(['1'])
  })

  test('after a failure behind the move the old version still has it', async () => {
    const { lambda, provisioned, release } = await createReleasedWorld(from)
    lambda.interruptAt(/^updateAlias/, () => {
      lambda.application = () => ({ payload: '[1, "no"]' })
    })
    await failureOf(release({ ...to, afterTraffic: ['manage clearsessions'] }))
    expect([...provisioned.all.keys()]).toEqual(['1'])
  })

  test('another count that cannot be provided: the former one is asked for again', async () => {
    const { provisioned, release } = await createReleasedWorld(from)
    provisioned.failure = 'too many'
    expect((await failureOf(release({ ...from, provisioned: 900 }))).hint).toContain(
      'The provisioned concurrency of version 1 is 2 again.',
    )
  })

  test('what cannot be removed is a warning that says what it costs', async () => {
    const { lambda, release, report } = await createReleasedWorld(from)
    lambda.failAt(/^unprovision/, new Error('no network'))
    await release(to)
    expect(report.problems).toMatchObject([
      {
        title: 'The provisioned concurrency of version 1 could not be removed: it costs money until it is',
        detail: 'no network',
        hint: 'Run: aws lambda delete-provisioned-concurrency-config --function-name shop --qualifier 1',
      },
    ])
  })
})

describe('a rollback', () => {
  const world = () => {
    const provisioned = fakeProvisioned(fakeLambda())
    const report = recordingReporter()
    const { signal } = new AbortController()
    let now = 0
    const clock = (): number => (now += 1000)
    return { provisioned, report, signal, clock, lambda: fakeLambda(), wait: () => Promise.resolve() }
  }

  test('gets it ready on the version to come, and removes it when traffic has left the others', async () => {
    const provisioning = world()
    const { all } = provisioning.provisioned
    await provisioning.provisioned.put('shop', '8', 4)
    await provisioning.provisioned.put('shop', '9', 2)
    const move = await moveProvisioned('shop', { from: ['8', '9'], to: '7' }, provisioning)
    expect([...all.keys()]).toEqual(['8', '9', '7'])
    expect(all.get('7')?.requested).toBe(4)
    await move.finish()
    expect([...all.keys()]).toEqual(['7'])
  })

  test('from steps that are still going on takes it from the new version alone', async () => {
    const provisioning = world()
    await provisioning.provisioned.put('shop', '8', 4)
    await provisioning.provisioned.put('shop', '9', 4)
    await (await moveProvisioned('shop', { from: ['8', '9'], to: '8' }, provisioning)).finish()
    expect([...provisioning.provisioned.all.keys()]).toEqual(['8'])
  })

  test('without it changes nothing', async () => {
    const provisioning = world()
    const move = await moveProvisioned('shop', { from: ['8'], to: '7' }, provisioning)
    await move.finish()
    await move.undo()
    expect(provisioning.provisioned.all.size).toBe(0)
  })

  test.each(['cannot have it', 'does not happen'])('that %s leaves the version to come without', async (why) => {
    const provisioning = world()
    await provisioning.provisioned.put('shop', '8', 4)
    if (why === 'cannot have it') provisioning.provisioned.failure = 'too many'
    const moving = moveProvisioned('shop', { from: ['8'], to: '7' }, provisioning)
    if (why === 'cannot have it') await expect(moving).rejects.toMatchObject({ detail: 'too many' })
    else await (await moving).undo()
    expect([...provisioning.provisioned.all.keys()]).toEqual(['8'])
  })
})
