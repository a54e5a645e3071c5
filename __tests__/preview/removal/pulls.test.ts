import { expect, test } from '@jest/globals'
import { knownPulls } from '../../../src/preview/removal/pulls.ts'
import { recordingReporter } from '../../report/recording.ts'

test('what is known of pull requests: each is asked for once, and a failure is told once', async () => {
  const report = recordingReporter()
  const asked: number[] = []
  const stateOf = await knownPulls(
    [1, 2, 3, 4, 5, 1],
    (number) => {
      asked.push(number)
      if (number >= 4) return Promise.reject(new Error('GitHub is away'))
      return Promise.resolve(number === 3 ? undefined : { isOpen: number === 1 })
    },
    report,
  )
  expect([1, 2, 3, 4, 5, 6].map(stateOf)).toEqual(['open', 'closed', 'unknown', 'unanswered', 'unanswered', 'unknown'])
  expect(asked).toEqual([1, 2, 3, 4, 5])
  expect(report.of('notice')).toHaveLength(1)
})

test('where nobody can be asked, nothing is known', async () => {
  const report = recordingReporter()
  const stateOf = await knownPulls([1], undefined, report)
  expect(stateOf(1)).toBe('unknown')
  expect(report.of('notice')).toEqual([expect.stringContaining('there is no token for GitHub')])
})

test('where there is nothing to ask, nobody misses a token', async () => {
  const report = recordingReporter()
  await knownPulls([], undefined, report)
  expect(report.problems).toEqual([])
})
