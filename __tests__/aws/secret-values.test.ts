import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, expect, test } from '@jest/globals'
import { createSecretValues } from '../../src/aws/secret-values.ts'
import { useAsAws } from './as-aws.ts'

interface Received {
  readonly action: string | undefined
  readonly region: string | undefined
  readonly body: unknown
}

let received: Received[] = []
let answer: { readonly status: number; readonly body: unknown } = { status: 200, body: {} }
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    received.push({
      action: incoming.headers['x-amz-target']?.toString().split('.')[1],
      region: incoming.headers.authorization?.split('/')[2],
      body: JSON.parse(body) as unknown,
    })
    outgoing.writeHead(answer.status).end(JSON.stringify(answer.body))
  })
})
useAsAws(server)
beforeEach(() => {
  received = []
})

const secrets = createSecretValues({
  version: '1.2.3',
  wait: () => Promise.resolve(),
  signal: new AbortController().signal,
})
const SECRET_ARN = 'arn:aws:secretsmanager:eu-north-1:123456789012:secret:shop/admin-Ab12Cd'
const PARAMETER_ARN = 'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shop/admin:3'

test.each([
  ['secretsmanager:shop/admin', 'GetSecretValue', 'eu-west-1', { SecretId: 'shop/admin' }],
  [SECRET_ARN, 'GetSecretValue', 'eu-north-1', { SecretId: SECRET_ARN }],
  ['ssm:/shop/admin', 'GetParameter', 'eu-west-1', { Name: '/shop/admin', WithDecryption: true }],
  ['ssm:/shop/admin:3', 'GetParameter', 'eu-west-1', { Name: '/shop/admin:3', WithDecryption: true }],
  [PARAMETER_ARN, 'GetParameter', 'cn-north-1', { Name: PARAMETER_ARN, WithDecryption: true }],
])('%s', async (reference, action, region, body) => {
  answer = { status: 200, body: { SecretString: 'hush', Parameter: { Value: 'hush' } } }
  expect(await secrets.read(reference)).toBe('hush')
  expect(received).toEqual([{ action, region, body }])
})

test.each([
  ['url', 'postgresql://a:b@c/d'],
  ['port', '5432'],
  ['odd#key', 'odd'],
])('a key of a JSON object: %s', async (key, value) => {
  const text = JSON.stringify({ url: 'postgresql://a:b@c/d', port: 5432, 'odd#key': 'odd' })
  answer = { status: 200, body: { SecretString: text } }
  expect(await secrets.read(`secretsmanager:shop/admin#${key}`)).toBe(value)
})

test.each([
  ['no such key', 200, { SecretString: '{"url":"hush","port":1}' }, 'Its JSON object has no such key, but url, port.'],
  ['no object', 200, { SecretString: 'hush' }, 'It holds no JSON object, and so no key.'],
  ['bytes', 200, { SecretBinary: 'aHVzaA==' }, 'It does not exist, or is binary.'],
  ['nothing', 400, { __type: 'ResourceNotFoundException', message: 'no' }, 'It does not exist, or is binary.'],
])('%s is told without what the secret holds', async (_, status, body, detail) => {
  answer = { status, body }
  const error = await secrets.read('secretsmanager:shop/admin#user').catch((reason: unknown) => reason)
  expect(error).toMatchObject({ title: 'The secret secretsmanager:shop/admin#user could not be read', detail })
  expect(JSON.stringify(error)).not.toContain('hush')
})

test.each([
  ['secretsmanager:shop/admin', 'secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:*:*:secret:shop/admin-*'],
  ['ssm:/shop/admin:3', 'ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/shop/admin'],
  [SECRET_ARN, 'secretsmanager:GetSecretValue', SECRET_ARN],
])('a missing permission is named: %s', async (reference, action, arn) => {
  answer = { status: 400, body: { __type: 'AccessDeniedException', message: 'User is not authorized' } }
  await expect(secrets.read(reference)).rejects.toMatchObject({
    title: expect.stringContaining(`may not do ${action}`) as unknown,
    hint: expect.stringContaining(JSON.stringify({ Effect: 'Allow', Action: action, Resource: arn })) as unknown,
  })
})
