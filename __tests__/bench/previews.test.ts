import { expect, test } from '@jest/globals'
import { outcomeOf } from '../../bench/previews/bars.ts'

const ROWS = [
  { name: 'preview, the first', bar: 2000 },
  { name: 'closing', bar: 1000 },
]
const timed = (...own: readonly number[]) => own.map((each) => ({ own: each, whole: each + 500 }))

test.each([
  ['both are met', timed(2600, 1700, 1900), timed(430), ['met', 'met'], 0],
  ['one is not met', timed(1700), timed(1200, 1001), ['met', 'not met'], 1],
  ['one was not measured', timed(1700), [], ['met', 'not met'], 1],
])('the bars of previews: %s', (_, first, closing, words, exitCode) => {
  const measured = new Map([
    ['preview, the first', first],
    ['closing', closing],
  ])
  const outcome = outcomeOf(ROWS, measured)
  expect(outcome.rows.map((row) => row.split('|').at(-2)?.trim())).toEqual(words)
  expect(outcome.exitCode).toBe(exitCode)
})

test('a row has the least and the median', () => {
  const { rows } = outcomeOf([{ name: 'closing', bar: 1000 }], new Map([['closing', timed(430, 500, 900)]]))
  expect(rows).toEqual(['| closing               |      430 ms (500) |                      930 ms (1000) | met |'])
})
