import { isAccessDenied } from '../aws/errors.ts'
import { type LogEvent, type LogsApi, readAll } from '../aws/logs.ts'
import { readLogLine } from './log-line.ts'

/** What the function's log tells of one run of a command. */
export interface LoggedRun {
  readonly logGroup: string
  readonly logStream: string
  readonly requestId: string
  /** What the command has printed so far, line by line. */
  readonly lines: readonly string[]
  readonly end:
    | undefined
    | { readonly kind: 'ended' | 'refused'; readonly exitCode: number; readonly seconds: number }
    /** Lambda has ended the invocation, and the command with it. `reason` in Lambda's words, where it has any. */
    | { readonly kind: 'cut-off'; readonly reason: string }
}

/** A command's own log: read again and again while it runs, or afterwards. */
export interface CommandLog {
  /** Looks what is new. A failure to read is none of the command's: it is kept in `failure`. */
  read(): Promise<void>
  /** Undefined as long as the log has nothing of it. */
  readonly run: LoggedRun | undefined
  /** Why the last attempt to read failed. */
  readonly failure: unknown
  /** Whether the credentials may not read it: no other attempt is made. */
  readonly isDenied: boolean
}

/** While it is read. */
interface Reading extends LoggedRun {
  /** Lambda has said that the invocation is over. */
  readonly isOver: boolean
  /** Why it ended the invocation, if it did. */
  readonly reason: string
}

/** An event may come into sight after a later one. */
const OVERLAP_MILLISECONDS = 3000
/** Clocks differ, and only `id` is looked for. */
const EARLIER_MILLISECONDS = 600_000

/** @param groupOf where the function logs: asked for with the first reading */
export function commandLog(
  id: string,
  groupOf: () => Promise<string>,
  { logs, now }: { readonly logs: LogsApi; readonly now: () => number },
): CommandLog {
  const since = now() - EARLIER_MILLISECONDS
  const seen = new Set<string>()
  let group: string | undefined
  let run: Reading | undefined
  let from = 0
  let failure: unknown
  let isDenied = false

  async function read(): Promise<void> {
    group ??= await groupOf()
    if (run === undefined) {
      const found = await readAll(logs, { group, since, text: id })
      const first = found?.find(({ message }) => auditOf(message, id)?.kind === 'begun')
      const refused = found?.find(({ message }) => auditOf(message, id)?.kind === 'refused')
      const event = first ?? refused
      if (event === undefined) return
      run = begun(group, event, id)
      from = event.at
    }
    if (run.end !== undefined) return
    const events = await readAll(logs, { group, since: from, streams: [run.logStream] })
    const fresh = (events ?? []).filter((event) => !seen.has(event.id))
    for (const event of fresh) seen.add(event.id)
    const { isOver } = run
    run = advance(run, afterBegin(fresh, id), id)
    // A line may come into sight after a later one: only what was so the last time too is held for the end.
    if (isOver && run.end === undefined) run = { ...run, end: { kind: 'cut-off', reason: run.reason } }
    from = Math.max(from, (fresh.at(-1)?.at ?? 0) - OVERLAP_MILLISECONDS)
  }

  return {
    read: async () => {
      if (isDenied) return
      try {
        await read()
        failure = undefined
      } catch (error) {
        failure = error
        isDenied = isAccessDenied(error)
      }
    },
    get run() {
      return run
    },
    get failure() {
      return failure
    },
    get isDenied() {
      return isDenied
    },
  }
}

/** What stands in front of the command belongs to others. */
function afterBegin(events: readonly LogEvent[], id: string): readonly LogEvent[] {
  const index = events.findIndex(({ message }) => auditOf(message, id)?.kind === 'begun')
  return events.slice(index + 1)
}

function begun(logGroup: string, { stream, message }: LogEvent, id: string): Reading {
  const audit = auditOf(message, id)
  const end =
    audit?.kind === 'refused' ? ({ kind: 'refused', exitCode: audit.exitCode, seconds: 0 } as const) : undefined
  return { logGroup, logStream: stream, requestId: audit?.requestId ?? '', lines: [], end, isOver: false, reason: '' }
}

/** With the lines that have come. */
function advance(run: Reading, events: readonly LogEvent[], id: string): Reading {
  const lines = [...run.lines]
  let { isOver, reason } = run
  for (const { message } of events) {
    const audit = auditOf(message, id)
    if (audit?.kind === 'ended') return { ...run, lines, end: audit }
    const line = readLogLine(message)
    const isOwn = 'requestId' in line && line.requestId === run.requestId
    if (line.kind === 'report' && isOwn) isOver = true
    else if (line.kind === 'message' && isOwn && /^(?:Task timed out|Error: )/.test(line.text)) reason = line.text
    else if (!isOver && !isPlatform(line.kind)) lines.push(message)
  }
  return { ...run, lines, isOver, reason }
}

function isPlatform(kind: string): boolean {
  return ['start', 'end', 'report', 'init'].includes(kind)
}

type Audit =
  | { readonly kind: 'begun'; readonly requestId: string }
  | { readonly kind: 'ended'; readonly requestId: string; readonly exitCode: number; readonly seconds: number }
  | { readonly kind: 'refused'; readonly requestId: string; readonly exitCode: number }

/** The runtime's own lines about a run (runtime/wsgi_lambda/commands.py). Nothing that the command prints knows its id. */
function auditOf(message: string, id: string): Audit | undefined {
  if (!message.includes(id)) return undefined
  const line = readLogLine(message)
  if (line.kind !== 'message') return undefined
  const { requestId } = line
  const text = line.text.replace(/^wsgi-lambda: /, '')
  if (!text.endsWith(`, id "${id}"`)) return undefined
  const [, code, seconds] = /^command \w+ ended with exit code (-?\d+) after ([\d.]+) s\b/.exec(text) ?? []
  if (code !== undefined) return { kind: 'ended', requestId, exitCode: Number(code), seconds: Number(seconds) }
  if (text.startsWith('runs command ')) return { kind: 'begun', requestId }
  if (text.startsWith('refused a command')) return { kind: 'refused', requestId, exitCode: 2 }
  return text.startsWith('refused command ') ? { kind: 'refused', requestId, exitCode: 126 } : undefined
}
