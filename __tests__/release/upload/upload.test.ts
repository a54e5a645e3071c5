import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openBucket } from '../../../src/aws/bucket.ts'
import type { Bucket } from '../../../src/aws/s3.ts'
import { transportOf } from '../../../src/release/upload/upload.ts'
import { useAsAws } from '../../aws/as-aws.ts'
import { recordingReporter } from '../../report/recording.ts'
import { fakeS3 } from '../../support/fake-s3.ts'

const s3 = fakeS3()
useAsAws(s3.server)

const SHA256 = 'ab'.repeat(32)
const KEY = `uploads/shop/${SHA256}.zip`
let folder: string
let path: string
let bucket: Bucket
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  path = join(folder, 'app.zip')
  await writeFile(path, 'zip')
  const signal = new AbortController().signal
  bucket = await openBucket('s3://uploads/shop', { environment: process.env, version: '1.2.3', signal })
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  s3.calls.length = 0
  s3.objects.clear()
  s3.refuse = () => undefined
})

test('a zip that one request takes goes with it, bucket or not', async () => {
  const zip = { path, sha256: SHA256, zipBytes: 50 * 1024 * 1024 }
  const { address, readCode, upload } = transportOf(zip, bucket, recordingReporter())
  await upload()
  expect(address).toBeUndefined()
  expect(await readCode('arm64')).toEqual({ zip: Buffer.from('zip'), architecture: 'arm64' })
  expect(s3.calls).toEqual([])
})

describe('a larger one goes by the bucket, under a key that says what it is', () => {
  /** Whose size is only claimed: the file is small. */
  const large = { sha256: SHA256, zipBytes: 50 * 1024 * 1024 + 1 }
  const send = async (zipBytes = large.zipBytes): Promise<void> => {
    await transportOf({ ...large, path, zipBytes }, bucket, recordingReporter()).upload()
  }

  test('and the function is told where it lies', async () => {
    const { address, readCode } = transportOf({ ...large, path }, bucket, recordingReporter())
    expect(address).toBe(`s3://${KEY}`)
    expect(await readCode('arm64')).toEqual({
      object: { bucket: 'uploads', key: `shop/${SHA256}.zip` },
      architecture: 'arm64',
    })
  })

  test('with its hash', async () => {
    await send()
    expect(s3.objects.get(KEY)).toEqual({ bytes: Buffer.from('zip'), metadata: { sha256: SHA256 } })
  })

  test.each([
    ['one that is whole is not sent again', Buffer.alloc(large.zipBytes), { sha256: SHA256 }, false],
    ['one of another size is', Buffer.from('zi'), { sha256: SHA256 }, true],
    ['one that somebody else wrote is', Buffer.alloc(large.zipBytes), {}, true],
  ])('%s', async (_, bytes, metadata, isSent) => {
    s3.objects.set(KEY, { bytes, metadata })
    await send()
    expect(s3.calls.includes(`PUT ${KEY}`)).toBe(isSent)
  })

  test('one that may not be looked for is sent', async () => {
    s3.refuse = (call) => (call.startsWith('HEAD') ? 'AccessDenied' : undefined)
    await send()
    expect(s3.objects.has(KEY)).toBe(true)
  })

  test('one that may not be written says what is missing', async () => {
    s3.refuse = (call) => (call.startsWith('PUT') ? 'AccessDenied' : undefined)
    await expect(send()).rejects.toMatchObject({
      title: `The credentials may not do s3:PutObject on s3://${KEY}`,
      hint: expect.stringContaining('arn:aws:s3:::uploads/shop/*'),
    })
  })
})
