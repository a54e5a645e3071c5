import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openBucket } from '../../src/aws/bucket.ts'
import { folderStore } from '../../src/store/folder.ts'
import { sharedStore } from '../../src/store/shared.ts'
import type { Store } from '../../src/store/store.ts'
import { useAsAws } from '../aws/as-aws.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeS3 } from '../support/fake-s3.ts'

const s3 = fakeS3()
useAsAws(s3.server)

let folder: string
let report: ReturnType<typeof recordingReporter>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  report = recordingReporter()
  s3.calls.length = 0
  s3.objects.clear()
  s3.refuse = () => undefined
})
afterEach(() => rm(folder, { recursive: true }))

/** The store of one machine, which may write to the bucket or not. */
function machine(name: string, { canWrite = true, patienceSeconds = 5 } = {}): Store {
  const local = folderStore({ folder: join(folder, name), mostBytes: 1e6, onUnwritable: () => undefined })
  return sharedStore(local, {
    openBucket: () =>
      openBucket('s3://builds/wsgi', {
        environment: process.env,
        version: '1.2.3',
        signal: new AbortController().signal,
        patienceSeconds,
      }),
    canWrite: () => Promise.resolve(canWrite),
    report,
  })
}
const writes = (text: string) => (path: string) => writeFile(path, text)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const textOf = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : await readFile(path, 'utf8')
async function share(kind: 'slices' | 'wheels', key: string, text: string): Promise<void> {
  await using store = machine('elsewhere')
  await store.keep(kind, key, writes(text))
}

test('what one machine made, another one finds, and then has itself', async () => {
  await share('slices', 'aa', 'one')
  expect(s3.objects.get('builds/wsgi/slices/aa')).toEqual({
    bytes: Buffer.from('one'),
    metadata: { sha256: sha256('one') },
  })
  await using here = machine('here', { canWrite: false })
  expect(await textOf(await here.find('slices', 'aa'))).toBe('one')
  s3.calls.length = 0
  expect(await textOf(await machine('here').find('slices', 'aa'))).toBe('one')
  expect(s3.calls).toEqual([])
  expect(report.of('notice')).toEqual([])
})

test('what is nowhere is asked for once', async () => {
  await using here = machine('here')
  expect(await here.find('slices', 'aa')).toBeUndefined()
  expect(await here.find('slices', 'aa')).toBeUndefined()
  expect(s3.calls).toEqual(['GET builds/wsgi/slices/aa'])
  const kept = await here.keep('slices', 'aa', writes('one'))
  expect(await here.find('slices', 'aa')).toBe(kept)
})

test('what came from the bucket counts as private here', async () => {
  await share('slices', 'aa', 'one')
  await using here = machine('here')
  await here.find('slices', 'aa')
  expect(await readdir(join(folder, 'here/slices-private'))).toEqual([`aa-${sha256('one')}`])
})

test('the first writer of a key wins', async () => {
  await share('wheels', 'aa', 'first')
  const second = machine('here')
  await second.keep('wheels', 'aa', writes('second'))
  await second[Symbol.asyncDispose]()
  expect(s3.objects.get('builds/wsgi/wheels/aa')?.bytes.toString()).toBe('first')
  expect(report.of('notice')).toEqual([])
})

test('who may only read does not try to write', async () => {
  const here = machine('here', { canWrite: false })
  expect(await textOf(await here.keep('slices', 'aa', writes('one')))).toBe('one')
  await here[Symbol.asyncDispose]()
  expect(s3.calls).toEqual([])
})

test('what is one’s own stays here', async () => {
  const here = machine('here')
  for (const kind of ['applications', 'toolchains', 'checks'] as const) {
    expect(await here.find(kind, 'aa')).toBeUndefined()
    await here.keep(kind, 'aa', writes('one'))
  }
  await here[Symbol.asyncDispose]()
  expect(s3.calls).toEqual([])
})

describe('a damaged object is not used, and said', () => {
  test.each([
    ['cut off', { bytes: Buffer.from('on'), metadata: { sha256: sha256('one') } }],
    ['written by somebody else', { bytes: Buffer.from('one'), metadata: {} }],
  ])('%s', async (_, object) => {
    s3.objects.set('builds/wsgi/slices/aa', object)
    const here = machine('here')
    expect(await here.find('slices', 'aa')).toBeUndefined()
    expect(report.of('notice')).toEqual(['s3://builds/wsgi/slices/aa is damaged: it was not used'])
    // It is made here, and the others go on.
    expect(await textOf(await here.keep('slices', 'aa', writes('one')))).toBe('one')
    await share('slices', 'bb', 'two')
    expect(await textOf(await here.find('slices', 'bb'))).toBe('two')
    await here[Symbol.asyncDispose]()
    expect(s3.objects.get('builds/wsgi/slices/aa')).toEqual(object)
  })
})

describe('a bucket that fails costs one notice', () => {
  const keys = Array.from({ length: 40 }, (_, index) => `a${index}`)

  test.each(['AccessDenied', 'NoSuchBucket', 'SlowDown'])('%s', async (code) => {
    s3.refuse = () => code
    const here = machine('here')
    expect(new Set(await Promise.all(keys.map((key) => here.find('slices', key))))).toEqual(new Set([undefined]))
    const calls = s3.calls.length
    expect(calls).toBeLessThan(keys.length)
    for (const key of keys) await here.keep('slices', key, writes(key))
    await here[Symbol.asyncDispose]()
    expect(s3.calls).toHaveLength(calls)
    expect(report.of('notice')).toEqual(['The shared store is not used: it cannot be read'])
  })

  test('and no more than its patience, when it says nothing', async () => {
    s3.refuse = () => 'silence'
    await using here = machine('here', { patienceSeconds: 0.2 })
    const started = performance.now()
    await Promise.all(keys.map((key) => here.find('slices', key)))
    expect(performance.now() - started).toBeLessThan(3000)
    expect(report.of('notice')).toHaveLength(1)
  })
})

test('credentials that may only read: nothing is written, one notice, and the build has all it needs', async () => {
  await share('slices', 'aa', 'one')
  s3.refuse = (call) => (call.startsWith('PUT') ? 'AccessDenied' : undefined)
  const here = machine('here')
  expect(await textOf(await here.keep('slices', 'bb', writes('two')))).toBe('two')
  expect(await textOf(await here.keep('slices', 'cc', writes('three')))).toBe('three')
  expect(await textOf(await here.find('slices', 'aa'))).toBe('one')
  await here[Symbol.asyncDispose]()
  expect([...s3.objects.keys()]).toEqual(['builds/wsgi/slices/aa'])
  expect(report.of('notice')).toEqual(['Nothing more is added to the shared store'])
})

test('a store here that cannot be written has what the bucket has all the same', async () => {
  await share('slices', 'aa', 'one')
  await writeFile(join(folder, 'here'), 'a file where the folder should be')
  await using here = machine('here')
  expect(await textOf(await here.find('slices', 'aa'))).toBe('one')
})
