import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import {
  compress,
  openSlice,
  type Slice,
  type SliceEntry,
  type SliceFacts,
  writeSlice,
} from '../../src/artifact/slice.ts'
import { localHeader } from '../../src/artifact/zip-records.ts'
import { folderWith } from '../settings/project-folder.ts'
import { entryOf, noise, sliceOf } from '../support/slices.ts'

const FACTS: SliceFacts = {
  distribution: 'demo',
  version: '1.0',
  tags: ['py3-none-any'],
  binaries: [],
  namespaces: [],
  leftOut: {},
}

async function contentOf(slice: Slice, path: string): Promise<Buffer> {
  const entry = slice.entries.find((candidate) => candidate.path === path)
  if (!entry) throw new Error(`no ${path}`)
  const data = Buffer.alloc(entry.zippedBytes)
  await slice.file.read(data, 0, data.length, entry.offset + localHeader.bytes(entry))
  return entry.method === 8 ? inflateRawSync(data) : data
}

test.each([
  ['small', 1000],
  ['too large to be held', 12 << 20],
])('a %s slice gives back what was written, sorted, with its facts', async (_, bytes) => {
  const files = {
    'b/c.py': 'text '.repeat(100),
    'b/run': { content: 'x', mode: 0o755 as const },
    a: noise(bytes),
    'b-c': '',
  }
  await using slice = await sliceOf(await folderWith(), files, { distribution: 'shop', namespaces: ['b/__init__.py'] })
  expect(slice.facts).toMatchObject({ distribution: 'shop', namespaces: ['b/__init__.py'] })
  expect(slice.entries.map(({ path, mode, method }) => [path, mode, method])).toEqual([
    ['a', 0o644, 0],
    ['b-c', 0o644, 0],
    ['b/c.py', 0o644, 8],
    ['b/run', 0o755, 0],
  ])
  expect((await contentOf(slice, 'a')).equals(noise(bytes))).toBe(true)
  expect((await contentOf(slice, 'b/c.py')).toString()).toBe('text '.repeat(100))
})

test.each([
  ['small', 1000],
  ['large', 12 << 20],
])('a %s content may come from an open file', async (_, bytes) => {
  const folder = await folderWith({ spool: Buffer.concat([Buffer.from('before'), noise(bytes), Buffer.from('after')]) })
  const entry = entryOf('a', await compress(noise(bytes)))
  await using spool = await open(join(folder, 'spool'))
  await writeSlice(join(folder, 'slice'), FACTS, [entry], (write) => write(entry, { file: spool, offset: 6 }))
  await using slice = (await openSlice(join(folder, 'slice'))) as Slice
  expect((await contentOf(slice, 'a')).equals(noise(bytes))).toBe(true)
})

test('the same files in another order give the same bytes', async () => {
  const folder = await folderWith()
  const files = { a: 'x'.repeat(100), 'b/c': '', 'b-c': noise(100) }
  for (const entries of [Object.entries(files), Object.entries(files).toReversed()])
    await (await sliceOf(folder, Object.fromEntries(entries)))[Symbol.asyncDispose]()
  const [one, other] = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true)
})

describe('names are sorted by their bytes', () => {
  test.each([[['\u{1F600}', '\uFFFD', 'z', 'é', 'Z', 'z/a', 'z.a']]])('%j', async (paths) => {
    await using slice = await sliceOf(await folderWith(), Object.fromEntries(paths.map((path) => [path, ''])))
    const byBytes = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(slice.entries.map(({ path }) => path)).toEqual(byBytes)
  })
})

describe('a defect of whoever writes it is no slice', () => {
  const entry: SliceEntry = { path: 'a', mode: 0o644, method: 0, crc: 0, zippedBytes: 1, unzippedBytes: 1 }
  test.each<[string, readonly SliceEntry[], readonly (readonly [SliceEntry, string])[], string]>([
    ['a file is missing', [entry], [], 'a was not written'],
    ['a file has another size', [entry], [[entry, 'xx']], 'not what was announced'],
    ['a file is unknown', [entry], [[{ ...entry, path: 'b' }, 'x']], 'not what was announced'],
    [
      'two files have one path',
      [entry, entry],
      [
        [entry, 'x'],
        [entry, 'x'],
      ],
      'two files',
    ],
  ])('%s', async (_, entries, contents, message) => {
    const path = join(await folderWith(), 'slice')
    const writing = writeSlice(path, FACTS, entries, async (write) => {
      for (const [written, content] of contents) await write(written, Buffer.from(content))
    })
    await expect(writing).rejects.toThrow(message)
  })
})

describe('something else is not opened', () => {
  test.each<[string, (path: string) => Promise<unknown>]>([
    ['an empty file', (path) => writeFile(path, '')],
    ['a text', (path) => writeFile(path, 'text '.repeat(100))],
    ['a file that ends like one', (path) => writeFile(path, '\xff\xff\0\0WLSLICE1', 'latin1')],
    ['an index that is none', (path) => writeFile(path, 'null\x04\0\0\0WLSLICE1', 'latin1')],
    ['a slice that was cut off', (path) => truncate(path, 500)],
  ])('%s', async (_, spoil) => {
    const folder = await folderWith()
    await (await sliceOf(folder, { a: noise(2000) }))[Symbol.asyncDispose]()
    const [name = ''] = await readdir(folder)
    await spoil(join(folder, name))
    expect(await openSlice(join(folder, name))).toBeUndefined()
  })

  test('nothing', async () => {
    expect(await openSlice(join(await folderWith(), 'none'))).toBeUndefined()
  })
})
