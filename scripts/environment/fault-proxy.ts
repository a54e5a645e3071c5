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
 * - a request to S3 whose x-amz-expected-bucket-owner is another account: AccessDenied 403
 * - a function URL with AuthType NONE answers 403 until the policy of its qualifier allows everybody lambda:InvokeFunctionUrl and
 *   lambda:InvokeFunction via the URL
 */
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
import { createLag } from './lag.ts'
import { type AwsError, isAwsError, jsonAnswer, NOT_THERE, parse, refuse, sendJson } from './proxy/answers.ts'
import { type Call, createCallLog } from './proxy/calls.ts'
import { createFunctionUrls } from './proxy/function-urls.ts'
import { type Named, nameOf } from './proxy/names.ts'
import { refusalOf } from './proxy/refusals.ts'
import type { Ask, Request } from './proxy/request.ts'
import { dryRun, listProvisioned, REWRITES } from './proxy/rewrites.ts'
import { bucketRefusal } from './proxy/s3-operations.ts'

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

/** A request, as far as it was read. */
interface Arrived extends Named {
  readonly method: string
  readonly incoming: IncomingMessage
  readonly request: Request
  /** Whether `request` has the bytes; what can be large goes through as a stream. */
  readonly isBuffered: boolean
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  const log = createCallLog()
  const faults = createFaults()
  const lag = createLag()
  const urls = createFunctionUrls()

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy()
      else refuse(outgoing, 'lambda', { status: 502, type: 'ProxyError', message: String(error) })
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
    const arrived = await read(incoming)
    const { operation, functionName, qualifier, method, protocol, request, isBuffered } = arrived
    log.add({ operation, protocol, method, path: request.path, functionName, qualifier }, outgoing)
    const refuseWith = (error: AwsError, headers?: Fault['headers']): void => {
      if (!isBuffered) incoming.resume()
      refuse(outgoing, protocol, error, headers)
    }

    const fault = faults.due({ operation, qualifier })
    await fault?.before?.()
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs)
    if (fault?.drop === 'before') {
      incoming.socket.destroy()
      return
    }
    if (fault?.status !== undefined) {
      const { status, type = 'ServiceException', message = 'injected by the proxy', headers } = fault
      refuseWith({ status, type, message }, headers)
      return
    }
    const refusal = await refusalByRules(arrived)
    if (refusal !== undefined) refuseWith(refusal)
    else if (operation === 'UpdateFunctionCode' && request.json['DryRun'] === true)
      sendJson(outgoing, 200, {}, await dryRun(request))
    else if (operation === 'ListProvisionedConcurrencyConfigs')
      sendJson(outgoing, 200, {}, { ProvisionedConcurrencyConfigs: await listProvisioned(request) })
    else await passOn(arrived, outgoing, fault)
  }

  async function read(incoming: IncomingMessage): Promise<Arrived> {
    const { method = 'GET', url: path = '/', headers } = incoming
    const named = nameOf(method, path, headers)
    const { protocol } = named
    const isBuffered = protocol === 'lambda' || protocol === 'form'
    const bytes = isBuffered ? await buffer(incoming) : Buffer.alloc(0)
    const action = protocol === 'form' ? new URLSearchParams(bytes.toString()).get('Action') : undefined
    const operation = action ?? named.operation
    const json = protocol === 'lambda' && operation !== 'Invoke' ? parse(bytes) : {}
    const functionName = named.functionName ?? textIn(json['FunctionName'])
    const made = operation === 'CreateAlias' ? textIn(json['Name']) : undefined
    const request: Request = {
      operation,
      functionName: functionName ?? '',
      qualifier: named.qualifier,
      path,
      headers,
      bytes,
      json,
      ask: askAs(headers),
    }
    const qualifier = named.qualifier ?? made
    return { ...{ operation, protocol, functionName, qualifier }, method, incoming, request, isBuffered }
  }

  function refusalByRules({ protocol, request }: Arrived): Promise<AwsError | undefined> | AwsError | undefined {
    if (protocol === 's3') return bucketRefusal(request.headers)
    return protocol === 'lambda' ? refusalOf(request) : urls.refusal(request)
  }

  /** Asks the emulator, and answers as AWS would: with a fault, otherwise than it has said. */
  async function passOn(
    { method, protocol, operation, incoming, request, isBuffered }: Arrived,
    outgoing: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    const { path, headers, bytes } = request
    const isRead = protocol === 'lambda' && method === 'GET'
    const old = isRead ? lag.old(path, request) : undefined
    if (old === 'missing') {
      refuse(outgoing, protocol, NOT_THERE)
      return
    }
    if (old !== undefined) {
      outgoing.writeHead(old.status, old.headers).end(old.bytes)
      return
    }
    const answer = await forward(method, path, headers, isBuffered ? bytes : incoming)
    const status = answer.statusCode ?? 502
    const isPlain = fault === undefined && (protocol !== 'lambda' || operation.startsWith('Invoke'))
    if (isPlain) {
      outgoing.writeHead(status, answer.headers)
      answer.on('error', () => outgoing.destroy()) // the emulator ended within its answer
      answer.pipe(outgoing)
      return
    }
    const whole = await buffer(answer)
    await fault?.after?.()
    const told = parse(whole)
    urls.remember(request, told)
    if (!isRead && status < 300) lag.begin(fault ?? { operation }, request, told)
    if (fault?.drop === 'after') {
      incoming.socket.destroy()
      return
    }
    const asItIsTold = (configuration: Json): Json => lag.unfinished(configuration, request)
    const rewrites = [
      ...(status < 300 ? [REWRITES[operation]] : []),
      ...(status < 300 && operation === 'GetFunctionConfiguration' ? [asItIsTold] : []),
      ...(fault?.rewrite === undefined ? [] : [fault.rewrite]),
    ].filter((rewrite) => rewrite !== undefined)
    const result = rewrites.reduce<unknown>((value, rewrite) => rewrite(value as Json, request), told)
    if (isAwsError(result)) {
      refuse(outgoing, protocol, result)
      return
    }
    const changed = { ...answer.headers, ...fault?.headers }
    const rewritten = rewrites.length === 0 ? { headers: changed, bytes: whole } : jsonAnswer(changed, result)
    if (isRead) lag.remember(path, { status, ...rewritten })
    outgoing.writeHead(status, rewritten.headers).end(rewritten.bytes)
  }

  /** By these headers or others, which tell the emulator account and region. */
  function askAs(own: IncomingHttpHeaders): Ask {
    return async (path, as = own) => {
      const { host, authorization, 'x-amz-date': date } = as
      const identity = Object.entries({ host, authorization, 'x-amz-date': date }).filter(
        ([, value]) => value !== undefined,
      )
      const answer = await forward('GET', path, Object.fromEntries(identity))
      const found = parse(await buffer(answer))
      const { operation, functionName = '', qualifier } = nameOf('GET', path, as)
      const isTold = operation === 'GetFunctionConfiguration' && answer.statusCode === 200
      const json = isTold ? lag.unfinished(found, { functionName, qualifier }) : found
      return { status: answer.statusCode ?? 502, json }
    }
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
    calls: log.calls,
    inject: faults.inject,
    clear() {
      faults.clear()
      lag.catchUp()
      log.forget()
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
