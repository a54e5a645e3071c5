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

/** How long, and how often, something is sent that Lambda refuses for now. Milliseconds. */
export interface Patience {
  readonly budget: number
  readonly firstPause: number
  readonly longestPause: number
}

/**
 * Sends until Lambda has taken it, which is once: it is repeated only where the failure proves that nothing ran.
 * @param tell is given what AWS said, or the network did, and the seconds until the next time
 * @throws the last failure; `invocationFate` tells what is known of it
 */
export async function untilTaken<T>(
  send: () => Promise<T>,
  { budget, firstPause, longestPause }: Patience,
  tell: (reason: string, seconds: number) => void,
  { wait, clock, signal }: Omit<Pacing, 'report'>,
): Promise<T> {
  const started = clock()
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await send()
    } catch (error) {
      const isOver = clock() - started + pause > budget
      if (signal.aborted || isOver || invocationFate(error) !== 'waits') throw error
      tell(nameOf(error), pause / 1000)
      await wait(pause, signal)
      signal.throwIfAborted()
    }
  }
}

/** For a throttled function, a version that gets ready, a network that comes back. */
const PATIENCE: Patience = { budget: 120_000, firstPause: 1000, longestPause: 15_000 }

/** Sends a command. */
export async function sendOnce(invoke: () => Promise<Invocation>, pacing: Pacing): Promise<Invocation> {
  const tell = (reason: string, seconds: number): void => {
    pacing.report.info(`the command has not started (${reason}): sent again in ${seconds} s`)
  }
  return await untilTaken(invoke, PATIENCE, tell, pacing)
}

/** What AWS said, or the network did. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return nameOf(error.cause)
  return (error as NodeJS.ErrnoException).code ?? error.name
}
