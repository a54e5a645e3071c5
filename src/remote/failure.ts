import type { Invocation } from '../aws/lambda.ts'
import { type Problem, UserError } from '../errors.ts'
import { linesOf } from '../report/inert.ts'
import type { LoggedRun } from './command-log.ts'
import { lastLines } from './live.ts'
import { type LogLine, readLogLine } from './log-line.ts'
import { parseJson } from './protocol.ts'

/** What a remote command ends with when it never ran or its result is unknown, as with `docker run`. */
export const UNKNOWN_RESULT = 125

/** A failed call as the failure of a remote command, which did not run. */
export function unknownResult(error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const { title, detail, hint } = error
  return new UserError({ title, detail, hint }, { exitCode: UNKNOWN_RESULT, cause: error })
}

/** Of a command that may have run, and whose log does not tell. */
export function unknownEnd(id: string, run: LoggedRun | undefined, unreadable: unknown, cause: unknown): UserError {
  const { title = String(cause), detail }: Partial<Problem> = cause instanceof UserError ? cause : {}
  const why = unreadable instanceof UserError ? unreadable : undefined
  const where = run
    ? `the stream ${run.logStream} of ${run.logGroup}, in the line that ends with ${id}`
    : `the function's log, in a line that ends with ${id}`
  return new UserError(
    {
      title: 'It is not known how the command ended',
      detail: [title, detail, why && `The log cannot be read: ${why.title}`, run && soFar(run)]
        .filter(Boolean)
        .join('\n'),
      hint: [`It may have run, and nothing was sent again. Look for its end in ${where}.`, why?.hint]
        .filter(Boolean)
        .join('\n'),
    },
    { exitCode: UNKNOWN_RESULT, cause },
  )
}

/** Of a command that Lambda ended together with the invocation, as the log has it. */
export function cutOff(run: LoggedRun, reason: string, cause: unknown): UserError {
  return new UserError(
    {
      title: 'The function ended before the command did',
      detail: [reason, soFar(run)].filter(Boolean).join('\n'),
      hint: `It is not sent again. Its log is the stream ${run.logStream} of ${run.logGroup}.`,
    },
    { exitCode: UNKNOWN_RESULT, cause },
  )
}

/** What a cancelled program leaves behind. */
export function goesOn(id: string, run: LoggedRun | undefined, timeoutSeconds: number): Problem {
  const where = run ? `, and its log is the stream ${run.logStream} of ${run.logGroup}` : ''
  return {
    title: 'The command goes on in the function',
    detail: `It runs there until it ends, or until its ${timeoutSeconds} seconds are over. Its id is ${id}${where}.`,
    hint: `Lines that tell of its beginning and end: wsgi-lambda logs --since 15m --filter ${id}`,
  }
}

/** Of a command that got no answer of its own: where Lambda ended it, how far it came by the end of its log. */
export function commandFailure(invocation: Invocation): Problem {
  const failure = invocationFailure(invocation)
  const { errorType, errorMessage } = readFailure(invocation.payload)
  const lines = linesOf(invocation.logTail).filter((line) => isPrinted(readLogLine(line)))
  const isTimeOut = /Task timed out/.test(errorMessage)
  if (lines.length === 0 || !(isTimeOut || errorType === 'Runtime.ExitError')) return failure
  const hint = isTimeOut
    ? 'Give it more time with timeout, or commands alone with command-timeout (up to 900 seconds).'
    : undefined
  return { title: failure.title, detail: `${errorMessage}\n${soFar({ lines })}`, hint }
}

function isPrinted(line: LogLine): boolean {
  if (line.kind === 'message') return !/^(?:wsgi-lambda: |Task timed out|Error: )/.test(line.text)
  return line.kind === 'printed'
}

function soFar({ lines }: Pick<LoggedRun, 'lines'>): string {
  return lines.length === 0 ? 'It has printed nothing.' : `It came this far:\n${lastLines(lines.join('\n'))}`
}

/** Why an invocation gave no answer: a time-out, an import that fails, a handler that is not ours. */
export function invocationFailure({ payload, functionError, logTail }: Invocation): {
  title: string
  detail: string
  hint?: string
} {
  const { errorType, errorMessage, stackTrace } = readFailure(payload)
  const detail = [errorMessage, ...stackTrace.map((frame) => frame.trimEnd()), logTail.trimEnd()]
    .filter(Boolean)
    .join('\n')
  if (/Task timed out/.test(errorMessage)) {
    return { title: 'The function timed out', detail, hint: 'Give it more time with timeout (up to 900 seconds).' }
  }
  if (functionError === undefined) {
    return {
      title: 'The function gave an answer that is not a command result',
      detail,
      hint: 'Is it a function that wsgi-lambda deployed? Its handler has to be wsgi_handler.handler.',
    }
  }
  return { title: `The function failed${errorType === undefined ? '' : `: ${errorType}`}`, detail }
}

/** The error object of a runtime. Any function may be named, so it can have any shape. */
function readFailure(payload: string): {
  errorType: string | undefined
  errorMessage: string
  stackTrace: readonly string[]
} {
  const parsed = parseJson(payload)
  const { errorType, errorMessage, stackTrace } = (
    typeof parsed === 'object' && parsed !== null ? parsed : {}
  ) as Readonly<Record<string, unknown>>
  return {
    errorType: typeof errorType === 'string' ? errorType : undefined,
    errorMessage: typeof errorMessage === 'string' ? errorMessage : payload,
    stackTrace: Array.isArray(stackTrace) ? stackTrace.filter((frame) => typeof frame === 'string') : [],
  }
}
