/**
 * What is known of an Invoke that failed. AWS reserves error codes for what prevents a function from running (Lambda API
 * reference, "Invoke"); what does not say by its name why it could not run, such as a plain 500, is held for unknown all the same.
 */
export type InvocationFate =
  /** It did not run, and may be sent again. */
  | 'waits'
  /** It did not run, and would not the next time. */
  | 'refused'
  /** It may have run, or may be running. */
  | 'unknown'

/** Over soon by themselves (Lambda API reference, "Invoke", Errors). */
const PASSING: ReadonlySet<string> = new Set([
  ...[
    'TooManyRequestsException',
    'ResourceConflictException',
    'ResourceNotReadyException',
    'SnapStartNotReadyException',
  ],
  ...['EC2ThrottledException', 'ENILimitReachedException', 'SubnetIPAddressLimitReachedException'],
])

/** Of a status that could mean anything else: the environment of the function could not be made. */
const NOT_MADE =
  /^(?:EC2Unexpected|EC2AccessDenied|EFSMount\w+|InvalidRuntime|InvalidSecurityGroupID|InvalidSubnetID|InvalidZipFile|KMS\w+|S3Files\w+|SnapStart|SnapStartTimeout)Exception$/

/** Where nothing was connected nothing was sent (getaddrinfo(3), connect(2)). */
const NOT_CONNECTED: ReadonlySet<string> = new Set(['getaddrinfo', 'connect'])

const NO_CREDENTIALS: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError'])

/** A time-out, and a file system that fails (EFSIOException): neither says that nothing has begun. */
const RUNNING: ReadonlySet<number> = new Set([408, 410])

export function invocationFate(error: unknown): InvocationFate {
  if (!(error instanceof Error)) return 'unknown'
  const { name, $metadata, syscall } = error as NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode ?? 0
  if (name === 'ResourceConflictException' && /state: ?Failed/i.test(error.message)) return 'refused'
  if (PASSING.has(name) || status === 429 || NOT_CONNECTED.has(syscall ?? '')) return 'waits'
  if (error instanceof AggregateError && error.errors.length > 0) {
    // One connection was tried for each address of a host.
    return error.errors.every((each) => invocationFate(each) === 'waits') ? 'waits' : 'unknown'
  }
  if (NOT_MADE.test(name) || NO_CREDENTIALS.has(name)) return 'refused'
  if (status >= 400 && status < 500 && !RUNNING.has(status)) return 'refused'
  return invocationFate(error.cause)
}
