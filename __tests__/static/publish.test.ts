import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ObjectHeaders, StaticBucket } from '../../src/aws/static-bucket.ts'
import { etagOf, publishStatic, type StaticRelease, tidyStatic } from '../../src/static/publish.ts'
import type { StaticFile, StaticFiles } from '../../src/static/static-files.ts'
import { recordingReporter } from '../report/recording.ts'

const DAY = 24 * 3600 * 1000
const md5 = (text: string | Buffer): string => createHash('md5').update(text).digest('hex')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A bucket in memory, with the ETag of each object. */
function fakeBucket(objects: Readonly<Record<string, string>> = {}) {
  const contents = new Map(Object.entries(objects))
  const etags = new Map([...contents].map(([key, text]) => [key, md5(text)]))
  const calls: string[] = []
  const headers = new Map<string, ObjectHeaders>()
  const bucket: StaticBucket = {
    region: () => Promise.resolve('eu-west-1'),
    list: async function* () {
      calls.push('list')
      for (const [key, etag] of etags) yield await Promise.resolve({ key, etag })
    },
    folders: () => Promise.reject(new Error('one preview looks at its own files')),
    readText: (key) => Promise.resolve(contents.get(key)),
    writeText: (key, text, given) => {
      calls.push('record')
      contents.set(key, text)
      etags.set(key, md5(text))
      headers.set(key, given)
      return Promise.resolve()
    },
    writeFile: async (key, path, given) => {
      calls.push(`put ${key}`)
      etags.set(key, await etagOf(path, 1))
      headers.set(key, given)
    },
    remove: (keys) => {
      for (const key of keys) {
        calls.push(key.startsWith('.wsgi-lambda/') ? 'remove a record' : `remove ${key}`)
        etags.delete(key)
        contents.delete(key)
      }
      return Promise.resolve()
    },
  }
  return {
    bucket,
    calls,
    headers,
    keys: () => new Set([...etags.keys()].filter((key) => !key.startsWith('.wsgi-lambda/'))),
  }
}

/** Files as a build leaves them; a name with `!` in front says its content. */
async function filesOf(texts: Readonly<Record<string, string>>): Promise<StaticFiles> {
  const files: StaticFile[] = []
  for (const [name, text] of Object.entries(texts)) {
    const path = name.replace('!', '')
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
    files.push({ path, bytes: text.length, sha256: md5(text), isImmutable: name !== path })
  }
  return { folder, digest: '', files }
}

const base64 = (letter: string): string => createHash('sha256').update(letter).digest('base64')

function releaser(fake: ReturnType<typeof fakeBucket>) {
  const report = recordingReporter()
  let day = 0
  return {
    report,
    /** A release on a day, of all those files. */
    release: async (code: string, at: number, texts: Readonly<Record<string, string>>, served?: string) => {
      day = at
      fake.calls.length = 0
      const files = await filesOf(texts)
      const release: StaticRelease = {
        ...{ functionName: 'shop', alias: 'live', codeSha256: base64(code) },
        servedCodeSha256: served === undefined ? undefined : base64(served),
      }
      const collaborators = { bucket: fake.bucket, report, now: () => day * DAY }
      const published = await publishStatic(files, release, collaborators)
      await tidyStatic(files, published, 30, collaborators)
      return fake.calls
    },
  }
}

describe('what is uploaded', () => {
  test.each<[string, Record<string, string>, Record<string, string>, readonly string[]]>([
    ['all, where nothing is', {}, { 'a.css': 'a', 'b/c.js': 'c' }, ['put a.css', 'put b/c.js']],
    ['not what is the same', { 'a.css': 'a' }, { 'a.css': 'a' }, []],
    ['what has changed', { 'a.css': 'before' }, { 'a.css': 'a' }, ['put a.css']],
    ['not what its name says to be there', { 'a.1.css': 'x' }, { '!a.1.css': 'a' }, []],
    ['what is new by its name', { 'a.1.css': 'a' }, { '!a.2.css': 'a' }, ['put a.2.css']],
  ])('%s', async (_, there, files, puts) => {
    const fake = fakeBucket(there)
    // What will be there is written down first.
    expect(await releaser(fake).release('a', 1, files)).toEqual(['list', 'record', 'list', ...puts])
  })

  test('also what another function of the prefix removes before this release has said that it needs it', async () => {
    const fake = fakeBucket({ 'a.1.css': 'a' })
    const bucket: StaticBucket = {
      ...fake.bucket,
      writeText: async (...record) => {
        await fake.bucket.remove(['a.1.css'])
        await fake.bucket.writeText(...record)
      },
    }
    expect(await releaser({ ...fake, bucket }).release('a', 1, { '!a.1.css': 'a' })).toContain('put a.1.css')
  })

  test('with the headers of each', async () => {
    const fake = fakeBucket()
    await releaser(fake).release('a', 1, { '!a.1.css': 'a', '!a.1.css.gz': 'z' })
    expect(fake.headers.get('a.1.css.gz')).toEqual({
      contentType: 'text/css; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
      contentEncoding: 'gzip',
    })
  })

  test('and how much is said', async () => {
    const fake = fakeBucket({ 'a.css': 'a' })
    const { report, release } = releaser(fake)
    await release('a', 1, { 'a.css': 'a', 'b.css': 'b'.repeat(1200) })
    expect(report.lines.join('\n')).toContain('static files: 1 uploaded (1.2 kB), 1 were there')
  })
})

describe('what is removed', () => {
  test('what was replaced long enough ago, and nothing that was there before', async () => {
    const fake = fakeBucket({ 'theirs.css': 't', 'robots.txt': 'r' })
    const { release } = releaser(fake)
    await release('a', 1, { 'theirs.css': 't', '!a.1.css': 'a', 'site.css': 's' })
    await release('b', 2, { '!a.2.css': 'b', 'site.css': 's' }, 'a')
    expect(fake.keys()).toEqual(new Set(['theirs.css', 'robots.txt', 'a.1.css', 'site.css', 'a.2.css']))
    expect(await release('c', 40, { 'site.css': 's' }, 'b')).toEqual([
      ...['list', 'record', 'list', 'remove a.1.css', 'remove a record'],
    ])
    expect(fake.keys()).toEqual(new Set(['theirs.css', 'robots.txt', 'site.css', 'a.2.css']))
  })

  test('nothing at all while a record cannot be understood: it may name the same files', async () => {
    const record = `.wsgi-lambda/eu-west-1/other/live/${'a'.repeat(64)}.json`
    const fake = fakeBucket({ [record]: '{"files": ' })
    const { release, report } = releaser(fake)
    await release('a', 1, { '!a.1.css': 'a' })
    await release('b', 2, { '!a.2.css': 'b' }, 'a')
    expect(await release('c', 40, { '!a.2.css': 'b' }, 'b')).not.toContain('remove a.1.css')
    expect(report.lines.join('\n')).toContain('No old static files were removed')
  })

  test('not what a release that failed has put there, until its time is over', async () => {
    const fake = fakeBucket()
    const { release } = releaser(fake)
    await release('a', 1, { '!a.1.css': 'a' })
    await release('failed', 2, { '!a.2.css': 'b' }, 'a')
    expect(await release('c', 20, { '!a.3.css': 'c' }, 'a')).not.toContain('remove a.2.css')
    expect(await release('d', 50, { '!a.4.css': 'd' }, 'c')).toContain('remove a.2.css')
  })
})

test.each([
  ['nothing', 0, undefined],
  ['one part', 1000, undefined],
  ['several', 8 * 1024 * 1024 + 1, 2],
])('the ETag that S3 makes of %s', async (_, bytes, parts) => {
  const content = Buffer.alloc(bytes, 'a')
  const path = join(folder, 'file')
  await writeFile(path, content)
  const part = 8 * 1024 * 1024
  const digests = [content.subarray(0, part), content.subarray(part)].map((some) => Buffer.from(md5(some), 'hex'))
  const expected = parts === undefined ? md5(content) : `${md5(Buffer.concat(digests))}-${parts}`
  expect(await etagOf(path, bytes)).toBe(expected)
})
