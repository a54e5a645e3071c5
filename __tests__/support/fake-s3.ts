import { createHash } from 'node:crypto'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'

/**
 * S3 on loopback, as far as one program's objects go: HEAD, GET, and PUT with `If-None-Match: *`, with metadata; and answers
 * that a test wants instead. Shapes after the Amazon S3 API reference, "HeadObject", "GetObject", "PutObject" and "Error responses".
 */
export interface FakeS3 {
  readonly server: Server
  /** By `BUCKET/KEY`. */
  readonly objects: Map<string, { readonly bytes: Buffer; readonly metadata: Readonly<Record<string, string>> }>
  /** As in `PUT BUCKET/KEY`. */
  readonly calls: string[]
  /** Of the last call of each of those names. */
  readonly headers: Map<string, IncomingHttpHeaders>
  /** The code of the error that a call is answered with, or `silence`; undefined lets it pass. */
  refuse: (call: string) => string | undefined
}

const STATUS: Readonly<Record<string, number>> = { AccessDenied: 403, NoSuchBucket: 404, SlowDown: 503 }

export function fakeS3(): FakeS3 {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  const fake: FakeS3 = { server, objects: new Map(), calls: [], headers: new Map(), refuse: () => undefined }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const bytes = await buffer(incoming)
    const name = decodeURIComponent(new URL(incoming.url ?? '/', 'http://s3').pathname.slice(1))
    const call = `${incoming.method ?? ''} ${name}`
    fake.calls.push(call)
    fake.headers.set(call, incoming.headers)
    const refusal = fake.refuse(call)
    if (refusal === 'silence') return
    if (refusal !== undefined) {
      fail(outgoing, STATUS[refusal] ?? 400, refusal)
      return
    }
    const found = fake.objects.get(name)
    if (incoming.method === 'PUT') {
      if (found && incoming.headers['if-none-match'] === '*') {
        fail(outgoing, 412, 'PreconditionFailed')
        return
      }
      const metadata = Object.fromEntries(
        Object.entries(incoming.headers).flatMap(([header, value]) =>
          header.startsWith('x-amz-meta-') ? [[header.slice('x-amz-meta-'.length), String(value)]] : [],
        ),
      )
      fake.objects.set(name, { bytes, metadata })
      outgoing.writeHead(200, { etag: `"${createHash('md5').update(bytes).digest('hex')}"` }).end()
      return
    }
    if (!found) {
      fail(outgoing, 404, 'NoSuchKey')
      return
    }
    const metadata = Object.entries(found.metadata).map(([key, value]) => [`x-amz-meta-${key}`, value] as const)
    outgoing.writeHead(200, { 'content-length': found.bytes.length, ...Object.fromEntries(metadata) })
    outgoing.end(incoming.method === 'HEAD' ? undefined : found.bytes)
  }
  return fake
}

/** An answer to HEAD has no body, and so no code: the client is told the status alone. */
function fail(outgoing: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code} it is</Message></Error>`
  outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(xml)
}
