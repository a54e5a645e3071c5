import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { BadZip, openZip, type ZipEntry } from '../../src/wheels/read-zip.ts'
import { folderWith } from '../settings/project-folder.ts'
import { type RawEntry, type RawOptions, rawZip } from '../support/wheels.ts'

const TEXT = 'import os\n'.repeat(200)

async function fileWith(bytes: Uint8Array): Promise<string> {
  const path = join(await folderWith(), 'a.zip')
  await writeFile(path, bytes)
  return path
}

/** Path → content as hexadecimal, of every file. */
async function contentsOf(path: string): Promise<Record<string, string>> {
  await using zip = await openZip(path)
  const contents: [string, string][] = []
  for (const entry of zip.entries) contents.push([entry.path, (await zip.content(entry)).toString('hex')])
  return Object.fromEntries(contents)
}

/** The same of several archives, by Python's zipfile. */
function asPythonReads(paths: readonly string[]): Record<string, string>[] {
  const program = `
import json, sys, zipfile
read = []
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as z:
        read.append({i.filename: z.read(i).hex() for i in z.infolist() if not i.is_dir()})
print(json.dumps(read))
`
  const output = execFileSync('python3', ['-I', '-c', program, ...paths], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return JSON.parse(output) as Record<string, string>[]
}

const ENTRIES: readonly RawEntry[] = [
  { name: 'a.py', content: TEXT },
  { name: 'folder/' },
  { name: 'folder/empty' },
  { name: 'stored.bin', content: TEXT, method: 0 },
  { name: 'модуль/ü.txt', content: 'x' },
]

describe('what Python’s zipfile reads is read alike', () => {
  const ARCHIVES: readonly [string, readonly RawEntry[], RawOptions?][] = [
    ['stored, deflated, empty, non-ASCII', ENTRIES],
    ['nothing', []],
    ['a comment', ENTRIES, { comment: 'a comment' }],
    ['a comment that looks like the end of another archive', ENTRIES, { comment: 'xPK\u0005' }],
    [
      'comments and unknown fields of files',
      [{ name: 'a', comment: 'c', extra: Buffer.from('\xff\xff\x02\0ab', 'latin1') }],
    ],
    ['sizes after the data', ENTRIES.map((entry) => ({ ...entry, hasDescriptor: true }))],
    ['sizes in an extra field', ENTRIES.map((entry) => ({ ...entry, isZip64: true }))],
    ['something before the first file', ENTRIES, { prefix: Buffer.from('#!/bin/sh\n') }],
    ['names of code page 437', [{ name: Buffer.from([0x81, 0x20, 0xe1, 0xfe, 0xff, 0x7e]), content: 'x', flags: 0 }]],
    [
      'every name of code page 437',
      Array.from({ length: 0x80 }, (_, index) => ({ name: Buffer.from([0x61, 0x80 + index]), flags: 0 })),
    ],
  ]
  const paths = Promise.all(ARCHIVES.map(([, entries, options]) => fileWith(rawZip(entries, options))))
  const byPython = paths.then(asPythonReads)

  test.each(ARCHIVES.map(([title, entries], index) => [title, index, entries] as const))(
    '%s',
    async (_, index, entries) => {
      const contents = await contentsOf((await paths)[index] ?? '')
      expect(contents).toEqual((await byPython)[index])
      expect(Object.keys(contents)).toHaveLength(entries.filter(({ name }) => name !== 'folder/').length)
    },
    30_000,
  )

  test('what it writes itself, with more files than fit without zip64', async () => {
    const path = join(await folderWith(), 'a.zip')
    const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for n in range(66000): z.writestr('f/%05d' % n, b'%d' % n)
    with z.open('large', 'w', force_zip64=True) as file:
        for n in range(400): file.write(b'%07d' % n * 1024)
`
    execFileSync('python3', ['-I', '-c', program, path])
    await using zip = await openZip(path)
    expect(zip.entries).toHaveLength(66_001)
    const large = zip.entries.find((entry) => entry.path === 'large') as ZipEntry
    expect(await zip.content(large)).toHaveLength(400 * 7 * 1024)
    expect((await zip.content(zip.entries[65_999] as ZipEntry)).toString()).toBe('65999')
  }, 30_000)
})

test('it knows modes and dates', async () => {
  await using zip = await openZip(await fileWith(rawZip([{ name: 'run', content: 'x', mode: 0o100755 }])))
  expect(zip.entries).toMatchObject([{ mode: 0o100755, modified: Date.UTC(2024, 1, 29) / 1000 }])
})

test('compressed bytes come in the order in which they are stored, of what was asked for', async () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ name: `f${index}`, content: `${index} `.repeat(20_000) }))
  await using zip = await openZip(await fileWith(rawZip(many)))
  const wanted = zip.entries.filter((_, index) => index % 3 === 0).toReversed()
  const found: string[] = []
  for await (const [entry, bytes] of zip.compressed(wanted)) {
    expect(bytes).toHaveLength(entry.zippedBytes)
    found.push(entry.path)
  }
  expect(found).toEqual(wanted.toReversed().map(({ path }) => path))
})

describe('refused', () => {
  const bomb = { name: 'bomb', content: Buffer.alloc(50_000_000) }
  test.each<[string, readonly RawEntry[] | Uint8Array, RawOptions, string]>([
    ['an empty file', Buffer.alloc(0), {}, 'no central directory'],
    ['a text', Buffer.from(TEXT), {}, 'no central directory'],
    ['more files than there are', ENTRIES, { claims: { count: 6 } }, 'central directory is damaged'],
    ['fewer files than there are', ENTRIES, { claims: { count: 4 } }, 'central directory is damaged'],
    ['more bytes than there are', ENTRIES, { claims: { length: 1 << 20 } }, 'shorter than it says'],
    ['a directory elsewhere', ENTRIES, { claims: { start: 3 } }, 'central directory is damaged'],
    ['encryption', [{ name: 'a', flags: 1 }], {}, 'encrypted'],
    ['a method that Python does not read', [{ name: 'a', method: 99 }], {}, 'method'],
    ['a method that pip does not read', [{ name: 'a', method: 14 }], {}, 'method'],
    ['a wrong checksum', [{ name: 'a', content: 'x', claims: { crc: 1 } }], {}, 'a is damaged'],
    ['a file that is larger than it says', [{ ...bomb, claims: { unzippedBytes: 10 } }], {}, 'bomb is damaged'],
    ['a large one too', [{ ...bomb, claims: { unzippedBytes: 1_000_000 } }], {}, 'bomb is damaged'],
    ['a file that is smaller than it says', [{ name: 'a', content: 'x', claims: { unzippedBytes: 2 } }], {}, 'damaged'],
    [
      'a file that would reach beyond',
      [{ name: 'a', content: 'x', claims: { zippedBytes: 500 } }],
      {},
      'no file can be',
    ],
    [
      'files that share their bytes',
      Array.from({ length: 20 }, () => ({ name: 'a', claims: { zippedBytes: 400 } })),
      {},
      'no file can be',
    ],
  ])('%s', async (_, entries, options, message) => {
    const path = await fileWith(entries instanceof Uint8Array ? entries : rawZip(entries, options))
    const reading = contentsOf(path)
    await expect(reading).rejects.toThrow(BadZip)
    await expect(reading).rejects.toThrow(message)
  })

  test('a bomb, without unpacking it', async () => {
    const path = await fileWith(rawZip([{ ...bomb, claims: { unzippedBytes: 1_000_000 } }]))
    const before = process.memoryUsage().arrayBuffers
    await expect(contentsOf(path)).rejects.toThrow(BadZip)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
  })

  test('whatever is cut off, at any byte', async () => {
    const whole = rawZip(ENTRIES)
    const path = await fileWith(whole)
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length))
      await expect(openZip(path)).rejects.toThrow(BadZip)
    }
  }, 30_000)
})

/** As in xorshift: the same numbers at every run, so that what fails once fails again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

test('whatever is changed, it is read or refused as a bad zip', async () => {
  const whole = rawZip([...ENTRIES, { name: 'b', content: TEXT, isZip64: true }], { comment: 'x' })
  const path = await fileWith(whole)
  const next = randomNumbers(20_240_229)
  let refused = 0
  for (let round = 0; round < 1000; round++) {
    const changed = Buffer.from(whole)
    // The headers are most of it: changed content is only found by its checksum.
    for (let count = next(4); count >= 0; count--)
      changed[next(changed.length)] = [0, 0xff, 0x80, next(256)][next(4)] ?? 0
    await writeFile(path, changed)
    await contentsOf(path).catch((error: unknown) => {
      if (!(error instanceof BadZip)) throw new Error(`round ${round}`, { cause: error })
      refused++
    })
  }
  expect(refused).toBeGreaterThan(300)
}, 60_000)
