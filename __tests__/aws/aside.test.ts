import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { createAsideApis } from '../../src/aws/aside.ts'
import { useAsAws } from './as-aws.ts'

let received: { readonly operation: string; readonly body: string }[] = []
/** By operation: the status and the body. */
let answers: Readonly<Record<string, readonly [number, unknown, string?]>> = {}
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    const target = String(incoming.headers['x-amz-target'] ?? '')
    const operation = target.split('.')[1] ?? new URLSearchParams(body).get('Action') ?? incoming.method ?? ''
    received.push({ operation, body })
    const [status, answer, type = ''] = answers[operation] ?? [200, {}]
    outgoing.writeHead(status, { 'x-amzn-errortype': type })
    outgoing.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
})
useAsAws(server)
beforeEach(() => {
  received = []
  answers = {}
})

const api = createAsideApis({
  version: '1.2.3',
  wait: () => Promise.resolve(),
  signal: new AbortController().signal,
})

describe('the tags of a function', () => {
  test('are read with the function, whose ARN nobody has to know', async () => {
    answers = { GET: [200, { Tags: { team: 'shop' } }] }
    expect(await api.tags.get('shop')).toEqual({ team: 'shop' })
  })

  test('are none where there is none', async () => {
    expect(await api.tags.get('shop')).toEqual({})
  })

  test('are unknown where there is no function', async () => {
    answers = { GET: [404, { Message: 'no' }, 'ResourceNotFoundException'] }
    expect(await api.tags.get('shop')).toBeUndefined()
  })

  test('are an error where they may not be read', async () => {
    answers = { GET: [200, { TagsError: { ErrorCode: 'AccessDeniedException', Message: 'no lambda:ListTags' } }] }
    await expect(api.tags.get('shop')).rejects.toMatchObject({
      title: 'The tags of shop could not be read',
      detail: 'no lambda:ListTags',
    })
  })
})

test('a code signing configuration that Lambda names by an empty text is none', async () => {
  answers = { GET: [200, { CodeSigningConfigArn: '', FunctionName: 'shop' }] }
  expect(await api.codeSigning.get('shop')).toBeUndefined()
})

describe('a log group', () => {
  test('is the one of that name, and not one that starts like it', async () => {
    const listed = [{ logGroupName: '/shop' }, { logGroupName: '/shop-two', retentionInDays: 7 }]
    answers = { DescribeLogGroups: [200, { logGroups: listed }] }
    const logGroups = await api.openLogGroups()
    expect(await logGroups.find('/shop')).toEqual({ name: '/shop', retentionDays: undefined })
    expect(await logGroups.find('/shop-two')).toEqual({ name: '/shop-two', retentionDays: 7 })
    expect(await logGroups.find('/sho')).toBeUndefined()
  })

  test('that was made meanwhile is as good', async () => {
    answers = { CreateLogGroup: [400, { message: 'exists' }, 'ResourceAlreadyExistsException'] }
    const logGroups = await api.openLogGroups()
    await logGroups.create('/shop', { team: 'shop', 'managed-by': 'somebody' })
    expect(received.map(({ operation }) => operation)).toEqual(['CreateLogGroup'])
    expect(received[0]?.body).toContain('"tags":{"team":"shop","managed-by":"wsgi-lambda"}')
  })

  test('that is there gets tags, unless those that it has are of somebody else', async () => {
    const arn = 'arn:aws:logs:eu-west-1:123456789012:log-group:/shop'
    answers = {
      DescribeLogGroups: [200, { logGroups: [{ logGroupName: '/shop', arn: `${arn}:*` }] }],
      ListTagsForResource: [200, { tags: { team: 'shop' } }],
    }
    const logGroups = await api.openLogGroups()
    await logGroups.addTags('/shop', { a: 'b' }, ({ team }) => team === 'shop')
    await logGroups.addTags('/shop', { a: 'b' }, () => false)
    const tagged = received.filter(({ operation }) => operation === 'TagResource')
    expect(tagged.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { resourceArn: arn, tags: { a: 'b', 'managed-by': 'wsgi-lambda' } },
    ])
  })

  test('that may not be made: the statement to add names it', async () => {
    answers = { CreateLogGroup: [400, { message: 'no' }, 'AccessDeniedException'] }
    const logGroups = await api.openLogGroups()
    await expect(logGroups.create('/shop')).rejects.toMatchObject({
      hint: expect.stringContaining('"arn:aws:logs:*:*:log-group:/shop:*"'),
    })
  })
})

describe('a role', () => {
  const role = (tags: string): string =>
    `<Role><Arn>arn:aws:iam::123456789012:role/shop-role</Arn><RoleName>shop-role</RoleName>${tags}</Role>`
  const ours = '<Tags><member><Key>managed-by</Key><Value>wsgi-lambda</Value></member></Tags>'
  const answer = (operation: string, content: string): string =>
    `<${operation}Response><${operation}Result>${content}</${operation}Result></${operation}Response>`
  const refusal = (code: string): string =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`

  test.each([
    ['with our tag is ours', ours, true],
    ['without tags is not', '', false],
    ['with the tag of another tool is not', ours.replace('wsgi-lambda', 'terraform'), false],
  ])('%s', async (_, tags, isOurs) => {
    answers = { GetRole: [200, answer('GetRole', role(tags))] }
    const roles = await api.openRoles()
    expect(await roles.get('shop-role')).toEqual({ arn: 'arn:aws:iam::123456789012:role/shop-role', isOurs })
  })

  test('that does not exist is none, and has no policy', async () => {
    answers = { GetRole: [404, refusal('NoSuchEntity')], GetRolePolicy: [404, refusal('NoSuchEntity')] }
    const roles = await api.openRoles()
    expect(await roles.get('shop-role')).toBeUndefined()
    expect(await roles.getPolicy('shop-role')).toBeUndefined()
  })

  test('has a policy, which is read as this program writes it', async () => {
    const written = encodeURIComponent('{ "Version": "2012-10-17",\n "Statement": [] }')
    const content = `<RoleName>shop-role</RoleName><PolicyName>x</PolicyName><PolicyDocument>${written}</PolicyDocument>`
    answers = { GetRolePolicy: [200, answer('GetRolePolicy', content)] }
    const roles = await api.openRoles()
    expect(await roles.getPolicy('shop-role')).toBe('{"Version":"2012-10-17","Statement":[]}')
  })

  test('that is there already is given back, with whose it is', async () => {
    answers = {
      CreateRole: [409, refusal('EntityAlreadyExists')],
      GetRole: [200, answer('GetRole', role(''))],
    }
    const roles = await api.openRoles()
    expect(await roles.create('shop-role', '{}', { tags: { team: 'shop' } })).toMatchObject({ isOurs: false })
    expect([...new URLSearchParams(received[0]?.body).values()]).toEqual(
      expect.arrayContaining(['team', 'shop', 'managed-by', 'wsgi-lambda']),
    )
  })

  test('has what bounds it', async () => {
    const boundary = 'arn:aws:iam::123456789012:policy/shop-boundary'
    const bounded = `<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>${boundary}</PermissionsBoundaryArn></PermissionsBoundary>`
    answers = {
      CreateRole: [200, answer('CreateRole', role(ours + bounded))],
      PutRolePermissionsBoundary: [200, answer('PutRolePermissionsBoundary', '')],
    }
    const roles = await api.openRoles()
    expect(await roles.create('shop-role', '{}', { tags: {}, boundary })).toMatchObject({ isOurs: true, boundary })
    await roles.setBoundary('shop-role', boundary)
    expect(received.map(({ body }) => new URLSearchParams(body).get('PermissionsBoundary'))).toEqual([
      boundary,
      boundary,
    ])
  })

  test('is in the region of the functions', async () => {
    const roles = await api.openRoles()
    expect(await roles.region()).toBe('eu-west-1')
  })
})
