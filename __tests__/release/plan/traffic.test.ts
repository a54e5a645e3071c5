import { describe, expect, test } from '@jest/globals'
import { aliasDescription, NOT_RELEASED } from '../../../src/release/order/alias-mark.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { alias, configured, current, latest, nothing, RELEASED, RELEASED_AFTER_1, same, url } from '../releases.ts'
import { createReleasedWorld, createWorld, effects, failureOf, v1, v2 } from '../world.ts'

const IN_STEPS: DesiredRelease['traffic'] = {
  portions: [
    { percent: 10, seconds: 60 },
    { percent: 50, seconds: 300 },
  ],
  alarms: ['shop-errors'],
}
const quiet = { beforeTraffic: [], afterTraffic: [] }
const next: DesiredRelease = { ...same, ...quiet, codeSha256: 'new', traffic: IN_STEPS }
const divided: CurrentRelease = { ...current, alias: { ...alias, weights: { '8': 0.1 } } }
const notReleased = aliasDescription(NOT_RELEASED)

describe('the plan', () => {
  test.each<[string, CurrentRelease, DesiredRelease, readonly string[]]>([
    ['nothing to do', current, { ...same, traffic: IN_STEPS }, []],
    [
      'steps between the proof and the move, and alarms that are asked first of all',
      current,
      next,
      ['check-alarms', 'update-code', 'publish', 'smoke', 'shift-traffic', 'shift-traffic', 'move-alias'],
    ],
    [
      'without alarms only requests judge',
      current,
      { ...next, traffic: { ...IN_STEPS, alarms: [] } },
      ['update-code', 'publish', 'smoke', 'shift-traffic', 'shift-traffic', 'move-alias'],
    ],
    [
      'the first deployment: there is nothing to divide traffic with',
      { ...nothing, latest },
      { ...next, access: 'none' },
      ['update-code', 'publish', 'smoke', 'move-alias'],
    ],
    [
      'a version that has not proven itself gets no traffic',
      { ...current, alias: { ...alias, description: notReleased } },
      next,
      ['update-code', 'publish', 'smoke', 'move-alias'],
    ],
    [
      'an alias on $LATEST, with which Lambda divides nothing',
      { ...current, alias: { ...alias, version: '$LATEST' }, served: latest },
      next,
      ['update-code', 'publish', 'smoke', 'move-alias'],
    ],
    [
      'a run that was ended within a step',
      divided,
      next,
      [
        'clear-weights',
        ...['check-alarms', 'update-code', 'publish', 'smoke', 'shift-traffic', 'shift-traffic', 'move-alias'],
      ],
    ],
    [
      'the same, and what should be served is the old version',
      divided,
      { ...same, ...quiet, traffic: IN_STEPS },
      ['clear-weights', 'smoke', 'move-alias'],
    ],
    ['the same without the setting', divided, { ...same, ...quiet }, ['clear-weights', 'smoke', 'move-alias']],
  ])('%s', (_, from, desired, kinds) => {
    expect(planRelease(from, desired).map(({ kind }) => kind)).toEqual(kinds)
  })

  test.each<[string, CurrentRelease, DesiredRelease, string]>([
    [
      'another role',
      current,
      configured({ role: 'arn:aws:iam::123456789012:role/other' }, next),
      'traffic cannot move in steps: the new version has another role than version 7, which live serves',
    ],
    [
      'another dead letter target',
      current,
      configured({ options: { deadLetterTarget: 'arn:aws:sqs:eu-west-1:123456789012:failed' } }, next),
      'traffic cannot move in steps: the new version has another dead letter target than version 7, which live serves',
    ],
    [
      'streaming turned on',
      current,
      { ...next, invokeMode: 'RESPONSE_STREAM' },
      'traffic cannot move in steps while streaming is turned on',
    ],
    [
      'streaming turned off',
      { ...current, url: { ...url, invokeMode: 'RESPONSE_STREAM' } },
      next,
      'traffic cannot move in steps while streaming is turned off',
    ],
  ])('is refused with %s', (_, from, desired, title) => {
    expect(() => planRelease(from, desired)).toThrow(expect.objectContaining({ title, exitCode: 2 }))
  })

  test('says how long a part of the traffic goes where', () => {
    expect(planRelease(divided, next).map((step) => describeStep(step, next))).toEqual([
      'send all traffic of the alias live to one version again',
      'see that no alarm is on: shop-errors',
      'update the code',
      'publish a version and wait until it is active',
      'request / from the new version',
      'send 10 % of the traffic to the new version for 1 min',
      'send 50 % of the traffic to the new version for 5 min',
      'move the alias live to the new version',
    ])
    const first = planRelease({ ...nothing, latest }, { ...next, access: 'none' })
    expect(first.map((step) => describeStep(step, next)).at(-1)).toBe(
      'move the alias live to the new version, at once: no version has served before',
    )
  })
})

describe('a release in steps', () => {
  const desired: DesiredRelease = { ...v2, ...quiet, traffic: IN_STEPS }
  const world = async () => {
    const created = await createReleasedWorld({ ...v1, ...quiet })
    created.alarms.set('shop-errors', 'OK')
    return created
  }
  const moves = ({ lambda }: { readonly lambda: Parameters<typeof effects>[0] }): string[] =>
    effects(lambda).filter((line) => line.startsWith('updateAlias'))

  test('the old version stays the main one until the end', async () => {
    const { lambda, release, report, aliasNow, waits } = await world()
    await release(desired)
    expect(moves({ lambda })).toEqual([
      `updateAlias live → 1 (${RELEASED}) and 10 % to 2`,
      `updateAlias live → 1 (${RELEASED}) and 50 % to 2`,
      `updateAlias live → 2 (${RELEASED_AFTER_1})`,
    ])
    expect(await aliasNow()).toMatchObject({ version: '2', weights: {} })
    expect(waits.reduce((sum, milliseconds) => sum + milliseconds, 0)).toBeGreaterThan(355_000)
    expect(report.of('info')).toContain('version 2 has 50 % of the traffic, version 1 the rest')
  })

  test('an alarm moves traffic back, with its name and reason', async () => {
    const { lambda, alarms, release, aliasNow } = await world()
    lambda.interruptAt(/and 50 %/, () => {
      alarms.set('shop-errors', 'ALARM', 'Threshold Crossed: 1 datapoint (7.0) was greater than 5.0')
    })
    expect(await failureOf(release(desired))).toMatchObject({
      title: 'With 50 % of the traffic: The alarm shop-errors is in ALARM',
      detail: 'Threshold Crossed: 1 datapoint (7.0) was greater than 5.0',
      hint: expect.stringContaining('All traffic is back on version 1: version 2 gets none.'),
      exitCode: 1,
    })
    expect(await aliasNow()).toMatchObject({ version: '1', description: RELEASED, weights: {} })
  })

  test('without data an alarm says nothing', async () => {
    const { alarms, release, aliasNow } = await world()
    alarms.set('shop-errors', 'INSUFFICIENT_DATA')
    await release(desired)
    expect((await aliasNow())?.version).toBe('2')
  })

  test('a request that fails within a step moves traffic back', async () => {
    const { lambda, release, aliasNow } = await world()
    lambda.interruptAt(/and 10 %/, () => {
      lambda.application = () => ({ payload: '{"statusCode": 503, "body": "too many connections"}' })
    })
    expect(await failureOf(release(desired))).toMatchObject({
      title: 'With 10 % of the traffic: The new version answers GET / with 503',
      detail: 'too many connections',
    })
    expect(await aliasNow()).toMatchObject({ version: '1', weights: {} })
  })

  test.each([
    ['is on before the release', 'ALARM', 'The alarm shop-errors is in ALARM'],
    ['does not exist', undefined, 'There is no alarm shop-errors'],
  ] as const)('an alarm that %s: nothing is changed', async (_, state, title) => {
    const { lambda, alarms, release } = await createReleasedWorld({ ...v1, ...quiet })
    if (state) alarms.set('shop-errors', state)
    expect((await failureOf(release(desired))).title).toBe(title)
    expect(effects(lambda)).toEqual([])
  })

  test('an alarm that goes on before the first step: nothing is shifted', async () => {
    const { lambda, alarms, release } = await world()
    lambda.interruptAt(/^invoke 2 GET/, () => {
      alarms.set('shop-errors', 'ALARM')
    })
    const { hint } = await failureOf(release(desired))
    expect(hint).toMatch(/^No traffic has moved\. Wait until it is OK/)
    expect(hint).toContain('The alias live has not moved: it serves version 1.')
    expect(moves({ lambda })).toEqual([])
  })

  test('Ctrl-C within a step moves traffic back', async () => {
    const { lambda, controller, release, aliasNow } = await world()
    lambda.interruptAt(/and 10 %/, () => {
      controller.abort()
    })
    await expect(release(desired)).rejects.toThrow('aborted')
    expect(await aliasNow()).toMatchObject({ version: '1', weights: {} })
  })

  test('a shift whose answer got lost is taken back too', async () => {
    const { lambda, release, aliasNow } = await world()
    lambda.failAt(/and 10 %/, new Error('socket hang up'), 'after')
    lambda.failAt(/^getAlias/, new Error('socket hang up'))
    await expect(release(desired)).rejects.toThrow('socket hang up')
    expect(await aliasNow()).toMatchObject({ version: '1', weights: {} })
  })

  test('what an ended run has left is cleared first, and does not come back after a failure', async () => {
    const { lambda, release, aliasNow } = await world()
    await release({ ...v2, ...quiet })
    await lambda.updateAlias('shop', 'live', { version: '1', description: RELEASED, weights: { '2': 0.5 } })
    lambda.calls.length = 0
    lambda.interruptAt(/^publish/, () => {
      lambda.application = () => ({ payload: '{"statusCode": 500}' })
    })
    await failureOf(release({ ...desired, codeSha256: 'three' }))
    expect(effects(lambda)[0]).toBe(`updateAlias live → 1 (${RELEASED})`)
    expect(await aliasNow()).toMatchObject({ version: '1', weights: {} })
  })

  test('weights that cannot be cleared are said', async () => {
    const { lambda, alarms, release } = await world()
    lambda.interruptAt(/and 10 %/, () => {
      alarms.set('shop-errors', 'ALARM')
      lambda.failAt(/^updateAlias live → 1 \(wsgi-lambda\)$/, new Error('no network'))
    })
    expect((await failureOf(release(desired))).hint).toContain(
      'Traffic could not be taken from version 2 (no network): the alias live still sends it a part.',
    )
  })

  test('a failure of any call leaves one version with all of the traffic, and the next run goes on', async () => {
    const whole = await world()
    await whole.release({ ...desired, provisioned: 2 })
    const lines = [...whole.lambda.calls]
    for (const when of ['before', 'after'] as const) {
      for (const [call, line] of lines.entries()) {
        const { lambda, provisioned, release, aliasNow } = await world()
        lambda.failAt(call, new Error('no network'), when)
        await release({ ...desired, provisioned: 2 }).catch(() => undefined)
        const left = await aliasNow()
        const ready = [...provisioned.all.keys()]
        expect([when, line, left?.weights, ready]).toEqual([when, line, {}, left?.version === '2' ? ['2'] : []])
        await release({ ...desired, provisioned: 2 })
        expect([when, line, await aliasNow()]).toEqual([
          when,
          line,
          expect.objectContaining({ version: '2', weights: {} }),
        ])
        expect([...provisioned.all.keys()]).toEqual(['2'])
      }
    }
  })

  test('the first deployment has no steps', async () => {
    const { lambda, release } = createWorld()
    await release({ ...v1, ...quiet, traffic: IN_STEPS })
    expect(moves({ lambda })).toEqual([`updateAlias live → 1 (${RELEASED})`])
  })
})
