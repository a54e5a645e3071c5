import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { createLayerApi } from '../../src/aws/layers.ts'
import { useAsAws } from './as-aws.ts'

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:layer:shop-dependencies'
const content = { name: 'shop-dependencies', codeSha256: 'sha=', runtime: 'python3.13' }

let received: { readonly path: string; readonly body: string }[] = []
/** By path: what is listed, and what a version holds. */
let answers: Readonly<Record<string, unknown>> = {}
let refusal: string | undefined
/** How many versions are published whose answers do not come. */
let lost = 0
const server = createServer((incoming, outgoing) => {
  void text(incoming).then((body) => {
    const path = decodeURIComponent((incoming.url ?? '').replace(/^\/[\d-]+/, ''))
    received.push({ path, body })
    if (body !== '' && lost-- > 0) {
      incoming.socket.destroy()
      return
    }
    const found = answers[path.replace(/\?.*/, '')]
    const type = refusal ?? (found === undefined ? 'ResourceNotFoundException' : undefined)
    outgoing.writeHead(type === undefined ? 200 : refusal ? 403 : 404, type ? { 'x-amzn-errortype': type } : {})
    outgoing.end(JSON.stringify(found ?? { message: 'no' }))
  })
})
useAsAws(server)
beforeEach(() => {
  received = []
  answers = {}
  refusal = undefined
  lost = 0
})

const api = createLayerApi({
  version: '1.2.3',
  wait: () => Promise.resolve(),
  signal: new AbortController().signal,
})
const listed = (...descriptions: readonly string[]) => ({
  LayerVersions: descriptions.map((Description, index) => ({ Version: descriptions.length - index, Description })),
})

describe('a version with the same content', () => {
  test('is found by what it says, and what Lambda says of it', async () => {
    answers = {
      '/layers/shop-dependencies/versions': listed('wsgi-lambda: other=', 'wsgi-lambda: sha='),
      '/layers/shop-dependencies/versions/1': { LayerVersionArn: `${ARN}:1`, Content: { CodeSha256: 'sha=' } },
    }
    expect(await api.find(content, 'arm64')).toBe(`${ARN}:1`)
    expect(received[0]?.path).toContain('CompatibleRuntime=python3.13')
    expect(received[0]?.path).toContain('CompatibleArchitecture=arm64')
  })

  test.each([
    ['no layer of that name', {}],
    ['no version with it', { '/layers/shop-dependencies/versions': listed('wsgi-lambda: other=') }],
    [
      'one that only says so',
      {
        '/layers/shop-dependencies/versions': listed('wsgi-lambda: sha='),
        '/layers/shop-dependencies/versions/1': { LayerVersionArn: `${ARN}:1`, Content: { CodeSha256: 'forged=' } },
      },
    ],
    ['one that was removed meanwhile', { '/layers/shop-dependencies/versions': listed('wsgi-lambda: sha=') }],
  ])('is not there: %s', async (_, known) => {
    answers = known
    expect(await api.find(content, 'arm64')).toBeUndefined()
  })
})

test.each([
  ['within the request', { zip: Buffer.from('zip') }, { ZipFile: 'emlw' }],
  ['by a bucket', { object: { bucket: 'b', key: 'k.zip' } }, { S3Bucket: 'b', S3Key: 'k.zip' }],
])('a version is published %s', async (_, code, request) => {
  answers = { '/layers/shop-dependencies/versions': { LayerVersionArn: `${ARN}:3` } }
  expect(await api.publish(content, { ...code, architecture: 'arm64' })).toBe(`${ARN}:3`)
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    Description: 'wsgi-lambda: sha=',
    Content: request,
    CompatibleRuntimes: ['python3.13'],
    CompatibleArchitectures: ['arm64'],
  })
})

test('what somebody else has put into the bucket is used by nobody', async () => {
  answers = {
    '/layers/shop-dependencies/versions': { LayerVersionArn: `${ARN}:3`, Content: { CodeSha256: 'forged=' } },
  }
  const code = { object: { bucket: 'b', key: 'k.zip' }, architecture: 'arm64' }
  await expect(api.publish(content, code)).rejects.toMatchObject({
    title: `The layer ${ARN}:3 has not the content of the artifact`,
    detail: expect.stringContaining('s3://b/k.zip'),
  })
  expect(received).toHaveLength(1)
})

test('a right that is missing is named with the layer', async () => {
  refusal = 'AccessDeniedException'
  await expect(api.publish(content, { zip: Buffer.from('zip'), architecture: 'arm64' })).rejects.toMatchObject({
    title: 'The credentials may not do lambda:PublishLayerVersion on shop-dependencies',
    hint: expect.stringContaining('"Resource":"arn:aws:lambda:*:*:layer:shop-dependencies*"'),
  })
})

describe('an answer that got lost', () => {
  const code = { zip: Buffer.from('zip'), architecture: 'arm64' }
  const posts = (): number => received.filter(({ body }) => body !== '').length

  test('nothing is published twice', async () => {
    answers = {
      '/layers/shop-dependencies/versions': listed('wsgi-lambda: sha='),
      '/layers/shop-dependencies/versions/1': { LayerVersionArn: `${ARN}:1`, Content: { CodeSha256: 'sha=' } },
    }
    lost = 1
    expect(await api.publish(content, code)).toBe(`${ARN}:1`)
    expect(posts()).toBe(1)
  })

  test('what did not arrive is sent again', async () => {
    answers = { '/layers/shop-dependencies/versions': { LayerVersionArn: `${ARN}:3` } }
    lost = 1
    expect(await api.publish(content, code)).toBe(`${ARN}:3`)
    expect(posts()).toBe(2)
  })

  test('but not without end', async () => {
    lost = 9
    await expect(api.publish(content, code)).rejects.toThrow()
    expect(posts()).toBe(3)
  })
})
