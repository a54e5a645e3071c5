import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { readOptions } from '../../src/aws/function-options.ts'
import { wholeLines } from '../../src/aws/invoke.ts'
import { createLambdaApi } from '../../src/aws/lambda-client.ts'
import { UserError } from '../../src/errors.ts'
import { same } from '../release/releases.ts'
import { useAsAws } from './as-aws.ts'

interface Received {
  readonly clientContext?: string | string[] | undefined
  readonly method: string | undefined
  readonly path: string
  readonly body: string
}

/** What answers the requests, one after the other; the last one stays. */
let answers: ((outgoing: ServerResponse) => void)[] = []
const received: Received[] = []
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    const clientContext = incoming.headers['x-amz-client-context']
    received.push({ method: incoming.method, path: incoming.url ?? '', body, ...(clientContext && { clientContext }) })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(outgoing)
  })
})

useAsAws(server)
afterEach(() => {
  received.length = 0
})

const json =
  (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
  (outgoing: ServerResponse) => {
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  }
const refused = (name: string, message: string, status: number) =>
  json({ Type: 'User', Message: message, message }, status, { 'x-amzn-errortype': name })

function createApi() {
  const waits: number[] = []
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
    return Promise.resolve()
  }
  return { lambda: createLambdaApi({ version: '1.2.3', wait, signal: new AbortController().signal }), waits }
}

describe('Invoke', () => {
  test('gives payload, failure and log', async () => {
    const log = Buffer.from('START\n').toString('base64')
    answers = [json([0, 'done'], 200, { 'x-amz-function-error': 'Handled', 'x-amz-log-result': log })]
    expect(await createApi().lambda.invoke('shop', '7', '{"a":"ü"}', 30)).toEqual({
      payload: '[0,"done"]',
      functionError: 'Handled',
      logTail: 'START\n',
    })
    expect(received).toEqual([
      { method: 'POST', path: '/2015-03-31/functions/shop/invocations?Qualifier=7', body: '{"a":"ü"}' },
    ])
  })

  test('gives the lines of a traceback as lines', async () => {
    const log = Buffer.from('[ERROR] failed\rTraceback\r  File "a.py"\nEND\r\n').toString('base64')
    answers = [json(null, 200, { 'x-amz-log-result': log })]
    expect(await createApi().lambda.invoke('shop', '7', '{}', 30)).toMatchObject({
      logTail: '[ERROR] failed\nTraceback\n  File "a.py"\nEND\n',
    })
  })

  test('tells the function who asks', async () => {
    answers = [json(null)]
    await createApi().lambda.invoke('shop', '7', '{}', 30, { custom: { 'wsgi-lambda': '1' } })
    const [{ clientContext } = { clientContext: '' }] = received
    expect(Buffer.from(String(clientContext), 'base64').toString()).toBe('{"custom":{"wsgi-lambda":"1"}}')
  })

  test.each([
    [
      'the service fails',
      refused('ServiceException', 'Internal', 500),
      'lambda:InvokeFunction failed: ServiceException',
    ],
    [
      'there are too many',
      refused('TooManyRequestsException', 'Rate exceeded', 429),
      'lambda:InvokeFunction was throttled',
    ],
  ])('is sent once, when %s: a repeated one could run a migration twice', async (_, answer, title) => {
    answers = [answer]
    await expect(createApi().lambda.invoke('shop', '7', '{}', 30)).rejects.toMatchObject({
      name: 'UserError',
      title: typeof title === 'string' ? title : expect.stringMatching(title),
    })
    expect(received).toHaveLength(1)
  })

  test('is not waited for without end', async () => {
    answers = [() => undefined]
    const lessThanTheMargin = -29.8
    await expect(createApi().lambda.invoke('shop', '7', '{}', lessThanTheMargin)).rejects.toMatchObject({
      title: 'AWS could not be reached (ETIMEDOUT)',
    })
    expect(received).toHaveLength(1)
  })
})

describe('what is not there', () => {
  const missing = refused('ResourceNotFoundException', 'Function not found', 404)

  test('is undefined where it is looked for', async () => {
    answers = [missing]
    const { lambda } = createApi()
    expect(await lambda.getVersion('shop')).toBeUndefined()
    expect(await lambda.getAlias('shop', 'live')).toBeUndefined()
    expect(await lambda.getPolicy('shop', 'live')).toBeUndefined()
  })

  test('is an error where it is changed', async () => {
    answers = [missing]
    await expect(createApi().lambda.updateConfiguration('shop', same.configuration)).rejects.toMatchObject({
      name: 'UserError',
      title: 'lambda:UpdateFunctionConfiguration failed: ResourceNotFoundException',
    })
  })
})

describe('another change is going on', () => {
  const busy = refused('ResourceConflictException', 'An update is in progress for resource: shop', 409)

  test('the call is repeated, less and less often', async () => {
    answers = [busy, busy, json({ Version: '8' })]
    const { lambda, waits } = createApi()
    expect(await lambda.publish('shop', 'sha', 'commit abc', 'r1')).toBe('8')
    expect(waits).toEqual([500, 1000])
    expect(JSON.parse(received[2]?.body ?? '')).toEqual({
      CodeSha256: 'sha',
      RevisionId: 'r1',
      Description: 'commit abc',
    })
  })

  test('but not without end', async () => {
    answers = [busy]
    const { lambda, waits } = createApi()
    await expect(lambda.publish('shop', 'sha', '')).rejects.toMatchObject({
      title: 'lambda:PublishVersion failed: ResourceConflictException',
    })
    expect(waits.reduce((sum, pause) => sum + pause)).toBeGreaterThan(300_000)
    expect(waits.at(-1)).toBe(10_000)
  })

  test('a call that AWS throttles, beyond what the SDK repeats, is repeated too', async () => {
    const throttled = refused('TooManyRequestsException', 'Rate exceeded', 429)
    answers = [throttled, throttled, throttled, json({ Version: '8' })]
    const { lambda, waits } = createApi()
    expect(await lambda.publish('shop', 'sha', '')).toBe('8')
    expect(waits).toEqual([500])
  })

  test('a conflict that stays is not repeated', async () => {
    answers = [refused('ResourceConflictException', 'Alias already exists', 409)]
    const { lambda, waits } = createApi()
    await expect(lambda.createAlias('shop', 'live', { version: '1', description: '' })).rejects.toMatchObject({
      name: 'UserError',
    })
    expect([received.length, waits]).toEqual([1, []])
  })
})

describe('code', () => {
  const sent = (): unknown => JSON.parse(received.at(-1)?.body ?? '')

  test.each([
    ['within the request', { zip: Buffer.from('zip') }, { ZipFile: 'emlw' }],
    ['in a bucket', { object: { bucket: 'b', key: 'k.zip' } }, { S3Bucket: 'b', S3Key: 'k.zip' }],
  ])('%s', async (_, code, request) => {
    answers = [json({})]
    const { lambda } = createApi()
    await lambda.updateCode('shop', { ...code, architecture: 'arm64' })
    expect(sent()).toEqual({ ...request, Architectures: ['arm64'], Publish: false })
    await lambda.createFunction('shop', same.configuration, { ...code, architecture: 'arm64' })
    expect(sent()).toMatchObject({ Code: request, Architectures: ['arm64'] })
  })

  test('that Lambda may not read from the bucket: says what to look at', async () => {
    const message = 'Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: …'
    answers = [refused('InvalidParameterValueException', message, 400)]
    const code = { object: { bucket: 'b', key: 'k.zip' }, architecture: 'arm64' }
    await expect(createApi().lambda.updateCode('shop', code)).rejects.toMatchObject({
      title: 'Lambda could not read the artifact from the bucket',
      detail: message,
    })
  })
})

test('the layers of a version are read with their sizes', async () => {
  answers = [json({ Layers: [{ Arn: 'arn:aws:lambda:eu-west-1:1:layer:native:3', CodeSize: 7 }] })]
  expect((await createApi().lambda.getVersion('shop'))?.layers).toEqual([
    { arn: 'arn:aws:lambda:eu-west-1:1:layer:native:3', zipBytes: 7 },
  ])
})

test('the two statements of a public URL are those that AWS asks for', async () => {
  answers = [json({})]
  const { lambda } = createApi()
  await lambda.permitUrl('shop', 'live', 'url')
  await lambda.permitUrl('shop', 'live', 'invoke')
  expect(received.map(({ path }) => path)).toEqual(Array(2).fill('/2015-03-31/functions/shop/policy?Qualifier=live'))
  expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    {
      StatementId: 'wsgi-lambda-url',
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
      Principal: '*',
    },
    {
      StatementId: 'wsgi-lambda-url-invoke',
      Action: 'lambda:InvokeFunction',
      InvokedViaFunctionUrl: true,
      Principal: '*',
    },
  ])
})

test('a version without optional fields is read with Lambda’s defaults', async () => {
  answers = [json({ FunctionArn: 'arn', Version: '7', CodeSha256: 'sha' })]
  expect(await createApi().lambda.getVersion('shop', '7')).toEqual({
    arn: 'arn',
    version: '7',
    codeSha256: 'sha',
    runtime: '',
    handler: '',
    role: '',
    architecture: 'x86_64',
    memory: 128,
    timeout: 3,
    description: '',
    environment: {},
    layers: [],
    options: readOptions({}),
    state: 'Active',
    stateReason: undefined,
    lastUpdateStatus: 'Successful',
    lastUpdateReason: undefined,
    revisionId: '',
  })
})

test.each([
  ['begins with a whole line', 'one\rtwo\nthree\n', 'one\ntwo\nthree\n'],
  ['begins in the middle of one', `${'x'.repeat(4088)}\nthe end`, 'the end'],
  ['is one line', 'x'.repeat(4096), 'x'.repeat(4096)],
])('the end of a log that %s', (_, tail, lines) => {
  expect(wholeLines(Buffer.from(tail))).toBe(lines)
})

test('variables that Lambda does not show are told from none', async () => {
  answers = [json({ Environment: { Error: { ErrorCode: 'AccessDeniedException', Message: 'no kms:Decrypt' } } })]
  const version = await createApi().lambda.getVersion('shop')
  expect(version).toMatchObject({ environment: {}, environmentProblem: 'no kms:Decrypt' })
})

describe('what AWS says of a request is told without the values of its variables', () => {
  const environment = { TOKEN: 'canary-1', DATABASE: 'postgres://a:canary-2/"x"', DEBUG: 'yes', EMPTY: '' }
  const words = [
    "1 validation error detected: Value '{TOKEN=canary-1, DEBUG=yes}' at 'memorySize'",
    ...[environment.DATABASE, encodeURIComponent(environment.DATABASE)],
  ].join('; ')
  const said = (error: unknown): string =>
    error instanceof UserError
      ? [error.title, error.detail, error.hint, said(error.cause)].join()
      : error instanceof Error
        ? `${error.message} ${error.stack ?? ''}`
        : ''

  test.each<[string, () => Promise<unknown>]>([
    ['a new function', () => createApi().lambda.createFunction('shop', { ...same.configuration, environment }, code)],
    ['a configuration', () => createApi().lambda.updateConfiguration('shop', { environment })],
  ])('%s', async (_, send) => {
    answers = [refused('ValidationException', words, 400)]
    const error: unknown = await send().catch((failure: unknown) => failure)
    expect(said(error)).toContain('TOKEN=***, DEBUG=***')
    expect(said(error)).not.toMatch(/canary|yes/)
  })

  test('but for want of a permission, where the resource has to be told', async () => {
    answers = [
      refused('AccessDeniedException', 'not authorized to perform: lambda:X on resource: arn:aws:canary-1', 403),
    ]
    const error: unknown = await createApi()
      .lambda.updateConfiguration('shop', { environment })
      .catch((failure: unknown) => failure)
    expect(said(error)).toContain('arn:aws:canary-1')
  })
})

const code = { architecture: 'arm64', zip: Buffer.from('zip') }

describe('what is sent', () => {
  const bodyOf = (at: number): unknown => JSON.parse(received[at]?.body ?? '')

  test('of a configuration is what is named, and nothing more', async () => {
    answers = [json({})]
    const { lambda } = createApi()
    await lambda.updateConfiguration('shop', { description: 'Ours' })
    await lambda.updateConfiguration('shop', { options: { snapStart: true } })
    expect([bodyOf(0), bodyOf(1)]).toEqual([{ Description: 'Ours' }, { SnapStart: { ApplyOn: 'PublishedVersions' } }])
  })

  test('with a new function are its tags, and whose it is', async () => {
    answers = [json({})]
    const tags = { team: 'shop', 'managed-by': 'terraform' }
    await createApi().lambda.createFunction('shop', same.configuration, code, { tags, codeSigningConfig: 'arn:csc' })
    expect(bodyOf(0)).toMatchObject({
      Tags: { team: 'shop', 'managed-by': 'wsgi-lambda' },
      CodeSigningConfigArn: 'arn:csc',
    })
  })
})
