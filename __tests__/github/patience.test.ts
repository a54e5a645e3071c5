import { expect, test } from '@jest/globals'
import { pauseBefore, type RequestFailure } from '../../src/github/patience.ts'

const NOW = 1_000_000_000_000
const RESET = String(NOW / 1000 + 4)
const COMMENT = { method: 'POST', route: '/repos/{owner}/{repo}/issues/{issue_number}/comments' }

test.each<[string, Partial<RequestFailure>, number, number | undefined]>([
  ['a failure of GitHub', { status: 500 }, 1, 500],
  ['and once more', { status: 500 }, 2, 1000],
  ['but not for ever', { status: 500 }, 3, undefined],
  ['no answer', { status: undefined }, 1, 500],
  ['when GitHub says', { status: 503, headers: { 'retry-after': '5' } }, 1, 5000],
  ['but not as late as that', { status: 503, headers: { 'retry-after': '6' } }, 1, undefined],
  ['a date is no number of seconds', { status: 503, headers: { 'retry-after': 'Mon, 23 Nov 2026' } }, 1, 500],
  ['a comment that may be there', { status: 502, ...COMMENT }, 1, undefined],
  ['a comment whose answer is lost', { status: undefined, ...COMMENT }, 1, undefined],
  ['a comment that is not', { status: 429, ...COMMENT, headers: { 'retry-after': '1' } }, 1, 1000],
  ['the secondary limit', { status: 403, headers: { 'retry-after': '2' } }, 1, 2000],
  ['the secondary limit, which does not say when', { status: 403, message: 'a secondary rate limit' }, 1, undefined],
  [
    'the primary limit',
    { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': RESET } },
    1,
    4000,
  ],
  ['one that has passed', { status: 429, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }, 1, 0],
  ['a refusal', { status: 403, message: 'Resource not accessible by integration' }, 1, undefined],
  ['a refusal far from the limit', { status: 403, headers: { 'x-ratelimit-remaining': '10' } }, 1, undefined],
  ['a mistake', { status: 422 }, 1, undefined],
  ['what is missing', { status: 404 }, 1, undefined],
])('%s', (_, failure, attempt, expected) => {
  const whole = { method: 'GET', route: '/x', status: undefined, headers: {}, message: '', ...failure }
  expect(pauseBefore(whole, attempt, NOW)).toBe(expected)
})
