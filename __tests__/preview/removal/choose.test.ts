import { describe, expect, test } from '@jest/globals'
import {
  isOrphanedForGood,
  type PullKnown,
  type Reason,
  reasonToRemove,
  reasonToRemoveOrphan,
} from '../../../src/preview/removal/choose.ts'

const NOW = Date.parse('2026-11-23T10:00:00Z')
const PAST = '2026-11-23T09:59:59Z'
const FUTURE = '2026-11-23T10:00:01Z'

describe('a preview', () => {
  test.each<[PullKnown, string, Reason | undefined]>([
    ['open', FUTURE, undefined],
    ['open', PAST, 'expired'],
    ['open', '2026-11-23T10:00:00Z', 'expired'],
    ['closed', FUTURE, 'closed'],
    ['closed', PAST, 'closed'],
    ['unknown', FUTURE, undefined],
    ['unknown', PAST, 'expired'],
    ['unanswered', FUTURE, undefined],
    ['unanswered', PAST, 'expired'],
    // Somebody has changed the tag: nothing says that its time is up.
    ['unknown', '', undefined],
    ['unknown', 'soon', undefined],
    ['closed', 'soon', 'closed'],
  ])('of a pull request that is %s, until %j: %s', (pull, expires, reason) => {
    expect(reasonToRemove({ expires }, pull, NOW)).toBe(reason)
  })
})

describe('a layer, a role or a log group without function', () => {
  test.each<[PullKnown, string, Reason | undefined]>([
    // A run may be about to create the function.
    ['open', '2026-11-23T09:30:00Z', undefined],
    ['unknown', '2026-11-23T09:30:00Z', undefined],
    ['closed', '2026-11-23T09:30:00Z', 'orphaned'],
    // The next deployment takes what is there, and may be about to.
    ['open', '2026-11-20T09:00:00Z', undefined],
    ['unanswered', '2026-11-20T09:00:00Z', undefined],
    ['unknown', '2026-11-23T09:00:00Z', 'orphaned'],
    ['unknown', '', undefined],
  ])('of a pull request that is %s, made at %j: %s', (pull, created, reason) => {
    expect(reasonToRemoveOrphan({ created }, pull, NOW)).toBe(reason)
  })
})

test.each<[PullKnown, boolean]>([
  ['open', false],
  ['closed', true],
  // Without a way to ask, somebody may need it in another region.
  ['unknown', false],
  // GitHub has failed for a moment: nothing says that nobody needs it.
  ['unanswered', false],
])('a database or a role without function, of a pull request that is %s: %s', (pull, isOrphaned) => {
  expect(isOrphanedForGood(pull)).toBe(isOrphaned)
})
