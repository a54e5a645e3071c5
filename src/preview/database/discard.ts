import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { PreparedDatabase } from './prepare.ts'

/** What is asked of the preview's function after a failure. */
export interface PreviewFunction {
  readonly functionName: string
  readonly exists: () => Promise<boolean>
}

/** A release after which, where it has failed and no function came whose tags name them, the data made before go again. */
export async function discarding<T>(
  { discard }: Pick<PreparedDatabase, 'discard'>,
  { functionName, exists }: PreviewFunction,
  report: Pick<Reporter, 'warning'>,
  release: () => Promise<T>,
): Promise<T> {
  try {
    return await release()
  } catch (error) {
    try {
      if (discard && !(await exists())) await discard()
    } catch (failure) {
      // It hides nothing of why the release has failed.
      const [problem] = problemsOf(failure).problems
      report.warning({
        title: `What preview-database-create has made for ${functionName} may be left over`,
        detail: [problem?.title, problem?.detail].filter(Boolean).join('\n'),
        hint: 'The next deployment of the preview takes it. Where there is none, destroy or sweep run preview-database-delete again.',
      })
    }
    throw error
  }
}
