import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readContents } from '../../../src/artifact/inspect/contents.ts'
import { folderWith } from '../../settings/project-folder.ts'
import { type RawEntry, rawZip } from '../../support/wheels.ts'
import { makeElf } from '../../wheels/make-elf.ts'

const NOTHING = { runtime: undefined, architecture: undefined }

async function read(entries: readonly RawEntry[], assumed: Parameters<typeof readContents>[1] = NOTHING) {
  return await readContents(await fileOf(rawZip(entries)), assumed)
}

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await folderWith(), 'app.zip')
  await writeFile(path, bytes)
  return path
}

const told = (configuration: unknown): RawEntry => ({
  name: 'wsgi_lambda.json',
  content: JSON.stringify(configuration),
})

describe('whom an artifact is for', () => {
  const compiled = ['a.cpython-312.pyc', 'b.cpython-311.pyc', 'c.cpython-311-x86_64-linux-gnu.so'].map((name) => ({
    name,
  }))

  test.each<[string, readonly RawEntry[], Parameters<typeof readContents>[1], string | undefined]>([
    ['it says so itself', [told({ runtime: 'python3.13' }), ...compiled], { runtime: 'python3.10' }, '3.13'],
    ['somebody says so', compiled, { runtime: 'python3.10' }, '3.10'],
    ['most of its compiled files say so', compiled, {}, '3.11'],
    ['what it says is no runtime', [told({ runtime: 'ruby' }), ...compiled], {}, '3.11'],
    ['what it says is no object', [told(['python3.13']), ...compiled], {}, '3.11'],
    ['nothing says so', [{ name: 'a.py' }], {}, undefined],
  ])('%s', async (_, entries, assumed, minor) => {
    expect((await read(entries, assumed)).pythonMinor).toBe(minor)
  })
})

test('what kinds of files hold', async () => {
  const pyc = Buffer.from(`${Buffer.from([0xf3, 0x0d]).toString('latin1')}\r\n\u0001\0\0\0hashhashcode`, 'latin1')
  const { files, distInfos, bytecode, sourceHashes, binaries } = await read([
    told({ runtime: 'python3.13' }),
    { name: 'b.py', content: '' },
    { name: '__pycache__/b.cpython-313.pyc', content: pyc },
    { name: 'lib/libx.so.1', content: makeElf({ soname: 'libx.so.1' }) },
    { name: 'lib/cut.so', content: makeElf().subarray(0, 30) },
    { name: 'lib/script.so', content: 'GROUP ( libx.so.1 )' },
    { name: 'x-1.dist-info/METADATA', content: 'Name: x\n' },
    { name: 'x-1.dist-info/RECORD', content: 'b.py,,\n' },
  ])
  expect(files.map(({ path }) => path)).toEqual(files.map(({ path }) => path).toSorted())
  expect(new Set(files.map(({ modified }) => modified))).toEqual(new Set([Date.UTC(2024, 1, 29) / 1000]))
  expect(distInfos.get('x-1.dist-info')).toEqual({ metadata: 'Name: x\n', record: 'b.py,,\n', wheel: '' })
  expect(bytecode.get('__pycache__/b.cpython-313.pyc')).toMatchObject({ kind: 'unchecked', magic: 3571 })
  expect(sourceHashes.get('b.py')).toBe('27ec6d312f93b814')
  expect(binaries.get('lib/libx.so.1')).toMatchObject({ facts: { soname: 'libx.so.1', machine: 62 } })
  expect(binaries.get('lib/cut.so')).toEqual({ broken: expect.any(String) })
  expect(binaries.has('lib/script.so')).toBe(false)
})

describe('what is refused, with the reason', () => {
  const python = { name: 'a.py', content: 'print()\n'.repeat(50) }

  test.each<[string, readonly RawEntry[], string]>([
    ['a path above', [{ name: '../a.py' }], 'a path in it leads elsewhere: "../a.py"'],
    ['a path from the root', [{ name: '/etc/cron.d/a' }], 'a path in it leads elsewhere: "/etc/cron.d/a"'],
    ['a path that ends early for other programs', [{ name: 'a\0.py' }], 'leads elsewhere'],
    ['two files of one path', [python, python], 'it has "a.py" twice'],
    ['a file that is a folder too', [{ name: 'a' }, { name: 'a/b' }], 'its "a" is a file and a folder'],
    ['content of another checksum', [{ ...python, claims: { crc: 1 } }], 'its a.py is damaged'],
    ['more content than it says', [{ ...python, claims: { unzippedBytes: 10 } }], 'its a.py is damaged'],
    ['a huge file', [{ ...python, claims: { unzippedBytes: 6e8 } }], 'its a.py would unpack to 600 MB'],
    [
      'many huge files',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({ name, claims: { unzippedBytes: 6e8 } })),
      'it would unpack to 5 GB',
    ],
    ['encryption', [{ ...python, flags: 1 }], 'its a.py is encrypted'],
  ])('%s', async (_, entries, reason) => {
    await expect(read(entries)).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 2,
      detail: expect.stringContaining(reason),
    })
  })

  test.each<[string, Uint8Array]>([
    ['a text', Buffer.from('text '.repeat(1000))],
    ['nothing', Buffer.alloc(0)],
    ['half a zip', rawZip([python, { ...python, name: 'b.py' }]).subarray(40)],
    ['a zip without its end', rawZip([python]).subarray(0, -30)],
  ])('%s', async (_, bytes) => {
    await expect(readContents(await fileOf(bytes), NOTHING)).rejects.toMatchObject({ name: 'UserError', exitCode: 2 })
  })

  test.each([
    ['a folder', ''],
    ['what is not there', 'missing.zip'],
  ])('%s', async (_, name) => {
    const folder = await folderWith()
    await expect(readContents(join(folder, name), NOTHING)).rejects.toMatchObject({ name: 'UserError', exitCode: 2 })
  })
})
