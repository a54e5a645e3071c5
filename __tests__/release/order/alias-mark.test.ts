import { expect, test } from '@jest/globals'
import { type AliasMark, aliasDescription, readAliasMark, servedBefore } from '../../../src/release/order/alias-mark.ts'

test.each<[Partial<AliasMark> & Pick<AliasMark, 'phase' | 'before'>, string]>([
  [{ phase: 'not-released', before: [] }, 'wsgi-lambda: not released yet'],
  [{ phase: 'released', before: [] }, 'wsgi-lambda'],
  [{ phase: 'released', before: ['7', '5'] }, 'wsgi-lambda; served before: 7 5'],
  [{ phase: 'unfinished', before: ['7'] }, 'wsgi-lambda: commands after traffic are still to run; served before: 7'],
  [{ phase: 'released', before: [], hasCommands: true }, 'wsgi-lambda; with a version for commands'],
  [
    { phase: 'released', before: ['7'], hasCommands: true },
    'wsgi-lambda; with a version for commands; served before: 7',
  ],
  [{ phase: 'released', before: ['7'], left: ['9', '8'] }, 'wsgi-lambda; served before: 7; rolled back from: 9 8'],
  [{ phase: 'released', before: ['7'], coldStartMs: 917 }, 'wsgi-lambda; served before: 7; first start: 917 ms'],
])('%j is %j', (mark, description) => {
  expect(aliasDescription(mark)).toBe(description)
  expect(readAliasMark(description)).toEqual({ left: [], hasCommands: false, ...mark })
})

test.each(['', 'the live one', 'wsgi-lambda: something newer'])(
  'an alias with the description %j serves what it points to',
  (description) => {
    expect(readAliasMark(description)).toEqual({ phase: 'released', before: [], left: [], hasCommands: false })
  },
)

test('a long history fits', () => {
  const before = Array.from({ length: 50 }, (_, index) => String(999_999 - index))
  const description = aliasDescription({
    phase: 'unfinished',
    before,
    left: before,
    hasCommands: true,
    coldStartMs: 12_345.6,
  })
  expect(readAliasMark(description).left).toEqual(before.slice(0, 5))
  expect(description.length).toBeLessThanOrEqual(256)
  expect(readAliasMark(description).before).toEqual(before.slice(0, 10))
})

test.each<[string, { version: string; description: string } | undefined, string, readonly string[]]>([
  ['no alias', undefined, '1', []],
  ['one of somebody else', { version: '7', description: 'live' }, '8', ['7']],
  ['one with a history', { version: '7', description: 'wsgi-lambda; served before: 6 3' }, '8', ['7', '6', '3']],
  ['one that did not serve', { version: '1', description: 'wsgi-lambda: not released yet' }, '2', []],
  ['the same version again', { version: '7', description: 'wsgi-lambda; served before: 6' }, '7', ['6']],
  ['a version that served before', { version: '7', description: 'wsgi-lambda; served before: 6 5' }, '6', ['7', '5']],
])('what was served before a move: %s', (_, alias, next, before) => {
  expect(servedBefore(alias, next)).toEqual(before)
})
