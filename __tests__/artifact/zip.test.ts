import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Pick } from '../../src/artifact/merge.ts'
import { mergeSlices } from '../../src/artifact/merge.ts'
import { writeZip } from '../../src/artifact/zip.ts'
import { folderWith } from '../settings/project-folder.ts'
import { noise, picksOf, sliceOf, type TestFiles } from '../support/slices.ts'

const TEXT = 'import os\n'.repeat(200)
const NOISE = noise(64)

const FILES: TestFiles = {
  'app.py': TEXT,
  'bin/run': { content: '#!/bin/sh\n', mode: 0o755 },
  'empty/__init__.py': '',
  'noise.bin': NOISE,
  'модуль/ünïcode ☃.txt': 'text',
  'a-b/c': 'x',
  'a/c': 'x',
  'a.py': 'x',
  Z: 'x',
}

const application = (files: TestFiles = FILES) => folderWith().then((folder) => sliceOf(folder, files))

async function written(picks: readonly Pick[]) {
  const path = join(await folderWith(), 'deep/app.zip')
  return { ...(await writeZip(path, picks)), path, bytes: await readFile(path) }
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
const row = (path: string, content: string | Uint8Array, method = STORED, mode = '0o100644') => [
  path,
  mode,
  EPOCH,
  method,
  UNIX,
  UTF8,
  0,
  Buffer.from(content).toString('hex'),
]

describe('a zip', () => {
  test('is read by Python: sorted, one date, modes, names, every byte', async () => {
    await using slice = await application()
    const { path } = await written(picksOf(slice))
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
  }, 30_000)

  const unzip = ['/usr/bin/unzip', '/bin/unzip'].find((path) => existsSync(path))
  const testWithUnzip = unzip === undefined ? test.skip : test
  testWithUnzip('is accepted by unzip, which lays out names, modes and content', async () => {
    await using slice = await application()
    const { path } = await written(picksOf(slice))
    const env = { LC_ALL: 'C.UTF-8' }
    expect(execFileSync(unzip ?? '', ['-t', path], { encoding: 'utf8', env })).toContain('No errors detected')
    const folder = join(path, '../out')
    execFileSync(unzip ?? '', ['-q', path, '-d', folder], { env })
    expect(await readFile(join(folder, 'app.py'), 'utf8')).toBe(TEXT)
    expect(await readFile(join(folder, 'модуль/ünïcode ☃.txt'), 'utf8')).toBe('text')
    expect(execFileSync(join(folder, 'bin/run'), { encoding: 'utf8' })).toBe('')
  })

  test('without a file is one too', async () => {
    const { path, ...zip } = await written([])
    expect(asPythonReads(path)).toEqual([null, '', []])
    expect(zip).toMatchObject({ zipBytes: 22, unzippedBytes: 0, entries: 0 })
  }, 30_000)

  test('says its own size and hashes', async () => {
    await using slice = await application()
    const { bytes, sha256, codeSha256, zipBytes, unzippedBytes, entries } = await written(picksOf(slice))
    const digest = createHash('sha256').update(bytes).digest()
    expect({ sha256, codeSha256, zipBytes, entries }).toEqual({
      sha256: digest.toString('hex'),
      codeSha256: digest.toString('base64'),
      zipBytes: bytes.length,
      entries: 9,
    })
    expect(unzippedBytes).toBe(TEXT.length + 10 + NOISE.length + 4 + 4)
  })

  test('has more files than fit without zip64', async () => {
    await using slice = await application(
      Object.fromEntries(Array.from({ length: 65_600 }, (_, index) => [`f/${String(index).padStart(5, '0')}`, ''])),
    )
    const { path, entries } = await written(picksOf(slice))
    expect(entries).toBe(65_600)
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); n = z.namelist(); print(len(n), n[-1], z.testzip())'
    expect(execFileSync('python3', ['-I', '-c', script, path], { encoding: 'utf8' })).toBe('65600 f/65599 None\n')
    if (unzip !== undefined) expect(execFileSync(unzip, ['-tqq', path], { encoding: 'utf8' })).toBe('')
  }, 60_000)
})

describe('the same files give the same bytes', () => {
  const merged = async (parts: readonly TestFiles[]): Promise<Buffer> => {
    await using stack = new AsyncDisposableStack()
    const open = async (files: TestFiles) => stack.use(await application(files))
    const [first = {}, ...others] = parts
    const slices: Awaited<ReturnType<typeof open>>[] = []
    for (const files of others) slices.push(await open(files))
    return (await written(mergeSlices(await open(first), slices).picks)).bytes
  }
  const entries = Object.entries(FILES)
  const part = (rest: number): TestFiles => Object.fromEntries(entries.filter((_, index) => index % 3 === rest))

  test.each<[string, readonly TestFiles[]]>([
    ['in the opposite order', [Object.fromEntries(entries.toReversed())]],
    ['from three slices', [part(0), part(1), part(2)]],
    ['from three slices in another order', [part(0), part(2), part(1)]],
  ])('%s', async (_, parts) => {
    expect((await merged(parts)).equals(await merged([FILES]))).toBe(true)
  })

  test.each<[string, TestFiles]>([
    ['content', { ...FILES, 'app.py': `${TEXT}#` }],
    ['mode', { ...FILES, 'app.py': { content: TEXT, mode: 0o755 } }],
    ['path', { ...FILES, 'apq.py': TEXT }],
  ])('another %s does not', async (_, changed) => {
    expect((await merged([changed])).equals(await merged([FILES]))).toBe(false)
  })
})

test('files of any size come whole, from slices that stand in turn', async () => {
  const name = (index: number): string => `f/${String(index).padStart(2, '0')}`
  const contents = Array.from({ length: 30 }, (_, index) => noise(1 + index * 200_000, `${index}`))
  const half = (rest: number): TestFiles =>
    Object.fromEntries(contents.flatMap((content, index) => (index % 2 === rest ? [[name(index), content]] : [])))
  await using even = await application(half(0))
  await using odd = await application(half(1))
  const { path } = await written(mergeSlices(even, [odd]).picks)
  const script = `
import hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    for i in z.infolist(): print(i.filename, hashlib.sha256(z.read(i)).hexdigest())
`
  const expected = contents.map(
    (content, index) => `${name(index)} ${createHash('sha256').update(content).digest('hex')}\n`,
  )
  expect(execFileSync('python3', ['-I', '-c', script, path], { encoding: 'utf8' })).toBe(expected.join(''))
}, 60_000)

describe('nothing half-written is left', () => {
  /** A slice whose file became shorter since it was opened. */
  const damaged = async () => {
    const folder = await folderWith()
    const slice = await sliceOf(folder, FILES)
    const [name = ''] = await readdir(folder)
    await truncate(join(folder, name), 300)
    return slice
  }

  test('when a slice is damaged meanwhile', async () => {
    const folder = await folderWith()
    await using slice = await damaged()
    await expect(writeZip(join(folder, 'app.zip'), picksOf(slice))).rejects.toThrow('shorter')
    expect(await readdir(folder)).toEqual([])
  })

  test('and what stood there before stays', async () => {
    const folder = await folderWith({ 'app.zip': 'before' })
    await using slice = await damaged()
    await expect(writeZip(join(folder, 'app.zip'), picksOf(slice))).rejects.toThrow('shorter')
    expect(await readdir(folder)).toEqual(['app.zip'])
    expect(await readFile(join(folder, 'app.zip'), 'utf8')).toBe('before')
  })

  test('an older one is replaced whole', async () => {
    const folder = await folderWith({ 'app.zip': 'x'.repeat(10_000) })
    await using slice = await application()
    const { zipBytes } = await writeZip(join(folder, 'app.zip'), picksOf(slice))
    expect(await readFile(join(folder, 'app.zip'))).toHaveLength(zipBytes)
    expect(await readdir(folder)).toEqual(['app.zip'])
  })

  test('where a folder stands in its place', async () => {
    const folder = await folderWith()
    await mkdir(join(folder, 'app.zip/x'), { recursive: true })
    await using slice = await application()
    await expect(writeZip(join(folder, 'app.zip'), picksOf(slice))).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['app.zip'])
  })

  test('two at once do not meet', async () => {
    const folder = await folderWith()
    const path = join(folder, 'app.zip')
    await using slice = await application()
    const [one] = await Promise.all([writeZip(path, picksOf(slice)), writeZip(path, picksOf(slice))])
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(one.sha256)
    expect(await readdir(folder)).toEqual(['app.zip'])
  })
})
