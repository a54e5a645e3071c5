import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
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
