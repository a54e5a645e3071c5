import type { Invocation, LambdaApi } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'

/** A remote command in words of its own: `command` is what the wire calls `shell`. */
export type CommandKind = 'manage' | 'flask' | 'exec' | 'command'

export interface RemoteCommand {
  readonly kind: CommandKind
  /** Arguments as they are, or one string that is split like a shell (code for exec, a line for a shell). */
  readonly data: string | readonly string[]
}

export interface CommandOutcome {
  readonly exitCode: number
  readonly output: string
}

/** What a remote command ends with when it never ran or its result is unknown, as with `docker run`. */
export const UNKNOWN_RESULT = 125

/**
 * Runs one command inside a version of the function. Protocol: the event `{"_serverless-wsgi": {command, data}}`
 * answers `[exit code, output]`. @throws UserError (exit code 125) when it is not known that and how it ended.
 */
export async function runRemoteCommand(
  { kind, data }: RemoteCommand,
  { functionName, qualifier, timeoutSeconds }: { functionName: string; qualifier: string; timeoutSeconds: number },
  lambda: LambdaApi,
): Promise<CommandOutcome> {
  const payload = JSON.stringify({ '_serverless-wsgi': { command: kind, data } })
  const invocation = await lambda.invoke(functionName, qualifier, payload, timeoutSeconds).catch((error: unknown) => {
    throw unknownResult(error)
  })
  const outcome = invocation.functionError === undefined ? readOutcome(invocation.payload) : undefined
  if (outcome) return outcome
  throw new UserError(invocationFailure(invocation), { exitCode: UNKNOWN_RESULT })
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

function readOutcome(payload: string): CommandOutcome | undefined {
  const answer: unknown = parseJson(payload)
  if (!Array.isArray(answer) || answer.length !== 2) return undefined
  const [exitCode, output] = answer as [unknown, unknown]
  return typeof exitCode === 'number' && typeof output === 'string' ? { exitCode, output } : undefined
}

/** A failed call as the failure of a remote command, of which nobody knows whether it ran. */
export function unknownResult(error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const { title, detail, hint } = error
  return new UserError({ title, detail, hint }, { exitCode: UNKNOWN_RESULT, cause: error })
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
