import type { Problem } from '../../errors.ts'
import { problemsOf } from '../../report/problem.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { Ended, PartOutcome, RemovedPart } from './result.ts'

export interface Timing {
  readonly report: Reporter
  /** Milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
}

/**
 * One part of a preview, and what became of it: in the log as soon as it is known.
 * @param staying what is kept for the next run to find the rest by
 */
export async function timed(
  what: string,
  functionName: string,
  { report, clock, signal }: Timing,
  remove: () => Promise<Ended>,
  staying = `the function ${functionName} stays as long as something of it is left`,
): Promise<RemovedPart> {
  const started = clock()
  const ended = await remove().catch((error: unknown): Ended => {
    signal.throwIfAborted()
    const [problem] = problemsOf(error).problems
    return { outcome: 'failed', problem: problem && leftOver(`${functionName}: ${what}`, staying, problem) }
  })
  const part = { what, ...ended, seconds: secondsSince(started, clock) }
  report.info(`${functionName}: ${what}: ${PART_WORDS[part.outcome]}`)
  if (part.problem && part.outcome === 'kept') report.notice(part.problem)
  if (part.problem && part.outcome === 'warned') report.warning(part.problem)
  return part
}

const PART_WORDS: Readonly<Record<PartOutcome, string>> = {
  removed: 'removed',
  missing: 'was not there',
  done: 'done',
  kept: 'left as it is',
  warned: 'failed',
  failed: 'could not be removed',
  'would be removed': 'would be removed',
}

export function isFailed({ outcome }: RemovedPart): boolean {
  return outcome === 'failed'
}

export function problemsIn(parts: readonly RemovedPart[]): Problem[] {
  return parts.filter(isFailed).flatMap(({ problem }) => problem ?? [])
}

export function secondsSince(started: number, clock: () => number): number {
  return Math.round(clock() - started) / 1000
}

function leftOver(what: string, staying: string, { title, detail, hint }: Problem): Problem {
  const again = `Then run destroy or sweep again: ${staying}.`
  return {
    title: `${what} could not be removed: ${title}`,
    detail,
    hint: [hint, again].filter(Boolean).join(' '),
  }
}
