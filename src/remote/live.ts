import { isUtf8 } from 'node:buffer'
import { linesOf } from '../report/inert.ts'
import type { CommandLog } from './command-log.ts'
import type { Pacing } from './sending.ts'

/** A command that is over by then has cost no call. */
const FIRST_LOOK_MILLISECONDS = 2000
const LOOK_EVERY_MILLISECONDS = 1000

export interface Followed<T> {
  readonly answer: PromiseSettledResult<T>
  /** The lines that have been shown, as the log has them. */
  readonly shown: readonly string[]
}

/** Waits for the answer of a command, and meanwhile shows the lines that its log has got. */
export async function followed<T>(
  answer: Promise<T>,
  log: CommandLog,
  show: (line: string) => void,
  { report, wait }: Pick<Pacing, 'report' | 'wait'>,
): Promise<Followed<T>> {
  const answered = new AbortController()
  const settled = Promise.allSettled([answer]).then(([result]) => {
    answered.abort()
    return result
  })
  const isAnswered = (): boolean => answered.signal.aborted
  let shown: readonly string[] = []
  for (let pause = FIRST_LOOK_MILLISECONDS; ; pause = LOOK_EVERY_MILLISECONDS) {
    await Promise.race([settled, wait(pause, answered.signal)])
    if (isAnswered()) break
    await Promise.race([settled, log.read()])
    if (isAnswered()) break
    const lines = log.run?.lines ?? []
    for (const line of lines.slice(shown.length)) show(line)
    shown = lines
    if (!log.isDenied) continue
    report.notice(noLiveOutput(log.failure))
    break
  }
  return { answer: await settled, shown }
}

function noLiveOutput(failure: unknown) {
  const hint =
    failure instanceof Error && 'hint' in failure && typeof failure.hint === 'string' ? failure.hint : undefined
  return {
    title: 'The output is shown when the command has ended: the credentials may not do logs:FilterLogEvents',
    hint,
  }
}

/**
 * What is left to show of an output, when some of its lines have been shown already. The log has no empty lines, and may have
 * divided or changed others: those are shown again rather than not at all.
 */
export function unshown(output: Buffer, shown: readonly string[]): Buffer {
  if (shown.length === 0 || !isUtf8(output)) return output
  const left = new Map<string, number>()
  for (const line of shown.map((each) => each.trimEnd())) left.set(line, (left.get(line) ?? 0) + 1)
  const lines = output.toString().split(/(?<=\n)/)
  let last = -1
  const isShown = lines.map((line, index) => {
    const count = left.get(line.trimEnd()) ?? 0
    if (count === 0 || line.trim() === '') return false
    left.set(line.trimEnd(), count - 1)
    last = index
    return true
  })
  const rest = lines.filter((line, index) => !isShown[index] && (index > last || line.trim() !== ''))
  return Buffer.from(rest.join(''))
}

/** The last lines of an output: how far a command came. */
export function lastLines(output: string, most = 10): string {
  return linesOf(output.trimEnd()).slice(-most).join('\n')
}
