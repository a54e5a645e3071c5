import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Json } from '../faults.ts'
import type { Answer } from '../lag.ts'
import type { Protocol } from './names.ts'

export interface AwsError {
  readonly status: number
  readonly type: string
  readonly message: string
}

export const NOT_THERE: AwsError = {
  status: 404,
  type: 'ResourceNotFoundException',
  message: 'The resource you requested does not exist.',
}

export function isAwsError(value: unknown): value is AwsError {
  return typeof value === 'object' && value !== null && 'status' in value && 'type' in value && 'message' in value
}

/** Says no, in the words of the service. */
export function refuse(
  outgoing: ServerResponse,
  protocol: Protocol,
  error: AwsError,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { status, type, message } = error
  const id = crypto.randomUUID()
  if (protocol === 's3') {
    const xml = `<Error><Code>${type}</Code><Message>${message}</Message><RequestId>${id}</RequestId></Error>`
    // That of a HEAD is left out by Node.
    outgoing.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': id, ...headers }).end(xml)
  } else if (protocol === 'form') {
    const xml = `<Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error>`
    outgoing
      .writeHead(status, { 'content-type': 'text/xml', ...headers })
      .end(`<ErrorResponse>${xml}<RequestId>${id}</RequestId></ErrorResponse>`)
  } else {
    const named = { ...headers, 'x-amzn-errortype': type, 'x-amzn-requestid': id }
    sendJson(outgoing, status, named, { Type: 'User', message })
  }
}

export function sendJson(outgoing: ServerResponse, status: number, headers: IncomingHttpHeaders, json: unknown): void {
  const answer = jsonAnswer(headers, json)
  outgoing.writeHead(status, answer.headers).end(answer.bytes)
}

export function jsonAnswer(headers: IncomingHttpHeaders, json: unknown): Pick<Answer, 'headers' | 'bytes'> {
  const bytes = Buffer.from(JSON.stringify(json))
  const kept = Object.entries(headers).filter(([name]) => name !== 'transfer-encoding' && name !== 'content-length')
  const length = { 'content-length': String(bytes.length) }
  return { headers: { 'content-type': 'application/json', ...Object.fromEntries(kept), ...length }, bytes }
}

export function parse(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString() || '{}') as Json
  } catch {
    return {}
  }
}
