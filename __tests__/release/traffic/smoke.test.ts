import { describe, expect, test } from '@jest/globals'
import type { Invocation, LambdaApi } from '../../../src/aws/lambda.ts'
import { UserError } from '../../../src/errors.ts'
import { smoke, smokeHostOf } from '../../../src/release/traffic/smoke.ts'
import { parseSmokeRequest } from '../../../src/settings/traffic.ts'
import { recordingReporter } from '../../report/recording.ts'
import { fakeLambda } from '../fake-lambda.ts'
import { current } from '../releases.ts'
import { createReleasedWorld, failureOf, v2 } from '../world.ts'

type Answer = Partial<Invocation> | Error

/** Sends requests to a version that answers so, one answer after the other. */
async function requestAll(lines: readonly string[], answers: readonly Answer[], authorization?: string) {
  const events: Readonly<Record<string, unknown>>[] = []
  const invoked: unknown[] = []
  const report = recordingReporter()
  const invoke: LambdaApi['invoke'] = (name, qualifier, payload, timeoutSeconds, clientContext) => {
    invoked.push([name, qualifier, timeoutSeconds, clientContext])
    events.push(JSON.parse(payload) as Readonly<Record<string, unknown>>)
    const answer = answers[invoked.length - 1] ?? answers.at(-1)
    if (answer instanceof Error) return Promise.reject(answer)
    return Promise.resolve({ payload: '', functionError: undefined, logTail: '', ...answer })
  }
  let now = 0
  const waiting = {
    lambda: { ...fakeLambda(), invoke },
    report,
    wait: (milliseconds: number) => {
      now += milliseconds
      return Promise.resolve()
    },
    clock: () => now,
    signal: new AbortController().signal,
  }
  const where = {
    ...({ functionName: 'shop', version: '8', called: 'the new version', host: 'shop.example.org' } as const),
    ...{ authorization, timeoutSeconds: 30 },
  }
  await smoke(lines.map(parseSmokeRequest), where, waiting)
  return { invoked, event: events[0] ?? {}, report }
}

async function request(answer: Answer, line = '/') {
  return await requestAll([line], [answer])
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

test('a version that is protected is asked with credentials, which nothing shows', async () => {
  const { event, report } = await requestAll(['/'], [answering(200)], 'Basic dGVhbTpjYW5hcnktMQ==')
  expect(event).toMatchObject({ headers: { authorization: 'Basic dGVhbTpjYW5hcnktMQ==' } })
  expect(JSON.stringify(report.lines)).not.toContain('dGVhbTpjYW5hcnktMQ')
})

test('a path without a query', async () => {
  expect((await request(answering(200), '/health')).event).toMatchObject({ rawPath: '/health', rawQueryString: '' })
})

test.each([200, 301, 401, 403, 404, 499])('%d passes', async (status) => {
  const { report } = await request(answering(status))
  expect(report.of('info')).toEqual([`GET / on version 8 → ${status}`])
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
        title: expect.stringContaining('The new version does not answer GET /'),
      })
    },
  )
})

describe('what is expected of an answer', () => {
  test.each([
    ['/ 200', 200, ''],
    ['/ 2xx', 204, ''],
    ['/ 200-399', 302, ''],
    ['/ 500', 500, ''],
    ['/ 200 Sign in', 200, '<h1>Sign in</h1>'],
  ])('%s passes with %d %s', async (line, status, body) => {
    const { report } = await request(answering(status, body), line)
    expect(report.problems).toEqual([])
  })

  test.each([
    ['/ 200', 204, '', 'The new version answers GET / with 204, and 200 was expected'],
    ['/ 2xx', 302, '', 'The new version answers GET / with 302, and 200 to 299 was expected'],
    ['/ 404', 400, '', 'The new version answers GET / with 400, and 404 was expected'],
    ['/ 200 Sign in', 200, 'Welcome', 'The answer of the new version to GET / (200) does not hold "Sign in"'],
  ])('%s fails with %d %s', async (line, status, body, title) => {
    const problem = { title, hint: 'Mend the application, or what smoke-requests expects.' }
    await expect(request(answering(status, body), line)).rejects.toMatchObject(problem)
  })

  test('all are sent, and every failing one is told', async () => {
    const answers = [answering(500, 'one'), answering(200), answering(404, 'three')]
    await expect(requestAll(['/', '/ok', '/health 200'], answers)).rejects.toMatchObject({
      title: '2 of 3 smoke requests failed',
      problems: [
        { title: 'The new version answers GET / with 500', detail: 'one' },
        { title: 'The new version answers GET /health with 404, and 200 was expected', detail: 'three' },
      ],
    })
  })
})

describe('a version that Lambda does not invoke yet', () => {
  const named = (name: string): Error =>
    new UserError({ title: name }, { cause: Object.assign(new Error('Rate Exceeded.'), { name }) })

  test.each(['TooManyRequestsException', 'ResourceConflictException'])('%s: is asked again', async (name) => {
    const { invoked, report } = await requestAll(['/'], [named(name), named(name), answering(200)])
    expect(invoked).toHaveLength(3)
    expect(report.of('progress')[1]).toBe(`GET / on version 8: ${name}, again in 1.0 s`)
  })

  test('is not asked for ever', async () => {
    await expect(request(named('TooManyRequestsException'))).rejects.toMatchObject({
      title: 'TooManyRequestsException',
    })
  })

  test('what may have begun is not sent again', async () => {
    await expect(request(named('ServiceException'))).rejects.toMatchObject({ title: 'ServiceException' })
  })
})

test('in a release, all of them are told, and where traffic is', async () => {
  const { lambda, release } = await createReleasedWorld()
  lambda.interruptAt(/^invoke 2 GET/, () => {
    lambda.application = () => answering(503)
  })
  const requests = ['/', '/login 200'].map(parseSmokeRequest)
  const error = await failureOf(release({ ...v2, beforeTraffic: [], smoke: { requests, host: undefined } }))
  expect(error).toMatchObject({
    title: '2 of 2 smoke requests failed',
    exitCode: 1,
    problems: [
      { title: 'The new version answers GET / with 503' },
      {
        title: 'The new version answers GET /login with 503, and 200 was expected',
        hint: 'Mend the application, or what smoke-requests expects. The alias live has not moved: it serves version 1.',
      },
    ],
  })
})

test.each([
  ['what the settings say', 'shop.example.org', true, 'shop.example.org'],
  ['that of the Function URL', undefined, true, 'abc.lambda-url.eu-west-1.on.aws'],
  ['a host and nothing else, where no address is known', undefined, false, 'localhost'],
])('the host is %s', (_, given, hasUrl, expected) => {
  expect(smokeHostOf(given, hasUrl ? current.url : undefined)).toBe(expected)
})
