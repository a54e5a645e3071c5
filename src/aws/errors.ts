import { UserError } from '../errors.ts'

/** A failed call to AWS, as an instruction. What is not known is given back as it is. */
export function adviceFor(error: unknown, { action, resource }: { action: string; resource: string }): unknown {
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
  if (
    [
      'ExpiredTokenException',
      'ExpiredToken',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
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
  if (['AccessDeniedException', 'AccessDenied'].includes(error.name)) {
    const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource })
    return new UserError(
      {
        title: `The credentials may not do ${action} on ${resource}`,
        detail: message,
        hint: `Add this statement to their policy: ${statement}`,
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
  const code = codeOf(error)
  if (code !== undefined) {
    return new UserError(
      {
        title: `AWS could not be reached (${code})`,
        detail: message,
        hint: 'Check the network, the region, and AWS_ENDPOINT_URL when it is set.',
      },
      cause,
    )
  }
  if (
    [
      'InvalidParameterValueException',
      'ValidationException',
      'RequestEntityTooLargeException',
      'CodeStorageExceededException',
      'ServiceException',
      'TooManyRequestsException',
      'ResourceConflictException',
    ].includes(error.name)
  ) {
    return new UserError({ title: `${action} failed: ${error.name}`, detail: message }, cause)
  }
  return error
}

function codeOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  return code !== undefined &&
    ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(code)
    ? code
    : undefined
}

/** Whether AWS says that the thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException'
}

/** Whether AWS says that another change is still going on, which passes. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ResourceConflictException' &&
    /in progress|pending state|concurrent update/i.test(error.message)
  )
}
