import { invocationFate } from '../../aws/invocation-fate.ts'
import type { Waiting } from '../wait.ts'

/** Enough for a burst of traffic to pass, and for a version whose network is put back. */
const MOST_SECONDS = 60

/** Sends again what Lambda has refused for now, within a budget of time. */
export async function untilAccepted<T>(
  send: () => Promise<T>,
  what: string,
  { report, wait, clock, signal }: Omit<Waiting, 'lambda'>,
): Promise<T> {
  const started = clock()
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      return await send()
    } catch (error) {
      const isOver = clock() - started + pause > MOST_SECONDS * 1000
      if (isOver || invocationFate(error) !== 'waits') throw error
      report.progress(`${what}: ${reasonOf(error)}, again in ${(pause / 1000).toFixed(1)} s`)
    }
    await wait(pause)
    signal.throwIfAborted()
  }
}

/** The name of what AWS said, or of what the network did. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.name
}
