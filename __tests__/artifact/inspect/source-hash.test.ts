import { expect, test } from '@jest/globals'
import { sourceHash } from '../../../src/artifact/inspect/source-hash.ts'

/** What `importlib.util.source_hash` answers for the bytes 0, 7, 14, … */
test.each([
  ['3.10', 3439, 0, '8cc0cd2525e7fd27'],
  ['3.10', 3439, 1, 'b3e34cbf4ae58d2a'],
  ['3.10', 3439, 7, 'd3baee85c956b3d0'],
  ['3.10', 3439, 8, '82a06edd474e808f'],
  ['3.10', 3439, 9, 'a94d91abd4ae486a'],
  ['3.10', 3439, 100, 'b3471bd305e4bc22'],
  ['3.13', 3571, 0, '27ec6d312f93b814'],
  ['3.13', 3571, 1, '05318eeb7e1c37f8'],
  ['3.13', 3571, 7, 'f959c06604d59a7f'],
  ['3.13', 3571, 8, 'b7c53035617ed434'],
  ['3.13', 3571, 9, '4b0bd03642f1f687'],
  ['3.13', 3571, 100, '6f0ed9e13dfc1942'],
])('Python %s with magic number %i hashes %i bytes to %s', (minor, magic, length, hash) => {
  const source = Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256))
  expect(sourceHash(source, magic, minor)).toBe(hash)
})
