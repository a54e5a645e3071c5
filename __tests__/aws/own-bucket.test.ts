import { beforeEach, describe, expect, test } from '@jest/globals'
import { openOwnBucket } from '../../src/aws/bucket.ts'
import { isOwnBucket, ownUploads, previewUploads, uploadAddress } from '../../src/aws/bucket-address.ts'
import type { OwnBucket } from '../../src/aws/own-bucket.ts'
import { type FakeBucket, fakeBuckets } from '../support/fake-buckets.ts'
import { useAsAws } from './as-aws.ts'

const NAME = 'wsgi-lambda-123456789012-eu-west-1'
const TAGGED = '<Tagging><TagSet><Tag><Key>managed-by</Key><Value>wsgi-lambda</Value></Tag></TagSet></Tagging>'
const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' }

const s3 = fakeBuckets()
useAsAws(s3.server)
const waits: number[] = []
beforeEach(() => {
  s3.buckets.clear()
  s3.calls.length = 0
  s3.refuse = () => undefined
  waits.length = 0
})

const open = (place = PLACE, wait?: () => Promise<void>): Promise<OwnBucket> =>
  openOwnBucket('auto', place, {
    version: '1.2.3',
    wait: async (milliseconds) => {
      waits.push(milliseconds)
      await wait?.()
    },
    signal: new AbortController().signal,
    environment: process.env,
  })
const there = (changes: Partial<FakeBucket> = {}): FakeBucket => {
  const bucket = { owner: '123456789012', settings: new Map<string, string>(), created: '', objects: [], ...changes }
  s3.buckets.set(NAME, bucket)
  return bucket
}
const written = (): string[] => s3.calls.filter((call) => call.startsWith('PUT')).map((call) => call.replace(NAME, ''))
const ALL = ['PUT ', ...['publicAccessBlock', 'ownershipControls', 'encryption', 'policy', 'lifecycle', 'tagging']].map(
  (name, index) => (index === 0 ? name : `PUT ?${name}`),
)

test.each([
  ['auto', true, `s3://${NAME}/admin`, 'auto-previews/admin', `s3://${NAME}-previews/admin`],
  ['auto/', true, `s3://${NAME}/admin`, 'auto-previews/admin', `s3://${NAME}-previews/admin`],
  ['auto/shop/web/', true, `s3://${NAME}/shop/web`, 'auto-previews/shop/web', `s3://${NAME}-previews/shop/web`],
  ['s3://uploads', false, 's3://uploads', 's3://uploads/previews', 's3://uploads/previews'],
  ['s3://auto/shop/', false, 's3://auto/shop/', 's3://auto/shop/previews', 's3://auto/shop/previews'],
])('upload-bucket: %s', (setting, isOwn, address, previews, previewAddress) => {
  expect([isOwnBucket(setting), isOwnBucket(previews)]).toEqual([isOwn, isOwn])
  expect(uploadAddress(ownUploads(setting, 'admin'), PLACE)).toBe(address)
  expect(previewUploads(setting, 'admin')).toBe(previews)
  expect(uploadAddress(previews, PLACE)).toBe(previewAddress)
})

describe('a bucket that is missing', () => {
  test('is only looked for until it is made, and then it is ready', async () => {
    const bucket = await open()
    expect([bucket.name, bucket.address, bucket.owner]).toEqual([NAME, `s3://${NAME}`, '123456789012'])
    expect(await bucket.read()).toBe('missing')
    expect(s3.calls).toEqual([`GET ${NAME}?tagging`])
    await bucket.make()
    expect(written()).toEqual(ALL)
    expect(await bucket.read()).toBe('ready')
  })

  test('is closed to the public and to what is not encrypted, and forgets', async () => {
    await (await open()).make()
    const { created, settings } = s3.buckets.get(NAME) ?? there()
    expect(created).toContain('<LocationConstraint>eu-west-1</LocationConstraint>')
    expect(settings.get('publicAccessBlock')?.match(/>true</g)).toHaveLength(4)
    expect(settings.get('ownershipControls')).toContain('BucketOwnerEnforced')
    expect(settings.get('encryption')).toContain('AES256')
    expect(settings.get('lifecycle')).toMatch(/<Prefix><\/Prefix>|<Prefix\/>/)
    expect(settings.get('lifecycle')).toContain('<Days>30</Days>')
    expect(settings.get('lifecycle')).toContain('<DaysAfterInitiation>1</DaysAfterInitiation>')
    expect(JSON.parse(settings.get('policy') ?? '')).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    })
  })

  test('in us-east-1 says nothing of its place', async () => {
    await (await open({ ...PLACE, region: 'us-east-1' })).make()
    expect([...s3.buckets.values()].map(({ created }) => created)).toEqual([''])
  })

  test('in China has the ARN of China in its policy', async () => {
    await (await open({ ...PLACE, region: 'cn-north-1', partition: 'aws-cn' })).make()
    const [made] = [...s3.buckets.values()]
    expect(made?.settings.get('policy')).toContain('"arn:aws-cn:s3:::wsgi-lambda-123456789012-cn-north-1"')
  })

  test('that two make at once is made, by both', async () => {
    const [one, other] = await Promise.all([open(), open()])
    await Promise.all([one.make(), other.make()])
    expect(await one.read()).toBe('ready')
  })

  test('is made after another change has ended, and where not everybody knows of it yet', async () => {
    const refusals = ['OperationAborted', 'OperationAborted', 'NoSuchBucket']
    s3.refuse = (call) => (call.startsWith('PUT') ? refusals.shift() : undefined)
    await (await open()).make()
    expect([waits.length, s3.buckets.get(NAME)?.settings.has('tagging')]).toEqual([3, true])
  })

  test('is given up where the other change does not end', async () => {
    s3.refuse = (call) => (call === `PUT ${NAME}` ? 'OperationAborted' : undefined)
    await expect((await open()).make()).rejects.toMatchObject({
      title: 's3:CreateBucket failed: OperationAborted',
      hint: expect.stringContaining('upload-bucket: s3://BUCKET'),
    })
    expect(waits.reduce((sum, each) => sum + each, 0)).toBe(60_000)
  })
})

describe('a run that was killed', () => {
  test.each(ALL)('at %s: the next one finishes the bucket', async (step) => {
    s3.refuse = (call) => (call.replace(NAME, '') === step ? 'AccessDenied s3:Any' : undefined)
    await expect((await open()).make()).rejects.toMatchObject({ title: expect.stringContaining('may not do s3:Any') })
    s3.refuse = () => undefined
    const bucket = await open()
    expect(await bucket.read()).toBe(step === 'PUT ' ? 'missing' : 'unfinished')
    s3.calls.length = 0
    await bucket.make()
    expect(written()).toEqual(step === 'PUT ' ? ALL : ALL.slice(1))
    expect(await bucket.read()).toBe('ready')
  })

  test('after the last step: nothing is done', async () => {
    there({ settings: new Map([['tagging', TAGGED]]) })
    await (await open()).make()
    expect(s3.calls).toEqual([`GET ${NAME}?tagging`])
  })

  test('tags that somebody has put on it meanwhile stay', async () => {
    const tags = '<Tagging><TagSet><Tag><Key>team</Key><Value>shop</Value></Tag></TagSet></Tagging>'
    const { settings } = there({ settings: new Map([['tagging', tags]]) })
    await (await open()).make()
    expect(settings.get('tagging')).toMatch(/team[^]*shop[^]*managed-by[^]*wsgi-lambda/)
  })
})

describe('a bucket that is refused', () => {
  const refused = async (): Promise<unknown> => (await open()).read().catch((error: unknown) => error)

  test('that of another account, before anything is done to it', async () => {
    there({ owner: '999999999999' })
    expect(await refused()).toMatchObject({
      title: `The bucket ${NAME} belongs to another account, or the credentials may not do s3:GetBucketTagging on it`,
      detail: expect.stringContaining('Such names can be guessed'),
      hint: expect.stringContaining('upload-bucket: s3://BUCKET'),
    })
    expect(written()).toEqual([])
  })

  test('that of another account, which was quicker', async () => {
    s3.refuse = (call) => {
      if (call === `PUT ${NAME}`) there({ owner: '999999999999' })
      return undefined
    }
    await expect((await open()).make()).rejects.toMatchObject({
      title: `The bucket ${NAME} belongs to another account`,
    })
    expect(written()).toEqual(['PUT '])
  })

  test('one that is managed by something else, or has something in it', async () => {
    const title = `The bucket ${NAME} is there, and was not made by wsgi-lambda`
    there({ settings: new Map([['tagging', TAGGED.replace('wsgi-lambda', 'terraform')]]) })
    expect(await refused()).toMatchObject({ title, hint: expect.stringContaining(`upload-bucket: s3://${NAME}`) })
    there({ objects: ['theirs'] })
    expect(await refused()).toMatchObject({ title })
    await expect((await open()).make()).rejects.toMatchObject({ title })
    expect(written()).toEqual([])
  })

  test('but one that another run has finished and used between two looks is ready', async () => {
    const bucket = there({ objects: ['upload.zip'] })
    s3.refuse = (call) => {
      if (call.includes('list-type')) bucket.settings.set('tagging', TAGGED)
      return undefined
    }
    expect(await (await open()).read()).toBe('ready')
  })

  test('one that the credentials may not look at: says which statement is missing', async () => {
    s3.refuse = () => 'AccessDenied s3:GetBucketTagging'
    expect(await refused()).toMatchObject({
      title: `The credentials may not do s3:GetBucketTagging on s3://${NAME}`,
      hint: expect.stringContaining(`"arn:aws:s3:::${NAME}"`),
    })
  })
})
