import { invocationFate } from '../aws/invocation-fate.ts'
import type { Invocation } from '../aws/lambda.ts'
import type { Reporter } from '../report/reporter.ts'

export interface Pacing {
  readonly report: Reporter
  /** Ends early where the signal says so. */
  readonly wait: (milliseconds: number, until?: AbortSignal) => Promise<void>
  /** Milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
}

/** For a throttled function, a version that gets ready, a network that comes back. */
const BUDGET_MILLISECONDS = 120_000
const LONGEST_PAUSE_MILLISECONDS = 15_000

/**
 * Sends a command until Lambda has taken it, which is once: it is repeated only where the failure proves that nothing ran.
 * @throws the last failure; `invocationFate` tells what is known of it
 */
export async function sendOnce(
  invoke: () => Promise<Invocation>,
  { report, wait, clock, signal }: Pacing,
): Promise<Invocation> {
  const started = clock()
  for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS)) {
    try {
      return await invoke()
    } catch (error) {
      const isOver = clock() - started + pause > BUDGET_MILLISECONDS
      if (signal.aborted || isOver || invocationFate(error) !== 'waits') throw error
      report.info(`the command has not started (${reasonOf(error)}): sent again in ${pause / 1000} s`)
      await wait(pause, signal)
      signal.throwIfAborted()
    }
  }
}

/** The name of what AWS said, or of what the network did. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reasonOf(error.cause)
  return (error as NodeJS.ErrnoException).code ?? error.name
}
