import { appendFile, cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { BuildResult } from '../../src/commands/build.ts'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { addFiles } from '../settings/project-folder.ts'
import { containing } from '../support/matchers.ts'
import { type Ended, REPOSITORY, startWorld, type World } from '../support/world.ts'

/** Static files that a bucket has: a real S3 of the emulator, real Django, pages from the function. */

jest.setTimeout(180_000)

let world: World
let s3: S3Client
let project: string

beforeAll(async () => {
  world = await startWorld()
  const { endpoint, region } = world.emulator
  const credentials = { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' }
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: 'statics' }))
  project = join(world.folder, 'pages')
  await cp(join(REPOSITORY, '__tests__/fixtures/static-django'), project, { recursive: true })
}, 240_000)

afterAll(async () => {
  s3.destroy()
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

async function keysOf(Bucket = 'statics'): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  return Contents.map(({ Key = '' }) => Key)
}

async function objectAt(Key: string) {
  const { ContentType, CacheControl, ContentEncoding, Body } = await s3.send(
    new GetObjectCommand({ Bucket: 'statics', Key }),
  )
  return { ContentType, CacheControl, ContentEncoding, text: await Body?.transformToString() }
}

const bucketCalls = (): string[] =>
  world.proxy
    .calls()
    .filter(({ path }) => path.startsWith('/statics'))
    .map(({ operation, path }) => `${operation} ${path.replace(/\?.*/, '')}`)

const deploy = (...flags: readonly string[]): Promise<Ended> =>
  world.deploy(['--project', project, '--function-name', 'pages', '--json', ...flags])

async function deployed(...flags: readonly string[]): Promise<DeployResult> {
  const { exitCode, stdout, stderr } = await deploy('--static', 's3://statics/shop', ...flags)
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as DeployResult
}

describe('a Django project whose pages name files by their hashes', () => {
  let url: string

  test('its files are in the bucket before there is a version of the function, and its pages name them', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'statics', Key: 'shop/robots.txt', Body: 'theirs' }))
    const { function: released, static: built } = await deployed('--static-url', 'https://cdn.example.org/shop/')
    url = released.url ?? ''
    const calls = world.operations()
    const lastUpload = calls.findLastIndex((operation) => operation === 'PutObject')
    expect(lastUpload).toBeLessThan(calls.indexOf('PublishVersion'))
    const { text } = await world.visit(url)
    const [, style = ''] = /href="https:\/\/cdn\.example\.org\/(shop\/pages\/site\.[0-9a-f]{12}\.css)"/.exec(text) ?? []
    expect(await objectAt(style)).toEqual({
      ContentType: 'text/css; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
      ContentEncoding: undefined,
      text: expect.stringMatching(/url\("dot\.[0-9a-f]{12}\.svg"\)/),
    })
    expect(await objectAt('shop/pages/site.css')).toMatchObject({ CacheControl: 'public, max-age=300' })
    const files = (await keysOf()).filter((key) => !key.includes('/.wsgi-lambda/') && key !== 'shop/robots.txt')
    expect(files).toHaveLength(built?.files ?? 0)
    expect(files).not.toContain('shop/staticfiles.json')
  })

  test('deployed again, the bucket is not looked at, and nothing is collected', async () => {
    const again = await deploy('--static', 's3://statics/shop', '--static-url', 'https://cdn.example.org/shop/')
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false })
    expect(bucketCalls()).toEqual([])
  })

  test('a dry run says how many there are, and sends none', async () => {
    await appendFile(join(project, 'pages/static/pages/site.css'), 'a { color: red }\n')
    const { plan, static: built } = await deployed('--dry-run')
    expect(plan[0]).toMatch(
      new RegExp(`^upload static files to s3://statics/shop: those of ${built?.files ?? 0} \\(\\d\\.\\d MB\\)`),
    )
    expect(bucketCalls()).toEqual([])
  })

  test('one file changed: it is sent alone, and what it replaces stays for its time', async () => {
    const before = await keysOf()
    await deployed()
    const puts = bucketCalls().filter((operation) => operation.startsWith('Put'))
    expect(puts).toEqual([
      expect.stringMatching(/^PutObject \/statics\/shop\/\.wsgi-lambda\/[\w-]+\/pages\/live\/[0-9a-f]{64}\.json$/),
      ...[containing('/shop/pages/site.'), containing('/shop/pages/site.')],
    ])
    // Before and after the release has written down what it needs.
    expect(bucketCalls().filter((operation) => operation.startsWith('ListObjectsV2 '))).toHaveLength(2)
    expect(await keysOf()).toEqual(expect.arrayContaining(before))
  })

  test('without a time to stay, what was replaced is removed, and what is not ours is not', async () => {
    const before = await keysOf()
    await appendFile(join(project, 'pages/static/pages/site.css'), 'a { color: blue }\n')
    await deployed('--static-keep', '0')
    const after = await keysOf()
    const gone = before.filter((key) => !after.includes(key) && !key.includes('/.wsgi-lambda/'))
    expect(gone).toHaveLength(2)
    expect(gone.every((key) => /^shop\/pages\/site\.[0-9a-f]{12}\.css$/.test(key))).toBe(true)
    expect(after).toContain('shop/robots.txt')
    expect((await world.visit(url)).status).toBe(200)
  })

  test('another place is another configuration: all is there before it is served', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'moved' }))
    const { exitCode, stdout } = await deploy('--static', 's3://moved')
    expect(exitCode).toBe(0)
    const { plan, static: built } = JSON.parse(stdout) as DeployResult
    expect(plan.slice(0, 2)).toEqual([
      containing('upload static files to s3://moved'),
      'update the configuration: environment WSGI_LAMBDA_STATIC',
    ])
    expect((await keysOf('moved')).filter((key) => !key.startsWith('.wsgi-lambda/'))).toHaveLength(built?.files ?? 0)
  })

  test('an upload that fails stops the release before anything moves', async () => {
    const { exitCode, stdout } = await deploy('--static', 's3://nowhere/shop')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: [{ title: containing('s3://nowhere/shop'), hint: containing('Check its name, or create it.') }],
    })
    const writes = world
      .operations()
      .filter((operation) => /^(?:Update|Publish|Create)(?!Alias|Alias$)/.test(operation))
    expect(writes).toEqual([])
    await s3.send(new DeleteBucketCommand({ Bucket: 'nowhere' })).catch(() => undefined)
  })

  test('what was built is released from its zip, with the files beside it', async () => {
    const output = join(world.folder, 'built.zip')
    const host = ['builder', 'runtime', 'python-bin', 'store'].flatMap((name) => [
      `--${name}`,
      world.inputs[name] ?? '',
    ])
    const own = ['--project', project, '--static', 's3://statics/built', '--json']
    const built = await world.cli(['build', ...own, ...host, '--output', output])
    const { static: statics } = JSON.parse(built.stdout) as BuildResult
    const name = [
      '--function-name',
      'built',
      '--role',
      world.inputs['role'] ?? '',
      '--url-origin',
      world.inputs['url-origin'] ?? '',
    ]
    const released = await world.cli(['deploy', ...own, ...name, '--artifact', output])
    expect([released.exitCode, released.stderr]).toEqual([0, containing('static files: ')])
    const files = (await keysOf()).filter((key) => key.startsWith('shop/built/') || key.startsWith('built/'))
    expect(files.filter((key) => !key.includes('.wsgi-lambda/'))).toHaveLength(statics?.files ?? 0)
    await rm(join(world.folder, 'built.static'), { recursive: true })
    const without = await world.cli(['deploy', ...own, ...name, '--artifact', output])
    expect([without.exitCode, without.stderr]).toEqual([2, containing('NAME.static')])
  })
})

test('without a bucket, WhiteNoise serves the files of the Django example', async () => {
  const example = ['--project', join(REPOSITORY, 'examples/django'), '--function-name', 'notes', '--json']
  const { exitCode, stdout } = await world.deploy(example)
  expect(exitCode).toBe(0)
  const { url = '' } = (JSON.parse(stdout) as DeployResult).function
  expect((await world.visit(url, '/static/notes/style.css')).text).toContain('body')
  expect((await world.visit(url, '/static/admin/css/base.css')).status).toBe(200)
  expect(bucketCalls()).toEqual([])
})

describe('what cannot be collected says what to do', () => {
  const build = async (files: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<Ended> => {
    const folder = join(world.folder, 'other')
    await rm(folder, { recursive: true, force: true })
    await addFiles(folder, files)
    const host = ['builder', 'runtime', 'python-bin', 'store'].flatMap((name) => [
      `--${name}`,
      world.inputs[name] ?? '',
    ])
    return await world.cli(['build', '--project', folder, '--static', 's3://statics', '--json', ...host, ...flags])
  }
  const app = { 'wsgi.py': 'def application(environ, start_response):\n    return []\n', 'requirements.txt': '' }

  test('an application without Django', async () => {
    const { exitCode, stderr } = await build(app)
    expect([exitCode, stderr]).toEqual([2, containing('with static-folder')])
  })

  test('with a folder, its files are those, and the artifact has none of them', async () => {
    const files = { ...app, 'static/site.css': 'a {}', 'static/.hidden': 'x', 'static/css/b.css.gz': 'z' }
    const { exitCode, stdout } = await build(files, '--static-folder', 'static')
    expect(exitCode).toBe(0)
    const { static: statics, artifact } = JSON.parse(stdout) as BuildResult
    expect(statics).toMatchObject({ files: 2 })
    const listed = await world.cli(['inspect', artifact.path, '--json'])
    expect(listed.stdout).not.toContain('static/site.css')
  })

  test('settings that cannot be imported', async () => {
    const broken = {
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/__init__.py': '',
      'shop/settings.py': 'import os\nSECRET_KEY = os.environ["SHOP_KEY"]\n',
      'shop/wsgi.py': 'application = None\n',
      'requirements.txt': 'asgiref==3.12.1\ndjango==5.2.19\nsqlparse==0.6.1\n',
    }
    const { exitCode, stderr } = await build(broken)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('collectstatic failed on the artifact')
    expect(stderr).toContain("KeyError: 'SHOP_KEY'")
    expect(stderr).toContain('check-environment')
    expect(stderr).not.toContain('collect_static.py')
  })
})
