import type { CommandLog, LoggedRun } from './command-log.ts'
import type { Pacing } from './sending.ts'

/** A process that begins, a network that is set up, and the way of a line into the log. */
const BEGIN_SECONDS = 60
const LATE_SECONDS = 20
const LONGEST_PAUSE_MILLISECONDS = 5000

/**
 * Finds out from the log what became of a command whose answer got lost: until it has the end, or the function's timeout
 * has surely passed. @param sentAt by the clock @returns what the log has by then
 */
export async function settle(
  log: CommandLog,
  { sentAt, timeoutSeconds }: { readonly sentAt: number; readonly timeoutSeconds: number },
  { report, wait, clock, signal }: Pacing,
): Promise<LoggedRun | undefined> {
  const started = clock()
  const giveUp = (seconds: number): number => Math.max(sentAt + seconds * 1000, started + LATE_SECONDS * 1000)
  const end = giveUp(timeoutSeconds + LATE_SECONDS)
  const begin = Math.min(end, giveUp(BEGIN_SECONDS))
  for (let pause = 1000; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MILLISECONDS)) {
    await log.read()
    if (log.run?.end !== undefined || log.isDenied) return log.run
    const now = clock()
    if (now > (log.run === undefined ? begin : end)) return log.run
    report.progress(`looking into the log for how the command ended (${((now - started) / 1000).toFixed(0)} s)`)
    await wait(pause, signal)
    signal.throwIfAborted()
  }
}
