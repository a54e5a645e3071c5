import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export interface FakeBucket {
  readonly owner: string
  /** What was put, by its subresource: `policy`, `tagging`, … */
  readonly settings: Map<string, string>
  /** The body that it was created with. */
  readonly created: string
  readonly objects: string[]
}

/**
 * Buckets of S3 on loopback: they are created, get settings, tell their tags, and refuse who expects another owner. Shapes after the
 * Amazon S3 API reference, "CreateBucket", "GetBucketTagging", "ListObjectsV2" and "Error responses".
 */
export interface FakeBuckets {
  readonly server: Server
  readonly buckets: Map<string, FakeBucket>
  /** As in `PUT shop?tagging`. */
  readonly calls: string[]
  /** The code of the error that a call is answered with; undefined lets it pass. */
  refuse: (call: string) => string | undefined
  /** Whose credentials all calls have. */
  readonly account: string
}

const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  NoSuchBucket: 404,
  NoSuchTagSet: 404,
  BucketAlreadyExists: 409,
  BucketAlreadyOwnedByYou: 409,
  OperationAborted: 409,
}
/** What S3 says to whom the bucket's account is known. */
const DENIED = 'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: '

export function fakeBuckets(account = '123456789012'): FakeBuckets {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  const fake: FakeBuckets = { server, buckets: new Map(), calls: [], refuse: () => undefined, account }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await text(incoming)
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://s3')
    const name = pathname.split('/')[1] ?? ''
    const subresource = [...searchParams.keys()].find((key) => key !== 'x-id') ?? ''
    const call = `${incoming.method ?? ''} ${name}${subresource === '' ? '' : `?${subresource}`}`
    fake.calls.push(call)
    const refusal = fake.refuse(call)
    if (refusal !== undefined) {
      const [code = '', denied] = refusal.split(' ')
      fail(outgoing, code, denied === undefined ? code : `${DENIED}${denied}`)
      return
    }
    const bucket = fake.buckets.get(name)
    if (incoming.method === 'PUT' && subresource === '') {
      if (bucket) {
        fail(outgoing, bucket.owner === account ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists')
        return
      }
      fake.buckets.set(name, { owner: account, settings: new Map(), created: body, objects: [] })
      outgoing.writeHead(200).end()
      return
    }
    if (bucket === undefined) {
      fail(outgoing, 'NoSuchBucket')
      return
    }
    const expected = incoming.headers['x-amz-expected-bucket-owner']
    if (bucket.owner !== account || expected !== account) {
      fail(outgoing, 'AccessDenied', 'Access Denied')
      return
    }
    if (incoming.method === 'PUT') {
      bucket.settings.set(subresource, body)
      outgoing.writeHead(200).end()
      return
    }
    if (subresource === 'tagging') {
      const tags = bucket.settings.get('tagging')
      if (tags === undefined) fail(outgoing, 'NoSuchTagSet')
      else send(outgoing, 200, tags)
      return
    }
    const contents = bucket.objects.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
    send(outgoing, 200, `<ListBucketResult><Name>${name}</Name>${contents}</ListBucketResult>`)
  }
  return fake
}

function fail(outgoing: ServerResponse, code: string, message = `${code} it is`): void {
  send(outgoing, STATUS[code] ?? 400, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`)
}

function send(outgoing: ServerResponse, status: number, xml: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`)
}
