import { expect, test } from '@jest/globals'
import {
  expiredOf,
  isRecordKey,
  keyOfRecord,
  readStaticRecord,
  type StaticRecord,
  writeStaticRecord,
} from '../../src/static/keeping.ts'

const DAY = 24 * 3600 * 1000
const OWN = 'eu-west-1/shop/live'

/** A release: its code, the day on which it came, what it put there. */
function record(code: string, day: number, files: readonly string[], more: Partial<StaticRecord> = {}): StaticRecord {
  return { owner: OWN, code, at: day * DAY, replaces: undefined, files, ...more }
}

const released = record('new', 100, ['new.css', 'site.css'])

test.each<[string, readonly StaticRecord[], readonly string[], readonly string[]]>([
  ['nothing before', [], [], []],
  ['what was replaced long ago goes', [record('a', 1, ['a.css']), record('b', 60, ['b.css'])], ['a.css'], ['a']],
  ['to the day', [record('a', 1, ['a.css']), record('b', 70, ['b.css'])], ['a.css'], ['a']],
  ['and not before', [record('a', 1, ['a.css']), record('b', 71, ['b.css'])], [], []],
  ['however old it is, what was served until now stays', [record('a', 1, ['a.css'])], [], []],
  ['what the release has too stays', [record('a', 1, ['site.css', 'a.css']), record('b', 2, [])], ['a.css'], ['a']],
  ['what a younger record lists stays', [record('a', 1, ['c.css']), record('b', 2, ['c.css'])], [], ['a']],
  [
    'what came back by a rollback counts from when it was replaced',
    [record('a', 1, ['a.css']), record('b', 2, ['b.css']), record('c', 90, ['c.css'], { replaces: 'a' })],
    [],
    [],
  ],
  [
    'what another function lists stays, and its records too',
    [
      record('a', 1, ['shared.css']),
      record('b', 2, []),
      record('x', 1, ['shared.css', 'x.css'], { owner: 'eu-west-1/api/live' }),
      record('y', 2, [], { owner: 'eu-west-1/api/live' }),
    ],
    [],
    ['a'],
  ],
])('%s', (_, before, files, codes) => {
  const paths = new Set(released.files)
  const expired = expiredOf([...before, released], released, paths, { now: 100 * DAY, keepDays: 30 })
  expect([expired.files, expired.records.map(({ code }) => code)]).toEqual([files, codes])
})

test('what the release uses without having put it there is not removed either', () => {
  const before = [record('a', 1, ['theirs.css']), record('b', 2, [])]
  const expired = expiredOf([...before, released], released, new Set(['theirs.css']), { now: 100 * DAY, keepDays: 30 })
  expect(expired.files).toEqual([])
})

test('a record is read as it was written', () => {
  const code = 'ab'.repeat(32)
  const written = record(code, 3, ['a.css'], { replaces: 'cd'.repeat(32) })
  const key = keyOfRecord(written)
  expect(isRecordKey(key)).toBe(true)
  expect(readStaticRecord(key, writeStaticRecord(written))).toEqual(written)
})

test.each([
  ['.wsgi-lambda/notes.json', '{}'],
  [`.wsgi-lambda/eu-west-1/shop/live/${'ab'.repeat(32)}.json`, 'no JSON'],
  [`.wsgi-lambda/eu-west-1/shop/live/${'ab'.repeat(32)}.json`, '{"files": ["a.css"]}'],
])('what is no record of ours is left alone: %s', (key, text) => {
  expect(readStaticRecord(key, text)).toBeUndefined()
})
