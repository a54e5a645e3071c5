import { type Problem, UserError } from '../errors.ts'
import { ADVICE } from './advice.ts'
import { denial } from './denied.ts'

/** What was asked of AWS. */
interface Asked {
  readonly action: string
  readonly resource: string
  /** What a statement of a policy names. Default: the function `resource`. */
  readonly arn?: string
}

/** A failed call to AWS, as an instruction. What is not known is given back as it is. */
export function adviceFor(error: unknown, asked: Asked): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error
  const problem = problemFor(error, asked)
  return problem ? new UserError(problem, { cause: error }) : error
}

function problemFor(error: Error, asked: Asked): Problem | undefined {
  const { action, resource, arn = `arn:aws:lambda:*:*:function:${resource}` } = asked
  if (isDenied(error)) return denial(error.message, { action, resource, arn })
  const advised = advise(error, asked)
  if (advised) return advised
  const code = codeOf(error)
  if (code !== undefined) {
    return {
      title: `AWS could not be reached (${code})`,
      detail: error.message,
      hint: 'Check the network, the region, NODE_EXTRA_CA_CERTS behind a proxy, and AWS_ENDPOINT_URL when it is set.',
    }
  }
  // What AWS answers is never a defect of this program alone: its words are what there is to go by.
  return '$fault' in error ? { title: `${action} failed: ${error.name}`, detail: error.message } : undefined
}

/** The first row of advice that fits, with what it caught filled in. */
function advise(error: Error, { action, resource }: Asked): Problem | undefined {
  const { name } = error
  const { Reason: reason = '' } = error as Error & { Reason?: string }
  const message = [error.message, reason].filter(Boolean).join(' ')
  const row = ADVICE.find(({ names, says }) => names?.test(name) !== false && says?.test(message) !== false)
  if (row === undefined) return undefined
  const caught = row.says?.exec(message) ?? []
  const known: Readonly<Record<string, string>> = { action, resource }
  const fill = (text: string): string =>
    text.replace(/\$(\w+)/g, (_, word: string) => known[word] ?? caught[Number(word)] ?? '')
  return {
    title: fill(row.title),
    detail: row.isConfidential ? undefined : error.message,
    hint: fill(row.hint),
  }
}

/** S3 answers a HEAD without a body: then there is a status, and no name. */
function isDenied(error: Error): boolean {
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  const isNameless = ['Unknown', 'UnknownError', 'Forbidden', '403'].includes(error.name)
  return (
    ['AccessDeniedException', 'AccessDenied'].includes(error.name) || (isNameless && $metadata?.httpStatusCode === 403)
  )
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])

function codeOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && UNREACHABLE.has(code)) return code
  // The SDK gives a broken connection that name too, with a code of its own.
  return error.name === 'TimeoutError' ? 'ETIMEDOUT' : undefined
}

/** Whether the credentials lack a permission, also where that was translated. */
export function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && (isDenied(error) || isAccessDenied(error.cause))
}

/** Whether AWS says that the thing does not exist, also where it was translated. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'ResourceNotFoundException' || isNotFound(error.cause)
}

/** Whether S3 says that there is no such bucket, also where it was translated. */
export function isNoBucket(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'NoSuchBucket' || isNoBucket(error.cause)
}

/** Whether AWS says that what is to be changed or published is not what was read; also where it was translated. */
export function isChanged(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const isOtherCode = error.name === 'InvalidParameterValueException' && /CodeSha256/i.test(error.message)
  return error.name === 'PreconditionFailedException' || isOtherCode || isChanged(error.cause)
}

/** Whether AWS says that the thing is there already, or is another one than was read; also where it was translated. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ['ResourceConflictException', 'PreconditionFailedException'].includes(error.name) || isConflict(error.cause)
}

/** Whether there were too many calls at a time, also after the SDK has repeated this one a few times. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  return (
    $metadata?.httpStatusCode === 429 ||
    ['TooManyRequestsException', 'ThrottlingException', 'Throttling', 'RequestLimitExceeded'].includes(error.name)
  )
}

/** Whether AWS says that another change is still going on, which passes. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ResourceConflictException' &&
    /in progress|state: pending|pending state|concurrent update/i.test(error.message)
  )
}
