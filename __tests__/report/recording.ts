import type { Problem } from '../../src/errors.ts'
import type { Reporter } from '../../src/report/reporter.ts'

export interface RecordingReporter extends Reporter {
  /** What was reported, as `method: text`. */
  readonly lines: string[]
  readonly problems: Problem[]
  /** The lines of one method. */
  of(method: string): string[]
}

/** Remembers what is reported. */
export function recordingReporter(): RecordingReporter {
  const lines: string[] = []
  const problems: Problem[] = []
  const record = (method: string) => (line: string) => {
    lines.push(`${method}: ${line}`)
  }
  const recordProblem = (method: string) => (problem: Problem) => {
    lines.push(`${method}: ${problem.title}`)
    problems.push(problem)
  }
  return {
    lines,
    problems,
    of: (method) => lines.filter((line) => line.startsWith(`${method}: `)).map((line) => line.slice(method.length + 2)),
    phase: async (title, work) => {
      lines.push(`phase: ${title}`)
      return await work()
    },
    info: record('info'),
    debug: record('debug'),
    output: record('output'),
    progress: record('progress'),
    notice: recordProblem('notice'),
    warning: recordProblem('warning'),
  }
}
