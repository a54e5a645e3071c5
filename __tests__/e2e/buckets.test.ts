import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { containing } from '../support/matchers.ts'
import { type Ended, startWorld, type World } from '../support/world.ts'

jest.setTimeout(180_000)

let world: World
let s3: S3Client
let project: string

beforeAll(async () => {
  world = await startWorld()
  s3 = new S3Client({
    endpoint: world.emulator.endpoint,
    region: world.emulator.region,
    credentials: { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' },
    forcePathStyle: true,
  })
  for (const Bucket of ['uploads', 'builds']) await s3.send(new CreateBucketCommand({ Bucket }))
  project = await mkdtemp(join(world.folder, 'large-'))
  await writeFile(
    join(project, 'wsgi.py'),
    "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'large']\n",
  )
  await writeFile(join(project, 'requirements.txt'), 'idna==3.10\n')
  await mkdir(join(project, 'data'))
  // What cannot be compressed is as large in the zip.
  await writeFile(join(project, 'data/model.bin'), randomBytes(53_000_000))
}, 240_000)

afterAll(async () => {
  s3.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

const keysOf = async (Bucket: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key = '' }) => Key)
const deploy = (...flags: readonly string[]): Promise<Ended> => {
  world.proxy.clear()
  return world.deploy(['--project', project, '--function-name', 'large', '--json', ...flags])
}
const writes = (): string[] => world.operations().filter((operation) => !/^(?:Get|Head|FunctionUrl)/.test(operation))

describe('an artifact that no request takes', () => {
  test('without a bucket: says so before anything is sent, with what is large', async () => {
    const { exitCode, stdout } = await deploy()
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: [
        {
          title: containing('The artifact is too large for a direct upload: 53.'),
          detail: containing('idna 3.10'),
          hint: containing('Set upload-bucket'),
        },
      ],
    })
    expect(writes()).toEqual([])
  })

  test('goes by the bucket, in parts, and is released', async () => {
    const { exitCode, stdout } = await deploy('--upload-bucket', 's3://uploads/shop')
    expect(exitCode).toBe(0)
    const { artifact, function: released, plan } = JSON.parse(stdout) as DeployResult
    expect(await keysOf('uploads')).toEqual([`shop/${artifact.sha256}.zip`])
    expect(plan[0]).toBe(`upload the code to s3://uploads/shop/${artifact.sha256}.zip`)
    expect((await world.visit(released.url ?? '')).text).toBe('large')
    expect(writes().filter((operation) => operation === 'UploadPart').length).toBeGreaterThan(5)
  })

  test('is not sent again, to another function either', async () => {
    const again = await deploy('--upload-bucket', 's3://uploads/shop')
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false })
    expect(writes()).toEqual([])
    const other = await deploy('--upload-bucket', 's3://uploads/shop', '--function-name', 'other')
    expect(other.exitCode).toBe(0)
    expect(writes().filter((operation) => /(?:Object|Upload|Part)$/.test(operation))).toEqual([])
    expect(writes()).toContain('CreateFunction')
  })
})

describe('upload-bucket: auto', () => {
  const OWN = 'wsgi-lambda-000000000000-eu-west-1'
  const auto = (name: string, ...flags: readonly string[]): Promise<Ended> =>
    deploy('--upload-bucket', 'auto', '--function-name', name, ...flags)
  const beside = (name: string, ...flags: readonly string[]): Promise<Ended> =>
    deploy('--upload-bucket', 'auto/own', '--function-name', name, ...flags)
  const planOf = ({ stdout }: Ended): readonly string[] => (JSON.parse(stdout) as DeployResult).plan
  const ofBucket = (): string[] =>
    world.operations().filter((operation) => /Bucket|Object|Upload|Part$|PublicAccess/.test(operation))
  const isThere = async (): Promise<boolean> =>
    ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).some(({ Name }) => Name === OWN)

  test('a dry run names the bucket as a step, and makes none', async () => {
    const planned = await auto('own', '--dry-run')
    expect({ ...planned, exitCode: planned.exitCode }).toMatchObject({ exitCode: 0 })
    expect(planOf(planned)).toContain(`make the bucket ${OWN}, for uploads`)
    expect([writes(), await isThere()]).toEqual([[], false])
  })

  test('a run that was interrupted has not used it, and the next one finishes it', async () => {
    world.proxy.clear()
    world.proxy.inject({
      ...{ operation: 'PutBucketLifecycleConfiguration', status: 403, type: 'AccessDenied', message: 'Access Denied' },
      times: Infinity,
    })
    const interrupted = await world.deploy([
      ...['--project', project, '--function-name', 'own', '--json', '--upload-bucket', 'auto'],
    ])
    expect([interrupted.exitCode, await isThere(), await keysOf(OWN)]).toEqual([1, true, []])
    const { exitCode, stdout } = await auto('own')
    expect(exitCode).toBe(0)
    const { artifact, plan } = JSON.parse(stdout) as DeployResult
    expect(plan).toContain(`finish the bucket ${OWN}, for uploads`)
    expect(plan).toContain(`upload the code to s3://${OWN}/own/${artifact.sha256}.zip`)
    expect(ofBucket()).not.toContain('CreateBucket')
    expect(await keysOf(OWN)).toEqual([`own/${artifact.sha256}.zip`])
  })

  test('closed to everybody, and forgetful', async () => {
    const { PublicAccessBlockConfiguration: shut } = await s3.send(new GetPublicAccessBlockCommand({ Bucket: OWN }))
    expect(Object.values(shut ?? {})).toEqual([true, true, true, true])
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: OWN }))
    expect(Rules).toMatchObject([
      { Status: 'Enabled', Expiration: { Days: 30 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ])
  })

  test('where nothing has changed, nobody asks for the bucket', async () => {
    expect(JSON.parse((await auto('own')).stdout)).toMatchObject({ changed: false })
    expect([writes(), ofBucket()]).toEqual([[], []])
  })

  test('another function with the same prefix finds the bucket and the upload', async () => {
    const other = await beside('own-other')
    expect(other.exitCode).toBe(0)
    expect(planOf(other).filter((step) => step.includes('the bucket'))).toEqual([])
    expect(ofBucket()).toEqual(['GetBucketTagging', 'HeadObject'])
  })

  test('what has expired meanwhile is sent again, with the key that is wanted now', async () => {
    const [Key] = await keysOf(OWN)
    await s3.send(new DeleteObjectCommand({ Bucket: OWN, Key }))
    expect((await beside('own-again', '--upload-kms-key', 'alias/uploads')).exitCode).toBe(0)
    expect(await keysOf(OWN)).toEqual([Key])
    expect(await s3.send(new HeadObjectCommand({ Bucket: OWN, Key }))).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: expect.stringContaining('alias/uploads'),
    })
  })

  test('two first runs at once both succeed', async () => {
    world.proxy.clear()
    const ended = await Promise.all(
      ['one', 'two'].map((name) =>
        world.cli(
          [
            ...['deploy', ...Object.entries(world.inputs).flatMap(([input, value]) => [`--${input}`, value])],
            ...['--project', project, '--function-name', `own-${name}`, '--upload-bucket', `auto/${name}`],
            ...['--output', join(world.folder, `${name}.zip`)],
          ],
          { env: { AWS_REGION: 'eu-central-1' } },
        ),
      ),
    )
    expect(ended).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }])
    expect(ofBucket()).toContain('CreateBucket')
    expect(ofBucket().filter((operation) => operation === 'CompleteMultipartUpload')).toHaveLength(2)
  })

  test('a bucket of that name in another account gets nothing, and no function is made', async () => {
    world.proxy.clear()
    world.proxy.inject({
      ...{ operation: 'GetBucketTagging', status: 403, type: 'AccessDenied', message: 'Access Denied' },
      times: Infinity,
    })
    const { exitCode, stdout } = await world.deploy([
      ...['--project', project, '--function-name', 'own-refused', '--json', '--upload-bucket', 'auto'],
    ])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: [{ title: containing(`The bucket ${OWN} belongs to another account`), hint: containing('s3://BUCKET') }],
    })
    expect(world.operations()).not.toContain('CreateFunction')
    expect(ofBucket()).toEqual(['GetBucketTagging'])
  })
})

describe('a store that is shared', () => {
  const build = async (name: string, flags: readonly string[] = [], env = {}): Promise<Ended> => {
    const store = join(world.folder, `store-${name}`)
    await rm(store, { recursive: true, force: true })
    await rm(join(project, 'data'), { recursive: true, force: true })
    const host = ['--builder', 'host', '--runtime', `python${world.python.minor}`, '--python-bin', world.python.path]
    const shared = ['--shared-store', 's3://builds/wsgi', '--store', store]
    const output = join(world.folder, `${name}.zip`)
    return await world.cli(
      ['build', '--project', project, '--output', output, '--json', ...host, ...shared, ...flags],
      { env },
    )
  }
  const slices = ({ stdout }: Ended): unknown => (JSON.parse(stdout) as DeployResult).slices

  test('is written by whom it may be written by, and read by another machine', async () => {
    const reader = await build('reader')
    expect([slices(reader), await keysOf('builds')]).toMatchObject([{ reused: 0 }, []])
    const writer = await build('writer', ['--shared-store-write', 'true'])
    expect(slices(writer)).toMatchObject({ built: 1 })
    expect(await keysOf('builds')).toContainEqual(expect.stringMatching(/^wsgi\/slices\/[0-9a-f]{64}$/))
    const another = await build('another')
    expect(another.stderr).not.toContain('shared store')
    expect(slices(another)).toMatchObject({ reused: 1, built: 0 })
  })

  test('with credentials that may only read: nothing is written, and the build passes', async () => {
    await writeFile(join(project, 'requirements.txt'), 'idna==3.9\n')
    const before = await keysOf('builds')
    const readOnly = createServer((incoming, outgoing) => {
      if (incoming.method === 'GET') {
        const { url: path = '/', headers } = incoming
        request(world.emulator.endpoint + path, { headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(outgoing)
        }).end()
      } else {
        incoming.resume()
        outgoing.writeHead(403, { 'content-type': 'application/xml' })
        outgoing.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>')
      }
    })
    await once(readOnly.listen(0, '127.0.0.1'), 'listening')
    const AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(readOnly.address() as AddressInfo).port}`
    try {
      const denied = await build('denied', ['--shared-store-write', 'true'], { AWS_ENDPOINT_URL_S3 })
      expect(denied.exitCode).toBe(0)
      expect(slices(denied)).toMatchObject({ built: 1 })
      expect(denied.stderr.match(/Nothing more is added to the shared store/g)).toHaveLength(1)
      expect(denied.stderr).toContain('may not do s3:PutObject')
      expect(await keysOf('builds')).toEqual(before)
    } finally {
      readOnly.close()
      readOnly.closeAllConnections()
    }
  })
})
