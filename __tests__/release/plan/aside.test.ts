import { describe, expect, test } from '@jest/globals'
import { type CurrentAside, type DesiredAside, NOT_LOOKED_AT, NOTHING_ASIDE } from '../../../src/release/aside-state.ts'
import { placeOfArn, rolePolicy } from '../../../src/release/permissions/role-policy.ts'
import { type AsideStep, asideSteps, descriptionSteps } from '../../../src/release/plan/aside.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import { current, latest, leastNeeds as needs, nothing, same } from '../releases.ts'

const CSC = 'arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-1'
const BOUNDARY = 'arn:aws:iam::123456789012:policy/shop-boundary'
const role = { name: 'shop-role', needs }
const policy = rolePolicy(needs, placeOfArn(latest.arn), undefined)
const month = { group: '/shop', days: 30 }
const found = { name: '/shop', retentionDays: 30 }

const cases: readonly [string, Partial<CurrentAside>, Partial<DesiredAside>, readonly AsideStep[]][] = [
  ['nothing asked for', { tags: { a: '1' }, reservedConcurrency: { reserved: 5 } }, {}, []],
  ['tags that are there', { tags: { a: '1', b: '2' } }, { tags: { a: '1' } }, []],
  [
    'tags that are not, or differ',
    { tags: { a: '1', b: '2' } },
    { tags: { a: '1', b: '3', c: '4' } },
    [{ kind: 'add-tags', names: ['b', 'c'] }],
  ],
  ['as much reserved', { reservedConcurrency: { reserved: 5 } }, { reservedConcurrency: { reserved: 5 } }, []],
  [
    'more reserved',
    { reservedConcurrency: { reserved: 5 } },
    { reservedConcurrency: { reserved: 6 } },
    [{ kind: 'reserve-concurrency', reserved: 6 }],
  ],
  [
    'nothing reserved any more',
    { reservedConcurrency: { reserved: 5 } },
    { reservedConcurrency: { reserved: undefined } },
    [{ kind: 'reserve-concurrency', reserved: undefined }],
  ],
  [
    'nothing reserved, as before',
    { reservedConcurrency: { reserved: undefined } },
    { reservedConcurrency: { reserved: undefined } },
    [],
  ],
  ['the same signatures', { codeSigning: { arn: CSC } }, { codeSigning: { arn: CSC } }, []],
  [
    'signatures',
    { codeSigning: { arn: undefined } },
    { codeSigning: { arn: CSC } },
    [{ kind: 'set-code-signing', arn: CSC }],
  ],
  [
    'no signatures any more',
    { codeSigning: { arn: CSC } },
    { codeSigning: { arn: undefined } },
    [{ kind: 'set-code-signing', arn: undefined }],
  ],
  ['a log group as it should be', { logGroup: { name: '/shop', found } }, { logRetention: month }, []],
  [
    'another retention',
    { logGroup: { name: '/shop', found } },
    { logRetention: { group: '/shop', days: undefined } },
    [{ kind: 'set-log-retention', group: '/shop', days: undefined }],
  ],
  [
    'no log group yet',
    { logGroup: { name: '/shop', found: undefined } },
    { logRetention: month },
    [
      { kind: 'create-log-group', name: '/shop' },
      { kind: 'set-log-retention', group: '/shop', days: 30 },
    ],
  ],
  [
    'no log group yet, and lines that are kept for ever',
    { logGroup: { name: '/shop', found: undefined } },
    { logRetention: { group: '/shop', days: undefined } },
    [{ kind: 'create-log-group', name: '/shop' }],
  ],
  ['a role as it should be', { role: { name: 'shop-role', state: 'ours', arn: undefined, policy } }, { role }, []],
  [
    'a role that needs more',
    { role: { name: 'shop-role', state: 'ours', arn: undefined, policy } },
    { role: { ...role, needs: { ...needs, isTraced: true } } },
    [{ kind: 'update-role', name: 'shop-role' }],
  ],
  [
    'a role that may do more than it needs',
    {
      role: {
        ...{ name: 'shop-role', state: 'ours', arn: undefined },
        policy: rolePolicy({ ...needs, isTraced: true }, placeOfArn(latest.arn), undefined),
      },
    },
    { role },
    [],
  ],
  [
    'a role of a run that was killed before it got its policy',
    { role: { name: 'shop-role', state: 'ours', arn: 'arn:role', policy: undefined } },
    { role },
    [{ kind: 'update-role', name: 'shop-role' }],
  ],
  [
    'no role yet',
    { role: { name: 'shop-role', state: 'missing', arn: undefined, policy: undefined } },
    { role },
    [{ kind: 'create-role', name: 'shop-role' }],
  ],
  [
    'no role yet, and one that is bounded',
    { role: { name: 'shop-role', state: 'missing', arn: undefined, policy: undefined } },
    { role: { ...role, boundary: BOUNDARY } },
    [{ kind: 'create-role', name: 'shop-role', boundary: BOUNDARY }],
  ],
  [
    'a role that is bounded as it should be',
    { role: { name: 'shop-role', state: 'ours', arn: undefined, policy, boundary: BOUNDARY } },
    { role: { ...role, boundary: BOUNDARY } },
    [],
  ],
  ...[undefined, `${BOUNDARY}-of-old`].map((boundary): (typeof cases)[number] => [
    `a role that ${boundary} bounds`,
    { role: { name: 'shop-role', state: 'ours', arn: undefined, policy, boundary } },
    { role: { ...role, boundary: BOUNDARY } },
    [{ kind: 'update-role', name: 'shop-role', boundary: BOUNDARY }],
  ]),
  [
    'a role whose boundary nobody asks for any more',
    { role: { name: 'shop-role', state: 'ours', arn: undefined, policy, boundary: BOUNDARY } },
    { role },
    [],
  ],
]

describe('beside the versions', () => {
  test.each(cases)('%s: only that is done, and nothing is published', (_, has, wanted, steps) => {
    const from = { ...current, aside: { ...NOT_LOOKED_AT, ...has } }
    expect(planRelease(from, { ...same, aside: { ...NOTHING_ASIDE, ...wanted } })).toEqual(steps)
  })

  test('with new code it comes first', () => {
    const from = { ...current, aside: { ...NOT_LOOKED_AT, reservedConcurrency: { reserved: undefined } } }
    const aside = { ...NOTHING_ASIDE, reservedConcurrency: { reserved: 5 } }
    const kinds = planRelease(from, { ...same, codeSha256: 'new', aside }).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['reserve-concurrency', 'update-code'])
    expect(kinds).toContain('move-alias')
  })

  test('of a new function what it needs is there before it, and what needs it comes after it', () => {
    const aside: DesiredAside = {
      tags: { team: 'shop' },
      reservedConcurrency: { reserved: 5 },
      codeSigning: { arn: CSC },
      logRetention: month,
      role,
      description: 'Ours',
    }
    const kinds = planRelease(nothing, { ...same, aside }).map(({ kind }) => kind)
    expect(kinds.slice(0, 6)).toEqual([
      ...['create-role', 'create-log-group', 'set-log-retention'],
      ...['create-function', 'reserve-concurrency', 'publish'],
    ])
    expect(kinds).not.toContain('add-tags')
    expect(kinds).not.toContain('set-code-signing')
  })

  test('nothing is reserved for a new function: there is nothing to take back', () => {
    const aside = { ...NOTHING_ASIDE, reservedConcurrency: { reserved: undefined } }
    expect(asideSteps(nothing, { ...same, aside })).toEqual({ first: [], created: [] })
  })
})

describe('the description of the function', () => {
  const described = (description: string | undefined) => ({ ...same, aside: { ...NOTHING_ASIDE, description } })

  test.each([
    ['is what it should be', 'The shop', []],
    ['is not asked for', undefined, []],
    ['is another', 'Our shop', [{ kind: 'describe-function' }]],
  ])('%s', (_, description, steps) => {
    expect(planRelease(current, described(description))).toEqual(steps)
    expect(descriptionSteps(nothing, described(description))).toEqual([])
  })

  test('goes along with any other change of the configuration', () => {
    const configuration = { ...same.configuration, memory: 1024, description: 'Our shop' }
    const steps = planRelease(current, { ...described('Our shop'), configuration })
    expect(steps[0]).toEqual({ kind: 'update-configuration', changes: ['memory', 'description'] })
    expect(steps.map(({ kind }) => kind)).not.toContain('describe-function')
  })
})

test.each<[AsideStep, string]>([
  [{ kind: 'create-role', name: 'shop-role' }, 'create the execution role shop-role'],
  [{ kind: 'update-role', name: 'shop-role' }, 'update what the execution role shop-role may do'],
  [
    { kind: 'create-role', name: 'shop-role', boundary: BOUNDARY },
    `create the execution role shop-role, within the permissions boundary ${BOUNDARY}`,
  ],
  [
    { kind: 'update-role', name: 'shop-role', boundary: BOUNDARY },
    `update what the execution role shop-role may do, within the permissions boundary ${BOUNDARY}`,
  ],
  [{ kind: 'create-log-group', name: '/shop' }, 'create the log group /shop'],
  [{ kind: 'set-log-retention', group: '/shop', days: 30 }, 'keep the lines of the log group /shop for 30 days'],
  [{ kind: 'set-log-retention', group: '/shop', days: undefined }, 'keep the lines of the log group /shop for ever'],
  [{ kind: 'set-code-signing', arn: CSC }, `check new code by the code signing configuration ${CSC}`],
  [{ kind: 'set-code-signing', arn: undefined }, 'check no signature of new code'],
  [{ kind: 'reserve-concurrency', reserved: 5 }, 'reserve a concurrency of 5'],
  [{ kind: 'reserve-concurrency', reserved: undefined }, 'reserve no concurrency'],
  [{ kind: 'add-tags', names: ['team', 'cost'] }, 'tag the function: team, cost'],
  [{ kind: 'describe-function' }, 'update the description of the function'],
])('%j is described as: %s', (step, line) => {
  expect(describeStep(step, same)).toBe(line)
})
