import { describe, expect, test } from '@jest/globals'
import { numbersFrom } from '../../scripts/environment/random.ts'
import { KINDS, kindOf, SHOP } from '../../scripts/lifecycle/apps.ts'
import { chooseHappening } from '../../scripts/lifecycle/choice.ts'
import { added, lostOrChanged } from '../../scripts/lifecycle/inventory.ts'
import { isForNothing, isWanted, LABEL } from '../../scripts/lifecycle/labels.ts'
import { busyMilliseconds } from '../../scripts/lifecycle/overhead.ts'
import { ofMain, ofPreview } from '../../scripts/lifecycle/owners.ts'
import { createRepository, type PullAction, type PullRequest, pullEvent } from '../../scripts/lifecycle/repository.ts'

test.each([
  ['nothing', [], 0],
  [
    'one after the other',
    [
      [0, 10],
      [20, 25],
    ],
    15,
  ],
  [
    'one within the other',
    [
      [0, 10],
      [2, 5],
    ],
    10,
  ],
  [
    'one into the other',
    [
      [5, 12],
      [0, 10],
    ],
    12,
  ],
] as const)('the time in which others were asked: %s', (_, spans, expected) => {
  expect(busyMilliseconds(spans.map(([from, until]) => ({ from, until })))).toBe(expected)
})

test('what was made, what was lost and what was changed is told apart', () => {
  const before = new Map([
    ['function shop', '1'],
    ['role deploy', '1'],
    ['database shop', '1'],
  ])
  const after = new Map([
    ['function shop', '2'],
    ['database shop', '1'],
    ['function shop-pr-1', '1'],
  ])
  expect(added(before, after)).toEqual(['function shop-pr-1'])
  expect(lostOrChanged(before, after)).toEqual(['function shop was changed', 'role deploy is missing'])
})

test('every pull request is opened, whatever chance says, and the same story is told for the same seed', () => {
  const play = (seed: number): string[] => {
    const [repository, random] = [createRepository(12), numbersFrom(seed)]
    return Array.from({ length: 20 }, (_, step) => {
      const happening = chooseHappening(repository, 20 - step, random)
      if (happening.kind === 'open') {
        happening.pull.commits.push(repository.commit())
        happening.pull.isOpen = true
      }
      return 'pull' in happening ? `${happening.kind} ${happening.pull.number}` : happening.kind
    })
  }
  for (const seed of [1, 2, 3]) expect(play(seed).filter((step) => step.startsWith('open'))).toHaveLength(12)
  expect(play(4)).toEqual(play(4))
  expect(play(4)).not.toEqual(play(5))
})

test.each([
  ['function shop-pr-1', true],
  ['log group /aws/lambda/shop-pr-1', true],
  ['role shop-pr-1-role', true],
  ['database role shop_pr_1', true],
  ['object statics/shop-pr-1/shared.txt', true],
  ['object statics/shop-pr-1/.wsgi-lambda/eu-west-1/shop-pr-1/live/0.json', true],
  ['comment of #1, 1001', true],
  ['function shop', false],
  ['function shop-pr-10', false],
  ['function shop-reports-pr-1', false],
  ['database shop_pr_10', false],
  ['object statics/shop-pr-10/shared.txt', false],
  ['object statics/shop-pr-1/theirs.css', false],
  ['object statics/shop-pr-1/shop-reports-a.txt', false],
  ['object statics/shop-pr-1/.wsgi-lambda/eu-west-1/shop-reports-pr-1/live/0.json', false],
  ['comment of #10, 1001', false],
])('of the preview of one function for pull request 1: %s, %s', (thing, expected) => {
  expect(ofPreview(SHOP, 1)(thing)).toBe(expected)
})

test('a preview of the second function has its own things too', () => {
  const { app } = KINDS.mysql
  const things = [
    ...['MySQL user shop_reports_pr_6@%', 'MySQL rights on shop\\_reports\\_pr\\_6 of shop_reports_pr_6@%'],
    'MySQL mark of shop_reports_pr_6',
  ]
  expect(things.filter(ofPreview(app, 6))).toEqual(things)
  expect(things.filter(ofPreview(app, 7))).toEqual([])
  expect(['function shop-reports', 'object statics/shop/shared.txt', 'function shop'].filter(ofMain(app))).toEqual([
    'function shop-reports',
    'object statics/shop/shared.txt',
  ])
})

test('seeds take the kinds of the second function in turn, without MariaDB another one', () => {
  expect([0, 1, 2, 3].map((seed) => kindOf(seed, true))).toEqual(['schema', 'mysql', 'function', 'schema'])
  expect(kindOf(1, false)).toBe('schema')
})

describe('labels', () => {
  const pullWith = (number: number, ...labels: string[]): PullRequest => ({
    ...{ number, isOpen: true, commits: [createRepository(0).commit()], labels: new Set(labels) },
  })

  test.each<[string, PullRequest, boolean]>([
    ['that needs none', pullWith(1), true],
    ['that needs one', pullWith(2), false],
    ['that has another one', pullWith(7, 'bug'), false],
    ['that has the one', pullWith(12, 'bug', LABEL), true],
  ])('a pull request %s is to have a preview: %#', (_, pull, expected) => {
    expect(isWanted(pull)).toBe(expected)
  })

  test.each<[PullAction, string | undefined, PullRequest, boolean]>([
    ['synchronize', undefined, pullWith(2), true],
    ['labeled', 'bug', pullWith(2, 'bug'), true],
    ['unlabeled', 'bug', pullWith(2), true],
    ['unlabeled', LABEL, pullWith(2), false],
    ['closed', undefined, pullWith(2), false],
    ['labeled', LABEL, pullWith(2, LABEL), false],
    ['unlabeled', 'bug', pullWith(1), false],
  ])('a run for %s %s may change nothing: %#', (action, label, pull, expected) => {
    const [commit = createRepository(0).commit()] = pull.commits
    const event = pullEvent(pull, action, commit, { label })
    expect(isForNothing(event)).toBe(expected)
    expect(event.payload).toMatchObject({ pull_request: { labels: [...pull.labels].map((name) => ({ name })) } })
  })

  test('come to those that have not got theirs, and go from those that have', () => {
    const chosen = (...labels: string[]): Set<string> => {
      const repository = { ...createRepository(0), pulls: [pullWith(2, ...labels)] }
      const random = numbersFrom(1)
      return new Set(Array.from({ length: 200 }, () => chooseHappening(repository, 9, random).kind))
    }
    expect([chosen().has('label'), chosen().has('unlabel')]).toEqual([true, false])
    expect([chosen(LABEL).has('label'), chosen(LABEL).has('unlabel')]).toEqual([false, true])
  })
})
