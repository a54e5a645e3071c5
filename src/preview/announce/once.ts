import type { Reporter } from '../../report/reporter.ts'

type Notices = Pick<Reporter, 'notice' | 'debug'>

/** Reports one notice of those that ask for the same, such as a permission: what lacks it is told of one after the other. */
export function noticesOnce(report: Notices): Notices {
  const said = new Set<string>()
  return {
    notice: (problem) => {
      const key = problem.hint ?? problem.title
      if (!said.has(key)) report.notice(problem)
      said.add(key)
    },
    debug: (line) => {
      report.debug(line)
    },
  }
}
