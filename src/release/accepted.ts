import type { Waiting } from './wait.ts'

/** Enough for a burst of traffic to pass, and for a version whose network is put back. */
const MOST_SECONDS = 60

/** What Lambda answers to an Invoke that it has not begun (Lambda API reference, "Invoke", errors). */
const NOT_BEGUN: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  'ResourceConflictException',
  'ResourceNotReadyException',
  'SnapStartNotReadyException',
  'EC2ThrottledException',
])

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
      const reason = notBegun(error)
      if (reason === undefined || clock() - started + pause > MOST_SECONDS * 1000) throw error
      report.progress(`${what}: ${reason}, again in ${(pause / 1000).toFixed(1)} s`)
    }
    await wait(pause)
    signal.throwIfAborted()
  }
}

function notBegun(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return NOT_BEGUN.has(error.name) ? error.name : notBegun(error.cause)
}
