import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { createPreviewApi } from '../../src/aws/previews.ts'
import { useAsAws } from './as-aws.ts'

interface Received {
  readonly operation: string
  readonly path: string
  readonly body: string
  readonly owner: string | undefined
}
type Answer = readonly [status: number, body: unknown, type?: string]

let received: Received[] = []
/** By operation, one after the other; the last one stays. */
let answers: Record<string, Answer[]> = {}
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    const target = String(incoming.headers['x-amz-target'] ?? '')
    const path = incoming.url ?? ''
    const operation =
      target.split('.')[1] ??
      new URLSearchParams(body).get('Action') ??
      `${incoming.method ?? ''} ${path.split('?')[0]}`
    received.push({ operation, path, body, owner: incoming.headers['x-amz-expected-bucket-owner']?.toString() })
    const queue = answers[operation] ?? []
    const [status, answer, type = ''] = (queue.length > 1 ? queue.shift() : queue[0]) ?? [200, {}]
    outgoing.writeHead(status, { 'x-amzn-errortype': type })
    outgoing.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
})
useAsAws(server)
beforeEach(() => {
  received = []
  answers = {}
})

const waited: number[] = []
const api = createPreviewApi({
  version: '1.2.3',
  wait: (milliseconds) => {
    waited.push(milliseconds)
    return Promise.resolve()
  },
  signal: new AbortController().signal,
  environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1' },
})
const operations = (): string[] => received.map(({ operation }) => operation)
const FUNCTION = 'GET /2015-03-31/functions/shop-pr-7'

describe('a search by tags', () => {
  const page = (name: string, token: string): Answer => [
    200,
    {
      PaginationToken: token,
      ResourceTagMappingList: [
        { ResourceARN: `arn:aws:lambda:eu-west-1:1:function:${name}`, Tags: [{ Key: 'wsgi-lambda:pr', Value: '7' }] },
      ],
    },
  ]

  test('goes over all pages', async () => {
    answers = { GetResources: [page('one', 'next'), page('two', '')] }
    const found = await api.findTagged('lambda:function', { 'managed-by': 'wsgi-lambda', 'wsgi-lambda:pr': '7' })
    expect(found.map(({ arn }) => arn.split(':')[6])).toEqual(['one', 'two'])
    expect(found[0]?.tags).toEqual({ 'wsgi-lambda:pr': '7' })
    expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      expect.objectContaining({
        ResourceTypeFilters: ['lambda:function'],
        TagFilters: [
          { Key: 'managed-by', Values: ['wsgi-lambda'] },
          { Key: 'wsgi-lambda:pr', Values: ['7'] },
        ],
      }),
      expect.objectContaining({ PaginationToken: 'next' }),
    ])
  })

  test('that is throttled between two pages loses none of them', async () => {
    const throttled: Answer = [400, { message: 'slow down' }, 'ThrottledException']
    const busy: Answer = [400, { message: 'slow down' }, 'ThrottlingException']
    answers = { GetResources: [page('one', 'next'), throttled, busy, busy, page('two', '')] }
    await expect(api.findTagged('lambda:function', {})).resolves.toHaveLength(2)
  })

  test('that is not allowed names the statement to add', async () => {
    answers = { GetResources: [[400, { message: 'no' }, 'AccessDeniedException']] }
    await expect(api.findTagged('lambda:function', {})).rejects.toMatchObject({
      hint: expect.stringContaining('{"Effect":"Allow","Action":"tag:GetResources","Resource":"*"}'),
    })
  })
})

describe('a function', () => {
  test('is read by its name, with its tags', async () => {
    answers = { [FUNCTION]: [[200, { Configuration: { FunctionArn: 'arn' }, Tags: { a: 'b' } }]] }
    expect(await api.readFunction('shop-pr-7')).toEqual({ arn: 'arn', tags: { a: 'b' } })
  })

  test('whose tags may not be read is nobody knows whose', async () => {
    answers = { [FUNCTION]: [[200, { Configuration: {}, TagsError: { ErrorCode: 'x', Message: 'no' } }]] }
    await expect(api.readFunction('shop-pr-7')).rejects.toMatchObject({ hint: expect.stringContaining('ListTags') })
  })

  test('that is not there is as good as removed', async () => {
    const missing: Answer = [404, { Message: 'no' }, 'ResourceNotFoundException']
    answers = { [FUNCTION]: [missing], 'DELETE /2015-03-31/functions/shop-pr-7': [missing] }
    expect(await api.readFunction('shop-pr-7')).toBeUndefined()
    expect(await api.removeFunction('shop-pr-7')).toBe(false)
  })

  test('that is still being created is removed a little later', async () => {
    const pending: Answer = [
      409,
      {
        Message:
          'The operation cannot be performed at this time. The function is currently in the following state: Pending',
      },
      'ResourceConflictException',
    ]
    answers = { 'DELETE /2015-03-31/functions/shop-pr-7': [pending, [204, '']] }
    expect(await api.removeFunction('shop-pr-7')).toBe(true)
  })
})

describe('a role', () => {
  const answer = (operation: string, content: string): Answer => [
    200,
    `<${operation}Response><${operation}Result>${content}</${operation}Result></${operation}Response>`,
  ]
  const refusal = (status: number, code: string): Answer => [
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  ]
  const names = (operation: string, name: string, marker?: string): Answer =>
    answer(
      operation,
      `<PolicyNames><member>${name}</member></PolicyNames>${marker ? `<IsTruncated>true</IsTruncated><Marker>${marker}</Marker>` : ''}`,
    )
  const attached = answer(
    'ListAttachedRolePolicies',
    '<AttachedPolicies><member><PolicyName>x</PolicyName><PolicyArn>arn:aws:iam::aws:policy/x</PolicyArn></member></AttachedPolicies>',
  )

  test('goes once its own policies are removed, of all pages, and those of others are taken off', async () => {
    answers = {
      ListRolePolicies: [names('ListRolePolicies', 'one', 'next'), names('ListRolePolicies', 'two')],
      ListAttachedRolePolicies: [attached],
      DeleteRolePolicy: [answer('DeleteRolePolicy', '')],
      DetachRolePolicy: [answer('DetachRolePolicy', '')],
      DeleteRole: [answer('DeleteRole', '')],
    }
    const roles = await api.openRoles()
    expect(await roles.remove('shop-pr-7-role')).toBe(true)
    expect(operations().filter((name) => name === 'DeleteRolePolicy')).toHaveLength(2)
    expect(operations().filter((name) => name === 'DetachRolePolicy')).toHaveLength(1)
    expect(operations().at(-1)).toBe('DeleteRole')
  })

  test('that IAM still knows policies of is tried again', async () => {
    answers = {
      ListRolePolicies: [answer('ListRolePolicies', '<PolicyNames/>')],
      ListAttachedRolePolicies: [answer('ListAttachedRolePolicies', '<AttachedPolicies/>')],
      DeleteRole: [refusal(409, 'DeleteConflict'), answer('DeleteRole', '')],
    }
    const roles = await api.openRoles()
    expect(await roles.remove('shop-pr-7-role')).toBe(true)
    expect(operations().filter((name) => name === 'DeleteRole')).toHaveLength(2)
    expect(waited).toContain(1000)
  })

  test('that is not there is as good as removed', async () => {
    const missing = refusal(404, 'NoSuchEntity')
    answers = {
      ...{
        GetRole: [missing],
        ListRolePolicies: [missing],
        ListAttachedRolePolicies: [missing],
        DeleteRole: [missing],
      },
    }
    const roles = await api.openRoles()
    expect(await roles.tags('shop-pr-7-role')).toBeUndefined()
    expect(await roles.remove('shop-pr-7-role')).toBe(false)
  })

  test('is listed with all others', async () => {
    const listed = (name: string, marker?: string): Answer =>
      answer(
        'ListRoles',
        `<Roles><member><RoleName>${name}</RoleName></member></Roles>${marker ? `<Marker>${marker}</Marker>` : ''}`,
      )
    answers = { ListRoles: [listed('one', 'next'), listed('two')] }
    const roles = await api.openRoles()
    expect(await roles.list()).toEqual(['one', 'two'])
  })
})

describe('a log group', () => {
  test('that is not there is as good as removed, and has no tags', async () => {
    const missing: Answer = [400, { message: 'no' }, 'ResourceNotFoundException']
    answers = { DeleteLogGroup: [missing], ListTagsForResource: [missing] }
    const logGroups = await api.openLogGroups()
    expect(await logGroups.remove('/aws/lambda/shop-pr-7')).toBe(false)
    expect(await logGroups.tags('arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/shop-pr-7')).toBeUndefined()
  })

  test('that may not be removed names the statement to add', async () => {
    answers = { DeleteLogGroup: [[400, { message: 'no' }, 'AccessDeniedException']] }
    const logGroups = await api.openLogGroups()
    await expect(logGroups.remove('/aws/lambda/shop-pr-7')).rejects.toMatchObject({
      hint: expect.stringContaining('"Resource":"arn:aws:logs:*:*:log-group:/aws/lambda/shop-pr-7:*"'),
    })
  })
})

describe('static files', () => {
  test('are removed a thousand at a time, from a bucket of that account only', async () => {
    answers = { 'POST /statics/': [[200, '<DeleteResult/>']] }
    const bucket = await api.openStatics('s3://statics/shop-pr-7', '123456789012')
    await bucket.remove(Array.from({ length: 1001 }, (_, index) => `file-${index}`))
    expect(received.map(({ body }) => body.match(/<Key>/g)?.length)).toEqual([1000, 1])
    expect(received.map(({ owner }) => owner)).toEqual(['123456789012', '123456789012'])
    expect(received[1]?.body).toContain('<Key>shop-pr-7/file-1000</Key>')
  })
})
