import { expect, test } from '@jest/globals'
import { isSeededWith, refuseOtherStatic } from '../../src/preview/other.ts'

/** Of databases, in __tests__/preview/database/server.test.ts. */

const preview = { functionName: 'shop-pr-7', pull: 7 }

test('static files stay where the tags say that they are', () => {
  const there = { ...preview, static: 's3://bucket/shop-pr-7' }
  expect(() => {
    refuseOtherStatic(there, 's3://other/shop-pr-7')
  }).toThrow(
    expect.objectContaining({
      title:
        'shop-pr-7 has its static files at s3://bucket/shop-pr-7, and the settings now ask for s3://other/shop-pr-7',
    }),
  )
})

test.each([
  [undefined, 's3://bucket/shop-pr-7'],
  [{ ...preview, static: undefined }, 's3://bucket/shop-pr-7'],
  [{ ...preview, static: 's3://bucket/shop-pr-7' }, 's3://bucket/shop-pr-7'],
  [{ ...preview, static: 's3://bucket/shop-pr-7' }, undefined],
])('of %j, %j may be asked for', (there, wanted) => {
  expect(() => {
    refuseOtherStatic(there, wanted)
  }).not.toThrow()
})

test.each([
  [undefined, false],
  [{ database: 'postgresql/database/a/a', isSeeded: true }, true],
  [{ database: 'postgresql/database/a/a', isSeeded: false }, false],
  [{ database: 'sqlite', isSeeded: true }, false],
])('a preview with %j has seeded its database: %j', (there, isSeeded) => {
  expect(isSeededWith(there, 'postgresql/database/a/a')).toBe(isSeeded)
})
