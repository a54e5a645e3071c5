import { randomUUID } from 'node:crypto'
import { mayHaveArrived } from '../aws/errors.ts'
import type { Invocation, LambdaApi } from '../aws/lambda.ts'
import { type Problem, UserError } from '../errors.ts'
import {
  type CommandKind,
  type CommandOutcome,
  ignoredParts,
  OWN_CLIENT,
  parseJson,
  type RemoteCommand,
  readReply,
  requestOf,
} from './protocol.ts'

/** What a remote command ends with when it never ran or its result is unknown, as with `docker run`. */
export const UNKNOWN_RESULT = 125

/**
 * Runs one command inside a version of the function. @throws UserError: with exit code 125 when it is not known that and
 * how it ended, with 2 when it cannot be sent.
 */
export async function runRemoteCommand(
  command: RemoteCommand,
  { functionName, qualifier, timeoutSeconds }: { functionName: string; qualifier: string; timeoutSeconds: number },
  lambda: LambdaApi,
): Promise<CommandOutcome> {
  const id = randomUUID()
  const payload = requestOf(command, id)
  const invocation = await lambda
    .invoke(functionName, qualifier, payload, timeoutSeconds, OWN_CLIENT)
    .catch((error: unknown) => {
      throw unknownResult(error, mayHaveArrived(error) ? whereItEnded(id) : undefined)
    })
  const outcome = invocation.functionError === undefined ? readReply(invocation.payload) : undefined
  if (outcome) return outcome
  throw new UserError(invocationFailure(invocation), { exitCode: UNKNOWN_RESULT })
}

/** What the output alone does not say: that a part of it is missing, or that a part of the request was not understood. */
export function remarksOn(command: RemoteCommand, outcome: CommandOutcome): Problem[] {
  const remarks: Problem[] = []
  const { omittedBytes, run } = outcome
  const ignored = ignoredParts(command, outcome)
  if (omittedBytes > 0) {
    const where = run?.logGroup
      ? `Its log has them: the stream ${run.logStream} of ${run.logGroup}.`
      : 'Its log has them.'
    remarks.push({ title: `${omittedBytes} bytes of the output are left out`, hint: where })
  }
  if (ignored.length > 0) {
    remarks.push({
      title: `The function did not take ${ignored.join(' and ')}`,
      hint: 'It answers as one of serverless-wsgi: deploy it with this version of wsgi-lambda.',
    })
  }
  return remarks
}

/** A line of `before-traffic`, as in `manage migrate --noinput`. */
export function parseCommandLine(line: string): RemoteCommand {
  const [, word = '', rest = ''] = /^(\S+)\s*([^]*)$/.exec(line.trim()) ?? []
  const kind = word === 'shell' ? 'command' : word
  if (isCommandKind(kind)) return { kind, data: rest }
  throw new UserError(
    {
      title: `${JSON.stringify(line)} is not a remote command`,
      hint: 'It starts with manage, flask, exec or shell, as in: manage migrate --noinput',
    },
    { exitCode: 2 },
  )
}

function isCommandKind(word: string): word is CommandKind {
  return ['manage', 'flask', 'exec', 'command'].includes(word)
}

/** A failed call as the failure of a remote command, of which nobody knows whether it ran. */
export function unknownResult(error: unknown, advice?: string): unknown {
  if (!(error instanceof UserError)) return error
  const { title, detail, hint } = error
  const hints = [hint, advice].filter((text) => text !== undefined)
  return new UserError(
    { title, detail, hint: hints.length > 0 ? hints.join('\n') : undefined },
    { exitCode: UNKNOWN_RESULT, cause: error },
  )
}

function whereItEnded(id: string): string {
  return `It may have run all the same: the function's log then has how it ended, in a line with ${id}.`
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
