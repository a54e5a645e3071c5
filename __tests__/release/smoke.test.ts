import { describe, expect, test } from '@jest/globals'
import type { ClientContext, Invocation } from '../../src/aws/lambda.ts'
import { smoke } from '../../src/release/smoke.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeLambda } from './fake-lambda.ts'

async function request(answer: Partial<Invocation>, path = '/') {
  const events: Readonly<Record<string, unknown>>[] = []
  const invoked: unknown[] = []
  const report = recordingReporter()
  const lambda = {
    ...fakeLambda(),
    invoke: (
      name: string,
      qualifier: string,
      payload: string,
      timeoutSeconds: number,
      clientContext?: ClientContext,
    ): Promise<Invocation> => {
      invoked.push([name, qualifier, timeoutSeconds, clientContext])
      events.push(JSON.parse(payload) as Readonly<Record<string, unknown>>)
      return Promise.resolve({ payload: '', functionError: undefined, logTail: '', ...answer })
    },
  }
  const where = { functionName: 'shop', version: '8', timeoutSeconds: 30 }
  const statusCode = await smoke({ path, host: 'shop.example.org' }, where, { lambda, report })
  return { statusCode, invoked, event: events[0] ?? {}, report }
}

const answering = (statusCode: number, body = '') => ({ payload: JSON.stringify({ statusCode, body }) })

test('one request goes to the version itself, as a Function URL would send it', async () => {
  const { event, invoked, report } = await request(answering(200), '/health?full=1&next=/a?b')
  expect(invoked).toEqual([['shop', '8', 30, { custom: { 'wsgi-lambda': '1' } }]])
  expect(event).toMatchObject({
    version: '2.0',
    rawPath: '/health',
    rawQueryString: 'full=1&next=/a?b',
    headers: { host: 'shop.example.org', 'x-forwarded-proto': 'https' },
    requestContext: { domainName: 'shop.example.org', http: { method: 'GET', path: '/health' } },
    isBase64Encoded: false,
  })
  expect(report.of('info')).toEqual(['GET /health?full=1&next=/a?b on version 8 → 200'])
})

test('a path without a query', async () => {
  expect((await request(answering(200), '/health')).event).toMatchObject({ rawPath: '/health', rawQueryString: '' })
})

test.each([200, 301, 401, 403, 404, 499])('%d passes', async (status) => {
  const { statusCode, report } = await request(answering(status))
  expect(statusCode).toBe(status)
  expect(report.problems).toEqual([])
})

test('400 passes, with the host that may have been refused', async () => {
  const { report } = await request(answering(400))
  expect(report.problems).toMatchObject([{ detail: 'The request had the Host shop.example.org.' }])
  expect(report.problems[0]?.hint).toContain('ALLOWED_HOSTS')
})

describe('an answer fails', () => {
  test.each([500, 502, 599])('%d, with body and log', async (status) => {
    const answer = { ...answering(status, 'no such table: shop'), logTail: 'START\nTraceback\n' }
    await expect(request(answer)).rejects.toMatchObject({
      name: 'UserError',
      title: `The new version answers GET / with ${status}`,
      detail: 'no such table: shop\nSTART\nTraceback',
    })
  })

  test('with a body that is base64', async () => {
    const body = Buffer.from('no such table').toString('base64')
    const answer = { payload: JSON.stringify({ statusCode: 500, body, isBase64Encoded: true }) }
    await expect(request(answer)).rejects.toMatchObject({ detail: 'no such table' })
  })

  test('with a long body, of which the beginning is said', async () => {
    const error: unknown = await request(answering(500, 'x'.repeat(5000))).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ detail: `${'x'.repeat(2000)}…` })
  })

  test('when the function fails', async () => {
    const answer = {
      functionError: 'Unhandled',
      payload: JSON.stringify({
        errorType: 'ImportError',
        errorMessage: 'No module named shop',
        stackTrace: ['  File "x"\n'],
      }),
      logTail: 'INIT_REPORT\n',
    }
    await expect(request(answer)).rejects.toMatchObject({
      title: 'The new version does not answer GET /: The function failed: ImportError',
      detail: 'No module named shop\n  File "x"\nINIT_REPORT',
    })
  })

  test.each(['null', '"hello"', '[0, ""]', '{}', 'not JSON'])(
    'when it is no answer to a request: %s',
    async (payload) => {
      await expect(request({ payload })).rejects.toMatchObject({
        name: 'UserError',
        title: expect.stringContaining('The new version does not answer GET /'),
      })
    },
  )
})
