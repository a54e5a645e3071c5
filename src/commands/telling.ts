import type { Problem } from '../errors.ts'
import type { FailedFacts } from '../preview/announce/facts.ts'
import { problemsOf } from '../report/problem.ts'

const CANCELLED: Problem = {
  title: 'The run was cancelled',
  hint: 'A command that was running in the function goes on there. The next run takes it from here.',
}

/** Works, and tells what fails before it is thrown. @param tell never fails itself; undefined where there is nobody to tell */
export async function telling<T>(
  work: () => T | Promise<T>,
  tell: ((facts: FailedFacts) => Promise<void> | undefined) | undefined,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await tell?.({ problems: problemsToTell(error, signal), serving: undefined })
    throw error
  }
}

/** Of a run that was cancelled, whatever failed by that is not what people want to know. */
export function problemsToTell(error: unknown, signal: AbortSignal): readonly Problem[] {
  return signal.aborted ? [CANCELLED] : problemsOf(error).problems
}
