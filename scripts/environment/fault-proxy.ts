/**
 * A proxy on 127.0.0.1 in front of the emulator. It keeps a log of the calls, makes them fail as told, and adds what AWS refuses
 * and the emulator accepts (AWS Lambda API reference, "Errors" of each action; texts as AWS words them):
 *
 * - an update or a version while an update runs (LastUpdateStatus InProgress): ResourceConflictException 409; the same, and an
 *   invocation of $LATEST, while the function is created (State Pending)
 * - PublishVersion with another CodeSha256 than $LATEST has: InvalidParameterValueException 400; with another RevisionId:
 *   PreconditionFailedException 412
 * - UpdateFunctionCode with DryRun changes nothing
 * - CreateFunction, UpdateFunctionCode above 70167211 bytes of request, about 50 MiB of zip: RequestEntityTooLargeException 413;
 *   Invoke above 6291456 bytes (1048576 asynchronously): RequestTooLargeException 413
 * - function name, role ARN, timeout and memory out of their pattern or range: ValidationException 400, all of them together
 * - zip function without handler or runtime; unknown runtime; reserved or more than 4 KB of environment variables:
 *   InvalidParameterValueException 400
 * - an alias that names a missing version: ResourceNotFoundException 404
 * - GetPolicy without qualifier shows only the statements of the function itself, not those of its aliases; none: 404
 * - State stays Active while an update runs
 * - ListProvisionedConcurrencyConfigs, which the emulator does not have
 * - a function URL with AuthType NONE answers 403 until the policy of its qualifier allows everybody lambda:InvokeFunctionUrl and
 *   lambda:InvokeFunction via the URL
 */
import { createHash } from 'node:crypto'
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type Fault, type Json } from './faults.ts'
import { type Answer, createLag } from './lag.ts'

/** A request that arrived. */
export interface Call {
  readonly operation: string // 'UpdateAlias'; 'FunctionUrl' for a request to a function's URL; 'GET /path' where unknown
  readonly at: number // milliseconds since 1970
  readonly method: string
  readonly path: string // with the query
  readonly functionName?: string
  readonly qualifier?: string
  /** When it was answered. */
  readonly until?: number
  readonly status?: number // of the answer; absent while it is outstanding, and when the connection was dropped
}

export interface FaultProxy {
  readonly endpoint: string // http://127.0.0.1:PORT
  /** As the emulator's: where a function URL answers through this proxy. */
  readonly urlOrigin: string
  readonly calls: () => readonly Call[]
  readonly inject: (fault: Fault) => void
  /** Forgets faults and calls. */
  readonly clear: () => void
  readonly stop: () => Promise<void>
}

interface AwsError {
  readonly status: number
  readonly type: string
  readonly message: string
}

type Ask = (path: string, as?: IncomingHttpHeaders) => Promise<{ status: number; json: Json }>

/** A request as the rules see it. */
interface Request {
  readonly operation: string
  readonly functionName: string
  readonly qualifier: string | undefined
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly json: Json
  /** What the emulator answers to a GET of this path. */
  readonly ask: Ask
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  let calls: Call[] = []
  const faults = createFaults()
  const lag = createLag()
  const urls = new Map<string, FunctionUrl>()

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy()
      else send(outgoing, { status: 502, type: 'ProxyError', message: String(error) })
    })
  })
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port')
  const endpoint = `http://127.0.0.1:${address.port}`

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const method = incoming.method ?? 'GET'
    const path = incoming.url ?? '/'
    const named = nameOf(method, path, incoming.headers)
    const isBuffered = named.isLambda || named.isForm
    const bytes = isBuffered ? await buffer(incoming) : Buffer.alloc(0)
    const operation = named.isForm
      ? (new URLSearchParams(bytes.toString()).get('Action') ?? named.operation)
      : named.operation
    const json = named.isLambda && operation !== 'Invoke' ? parse(bytes) : {}
    const functionName =
      named.functionName ?? (typeof json['FunctionName'] === 'string' ? json['FunctionName'] : undefined)
    const qualifier =
      named.qualifier ?? (operation === 'CreateAlias' && typeof json['Name'] === 'string' ? json['Name'] : undefined)
    const index = calls.length
    const log = calls
    log.push({
      operation,
      at: now(),
      method,
      path,
      ...(functionName === undefined ? {} : { functionName }),
      ...(qualifier === undefined ? {} : { qualifier }),
    })
    outgoing.once('finish', () => {
      const call = log[index]
      if (call !== undefined) log[index] = { ...call, status: outgoing.statusCode, until: now() }
    })

    const fault = faults.due({ operation, qualifier })
    await fault?.before?.()
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
    if (fault?.drop === 'before') {
      incoming.socket.destroy()
      return
    }
    if (fault?.status !== undefined) {
      if (!isBuffered) incoming.resume()
      const { status, type = 'ServiceException', message = 'injected by the proxy', headers } = fault
      if (named.isForm) sendXml(outgoing, { status, type, message }, headers)
      else send(outgoing, { status, type, message }, headers)
      return
    }

    const ask: Ask = async (other, as = incoming.headers) => {
      const { host, authorization, 'x-amz-date': date } = as // account and region are read from these
      const identity = Object.entries({ host, authorization, 'x-amz-date': date }).filter(
        ([, value]) => value !== undefined,
      )
      const answer = await forward('GET', other, Object.fromEntries(identity))
      const found = parse(await buffer(answer))
      const about = nameOf('GET', other, as)
      const { operation: read, functionName: of = '', qualifier: at } = about
      const isTold = read === 'GetFunctionConfiguration' && answer.statusCode === 200
      const json = isTold ? lag.unfinished(found, { functionName: of, qualifier: at }) : found
      return { status: answer.statusCode ?? 502, json }
    }
    const { headers } = incoming
    const request: Request = {
      operation,
      functionName: functionName ?? '',
      qualifier: named.qualifier,
      path,
      headers,
      bytes,
      json,
      ask,
    }
    const refusal = named.isLambda ? await refusalOf(request) : await urlRefusal(path, urls, ask)
    if (refusal !== undefined) {
      if (!isBuffered) incoming.resume()
      send(outgoing, refusal)
      return
    }
    if (operation === 'UpdateFunctionCode' && json['DryRun'] === true) {
      sendJson(outgoing, 200, {}, await dryRun(request))
      return
    }
    if (operation === 'ListProvisionedConcurrencyConfigs') {
      sendJson(outgoing, 200, {}, { ProvisionedConcurrencyConfigs: await listProvisioned(request) })
      return
    }

    const asked = { operation, functionName: functionName ?? '', qualifier: named.qualifier }
    const asItIsTold = (configuration: Json): Json => lag.unfinished(configuration, asked)
    const isRead = named.isLambda && method === 'GET'
    const old = isRead ? lag.old(path, asked) : undefined
    if (old !== undefined) {
      if (old === 'missing') send(outgoing, NOT_THERE_YET)
      else outgoing.writeHead(old.status, old.headers).end(old.bytes)
      return
    }
    const answer = await forward(method, path, headers, isBuffered ? bytes : incoming)
    const status = answer.statusCode ?? 502
    const isPlain = fault === undefined && (!named.isLambda || operation.startsWith('Invoke'))
    if (isPlain) {
      outgoing.writeHead(status, answer.headers)
      answer.on('error', () => outgoing.destroy()) // the emulator ended within its answer
      answer.pipe(outgoing)
      return
    }
    const whole = await buffer(answer)
    await fault?.after?.()
    if (operation === 'CreateFunctionUrlConfig' || operation === 'UpdateFunctionUrlConfig')
      rememberUrl(urls, request, parse(whole))
    if (!isRead && status < 300) lag.begin(fault ?? { operation }, asked, parse(whole))
    if (fault?.drop === 'after') {
      incoming.socket.destroy()
      return
    }
    const rewrites = [
      ...(status < 300 ? [REWRITES[operation]] : []),
      ...(status < 300 && operation === 'GetFunctionConfiguration' ? [asItIsTold] : []),
      ...(fault?.rewrite === undefined ? [] : [fault.rewrite]),
    ].filter((rewrite) => rewrite !== undefined)
    const result = rewrites.reduce<unknown>((value, rewrite) => rewrite(value as Json, request), parse(whole))
    if (isAwsError(result)) {
      send(outgoing, result)
      return
    }
    const changed = { ...answer.headers, ...fault?.headers }
    const rewritten = rewrites.length === 0 ? { headers: changed, bytes: whole } : jsonAnswer(changed, result)
    if (isRead) lag.remember(path, { status, ...rewritten })
    outgoing.writeHead(status, rewritten.headers).end(rewritten.bytes)
  }

  function forward(
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
    body?: Buffer | IncomingMessage,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const upstream = httpRequest(new URL(target), { method, path, headers, agent }, resolve)
      upstream.on('error', reject)
      if (body === undefined || Buffer.isBuffer(body)) upstream.end(body)
      else body.pipe(upstream)
    })
  }

  return {
    endpoint,
    urlOrigin: `${endpoint}/_aws/lambda-url/{id}`,
    calls: () => [...calls],
    inject: faults.inject,
    clear() {
      faults.clear()
      lag.catchUp()
      calls = []
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

/** Finer than `Date.now()`: calls of one round are a millisecond apart. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

// ---- what a request is called

const F = '/[\\d-]+/functions/([^/]+)'

/** Method, path and name of Lambda's REST operations; the dates of the paths differ and say nothing more. */
const OPERATIONS: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/[\d-]+\/account-settings\/?$/, 'GetAccountSettings'],
  ['POST', /^\/[\d-]+\/functions\/?$/, 'CreateFunction'],
  ['GET', /^\/[\d-]+\/functions\/?$/, 'ListFunctions'],
  ['GET', end('/configuration'), 'GetFunctionConfiguration'],
  ['PUT', end('/configuration'), 'UpdateFunctionConfiguration'],
  ['PUT', end('/code'), 'UpdateFunctionCode'],
  ['POST', end('/versions'), 'PublishVersion'],
  ['GET', end('/versions'), 'ListVersionsByFunction'],
  ['POST', end('/aliases'), 'CreateAlias'],
  ['GET', end('/aliases'), 'ListAliases'],
  ['GET', end('/aliases/[^/]+'), 'GetAlias'],
  ['PUT', end('/aliases/[^/]+'), 'UpdateAlias'],
  ['DELETE', end('/aliases/[^/]+'), 'DeleteAlias'],
  ['POST', end('/policy'), 'AddPermission'],
  ['GET', end('/policy'), 'GetPolicy'],
  ['DELETE', end('/policy/[^/]+'), 'RemovePermission'],
  ['POST', end('/invocations'), 'Invoke'],
  ['POST', end('/response-streaming-invocations'), 'InvokeWithResponseStream'],
  ['POST', end('/url'), 'CreateFunctionUrlConfig'],
  ['GET', end('/url'), 'GetFunctionUrlConfig'],
  ['PUT', end('/url'), 'UpdateFunctionUrlConfig'],
  ['DELETE', end('/url'), 'DeleteFunctionUrlConfig'],
  ['GET', end('/urls'), 'ListFunctionUrlConfigs'],
  ['PUT', end('/concurrency'), 'PutFunctionConcurrency'],
  ['GET', end('/concurrency'), 'GetFunctionConcurrency'],
  ['DELETE', end('/concurrency'), 'DeleteFunctionConcurrency'],
  ['PUT', end('/code-signing-config'), 'PutFunctionCodeSigningConfig'],
  ['GET', end('/code-signing-config'), 'GetFunctionCodeSigningConfig'],
  ['DELETE', end('/code-signing-config'), 'DeleteFunctionCodeSigningConfig'],
  ['PUT', end('/provisioned-concurrency'), 'PutProvisionedConcurrencyConfig'],
  ['GET', end('/provisioned-concurrency'), 'GetProvisionedConcurrencyConfig'],
  ['DELETE', end('/provisioned-concurrency'), 'DeleteProvisionedConcurrencyConfig'],
  ['PUT', end('/event-invoke-config'), 'PutFunctionEventInvokeConfig'],
  ['POST', end('/event-invoke-config'), 'UpdateFunctionEventInvokeConfig'],
  ['GET', end('/event-invoke-config'), 'GetFunctionEventInvokeConfig'],
  ['DELETE', end('/event-invoke-config'), 'DeleteFunctionEventInvokeConfig'],
  ['GET', end('/event-invoke-config/list'), 'ListFunctionEventInvokeConfigs'],
  ['PUT', end('/runtime-management-config'), 'PutRuntimeManagementConfig'],
  ['GET', end('/runtime-management-config'), 'GetRuntimeManagementConfig'],
  ['GET', end(''), 'GetFunction'],
  ['DELETE', end(''), 'DeleteFunction'],
  ['GET', /^\/[\d-]+\/tags\/(.+)$/, 'ListTags'],
  ['POST', /^\/[\d-]+\/tags\/(.+)$/, 'TagResource'],
  ['DELETE', /^\/[\d-]+\/tags\/(.+)$/, 'UntagResource'],
]

function end(suffix: string): RegExp {
  return new RegExp(`^${F}${suffix}/?$`)
}

interface Named {
  readonly operation: string
  readonly isLambda: boolean
  readonly isForm: boolean // the operation is in a form, as STS and IAM send it
  readonly functionName?: string
  readonly qualifier?: string
}

function nameOf(method: string, path: string, headers: IncomingHttpHeaders): Named {
  const url = new URL(path, 'http://proxy')
  for (const [verb, pattern, operation] of OPERATIONS) {
    const match = verb === method ? pattern.exec(url.pathname) : null
    if (match === null) continue
    const reference = decodeURIComponent(match[1] ?? '').replace(/^.*:function:/, '')
    const [functionName = '', ownQualifier] = reference.split(':')
    const alias = /\/aliases\/([^/]+)/.exec(url.pathname)?.[1]
    const qualifier = url.searchParams.get('Qualifier') ?? alias ?? ownQualifier
    const isList = url.searchParams.get('List') === 'ALL'
    const named = {
      operation: isList ? `List${operation.slice(3)}s` : operation,
      isLambda: true,
      isForm: false,
      ...(functionName === '' ? {} : { functionName }),
    }
    return qualifier === undefined ? named : { ...named, qualifier }
  }
  const amzTarget = headers['x-amz-target']
  const rpc =
    typeof amzTarget === 'string' ? amzTarget.split('.').at(-1) : /\/operation\/(\w+)$/.exec(url.pathname)?.[1]
  if (rpc !== undefined) return { operation: rpc, isLambda: false, isForm: false }
  if (url.pathname.startsWith('/_aws/lambda-url/')) return { operation: 'FunctionUrl', isLambda: false, isForm: false }
  const isForm =
    method === 'POST' &&
    url.pathname === '/' &&
    (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  return { operation: `${method} ${url.pathname}`, isLambda: false, isForm }
}

// ---- what AWS refuses

async function refusalOf(request: Request): Promise<AwsError | undefined> {
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

/** What AWS answers to UpdateFunctionCode with DryRun: the configuration as it would be. */
async function dryRun({ functionName, json, ask }: Request): Promise<Json> {
  const { json: latest } = await ask(`/2015-03-31/functions/${encodeURIComponent(functionName)}/configuration`)
  const zip = typeof json['ZipFile'] === 'string' ? Buffer.from(json['ZipFile'], 'base64') : undefined
  if (zip === undefined) return latest
  return { ...latest, CodeSha256: createHash('sha256').update(zip).digest('base64'), CodeSize: zip.length }
}

/** The emulator answers for one version only. */
async function listProvisioned({ functionName, ask }: Request): Promise<Json[]> {
  const base = `/2015-03-31/functions/${encodeURIComponent(functionName)}`
  const { Versions: versions = [] } = (await ask(`${base}/versions`)).json as { Versions?: readonly Json[] }
  const found = await Promise.all(
    versions.map(async ({ Version: version }) => {
      const path = `/2019-09-30/functions/${encodeURIComponent(functionName)}/provisioned-concurrency`
      const { status, json } = await ask(`${path}?Qualifier=${encodeURIComponent(String(version))}`)
      return status === 200 ? [{ ...json, FunctionArn: `function:${functionName}:${String(version)}` }] : []
    }),
  )
  return found.flat()
}

// ---- what AWS answers otherwise

type Rewrite = (json: Json, request: Request) => unknown

const REWRITES: Readonly<Record<string, Rewrite | undefined>> = {
  GetFunction: (json) => ({ ...json, Configuration: activeDuringUpdate((json['Configuration'] ?? {}) as Json) }),
  GetFunctionConfiguration: activeDuringUpdate,
  UpdateFunctionCode: activeDuringUpdate,
  UpdateFunctionConfiguration: activeDuringUpdate,
  GetPolicy: (json, { qualifier }) => (qualifier === undefined ? policyOfFunction(json) : json),
}

function activeDuringUpdate(configuration: Json): Json {
  if (configuration['StateReasonCode'] !== 'Updating') return configuration
  return { ...configuration, State: 'Active', StateReason: null, StateReasonCode: null }
}

interface Policy {
  readonly Statement: readonly {
    readonly Resource: string
    readonly Action: string
    readonly Principal: unknown
    readonly Condition?: { readonly StringEquals?: Json; readonly Bool?: Json }
  }[]
}

function policyOfFunction(json: Json): Json | AwsError {
  const policy = JSON.parse(String(json['Policy'])) as Policy
  const own = policy.Statement.filter(({ Resource }) => Resource.split(':').length <= 7)
  if (own.length === 0) {
    return { status: 404, type: 'ResourceNotFoundException', message: 'The resource you requested does not exist.' }
  }
  return { ...json, Policy: JSON.stringify({ ...policy, Statement: own }) }
}

interface FunctionUrl {
  readonly functionName: string
  readonly qualifier: string | undefined
  readonly authType: string
  readonly headers: IncomingHttpHeaders // of the call that made it: they tell the emulator account and region
}

function rememberUrl(urls: Map<string, FunctionUrl>, { functionName, qualifier, headers }: Request, json: Json): void {
  const id = /^https?:\/\/([^.]+)\./.exec(String(json['FunctionUrl']))?.[1]
  if (id !== undefined) urls.set(id, { functionName, qualifier, authType: String(json['AuthType']), headers })
}

/** Lambda developer guide, "Control access to Lambda function URLs": since October 2025 both actions must be allowed. */
async function urlRefusal(
  path: string,
  urls: ReadonlyMap<string, FunctionUrl>,
  ask: Ask,
): Promise<AwsError | undefined> {
  const url = urls.get(/^\/_aws\/lambda-url\/([^/?]+)/.exec(path)?.[1] ?? '')
  if (url?.authType !== 'NONE') return undefined
  const query = url.qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(url.qualifier)}`
  const { status, json } = await ask(
    `/2015-03-31/functions/${encodeURIComponent(url.functionName)}/policy${query}`,
    url.headers,
  )
  const statements = status === 200 ? (JSON.parse(String(json['Policy'])) as Policy).Statement : []
  const everybody = statements.filter(
    ({ Principal }) => JSON.stringify(Principal) === '"*"' || JSON.stringify(Principal) === '{"AWS":"*"}',
  )
  const allowsUrl = everybody.some(
    ({ Action, Condition }) =>
      Action === 'lambda:InvokeFunctionUrl' &&
      (Condition?.StringEquals?.['lambda:FunctionUrlAuthType'] ?? 'NONE') === 'NONE',
  )
  const allowsFunction = everybody.some(({ Action }) => Action === 'lambda:InvokeFunction')
  if (allowsUrl && allowsFunction) return undefined
  const advice =
    'For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html'
  return { status: 403, type: 'AccessDeniedException', message: `Forbidden. ${advice}` }
}

// ---- answers

const NOT_THERE_YET: AwsError = {
  status: 404,
  type: 'ResourceNotFoundException',
  message: 'The resource you requested does not exist.',
}

function isAwsError(value: unknown): value is AwsError {
  return typeof value === 'object' && value !== null && 'status' in value && 'type' in value && 'message' in value
}

function send(
  outgoing: ServerResponse,
  { status, type, message }: AwsError,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(
    outgoing,
    status,
    { ...headers, 'x-amzn-errortype': type, 'x-amzn-requestid': crypto.randomUUID() },
    { Type: 'User', message },
  )
}

/** As STS and IAM answer. */
function sendXml(
  outgoing: ServerResponse,
  { status, type, message }: AwsError,
  headers: Readonly<Record<string, string>> = {},
): void {
  const error = `<Type>Sender</Type><Code>${type}</Code><Message>${message}</Message>`
  outgoing
    .writeHead(status, { 'content-type': 'text/xml', ...headers })
    .end(`<ErrorResponse><Error>${error}</Error><RequestId>${crypto.randomUUID()}</RequestId></ErrorResponse>`)
}

function sendJson(outgoing: ServerResponse, status: number, headers: IncomingHttpHeaders, json: unknown): void {
  const answer = jsonAnswer(headers, json)
  outgoing.writeHead(status, answer.headers).end(answer.bytes)
}

function jsonAnswer(headers: IncomingHttpHeaders, json: unknown): Pick<Answer, 'headers' | 'bytes'> {
  const bytes = Buffer.from(JSON.stringify(json))
  const kept = Object.entries(headers).filter(([name]) => name !== 'transfer-encoding' && name !== 'content-length')
  const length = { 'content-length': String(bytes.length) }
  return { headers: { 'content-type': 'application/json', ...Object.fromEntries(kept), ...length }, bytes }
}

function parse(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString() || '{}') as Json
  } catch {
    return {}
  }
}
