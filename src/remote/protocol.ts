import type { ClientContext } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'

/** A remote command in words of its own: `command` is what the wire calls `shell`. */
export type CommandKind = 'manage' | 'flask' | 'exec' | 'command'

export interface RemoteCommand {
  readonly kind: CommandKind
  /**
   * All that a function of serverless-wsgi understands: of manage and flask the arguments as one string, which is split
   * like a shell does; of exec the code; of command a line for a shell, or a script.
   */
  readonly data: string
  /** One by one, nothing is split or quoted: instead of `data`, or for the code or the file that `data` is. */
  readonly arguments?: readonly string[] | undefined
  /** The name of the file that `data` is; `-` for standard input. */
  readonly file?: string | undefined
  readonly stdin?: Buffer | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** How long it may take, where that is less than the function's timeout. */
  readonly timeoutSeconds?: number | undefined
}

export interface CommandOutcome {
  readonly exitCode: number
  /** As the command printed it, byte for byte, unless `omittedBytes` of its middle are missing. */
  readonly output: Buffer
  readonly omittedBytes: number
  /** What only our own runtime tells. */
  readonly run: CommandRun | undefined
  /** The answer got lost: this is what the log has. */
  readonly isFromLog?: true
}

export interface CommandRun {
  /** The name that the client gave it. The lines of the log that tell of its beginning and end have it. */
  readonly id: string
  readonly requestId: string
  readonly logGroup: string
  readonly logStream: string
  readonly seconds: number
}

/**
 * Marks an invocation as our own. Our runtime takes more than the event of serverless-wsgi only with it, because no source
 * of events can write it.
 */
export const OWN_CLIENT: ClientContext = { custom: { 'wsgi-lambda': '1' } }

/** Lambda quotas, "Invocation payload (request and response)", synchronous. */
const MAXIMUM_BYTES = 6 * 1024 * 1024

/** The event of a command. @throws UserError (exit code 2) when Lambda would not take it. */
export function requestOf(
  { kind, data, arguments: passed, file, stdin, environment, timeoutSeconds: timeout }: RemoteCommand,
  id: string,
): string {
  const input = stdin?.toString('base64')
  const fields = { command: kind, data, arguments: passed, stdin: input, environment, file, timeout, id }
  const payload = JSON.stringify({ '_serverless-wsgi': fields })
  const bytes = Buffer.byteLength(payload)
  if (bytes <= MAXIMUM_BYTES) return payload
  throw new UserError(
    {
      title: 'The command is larger than Lambda takes',
      detail: `It is ${bytes} bytes with everything that goes with it, and ${MAXIMUM_BYTES} are the most. Standard input takes a third more than its size.`,
      hint: 'Put large data where the function can read it, as in S3, and name it in the arguments.',
    },
    { exitCode: 2 },
  )
}

/** Our own runtime answers with an object, serverless-wsgi with a pair. Undefined for what is neither. */
export function readReply(payload: string): CommandOutcome | undefined {
  const reply = parseJson(payload)
  if (Array.isArray(reply)) {
    const [exitCode, output] = reply as readonly unknown[]
    const isPair = reply.length === 2 && isExitCode(exitCode) && typeof output === 'string'
    return isPair ? { exitCode, output: Buffer.from(output), omittedBytes: 0, run: undefined } : undefined
  }
  if (typeof reply !== 'object' || reply === null) return undefined
  const { exitCode, output, isBase64Encoded, omittedBytes, ...run } = reply as Readonly<Record<string, unknown>>
  if (!isExitCode(exitCode) || typeof output !== 'string') return undefined
  return {
    exitCode,
    output: Buffer.from(output, isBase64Encoded === true ? 'base64' : 'utf8'),
    omittedBytes: typeof omittedBytes === 'number' ? omittedBytes : 0,
    run: {
      id: text(run['id']),
      requestId: text(run['requestId']),
      logGroup: text(run['logGroup']),
      logStream: text(run['logStream']),
      seconds: Number(run['seconds'] ?? 0),
    },
  }
}

/** The status of a process that ends as the command did. Of an exit code a system keeps 8 bits: 256 would be a success. */
export function exitStatus({ exitCode }: CommandOutcome): number {
  return exitCode === 0 ? 0 : exitCode & 0xff || 1
}

/** What was asked for and the function knows nothing of, if its reply is the one of serverless-wsgi. */
export function ignoredParts(command: RemoteCommand, { run }: CommandOutcome): string[] {
  if (run) return []
  const parts = []
  if (command.environment) parts.push('the variables')
  if (command.stdin) parts.push('the standard input')
  const isScript = command.kind === 'exec' || (command.kind === 'command' && command.file !== undefined)
  if (isScript && command.arguments && command.arguments.length > 0) parts.push('the arguments')
  return parts
}

/** For a POSIX shell, and for Python's shlex: arguments arrive as they were given. */
export function quoteAll(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`)).join(' ')
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isExitCode(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
