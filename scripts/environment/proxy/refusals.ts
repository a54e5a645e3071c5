import type { Json } from '../faults.ts'
import type { AwsError } from './answers.ts'
import type { Request } from './request.ts'

/** Why AWS Lambda would refuse a request that the emulator accepts. */
export async function refusalOf(request: Request): Promise<AwsError | undefined> {
  return sizeRefusal(request) ?? valueRefusal(request) ?? (await stateRefusal(request)) ?? (await aliasRefusal(request))
}

function sizeRefusal({ operation, bytes, headers }: Request): AwsError | undefined {
  const isCode = operation === 'CreateFunction' || operation === 'UpdateFunctionCode'
  if (!isCode && operation !== 'Invoke') return undefined
  const limit = isCode ? 70_167_211 : headers['x-amz-invocation-type'] === 'Event' ? 1_048_576 : 6_291_456
  if (bytes.length <= limit) return undefined
  const name = isCode ? operation : 'InvokeFunction'
  const type = isCode ? 'RequestEntityTooLargeException' : 'RequestTooLargeException'
  return { status: 413, type, message: `Request must be smaller than ${limit} bytes for the ${name} operation` }
}

const NAME =
  /^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov|-iso(b?))?-[a-z]+-\d:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$/
const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/
const RUNTIME =
  /^(python3\.(9|1[0-4])|nodejs(18|20|22|24)\.x|java(8\.al2|11|17|21|25)|dotnet(8|10)|ruby3\.[2-4]|provided\.al20?2?3?)$/
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/

function valueRefusal({ operation, functionName, json }: Request): AwsError | undefined {
  const isCreation = operation === 'CreateFunction'
  if (!isCreation && operation !== 'UpdateFunctionConfiguration') return undefined
  const { Role: role, Runtime: runtime, Handler: handler, PackageType: packageType = 'Zip' } = json
  const failures = [
    ...(NAME.test(functionName)
      ? []
      : [unsatisfied(functionName, 'functionName', `satisfy regular expression pattern: ${NAME.source.slice(1, -1)}`)]),
    ...(isCreation && functionName.length > 64
      ? [unsatisfied(functionName, 'functionName', 'have length less than or equal to 64')]
      : []),
    ...(isCreation && role === undefined
      ? ["Value null at 'role' failed to satisfy constraint: Member must not be null"]
      : []),
    ...(role !== undefined && !ROLE.test(text(role))
      ? [unsatisfied(role, 'role', `satisfy regular expression pattern: ${ROLE.source.slice(1, -1)}`)]
      : []),
    ...outOfRange(json['Timeout'], 'timeout', 1, 900),
    ...outOfRange(json['MemorySize'], 'memorySize', 128, 10240),
  ]
  if (failures.length > 0) {
    const found = `${failures.length} validation error${failures.length > 1 ? 's' : ''} detected`
    return { status: 400, type: 'ValidationException', message: `${found}: ${failures.join('; ')}` }
  }
  if (isCreation && packageType === 'Zip' && (handler === undefined || handler === '' || runtime === undefined)) {
    return invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.')
  }
  if (runtime !== undefined && !RUNTIME.test(text(runtime))) {
    return invalid(
      `Value ${text(runtime)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ` +
        '[nodejs22.x, provided.al2023, python3.10, python3.11, python3.12, python3.13, python3.14] or be a valid ARN',
    )
  }
  const variables = ((json['Environment'] as Json | undefined)?.['Variables'] ?? {}) as Record<string, string>
  const reserved = Object.keys(variables).filter((name) => RESERVED.test(name))
  const trouble =
    'Lambda was unable to configure your environment variables because the environment variables you have provided '
  if (reserved.length > 0) {
    return invalid(
      `${trouble}contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const measured = JSON.stringify(variables)
  if (Buffer.byteLength(measured) > 4096)
    return invalid(`${trouble}exceeded the 4KB limit. String measured: ${measured}`)
  return undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function outOfRange(value: unknown, member: string, least: number, most: number): string[] {
  if (typeof value !== 'number') return []
  if (value < least) return [unsatisfied(value, member, `have value greater than or equal to ${least}`)]
  return value > most ? [unsatisfied(value, member, `have value less than or equal to ${most}`)] : []
}

function unsatisfied(value: unknown, member: string, constraint: string): string {
  return `Value '${text(value)}' at '${member}' failed to satisfy constraint: Member must ${constraint}`
}

function invalid(message: string): AwsError {
  return { status: 400, type: 'InvalidParameterValueException', message }
}

const NEEDS_REST = new Set(['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'PublishVersion'])

async function stateRefusal({ operation, functionName, qualifier, json, ask }: Request): Promise<AwsError | undefined> {
  const isInvocation = operation === 'Invoke' && (qualifier ?? '$LATEST') === '$LATEST'
  if (!NEEDS_REST.has(operation) && !isInvocation) return undefined
  const { status, json: latest } = await ask(`/2015-03-31/functions/${encodeURIComponent(functionName)}/configuration`)
  if (status !== 200) return undefined // the emulator says so itself
  const cannot = 'The operation cannot be performed at this time.'
  const conflict = (why: string): AwsError => ({
    status: 409,
    type: 'ResourceConflictException',
    message: `${cannot} ${why}`,
  })
  if (latest['State'] === 'Pending' && latest['StateReasonCode'] === 'Creating') {
    return conflict('The function is currently in the following state: Pending')
  }
  if (isInvocation) return undefined
  if (latest['LastUpdateStatus'] === 'InProgress') {
    return conflict(`An update is in progress for resource: ${String(latest['FunctionArn'])}`)
  }
  if (operation !== 'PublishVersion') return undefined
  const { CodeSha256: codeSha256, RevisionId: revisionId } = json
  if (codeSha256 !== undefined && codeSha256 !== '' && codeSha256 !== latest['CodeSha256']) {
    return invalid(
      `CodeSHA256 (${text(codeSha256)}) is different from current CodeSHA256 in $LATEST (${String(latest['CodeSha256'])}). ` +
        'Please try again with the CodeSHA256 in $LATEST.',
    )
  }
  if (revisionId !== undefined && revisionId !== '' && revisionId !== latest['RevisionId']) {
    const message =
      'The RevisionId provided does not match the latest RevisionId. ' +
      'Call the GetFunction/GetAlias API to retrieve the latest RevisionId for your resource.'
    return { status: 412, type: 'PreconditionFailedException', message }
  }
  return undefined
}

async function aliasRefusal({ operation, functionName, json, ask }: Request): Promise<AwsError | undefined> {
  if (operation !== 'CreateAlias' && operation !== 'UpdateAlias') return undefined
  const routing = json['RoutingConfig'] as { AdditionalVersionWeights?: Json } | null | undefined
  const versions = [json['FunctionVersion'], ...Object.keys(routing?.AdditionalVersionWeights ?? {})]
  const base = `/2015-03-31/functions/${encodeURIComponent(functionName)}/configuration`
  for (const version of versions) {
    if (typeof version !== 'string') continue
    const latest = await ask(base)
    const named = await ask(`${base}?Qualifier=${encodeURIComponent(version)}`)
    if (latest.status === 200 && named.status === 404) {
      const message = `Function not found: ${String(latest.json['FunctionArn'])}:${version}`
      return { status: 404, type: 'ResourceNotFoundException', message }
    }
  }
  return undefined
}
