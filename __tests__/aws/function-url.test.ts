import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Cors, NO_CORS } from '../../src/aws/cors.ts'
import { createFunctionUrlApi, type FunctionUrlApi } from '../../src/aws/function-url.ts'
import { useAsAws } from './as-aws.ts'

interface Answer {
  readonly status: number
  readonly json: object
  readonly error?: string
}

/** What answers the requests, one after the other; the last one stays. */
let answers: Answer[] = []
const received: { readonly request: string; readonly body: unknown }[] = []
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    received.push({ request: `${incoming.method} ${incoming.url}`, body: body === '' ? undefined : JSON.parse(body) })
    const { status, json, error } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, json: {} }
    const headers = {
      'content-type': 'application/json',
      ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
    }
    outgoing.writeHead(status, headers).end(JSON.stringify(json))
  })
})

useAsAws(server)
afterEach(() => {
  received.length = 0
})

const PATH = '/2021-10-31/functions/shop/url?Qualifier=live'
const address = 'https://abc.lambda-url.eu-west-1.on.aws/'
const url = { address, authType: 'NONE', invokeMode: 'BUFFERED', cors: NO_CORS }
const shown = (json: object): Answer => ({ status: 200, json: { FunctionUrl: address, AuthType: 'NONE', ...json } })
const refused = (error: string, message: string, status: number): Answer => ({ status, error, json: { message } })

function createApi(signal = new AbortController().signal): { urls: FunctionUrlApi; waits: number[] } {
  const waits: number[] = []
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
    return Promise.resolve()
  }
  return { urls: createFunctionUrlApi({ version: '1.2.3', wait, signal }), waits }
}

describe('what AWS shows', () => {
  test.each([
    ['without a mode', {}, url],
    ['whole answers', { InvokeMode: 'BUFFERED' }, url],
    [
      'streams, for IAM',
      { AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' },
      { ...url, authType: 'AWS_IAM', invokeMode: 'RESPONSE_STREAM' },
    ],
  ])('%s', async (_, json, expected) => {
    answers = [shown(json)]
    expect(await createApi().urls.get('shop', 'live')).toEqual(expected)
    expect(received).toEqual([{ request: `GET ${PATH}`, body: undefined }])
  })

  test('nothing', async () => {
    answers = [refused('ResourceNotFoundException', 'The resource you requested does not exist.', 404)]
    expect(await createApi().urls.get('shop', 'live')).toBeUndefined()
  })
})

const SITE: Cors = {
  origins: ['https://www.example.org'],
  methods: ['GET', 'POST'],
  headers: ['content-type'],
  exposedHeaders: ['etag'],
  credentials: true,
  maxAge: 60,
}
const SITE_REQUEST = {
  AllowOrigins: ['https://www.example.org'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['content-type'],
  ExposeHeaders: ['etag'],
  AllowCredentials: true,
  MaxAge: 60,
}

test('what it says of other sites', async () => {
  answers = [shown({ Cors: SITE_REQUEST })]
  expect((await createApi().urls.get('shop', 'live'))?.cors).toEqual(SITE)
})

describe('what AWS is sent', () => {
  test('for a new URL', async () => {
    answers = [shown({ InvokeMode: 'RESPONSE_STREAM' })]
    const created = await createApi().urls.create('shop', 'live', {
      ...{ authType: 'NONE', invokeMode: 'RESPONSE_STREAM', cors: NO_CORS },
    })
    expect(created).toEqual({ ...url, invokeMode: 'RESPONSE_STREAM' })
    expect(received).toEqual([{ request: `POST ${PATH}`, body: { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' } }])
  })

  test.each([
    [{ invokeMode: 'RESPONSE_STREAM' }, { InvokeMode: 'RESPONSE_STREAM' }],
    [{ authType: 'AWS_IAM' }, { AuthType: 'AWS_IAM' }],
    [{ cors: NO_CORS }, { Cors: {} }],
    [{ cors: SITE }, { Cors: SITE_REQUEST }],
  ] as const)('for a change: nothing but %j', async (changes, body) => {
    answers = [shown(body)]
    await createApi().urls.update('shop', 'live', changes)
    expect(received).toEqual([{ request: `PUT ${PATH}`, body }])
  })

  test('for a change also when the run was cancelled: it is what undoes', async () => {
    answers = [shown({})]
    const { urls } = createApi(AbortSignal.abort())
    expect(await urls.update('shop', 'live', { invokeMode: 'BUFFERED' })).toEqual(url)
    await expect(urls.get('shop', 'live')).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('what AWS refuses', () => {
  const busy = refused('ResourceConflictException', 'An update is in progress for resource: shop', 409)

  test('while another change goes on, the call is repeated, less and less often', async () => {
    answers = [busy, busy, shown({})]
    const { urls, waits } = createApi()
    expect(await urls.update('shop', 'live', { invokeMode: 'BUFFERED' })).toEqual(url)
    expect(waits).toEqual([500, 1000])
  })

  test('but not without end', async () => {
    answers = [busy]
    const { urls, waits } = createApi()
    await expect(urls.update('shop', 'live', { invokeMode: 'BUFFERED' })).rejects.toMatchObject({
      title: 'lambda:UpdateFunctionUrlConfig failed: ResourceConflictException',
    })
    expect(waits.reduce((sum, pause) => sum + pause)).toBeGreaterThan(300_000)
    expect(waits.at(-1)).toBe(10_000)
  })

  test('names what the policy lacks', async () => {
    answers = [refused('AccessDeniedException', 'not allowed', 403)]
    await expect(createApi().urls.update('shop', 'live', { invokeMode: 'BUFFERED' })).rejects.toMatchObject({
      title: 'The credentials may not do lambda:UpdateFunctionUrlConfig on shop:live',
    })
  })
})
