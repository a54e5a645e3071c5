import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openBucket } from '../../src/aws/bucket.ts'
import { parseBucketAddress } from '../../src/aws/bucket-address.ts'
import { type Bucket, type BucketAccess, hasOwnEndpoint } from '../../src/aws/s3.ts'
import { fakeS3 } from '../support/fake-s3.ts'
import { useAsAws } from './as-aws.ts'

const s3 = fakeS3()
useAsAws(s3.server)

let folder: string
let file: string
let bucket: Bucket
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  file = join(folder, 'file')
  await writeFile(file, 'content')
  bucket = await open()
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  s3.calls.length = 0
  s3.objects.clear()
  s3.refuse = () => undefined
})

const open = (patienceSeconds = 5, access?: BucketAccess): Promise<Bucket> =>
  openBucket('s3://builds/shop', {
    environment: process.env,
    version: '1.2.3',
    signal: new AbortController().signal,
    patienceSeconds,
    access,
  })

test.each([
  ['s3://builds', { name: 'builds', prefix: '' }],
  ['s3://builds/', { name: 'builds', prefix: '' }],
  ['s3://builds/shop', { name: 'builds', prefix: 'shop/' }],
  ['s3://builds/shop/web//', { name: 'builds', prefix: 'shop/web/' }],
])('the address %s', (address, parsed) => {
  expect(parseBucketAddress(address)).toEqual(parsed)
})

test.each([
  [{}, false],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, true],
  [{ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, true],
  [{ AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1' }, false],
])('whether %j has an endpoint of its own', (environment, isOwn) => {
  expect(hasOwnEndpoint(environment)).toBe(isOwn)
})

test('what is written is found and read below its prefix', async () => {
  expect(await bucket.find('a')).toBeUndefined()
  expect(await bucket.read('a')).toBeUndefined()
  expect(await bucket.write('a', file, 'digest')).toBe(true)
  expect(await bucket.find('a')).toEqual({ bytes: 7, sha256: 'digest' })
  const found = await bucket.read('a')
  expect(found).toMatchObject({ bytes: 7, sha256: 'digest' })
  expect(found && (await text(found.body))).toBe('content')
  expect([...s3.objects.keys()]).toEqual(['builds/shop/a'])
  expect([bucket.name, bucket.keyOf('a'), bucket.addressOf('a')]).toEqual(['builds', 'shop/a', 's3://builds/shop/a'])
})

test('what is there is only replaced where that was meant', async () => {
  await bucket.write('a', file, 'first')
  expect(await bucket.write('a', file, 'second', { isNew: true })).toBe(false)
  expect(await bucket.find('a')).toMatchObject({ sha256: 'first' })
  expect(await bucket.write('a', file, 'third')).toBe(true)
  expect(await bucket.find('a')).toMatchObject({ sha256: 'third' })
})

test.each([
  [{ owner: '123456789012', kmsKey: 'alias/builds' }, ['123456789012', 'aws:kms', 'alias/builds']],
  [{ owner: undefined, kmsKey: undefined }, [undefined, undefined, undefined]],
])('of %j every call names the owner, and what is written the key', async (access, [owner, encryption, key]) => {
  const guarded = await open(5, access)
  await guarded.write('a', file, 'digest')
  await guarded.find('a')
  await guarded.read('a')
  const headers = ['PUT', 'HEAD', 'GET'].map((method) => s3.headers.get(`${method} builds/shop/a`) ?? {})
  expect(headers.map((each) => each['x-amz-expected-bucket-owner'])).toEqual([owner, owner, owner])
  expect(headers[0]?.['x-amz-server-side-encryption']).toBe(encryption)
  expect(headers[0]?.['x-amz-server-side-encryption-aws-kms-key-id']).toBe(key)
})

describe('a refusal says what to do', () => {
  test.each([
    [
      'AccessDenied',
      (): Promise<unknown> => bucket.write('a', file, 'digest'),
      {
        title: 'The credentials may not do s3:PutObject on s3://builds/shop/a',
        hint: expect.stringContaining('"Action":"s3:PutObject","Resource":"arn:aws:s3:::builds/shop/*"'),
      },
    ],
    [
      'AccessDenied',
      () => bucket.read('a'),
      { title: 'The credentials may not do s3:GetObject on s3://builds/shop/a' },
    ],
    [
      'AccessDenied',
      () => bucket.find('a'), // HEAD: there is nothing but the status
      { title: 'The credentials may not do s3:GetObject on s3://builds/shop/a' },
    ],
    [
      'NoSuchBucket',
      () => bucket.write('a', file, 'digest'),
      { title: 'The bucket of s3://builds/shop/a does not exist' },
    ],
    ['NoSuchBucket', () => bucket.read('a'), { title: 'The bucket of s3://builds/shop/a does not exist' }],
    [
      'PermanentRedirect',
      () => bucket.write('a', file, 'digest'),
      { title: 'The bucket of s3://builds/shop/a is in another region' },
    ],
    ['SignatureDoesNotMatch', () => bucket.read('a'), { title: 'AWS does not accept the credentials' }],
  ])('%s', async (code, act, advice) => {
    s3.refuse = () => code
    await expect(act()).rejects.toMatchObject({ name: 'UserError', ...advice })
  })
})

test('a refusal may mean another owner, where one is expected', async () => {
  s3.refuse = () => 'AccessDenied'
  const guarded = await open(5, { owner: '123456789012', kmsKey: undefined })
  await expect(guarded.read('a')).rejects.toMatchObject({
    title: 'The credentials may not do s3:GetObject on s3://builds/shop/a',
    hint: expect.stringMatching(/^Add this statement.*does not belong to the account 123456789012\.$/),
  })
})

test('a server that says nothing costs no more than the patience', async () => {
  s3.refuse = () => 'silence'
  const started = performance.now()
  await expect((await open(0.2)).read('a')).rejects.toMatchObject({ title: 'AWS could not be reached (ETIMEDOUT)' })
  expect(performance.now() - started).toBeLessThan(3000)
})
