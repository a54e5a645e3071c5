import type { Preparation } from '../../release/plan/preparation.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { Table } from '../../settings/kinds.ts'
import type { PreparedDatabase } from './prepare.ts'

/** What is asked of the preview's function after a failure. */
export interface PreviewFunction {
  readonly functionName: string
  readonly exists: () => Promise<boolean>
  /** The variables of the version that is served; undefined where none is. */
  readonly readServed: () => Promise<Table | undefined>
}

/**
 * A release with the data that was decided on. Where the new version did not come, the old one still serves, with the database
 * that it knows; and where no function came whose tags name it, what was made before goes again.
 */
export async function givingBack<T>(
  { preparation, giveBack, discard }: Pick<PreparedDatabase, 'preparation' | 'giveBack' | 'discard'>,
  { functionName, exists, readServed }: PreviewFunction,
  report: Pick<Reporter, 'warning'>,
  release: (preparation: Preparation | undefined) => Promise<T>,
): Promise<T> {
  const progress = { isBegun: false }
  const watched = preparation && {
    ...preparation,
    carryOut: async () => {
      progress.isBegun = true
      await preparation.carryOut()
    },
  }
  /** What fails here hides nothing of why the release has failed. */
  const attempt = async (work: () => Promise<void>, title: string, hint: string): Promise<void> => {
    try {
      await work()
    } catch (failure) {
      const [problem] = problemsOf(failure).problems
      report.warning({ title, detail: [problem?.title, problem?.detail].filter(Boolean).join('\n'), hint })
    }
  }
  try {
    return await release(watched)
  } catch (error) {
    if (progress.isBegun)
      await attempt(
        async () => {
          const served = await readServed()
          if (served) await giveBack(served)
        },
        `The version of ${functionName} that is still served may not reach its database any more`,
        'The next deployment of the preview that succeeds mends that.',
      )
    if (discard)
      await attempt(
        async () => {
          if (!(await exists())) await discard()
        },
        `What preview-database-create has made for ${functionName} may be left over`,
        'The next deployment of the preview takes it. Where there is none, remove it by hand, as preview-database-delete does.',
      )
    throw error
  }
}
