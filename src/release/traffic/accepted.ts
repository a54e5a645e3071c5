import { type Patience, untilTaken } from '../../remote/sending.ts'
import type { Waiting } from '../wait.ts'

/** Enough for a burst of traffic to pass, and for a version whose network is put back. */
const PATIENCE: Patience = { budget: 60_000, firstPause: 500, longestPause: 8000 }

/** Sends again what Lambda has refused for now, within a budget of time. */
export async function untilAccepted<T>(
  send: () => Promise<T>,
  what: string,
  waiting: Omit<Waiting, 'lambda'>,
): Promise<T> {
  const tell = (reason: string, seconds: number): void => {
    waiting.report.progress(`${what}: ${reason}, again in ${seconds.toFixed(1)} s`)
  }
  return await untilTaken(send, PATIENCE, tell, waiting)
}
