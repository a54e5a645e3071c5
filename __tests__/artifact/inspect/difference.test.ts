import { expect, test } from '@jest/globals'
import { difference } from '../../../src/artifact/inspect/difference.ts'

const file = (path: string, crc = 1, unzippedBytes = 10) => ({ path, crc, zippedBytes: 5, unzippedBytes, modified: 0 })
const sized = (name: string, version: string, unzippedBytes = 10) => ({ name, version, zipBytes: 5, unzippedBytes })

test('what came, what went and what changed', () => {
  const before = {
    zipBytes: 100,
    packages: [sized('gone', '1'), sized('newer', '1'), sized('same', '1'), sized('slimmer', '1', 30)],
    files: [file('a'), file('b'), file('c'), file('d')],
  }
  const after = {
    zipBytes: 90,
    packages: [sized('came', '2'), sized('newer', '2'), sized('same', '1'), sized('slimmer', '1', 20)],
    files: [file('a'), file('b', 2), file('c', 1, 11), file('e')],
  }
  expect(difference(before, after)).toEqual({
    zipBytes: -10,
    unzippedBytes: 1,
    packages: [
      { name: 'came', before: undefined, after: '2', zipBytes: 5, unzippedBytes: 10 },
      { name: 'gone', before: '1', after: undefined, zipBytes: -5, unzippedBytes: -10 },
      { name: 'newer', before: '1', after: '2', zipBytes: 0, unzippedBytes: 0 },
      { name: 'slimmer', before: '1', after: '1', zipBytes: 0, unzippedBytes: -10 },
    ],
    files: { added: ['e'], removed: ['d'], changed: ['b', 'c'] },
  })
})

test('nothing, between equals', () => {
  const side = { zipBytes: 1, packages: [sized('a', '1')], files: [file('a')] }
  expect(difference(side, side)).toEqual({
    zipBytes: 0,
    unzippedBytes: 0,
    packages: [],
    files: { added: [], removed: [], changed: [] },
  })
})
