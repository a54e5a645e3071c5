import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { Entry } from '../../src/artifact/entry.ts'
import { type WrittenZip, writeZip } from '../../src/artifact/zip.ts'
import { UserError } from '../../src/errors.ts'
import { folderWith } from '../settings/project-folder.ts'

const TEXT = 'import os\n'.repeat(200)
/** Bytes that do not become smaller. */
const NOISE = Uint8Array.from(createHash('sha512').update('noise').digest())

const entry = (path: string, content: string | Uint8Array = 'x', mode: Entry['mode'] = 0o644): Entry => ({
  path,
  mode,
  content: { bytes: typeof content === 'string' ? Buffer.from(content) : content },
})

const ENTRIES = [
  entry('app.py', TEXT),
  entry('bin/run', '#!/bin/sh\n', 0o755),
  entry('empty/__init__.py', ''),
  entry('noise.bin', NOISE),
  entry('модуль/ünïcode ☃.txt', 'text'),
  entry('a-b/c', 'x'),
  entry('a/c', 'x'),
  entry('a.py', 'x'),
  entry('Z', 'x'),
]

async function written(
  entries: readonly Entry[],
): Promise<WrittenZip & { readonly bytes: Buffer; readonly path: string }> {
  const path = join(await folderWith(), 'deep/app.zip')
  const zip = await writeZip(path, entries)
  return { ...zip, path, bytes: await readFile(path) }
}

/** What Python's zipfile reads, after it has checked every CRC. */
function asPythonReads(path: string): unknown {
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    bad = z.testzip()
    print(json.dumps([bad, z.comment.decode(), [
        [i.filename, oct(i.external_attr >> 16), i.date_time, i.compress_type, i.create_system, i.flag_bits, len(i.extra), z.read(i).hex()]
        for i in z.infolist()]]))
`
  return JSON.parse(execFileSync('python3', ['-I', '-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 }))
}

const EPOCH = [1980, 1, 1, 0, 0, 0]
const STORED = 0
const DEFLATED = 8
const UNIX = 3
const UTF8 = 0x800
const hex = (content: string | Uint8Array): string => Buffer.from(content).toString('hex')
const row = (path: string, content: string | Uint8Array, method = STORED, mode = '0o100644') => [
  path,
  mode,
  EPOCH,
  method,
  UNIX,
  UTF8,
  0,
  hex(content),
]

describe('a zip', () => {
  test('is read by Python: sorted, one date, modes, names, every byte', async () => {
    const { path } = await written(ENTRIES)
    expect(asPythonReads(path)).toEqual([
      null,
      '',
      [
        row('Z', 'x'),
        row('a-b/c', 'x'),
        row('a.py', 'x'),
        row('a/c', 'x'),
        row('app.py', TEXT, DEFLATED),
        row('bin/run', '#!/bin/sh\n', STORED, '0o100755'),
        row('empty/__init__.py', ''),
        row('noise.bin', NOISE),
        row('модуль/ünïcode ☃.txt', 'text'),
      ],
    ])
  })

  const unzip = ['/usr/bin/unzip', '/bin/unzip'].find((path) => existsSync(path))
  const testWithUnzip = unzip === undefined ? test.skip : test
  testWithUnzip('is accepted by unzip, which lays out names, modes and content', async () => {
    const { path } = await written(ENTRIES)
    const env = { LC_ALL: 'C.UTF-8' }
    expect(execFileSync(unzip ?? '', ['-t', path], { encoding: 'utf8', env })).toContain('No errors detected')
    const folder = join(dirname(path), 'out')
    execFileSync(unzip ?? '', ['-q', path, '-d', folder], { env })
    expect(await readFile(join(folder, 'app.py'), 'utf8')).toBe(TEXT)
    expect(await readFile(join(folder, 'модуль/ünïcode ☃.txt'), 'utf8')).toBe('text')
    expect(execFileSync(join(folder, 'bin/run'), { encoding: 'utf8' })).toBe('')
  })

  test('without a file is one too', async () => {
    const { path, ...zip } = await written([])
    expect(asPythonReads(path)).toEqual([null, '', []])
    expect(zip).toMatchObject({ zipBytes: 22, unzippedBytes: 0, entries: [] })
  })

  test('says its own size and hashes', async () => {
    const { bytes, sha256, codeSha256, zipBytes, unzippedBytes, entries } = await written(ENTRIES)
    const digest = createHash('sha256').update(bytes).digest()
    expect({ sha256, codeSha256, zipBytes }).toEqual({
      sha256: digest.toString('hex'),
      codeSha256: digest.toString('base64'),
      zipBytes: bytes.length,
    })
    expect(unzippedBytes).toBe(TEXT.length + 10 + NOISE.length + 4 + 4)
    expect(entries.map(({ path }) => path).slice(0, 3)).toEqual(['Z', 'a-b/c', 'a.py'])
    expect(entries.find(({ path }) => path === 'empty/__init__.py')).toEqual({
      path: 'empty/__init__.py',
      zipBytes: 0,
      unzippedBytes: 0,
    })
    const app = entries.find(({ path }) => path === 'app.py')
    expect(app?.unzippedBytes).toBe(TEXT.length)
    expect(app?.zipBytes).toBeLessThan(100)
  })
})

describe('the same files give the same bytes', () => {
  const first = written(ENTRIES)
  test.each<[string, readonly Entry[]]>([
    ['again', ENTRIES],
    ['in the opposite order', ENTRIES.toReversed()],
    ['in another order', [...ENTRIES.slice(4), ...ENTRIES.slice(0, 4)]],
  ])('%s', async (_, entries) => {
    expect((await written(entries)).bytes.equals((await first).bytes)).toBe(true)
  })

  test('whether they stand in memory or in files of any date and mode', async () => {
    const folder = await folderWith()
    const fromFiles = await Promise.all(
      ENTRIES.map(async ({ content, ...rest }, index): Promise<Entry> => {
        const file = join(folder, String(index))
        if ('bytes' in content) await writeFile(file, content.bytes, { mode: index % 2 === 0 ? 0o600 : 0o755 })
        return { ...rest, content: { file } }
      }),
    )
    expect((await written(fromFiles)).bytes.equals((await first).bytes)).toBe(true)
  })

  test('and whether they were compressed before', async () => {
    const bytes = Buffer.from(TEXT)
    const compressed = deflateRawSync(bytes, { level: 6 })
    const packed = {
      method: 8,
      crc: crc32(bytes),
      unzippedBytes: bytes.length,
      zippedBytes: compressed.length,
      read: () => Promise.resolve(compressed),
    } as const
    const entries = ENTRIES.map((entry): Entry => (entry.path === 'app.py' ? { ...entry, content: { packed } } : entry))
    expect((await written(entries)).bytes.equals((await first).bytes)).toBe(true)
  })

  test.each<[string, Entry]>([
    ['content', entry('app.py', `${TEXT}#`)],
    ['mode', entry('app.py', TEXT, 0o755)],
    ['path', entry('apq.py', TEXT)],
  ])('another %s does not', async (_, changed) => {
    const { sha256 } = await written([changed, ...ENTRIES.slice(1)])
    expect(sha256).not.toBe((await first).sha256)
  })
})

test('many files, more than are compressed at once, stay in order and whole', async () => {
  const folder = await folderWith()
  const entries = await Promise.all(
    Array.from({ length: 300 }, async (_, index): Promise<Entry> => {
      const file = join(folder, String(index))
      // Large ones first, so that later ones are ready earlier.
      await writeFile(file, `${index} `.repeat(index < 20 ? 20_000 : index))
      return { path: `f/${String(index).padStart(3, '0')}`, mode: 0o644, content: { file } }
    }),
  )
  const { path, bytes } = await written(entries)
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    for n, i in enumerate(z.infolist()):
        assert i.filename == 'f/%03d' % n, i.filename
        assert z.read(i) == (b'%d ' % n) * (20000 if n < 20 else n), n
    print(n)
`
  expect(execFileSync('python3', ['-I', '-c', script, path], { encoding: 'utf8' })).toBe('299\n')
  expect((await written(entries.toReversed())).bytes.equals(bytes)).toBe(true)
})

describe('nothing half-written is left', () => {
  const vanishing = async (at: number): Promise<Entry[]> => {
    const folder = await folderWith()
    return Array.from({ length: 60 }, (_, index): Entry => {
      const path = `f/${String(index).padStart(2, '0')}`
      return index === at ? { path, mode: 0o644, content: { file: join(folder, 'gone') } } : entry(path, NOISE)
    })
  }

  test.each([0, 30, 59])('when file %d of 60 vanishes', async (at) => {
    const folder = await folderWith()
    await expect(writeZip(join(folder, 'app.zip'), await vanishing(at))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(folder)).toEqual([])
  })

  test('and what stood there before stays', async () => {
    const folder = await folderWith({ 'app.zip': 'before' })
    await expect(writeZip(join(folder, 'app.zip'), await vanishing(59))).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['app.zip'])
    expect(await readFile(join(folder, 'app.zip'), 'utf8')).toBe('before')
  })

  test('an older one is replaced whole', async () => {
    const folder = await folderWith({ 'app.zip': 'x'.repeat(10_000) })
    const { zipBytes } = await writeZip(join(folder, 'app.zip'), [entry('a')])
    expect(await readFile(join(folder, 'app.zip'))).toHaveLength(zipBytes)
    expect(await readdir(folder)).toEqual(['app.zip'])
  })

  test('two at once do not meet', async () => {
    const folder = await mkdtemp(join(await folderWith(), 'x'))
    const path = join(folder, 'app.zip')
    const [one] = await Promise.all([writeZip(path, ENTRIES), writeZip(path, ENTRIES)])
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(one.sha256)
    expect(await readdir(folder)).toEqual(['app.zip'])
    await rm(folder, { recursive: true })
  })
})

test('more files than a zip without zip64 counts are refused before anything is written', async () => {
  const folder = await folderWith()
  const one = entry('a')
  const writing = writeZip(join(folder, 'app.zip'), Array<Entry>(65_536).fill(one))
  await expect(writing).rejects.toThrow(UserError)
  await expect(writing).rejects.toMatchObject({ title: expect.stringContaining('65536 files') })
  expect(await readdir(folder)).toEqual([])
})

test('two files of one path are a defect, not a zip', async () => {
  const folder = await folderWith()
  await expect(writeZip(join(folder, 'app.zip'), [entry('a/b', '1'), entry('c'), entry('a/b', '2')])).rejects.toThrow(
    'a/b',
  )
  expect(await readdir(folder)).toEqual([])
})
