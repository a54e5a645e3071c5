import { expect, test } from '@jest/globals'
import { numbersFrom } from '../../scripts/environment/random.ts'
import { chooseHappening } from '../../scripts/lifecycle/choice.ts'
import { added, lostOrChanged } from '../../scripts/lifecycle/inventory.ts'
import { busyMilliseconds } from '../../scripts/lifecycle/overhead.ts'
import { createRepository } from '../../scripts/lifecycle/repository.ts'

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
