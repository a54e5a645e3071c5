import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { nameOf } from '../../scripts/environment/proxy/names.ts'
import { uploadFile } from '../../src/aws/file-upload.ts'
import { PART_BYTES } from '../../src/aws/part-bytes.ts'
import { useAsAws } from './as-aws.ts'

/** S3 on loopback that answers uploads in parts, and keeps none of them. */
const operations: string[] = []
let failures: [operation: string, code: string][] = []
let beforeAnswer: (operation: string) => void
const server = createServer((incoming, outgoing) => {
  void buffer(incoming).then(() => {
    const { operation } = nameOf(incoming.method ?? '', incoming.url ?? '/', incoming.headers)
    operations.push(operation)
    beforeAnswer(operation)
    const [, code] = failures.find(([failing]) => failing === operation) ?? []
    if (code !== undefined) {
      failures = failures.filter(([failing]) => failing !== operation)
      outgoing.writeHead(403).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`)
      return
    }
    const created = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
    const body = operation === 'CreateMultipartUpload' ? created : operation.startsWith('Complete') ? '<Done/>' : ''
    outgoing.writeHead(200, { etag: '"e"' }).end(body)
  })
})
useAsAws(server)

let folder: string
let client: S3Client
let cancellation: AbortController
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await writeFile(join(folder, 'large'), Buffer.alloc(PART_BYTES + 1))
  client = new S3Client({ forcePathStyle: true })
})
afterAll(async () => {
  client.destroy()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  operations.length = 0
  failures = []
  beforeAnswer = () => undefined
  cancellation = new AbortController()
})

const upload = (): Promise<void> =>
  uploadFile(
    client,
    join(folder, 'large'),
    { Bucket: 'builds', Key: 'a.zip' },
    { partsAtOnce: 1, signal: cancellation.signal },
  )
const SENT = ['CreateMultipartUpload', 'UploadPart', 'UploadPart', 'CompleteMultipartUpload']

test('a large file is sent in parts', async () => {
  await upload()
  expect(operations).toEqual(SENT)
})

test('parts that cannot be put together are removed', async () => {
  failures = [['CompleteMultipartUpload', 'AccessDenied']]
  await expect(upload()).rejects.toMatchObject({ name: 'AccessDenied' })
  expect(operations).toEqual([...SENT, 'AbortMultipartUpload'])
})

test('where even that fails, the reason is what is told', async () => {
  failures = [
    ['CompleteMultipartUpload', 'AccessDenied'],
    ['AbortMultipartUpload', 'InvalidRequest'],
  ]
  await expect(upload()).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('an upload that S3 does not know any more is sent again, for its end may have come and its answer not', async () => {
  failures = [['CompleteMultipartUpload', 'NoSuchUpload']]
  await upload()
  expect(operations).toEqual([...SENT, 'AbortMultipartUpload', ...SENT])
})

test('cancelled, it leaves no parts', async () => {
  beforeAnswer = (operation) => {
    if (operation === 'UploadPart') cancellation.abort()
  }
  await expect(upload()).rejects.toMatchObject({ name: 'AbortError' })
  expect(operations).toContain('AbortMultipartUpload')
  expect(operations).not.toContain('CompleteMultipartUpload')
})

test('cancelled before, it sends nothing', async () => {
  cancellation.abort()
  await expect(upload()).rejects.toMatchObject({ name: 'AbortError' })
  expect(operations).toEqual([])
})
