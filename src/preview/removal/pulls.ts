import { inParallel } from '../../artifact/parallel.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { PullKnown } from './choose.ts'

/** What the host of the repository says of a pull request; undefined where there never was one. */
export type GetPull = (number: number) => Promise<{ readonly isOpen: boolean } | undefined>

const AT_ONCE = 8

/** What is known of pull requests. Where nobody can be asked, that is nothing: then only time counts. */
export async function knownPulls(
  numbers: readonly number[],
  getPull: GetPull | undefined,
  report: Reporter,
): Promise<(number: number) => PullKnown> {
  if (getPull === undefined) {
    if (numbers.length > 0)
      report.notice({
        title: 'Which pull requests are closed is not known: there is no token for GitHub',
        hint: 'Previews go when their time is up. To ask GitHub, set GITHUB_TOKEN or the input github-token.',
      })
    return () => 'unknown'
  }
  let isTold = false
  const known = await inParallel([...new Set(numbers)], AT_ONCE, async (number): Promise<[number, PullKnown]> => {
    try {
      const pull = await getPull(number)
      return [number, pull === undefined ? 'unknown' : pull.isOpen ? 'open' : 'closed']
    } catch (error) {
      const [problem] = problemsOf(error).problems
      if (!isTold && problem)
        report.notice({ ...problem, title: `Which pull requests are closed is not known: ${problem.title}` })
      isTold = true
      return [number, 'unanswered']
    }
  })
  const states = new Map(known)
  return (number) => states.get(number) ?? 'unknown'
}
