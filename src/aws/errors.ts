import { UserError } from '../errors.ts'

/** A failed call to AWS, as an instruction. What is not known is given back as it is. */
export function adviceFor(
  error: unknown,
  {
    action,
    resource,
    arn: own = `arn:aws:lambda:*:*:function:${resource}`,
  }: {
    readonly action: string
    readonly resource: string
    /** What a statement of a policy names. Default: the function `resource`. */
    readonly arn?: string
  },
): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error
  const { message, cause } = { message: error.message, cause: { cause: error } }
  if (error.name === 'CredentialsProviderError' || /could not load credentials/i.test(message)) {
    return new UserError(
      {
        title: 'There are no AWS credentials',
        detail: message,
        hint: 'In a workflow, run aws-actions/configure-aws-credentials before this step (with id-token: write); elsewhere, set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      },
      cause,
    )
  }
  if (/region is missing/i.test(message)) {
    return new UserError(
      { title: 'There is no AWS region', hint: 'Set AWS_REGION, or a region in the profile.' },
      cause,
    )
  }
  if (/region not accepted/i.test(message)) {
    return new UserError(
      { title: 'The AWS region is not valid', detail: message, hint: 'Set AWS_REGION, as in eu-west-1.' },
      cause,
    )
  }
  if (
    [
      'ExpiredTokenException',
      'ExpiredToken',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'InvalidToken',
    ].includes(error.name)
  ) {
    return new UserError(
      {
        title: 'AWS does not accept the credentials',
        detail: message,
        hint: 'They are wrong or have expired: get new ones and run again.',
      },
      cause,
    )
  }
  if (isDenied(error)) {
    // The message knows better: it may be the role that must not be passed on.
    const [, denied = action, arn] =
      /not authorized to perform: (\S+)(?: on resource: "?(arn:[^\s"]+))?/.exec(message) ?? []
    const statement = JSON.stringify({
      Effect: 'Allow',
      Action: denied,
      Resource: arn ?? own,
    })
    return new UserError(
      {
        title: `The credentials may not do ${denied} on ${arn ?? resource}`,
        detail: message,
        hint: `Add this statement to their policy: ${statement}`,
      },
      cause,
    )
  }
  // The rest of that message is every variable with its value.
  if (
    error.name === 'InvalidParameterValueException' &&
    /environment variables.*exceeded the 4 ?KB limit/is.test(message)
  ) {
    return new UserError(
      {
        title: 'The environment variables are larger than 4 KB, the most that a function can have',
        hint: 'Remove some, or keep long values in Parameter Store or Secrets Manager.',
      },
      cause,
    )
  }
  if (error.name === 'InvalidParameterValueException' && /role/i.test(message)) {
    return new UserError(
      {
        title: 'Lambda does not accept the execution role',
        detail: message,
        hint: 'Check the ARN in role. Its trust policy must allow lambda.amazonaws.com to assume it; a new role takes some seconds to be known.',
      },
      cause,
    )
  }
  if (error.name === 'InvalidParameterValueException' && /S3 Error Code/i.test(message)) {
    return new UserError(
      {
        title: 'Lambda could not read the artifact from the bucket',
        detail: message,
        hint: "The bucket of upload-bucket must be in the function's region, and the credentials need s3:GetObject on it.",
      },
      cause,
    )
  }
  if (error.name === 'NoSuchBucket') {
    return new UserError(
      { title: `The bucket of ${resource} does not exist`, detail: message, hint: 'Check its name, or create it.' },
      cause,
    )
  }
  if (['PermanentRedirect', 'AuthorizationHeaderMalformed'].includes(error.name)) {
    return new UserError(
      {
        title: `The bucket of ${resource} is in another region`,
        detail: message,
        hint: "Use one in the function's region (AWS_REGION).",
      },
      cause,
    )
  }
  const code = codeOf(error)
  if (code !== undefined) {
    return new UserError(
      {
        title: `AWS could not be reached (${code})`,
        detail: message,
        hint: 'Check the network, the region, NODE_EXTRA_CA_CERTS behind a proxy, and AWS_ENDPOINT_URL when it is set.',
      },
      cause,
    )
  }
  if (error.name === 'PreconditionFailedException') {
    return new UserError(
      {
        title: `${action} failed: ${resource} was changed by somebody else meanwhile`,
        detail: message,
        hint: 'Run this again when nothing else changes it.',
      },
      cause,
    )
  }
  // What AWS answers is never a defect of this program alone: its words are what there is to go by.
  if ('$fault' in error) return new UserError({ title: `${action} failed: ${error.name}`, detail: message }, cause)
  return error
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
