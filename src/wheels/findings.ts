import { SeveralErrors } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Finding } from './verify.ts'

/** Warns of what may not load. @throws UserError for what cannot, all of it at once */
export function reportFindings(findings: readonly Finding[], report: Reporter): void {
  for (const { severity, ...problem } of findings) if (severity === 'warning') report.warning(problem)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new SeveralErrors(errors, `${errors.length} distributions do not load on the target`)
}
