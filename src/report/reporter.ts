import type { Problem } from '../errors.ts'

/**
 * Where progress goes. Faces: the console (with live progress on a terminal), the Actions log, and a silent one.
 * All text is untrusted: a face makes it inert for its medium (workflow commands, terminal escapes).
 */
export interface Reporter {
  /** One phase of the work: a log group in Actions, a heading with the duration on a console. */
  phase<T>(title: string, work: () => Promise<T>): Promise<T>
  info(line: string): void
  /** Only with `--verbose`, or with step debugging on in Actions. */
  debug(line: string): void
  notice(problem: Problem): void
  warning(problem: Problem): void
  /** One line that a program printed: pip, a remote command, the function's log. */
  output(line: string): void
  /** What is going on right now; replaced by the next one on a terminal, and elsewhere shown where it takes long. */
  progress(text: string): void
}
