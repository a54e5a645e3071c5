import { createServer } from 'node:http'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { createVersionsApi } from '../../src/aws/versions.ts'
import { useAsAws } from './as-aws.ts'

interface Answer {
  readonly status?: number
  readonly type?: string
  readonly body: unknown
}

let received: string[] = []
/** One after the other; the last one stays. */
let answers: Answer[] = []
const server = createServer((incoming, outgoing) => {
  received.push(`${incoming.method ?? ''} ${(incoming.url ?? '').replace(/^\/[\d-]+/, '')}`)
  const { status = 200, type, body } = answers[Math.min(received.length, answers.length) - 1] ?? { body: {} }
  outgoing.writeHead(status, type === undefined ? {} : { 'x-amzn-errortype': type })
  outgoing.end(status === 204 ? undefined : JSON.stringify(body))
})
useAsAws(server)
beforeEach(() => {
  received = []
  answers = []
})

const api = createVersionsApi({
  version: '1.2.3',
  wait: () => Promise.resolve(),
  signal: new AbortController().signal,
})
const missing: Answer = { status: 404, type: 'ResourceNotFoundException', body: { message: 'Function not found' } }
const denied: Answer = { status: 403, type: 'AccessDeniedException', body: { message: 'not allowed' } }

describe('versions', () => {
  test('of all pages, the newest first', async () => {
    const [first, second] = [{ Version: '1' }, { Version: '10', LastModified: '2026-11-23T09:35:45.123+0000' }]
    answers = [
      { body: { Versions: [{ Version: '$LATEST' }, first], NextMarker: 'more' } },
      { body: { Versions: [{ Version: '9', Description: 'nine', CodeSha256: 'sha=', CodeSize: 7 }, second] } },
    ]
    expect(await api.list('shop')).toEqual([
      { version: '10', published: '2026-11-23T09:35:45.123Z', codeSha256: '', zipBytes: 0, description: '' },
      { version: '9', published: '', codeSha256: 'sha=', zipBytes: 7, description: 'nine' },
      { version: '1', published: '', codeSha256: '', zipBytes: 0, description: '' },
    ])
    expect(received).toEqual(['GET /functions/shop/versions', 'GET /functions/shop/versions?Marker=more'])
  })

  test('of no function', async () => {
    answers = [missing]
    expect(await api.list('shop')).toBeUndefined()
  })
})

test('aliases of all pages, with their weights', async () => {
  const RoutingConfig = { AdditionalVersionWeights: { 8: 0.1 } }
  answers = [
    { body: { Aliases: [{ Name: 'live', FunctionVersion: '7', Description: 'd', RoutingConfig }], NextMarker: 'm' } },
    { body: { Aliases: [{ Name: 'staging', FunctionVersion: '8' }] } },
  ]
  expect(await api.listAliases('shop')).toEqual([
    { name: 'live', version: '7', description: 'd', weights: { 8: 0.1 } },
    { name: 'staging', version: '8', description: '', weights: {} },
  ])
})

describe('to remove a version', () => {
  test('names it', async () => {
    answers = [{ status: 204, body: undefined }]
    await api.remove('shop', '7')
    expect(received).toEqual(['DELETE /functions/shop?Qualifier=7'])
  })

  test('that is gone already is no failure', async () => {
    answers = [missing]
    await expect(api.remove('shop', '7')).resolves.toBeUndefined()
  })

  test('needs a right on versions alone', async () => {
    answers = [denied]
    await expect(api.remove('shop', '7')).rejects.toMatchObject({
      hint: expect.stringContaining('"Resource":"arn:aws:lambda:*:*:function:shop:*"'),
    })
  })

  test.each(['', '$LATEST', 'live', '0', '7 '])('never takes the function with it: %j', async (number) => {
    await expect(api.remove('shop', number)).rejects.toThrow('is no version that could be removed')
    expect(received).toEqual([])
  })
})
