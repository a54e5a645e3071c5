import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { compileUnits } from '../../src/artifact/compile.ts'
import { draftSlice, type SliceOptions } from '../../src/artifact/make-slice.ts'
import { openSlice, type Slice } from '../../src/artifact/slice.ts'
import { writeZip } from '../../src/artifact/zip.ts'
import type { Toolchain } from '../../src/builder/builder.ts'
import { folderWith } from '../settings/project-folder.ts'
import { noise, picksOf } from '../support/slices.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'
import { type WheelParts, wheelIn } from '../support/wheels.ts'
import { makeElf } from '../wheels/make-elf.ts'

let toolchain: Toolchain
let minor: string
beforeAll(async () => {
  toolchain = await hostToolchain()
  minor = toolchain.target.pythonMinor
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

async function make(
  parts: WheelParts,
  options: Partial<SliceOptions> = {},
): Promise<Slice & { readonly path: string }> {
  const temporary = await folderWith()
  const { path, filename } = await wheelIn(temporary, parts)
  const all = { pythonMinor: minor, bytecode: 'with-sources', slim: false, slimPatterns: [], strip: false, ...options }
  await using draft = await draftSlice(path, filename, temporary, all as SliceOptions)
  const bytecode = compileUnits(draft.units, { temporary, toolsFolder: TOOLS_FOLDER, toolchain })
  const slicePath = join(temporary, 'slice')
  await (await draft.finish(bytecode))(slicePath)
  const slice = await openSlice(slicePath)
  if (!slice) throw new Error('the slice cannot be opened')
  return { ...slice, path: slicePath }
}

/** Path → content, once Python has checked it; bytecode is left as `bytecode`. */
async function laidOut(parts: WheelParts, options: Partial<SliceOptions> = {}): Promise<Record<string, string>> {
  await using slice = await make(parts, options)
  const path = join(await folderWith(), 'a.zip')
  await writeZip(path, picksOf(slice))
  const program = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({n: 'bytecode' if n.endswith('.pyc') else z.read(n).decode('latin-1') for n in z.namelist()}))
`
  const output = execFileSync('python3', ['-I', '-c', program, path], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return JSON.parse(output) as Record<string, string>
}

const INFO = 'demo-1.0.dist-info'
const pyc = (path: string): string => {
  const [, folder = '', stem = ''] = /^(.*\/)?(.*)\.py$/.exec(path) ?? []
  return `${folder}__pycache__/${stem}.cpython-${minor.replace('.', '')}.pyc`
}

test('a wheel’s files are installed, compiled, and recorded as they are', async () => {
  const files = await laidOut({
    files: {
      'demo/__init__.py': '',
      'demo/x.py': 'X = 1\n',
      'demo/broken.py': 'def (:\n',
      'demo/data.txt': 'text '.repeat(50),
      'demo-1.0.data/scripts/old': '#!python\nprint()\n',
      'demo-1.0.data/scripts/shell': '#!/bin/sh\n',
      'demo-1.0.data/purelib/pure.py': 'Y = 2\n',
    },
    entryPoints: '[console_scripts]\nrun = demo.x:X\n',
  })
  expect(Object.keys(files)).toEqual(
    [
      ...['METADATA', 'RECORD', 'WHEEL', 'entry_points.txt'].map((name) => `${INFO}/${name}`),
      ...['bin/old', 'bin/run', 'bin/shell'],
      ...['demo/__init__.py', 'demo/broken.py', 'demo/data.txt', 'demo/x.py', 'pure.py'],
      ...['demo/__init__.py', 'demo/x.py', 'pure.py'].map(pyc),
    ].sort(),
  )
  expect(files['bin/old']).toBe(`#!/var/lang/bin/python${minor}\nprint()\n`)
  expect(files['bin/shell']).toBe('#!/bin/sh\n')
  expect(files['demo/data.txt']).toBe('text '.repeat(50))
  const record = files[`${INFO}/RECORD`] ?? ''
  expect(record.split('\n').map((line) => line.split(',')[0])).toEqual([
    ...Object.keys(files).filter((path) => !path.endsWith('/RECORD')),
    `${INFO}/RECORD`,
    '',
  ])
  expect(record).toContain('demo/x.py,sha256=')
  expect(record).toContain(`${pyc('demo/x.py')},,\n`)
  expect(record).toContain(`${INFO}/RECORD,,\n`)
}, 60_000)

test('RECORD has the hash of what is shipped, of rewritten scripts too', async () => {
  await using slice = await make({ files: { 'demo-1.0.data/scripts/old': '#!python\n', 'a,b.txt': 'x' } })
  const path = join(await folderWith(), 'a.zip')
  await writeZip(path, picksOf(slice))
  const program = `
import base64, csv, hashlib, io, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    rows = list(csv.reader(io.StringIO(z.read('${INFO}/RECORD').decode())))
    assert {row[0] for row in rows} == set(z.namelist()), rows
    for name, digest, size in rows:
        if not digest: continue
        data = z.read(name)
        assert digest == 'sha256=' + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('='), name
        assert int(size) == len(data), name
    print(len([row for row in rows if row[1]]))
`
  expect(execFileSync('python3', ['-I', '-c', program, path], { encoding: 'utf8' })).toBe('4\n')
}, 60_000)

describe('bytecode', () => {
  const files = { 'a.py': 'A = 1\n', 'p/__init__.py': '', 'p/broken.py': 'def (:\n', 'bin.py': 'B = 1\n' }
  const paths = async (bytecode: SliceOptions['bytecode']): Promise<string[]> =>
    Object.keys(await laidOut({ files }, { bytecode })).filter((path) => !path.startsWith(INFO))

  test('none', async () => {
    expect(await paths('none')).toEqual(['a.py', 'bin.py', 'p/__init__.py', 'p/broken.py'])
  }, 30_000)

  test('alone: sources are left out where there is bytecode', async () => {
    expect(await paths('alone')).toEqual(['a.pyc', 'bin.pyc', 'p/__init__.pyc', 'p/broken.py'])
  }, 30_000)

  test('that the wheel brings itself gives way to ours', async () => {
    const parts = { files: { 'a.py': 'A = 1\n', [pyc('a.py')]: 'stale', 'a.pyc': 'stale', 'other.pyc': 'kept' } }
    await using beside = await make(parts)
    const bytes = (path: string) => beside.entries.find((entry) => entry.path === path)?.unzippedBytes
    expect([bytes(pyc('a.py')), bytes('a.pyc'), bytes('other.pyc')]).toEqual([expect.any(Number), 5, 4])
    expect(bytes(pyc('a.py'))).toBeGreaterThan(50)
    await using alone = await make(parts, { bytecode: 'alone' })
    expect(alone.entries.find(({ path }) => path === 'a.pyc')?.unzippedBytes).toBeGreaterThan(50)
  }, 30_000)
})

test('a program of the wheel goes before an entry point of its name', async () => {
  const entryPoints = '[console_scripts]\nrun = a:b\nother = a:b\n'
  const files = { 'demo-1.0.data/scripts/run': '#!/bin/sh\n', 'bin/other': 'x' }
  expect(await laidOut({ files, entryPoints })).toMatchObject({ 'bin/run': '#!/bin/sh\n', 'bin/other': 'x' })
}, 30_000)

test('what stands stored in the wheel is compressed, unless it is too large to hold', async () => {
  const text = 'text '.repeat(1000)
  const large = Buffer.alloc(9 << 20, 'text ')
  await using slice = await make({
    raw: [
      { name: 'a.txt', content: text, method: 0 },
      { name: 'large.txt', content: large, method: 0 },
    ],
  })
  const methods = Object.fromEntries(slice.entries.map(({ path, method }) => [path, method]))
  expect(methods).toMatchObject({ 'a.txt': 8, 'large.txt': 0 })
})

test('large files come whole', async () => {
  const large = Buffer.concat([Buffer.alloc(6 << 20, 'text '), noise(6 << 20)])
  const files = await laidOut({ files: { 'lib/large.so': large, 'small.txt': 'x' } })
  expect(Buffer.from(files['lib/large.so'] ?? '', 'latin1').equals(large)).toBe(true)
}, 30_000)

test('binaries are read, small and large, and what only looks like one is none', async () => {
  const elf = makeElf({ needed: ['libc.so.6'] })
  await using slice = await make({
    files: {
      'x.so': elf,
      'large.so': Buffer.concat([elf, Buffer.alloc(10 << 20)]),
      'looks.bin': Buffer.from('\x7fELF and no more'),
    },
  })
  const { binaries } = slice.facts
  expect(binaries.map(({ path }) => path)).toEqual(['x.so', 'large.so'])
  expect(binaries[0]?.facts).toMatchObject({ needed: ['libc.so.6'] })
  expect(binaries[1]?.facts).toEqual(binaries[0]?.facts)
})

test('namespaces are known, without sources too', async () => {
  await using slice = await make({
    files: {
      'empty/__init__.py': '',
      'comment/__init__.py': '# Licence\n\n# more\n',
      'pkgutil_style/__init__.py': '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
      'resources/__init__.py': '__import__("pkg_resources").declare_namespace(__name__)\n',
      'real/__init__.py': 'VERSION = 1\n',
      'real/other.py': '',
    },
  })
  expect(slice.facts.namespaces.toSorted()).toEqual(
    ['comment', 'empty', 'pkgutil_style', 'resources'].map((name) => `${name}/__init__.py`),
  )
})

test('the same wheel gives the same slice', async () => {
  const parts: WheelParts = { files: { 'a.py': 'S = {"a", "b", "c"}\n', 'b.py': 'T = frozenset("abc")\n' } }
  await using one = await make(parts)
  await using other = await make(parts)
  expect((await readFile(one.path)).equals(await readFile(other.path))).toBe(true)
}, 30_000)
