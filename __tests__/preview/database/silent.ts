import type { Reporter } from '../../../src/report/reporter.ts'

/** Says nothing to anybody. */
export const silentReporter: Reporter = {
  phase: (_, work) => work(),
  info: () => undefined,
  debug: () => undefined,
  notice: () => undefined,
  warning: () => undefined,
  output: () => undefined,
  progress: () => undefined,
}
