import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { BrokenElf, type ElfFacts, readElf } from '../../src/wheels/elf.ts'
import { notTried } from '../support/optional.ts'
import { makeElf } from './make-elf.ts'

const FACTS: ElfFacts = {
  bits: 64,
  isLittleEndian: true,
  machine: 62,
  soname: 'libshop.so.1',
  needed: ['libpq.so.5', 'libc.so.6'],
  searchPaths: ['$ORIGIN/../shop.libs', '/opt/lib'],
  needs: [
    { library: 'libc.so.6', versions: ['GLIBC_2.17', 'GLIBC_2.2.5'] },
    { library: 'libstdc++.so.6', versions: ['GLIBCXX_3.4'] },
  ],
  defines: ['SHOP_1', 'SHOP_2'],
}

const folder = mkdtempSync(join(tmpdir(), 'wsgi-lambda-elf-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['64 bits, little-endian', {}],
  ['64 bits, big-endian', { isLittleEndian: false, machine: 22 }],
  ['32 bits, little-endian', { bits: 32, machine: 3 }],
  ['32 bits, big-endian', { bits: 32, isLittleEndian: false, machine: 20 }],
] as const)('%s', (_, kind) => {
  const facts = { ...FACTS, ...kind }
  expect(readElf(makeElf(facts))).toEqual(facts)
})

test('a version that the loader does without is not a need', () => {
  const weakNeeds = [{ library: 'libc.so.6', versions: ['GLIBC_2.99'] }]
  expect(readElf(makeElf({ weakNeeds }))?.needs).toEqual([{ library: 'libc.so.6', versions: [] }])
})

test('it may stand in the middle of a larger buffer', () => {
  const whole = Buffer.concat([Buffer.from('before'), makeElf(FACTS), Buffer.from('after')])
  expect(readElf(whole.subarray(6, -5))).toEqual(FACTS)
})

test('a file without program headers (an object file) needs nothing', () => {
  const bytes = makeElf(FACTS)
  new DataView(bytes.buffer).setUint16(56, 0, true)
  expect(readElf(bytes)).toMatchObject({ machine: 62, soname: undefined, needed: [], needs: [] })
})

test.each([
  ['nothing', ''],
  ['a text', '#!/usr/bin/python'],
  ['less than the first four bytes', '\x7fEL'],
])('%s is not ELF', (_, text) => {
  expect(readElf(Buffer.from(text, 'latin1'))).toBeUndefined()
})

test('a file that is cut off anywhere is broken, and never read as less than it says', () => {
  const whole = makeElf(FACTS)
  const answers = Array.from({ length: whole.length - 4 }, (_, index) => answer(whole.subarray(0, index + 4)))
  expect(answers.filter((each) => each !== 'broken')).toEqual([])
})

// The offsets are those of a 64 bit file as `makeElf` writes it: the header has 64 bytes, the first segment 56.
test.each([
  ['class 9', [[4, 9]]],
  ['byte order 0', [[5, 0]]],
  ['program headers that are too short', [[54, 8]]],
  [
    '60,000 program headers',
    [
      [56, 0x60],
      [57, 0xea],
    ],
  ],
  ['program headers outside of the file', [[39, 1]]],
  ['no segment where its strings are', [[64, 9]]],
] as const)('%s: broken', (_, changes) => {
  const bytes = makeElf(FACTS)
  for (const [at, value] of changes) bytes[at] = value
  expect(() => readElf(bytes)).toThrow(BrokenElf)
})

test('half a million random changes of a byte: it is read or broken, soon, and nothing else is thrown', () => {
  const random = randomNumbers(20_261_123)
  const sources = [makeElf(FACTS), makeElf({ ...FACTS, bits: 32, isLittleEndian: false })]
  const started = performance.now()
  const answers = new Set<string>()
  for (let round = 0; round < 40_000; round++) {
    const bytes = Uint8Array.from(sources[round % sources.length] ?? [])
    // The first four bytes stay, or most of what is tried would not be ELF at all.
    for (let change = random(25); change >= 0; change--) bytes[4 + random(bytes.length - 4)] = random(256)
    answers.add(answer(bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length)))
  }
  expect([...answers].toSorted()).toEqual(['broken', 'not ELF', 'read'])
  expect(performance.now() - started).toBeLessThan(30_000)
})

test('more versions than any real file has: broken, before they are all read', () => {
  const versions = Array.from({ length: 60 }, (_, index) => `GLIBC_2.${index}`)
  const bytes = makeElf({ needs: Array.from({ length: 90 }, () => ({ library: 'libc.so.6', versions })) })
  expect(() => readElf(bytes)).toThrow('no end')
})

const REAL = [
  process.execPath,
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
  '/usr/lib/x86_64-linux-gnu/libcrypto.so.3',
  '/usr/lib/aarch64-linux-gnu/libstdc++.so.6',
  '/usr/lib64/libstdc++.so.6',
  '/bin/ls',
].filter((path) => existsSync(path))
const hasReadelf = spawnSync('readelf', ['--version']).status === 0

test.each(REAL)('%s: the same as readelf says', (path) => {
  if (!hasReadelf) {
    notTried('readelf (binutils) is not here')
    return
  }
  const facts = readElf(readFileSync(path))
  expect(comparable(facts)).toEqual(readelf(path))
})

test('readelf understands what the tests are made of', () => {
  if (!hasReadelf) {
    notTried('readelf (binutils) is not here')
    return
  }
  const path = join(folder, 'made.so')
  const facts = { ...FACTS, bits: 32, isLittleEndian: false, machine: 20 } as const
  writeFileSync(path, makeElf(facts))
  // Without section headers readelf shows no versions.
  expect(readelf(path)).toEqual({ ...comparable(facts), needs: [], defines: [] })
})

function answer(bytes: Uint8Array): string {
  try {
    return readElf(bytes) === undefined ? 'not ELF' : 'read'
  } catch (error) {
    return error instanceof BrokenElf ? 'broken' : String(error)
  }
}

function comparable(facts: ElfFacts | undefined) {
  return {
    soname: facts?.soname,
    needed: facts?.needed,
    searchPaths: facts?.searchPaths,
    needs: facts?.needs.flatMap(({ library, versions }) => versions.map((version) => `${library} ${version}`)),
    defines: facts?.defines,
  }
}

/** What readelf prints, in the same shape. */
function readelf(path: string) {
  const { stdout } = spawnSync('readelf', ['--wide', '--dynamic', '--version-info', path], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  const all = (pattern: RegExp) => [...stdout.matchAll(pattern)].map((match) => match[1] ?? '')
  const needs: string[] = []
  let library = ''
  for (const line of (stdout.split('Version needs section')[1] ?? '').split('\n')) {
    library = /File: (\S+)/.exec(line)?.[1] ?? library
    const version = /Name: (\S+)\s+Flags: none/.exec(line)?.[1]
    if (version !== undefined) needs.push(`${library} ${version}`)
  }
  const definitions = stdout.split('Version definition section')[1]?.split('Version needs section')[0] ?? ''
  return {
    soname: all(/\(SONAME\)\s+Library soname: \[(.*)\]/g)[0],
    needed: all(/\(NEEDED\)\s+Shared library: \[(.*)\]/g),
    searchPaths: all(/\(RU?N?PATH\)\s+Library ru?n?path: \[(.*)\]/g).flatMap((paths) => paths.split(':')),
    needs,
    defines: [...definitions.matchAll(/Flags: none .* Name: (\S+)/g)].map((match) => match[1]),
  }
}

/** Numbers from 0 to below a limit, the same at each run (Park and Miller). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}
