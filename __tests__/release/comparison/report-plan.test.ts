import { describe, expect, test } from '@jest/globals'
import { OWN_ROLE } from '../../../src/release/aside-state.ts'
import { type Planned, planFacts } from '../../../src/release/comparison/report-plan.ts'
import { placeOfFunction } from '../../../src/release/permissions/step-permissions.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import { type CurrentRelease, type DesiredRelease, OWN_LAYER } from '../../../src/release/state.ts'
import type { PlanFacts } from '../../../src/report/plan-facts.ts'
import { configured, current, leastNeeds, nothing, same, version7 } from '../releases.ts'

const COMPARED = { zipBytes: 9, unzippedBytes: 20, before: undefined, after: undefined, migrations: undefined }

function factsOf(desired: DesiredRelease, from: CurrentRelease = current): PlanFacts {
  const planned: Planned = { current: from, desired, steps: planRelease(from, desired) }
  return planFacts(planned, COMPARED, [])
}

describe('what is served stays out, and what changes is named', () => {
  test.each<[string, DesiredRelease, Partial<PlanFacts>]>([
    ['nothing', same, { configuration: [], code: undefined, migrations: [] }],
    [
      'settings with their values',
      configured({ memory: 1024, timeout: 60 }),
      {
        configuration: [
          { setting: 'memory', before: '512', after: '1024' },
          { setting: 'timeout', before: '30', after: '60' },
        ],
      },
    ],
    [
      'variables by name alone',
      configured({ environment: { DEBUG: 'canary', ADDED: 'canary' } }),
      { configuration: [], environment: { added: ['ADDED'], changed: ['DEBUG'], removed: [] } },
    ],
    [
      'variables that go',
      configured({ environment: {} }),
      { environment: { added: [], changed: [], removed: ['DEBUG'] } },
    ],
    [
      'layers',
      configured({ layers: ['arn:a:1', 'arn:b:2'] }),
      { configuration: [{ setting: 'layers', before: undefined, after: 'arn:a:1, arn:b:2' }] },
    ],
    [
      'a layer that is not published yet, by its name',
      {
        ...configured({ layers: ['arn:a:1', OWN_LAYER] }),
        layer: { name: 'shop-dependencies', codeSha256: 'x', arn: undefined, upload: undefined },
      },
      { configuration: [{ setting: 'layers', before: undefined, after: 'arn:a:1, shop-dependencies' }] },
    ],
    [
      'a role that is not made yet, by its name',
      {
        ...configured({ role: OWN_ROLE }),
        aside: { ...same.aside, role: { name: 'shop-role', needs: leastNeeds } },
      },
      { configuration: [{ setting: 'role', before: version7.role, after: 'shop-role' }] },
    ],
    [
      'options',
      configured({ options: { ...same.configuration.options, ephemeralStorage: 1024 } }),
      { configuration: [{ setting: 'ephemeral-storage', before: '512', after: '1024' }] },
    ],
    [
      'code',
      { ...same, codeSha256: 'new' },
      {
        code: { before: 'old', after: 'new', zipBytes: 9, unzippedBytes: 20, contents: undefined },
        migrations: undefined,
      },
    ],
  ])('%s', (_, desired, facts) => {
    expect(factsOf(desired)).toMatchObject({ served: '7', ...facts })
    expect(JSON.stringify(factsOf(desired))).not.toContain('canary')
  })

  test('a new function has all of it', () => {
    expect(factsOf(same, nothing)).toMatchObject({
      served: undefined,
      configuration: [
        { setting: 'runtime', before: undefined, after: 'python3.13' },
        { setting: 'handler', before: undefined, after: 'wsgi_handler.handler' },
        { setting: 'role', before: undefined },
        { setting: 'memory', before: undefined, after: '512' },
        { setting: 'timeout', before: undefined, after: '30' },
      ],
      environment: { added: ['DEBUG'], changed: [], removed: [] },
      code: { before: undefined, after: 'old' },
    })
  })

  test('the address of the URL is no change', () => {
    const desired = configured({ memory: 1024, environment: { DEBUG: '0', SITE: '{{url}}' } })
    const served = { ...version7, environment: { DEBUG: '0', SITE: current.url?.address.replace(/\/$/, '') ?? '' } }
    expect(factsOf(desired, { ...current, served }).environment).toEqual({ added: [], changed: [], removed: [] })
  })
})

test.each([
  ['arn:aws-cn:lambda:cn-north-1:123456789012:function:shop', ['aws-cn', 'cn-north-1', '123456789012']],
  [undefined, ['p', 'r', 'a']],
])('where %s is', (arn, [partition, region, account]) => {
  const otherwise = { partition: 'p', region: 'r', account: 'a' }
  expect(placeOfFunction(arn, otherwise)).toEqual({ partition, region, account })
})
