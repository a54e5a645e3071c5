import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { publicAddress, requestPublicUrl, unreachable } from '../../../src/release/traffic/public-url.ts'
import type { FunctionSettings } from '../../../src/settings/settings.ts'
import { recordingReporter } from '../../report/recording.ts'

const REFUSED_BY_AWS =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
const settings = {
  functionUrl: 'public',
  smoke: true,
  smokePath: '/health',
  smokeRequests: [] as readonly string[],
} as FunctionSettings

async function requested(answer: RequestListener, given: Partial<FunctionSettings> = {}) {
  const paths: (string | undefined)[] = []
  const authorizations: (string | undefined)[] = []
  const server = createServer((incoming, outgoing) => {
    paths.push(incoming.url)
    authorizations.push(incoming.headers.authorization)
    answer(incoming, outgoing)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const report = recordingReporter()
  const waits: number[] = []
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
    return Promise.resolve()
  }
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  try {
    const all = { ...settings, ...given }
    await requestPublicUrl(
      address,
      { access: all.functionUrl ?? 'none', settings: all },
      { report, clock: () => 0, wait },
    )
  } finally {
    server.close()
    server.closeAllConnections()
  }
  return { report, paths, authorizations, address, waits }
}

function answering(status: number, body = '', headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_, outgoing) => {
    outgoing.writeHead(status, headers).end(body)
  }
}

describe('the request to the public URL only reports', () => {
  test('an answer', async () => {
    const { report, paths, address } = await requested(answering(200, 'hello'))
    expect(paths).toEqual(['/health'])
    expect(report.lines).toEqual([`info: GET ${address}health → 200 (0.00 s)`])
  })

  test('an answer for who is let in', async () => {
    const { authorizations } = await requested(answering(200), { basicAuth: 'team:canary-1' })
    expect(authorizations).toEqual(['Basic dGVhbTpjYW5hcnktMQ=='])
    expect((await requested(answering(200))).authorizations).toEqual([undefined])
  })

  test('a redirect is an answer, and is not followed', async () => {
    const { report, paths } = await requested(answering(302, '', { location: '/login' }))
    expect(paths).toEqual(['/health'])
    expect(report.problems).toEqual([])
  })

  test.each([
    ['with the page that it names', REFUSED_BY_AWS],
    ['in short', '{"Message":"Forbidden"}'],
  ])('AWS refuses the caller, %s', async (_, body) => {
    const { report, waits } = await requested(answering(403, body))
    expect(report.problems.map(({ title }) => title)).toEqual(['The Function URL answers 403: AWS refuses the caller'])
    expect(report.problems[0]?.hint).toContain('lambda:InvokeFunction:')
    expect(waits).toEqual([1000, 2000, 4000])
  })

  test('AWS refuses the caller until the statements hold', async () => {
    let refusals = 2
    const { report, paths } = await requested((incoming, outgoing) => {
      answering(refusals-- > 0 ? 403 : 200, REFUSED_BY_AWS)(incoming, outgoing)
    })
    expect([paths.length, report.problems]).toEqual([3, []])
  })

  test.each(['<!doctype html><h1>403 Forbidden</h1>', '{"detail":{},"message":"Forbidden"}'])(
    'the application’s own 403 is an answer: %j',
    async (body) => {
      const { report } = await requested(answering(403, body))
      expect(report.problems).toEqual([])
    },
  )

  test('a failing application', async () => {
    const { report, address } = await requested(answering(503))
    expect(report.problems.map(({ title }) => title)).toEqual([`GET ${address}health answers 503`])
  })

  test('a stream: its head is the answer, and its end is not waited for', async () => {
    const { report, address } = await requested((_, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    })
    expect(report.lines).toEqual([`info: GET ${address}health → 200 (0.00 s)`])
  })

  test('a connection that breaks', async () => {
    const { report } = await requested((incoming) => incoming.socket.destroy())
    expect(report.problems).toMatchObject([{ hint: 'The release is done; this request only reports.' }])
    expect(report.problems[0]?.detail).toMatch(/socket|other side closed/)
  })

  test.each<[string, Partial<FunctionSettings>]>([
    ['behind IAM', { functionUrl: 'iam' }],
    ['without a URL', { functionUrl: 'none' }],
    ['without a request', { smoke: false }],
  ])('none is sent %s', async (_, given) => {
    const { report, paths } = await requested(answering(200), given)
    expect([paths, report.lines]).toEqual([[], []])
  })

  test('none is sent without an address', async () => {
    const report = recordingReporter()
    await requestPublicUrl(
      undefined,
      { access: 'public', settings },
      { report, clock: () => 0, wait: () => Promise.resolve() },
    )
    expect(report.lines).toEqual([])
  })
})

test('an answer that takes too long is told apart from none', async () => {
  const signal = AbortSignal.timeout(1)
  await once(signal, 'abort')
  expect(unreachable('https://shop.test/', signal.reason)).toMatchObject({
    title: 'https://shop.test/ has not answered within 30 s',
    detail: expect.stringMatching(/cold start.*timeout/),
  })
})

test.each([
  ['https://abc.lambda-url.eu-west-1.on.aws/', undefined, 'https://abc.lambda-url.eu-west-1.on.aws'],
  ['https://abc.lambda-url.eu-west-1.on.aws/', 'http://127.0.0.1:4566/{id}/', 'http://127.0.0.1:4566/abc'],
  ['http://abc.lambda-url.localhost:4566/', 'http://{id}.test:1', 'http://abc.test:1'],
])('%s with url-origin %s is at %s', (address, origin, expected) => {
  expect(publicAddress(address, origin)).toBe(expected)
})
