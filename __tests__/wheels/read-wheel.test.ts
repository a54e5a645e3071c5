import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../src/errors.ts'
import { isLarge, openWheel } from '../../src/wheels/read-wheel.ts'
import { folderWith } from '../settings/project-folder.ts'
import { noise } from '../support/slices.ts'
import { type RawEntry, rawZip, recordLine, type WheelParts, wheelEntries, wheelIn } from '../support/wheels.ts'

async function open(parts: WheelParts) {
  const { path, filename } = await wheelIn(await folderWith(), parts)
  return await openWheel(path, filename)
}

/** Path → content of every file, as an installer would lay it out. */
async function installed(parts: WheelParts): Promise<Record<string, string>> {
  await using wheel = await open(parts)
  const contents: Record<string, string> = {}
  for await (const { file, content } of wheel.contents(wheel.files)) contents[file.path] = content.toString()
  return contents
}

const INFO = 'demo-1.0.dist-info'

test('a wheel says what it is, and has its files sorted, without the records of an installation', async () => {
  await using wheel = await open({
    name: 'My_Demo',
    version: '2.0.post1',
    tag: 'py2.py3-none-any',
    files: { 'b.py': 'b', 'a/x.py': 'x', 'a-b.py': '', 'My_Demo-2.0.post1.dist-info/INSTALLER': 'pip' },
    entryPoints: '[console_scripts]\nrun = a:x\n',
  })
  expect(wheel).toMatchObject({
    name: 'my-demo',
    version: '2.0.post1',
    tags: ['py2.py3-none-any'],
    infoFolder: 'My_Demo-2.0.post1.dist-info',
    entryPoints: '[console_scripts]\nrun = a:x\n',
  })
  expect(wheel.files.map(({ path }) => path)).toEqual([
    ...['METADATA', 'WHEEL', 'entry_points.txt'].map((name) => `My_Demo-2.0.post1.dist-info/${name}`),
    ...['a-b.py', 'a/x.py', 'b.py'],
  ])
})

test('the folders of .data go where an installer puts them', async () => {
  const data = 'demo-1.0.data'
  await using wheel = await open({
    files: {
      [`${data}/purelib/pure.py`]: '',
      [`${data}/platlib/deep/plat.so`]: '',
      [`${data}/scripts/run`]: '#!python\n',
      [`${data}/data/share/x.txt`]: '',
      [`${data}/headers/x.h`]: '',
    },
  })
  const files = wheel.files.filter(({ path }) => !path.startsWith(INFO))
  expect(files.map(({ path, mode, isScript }) => [path, mode.toString(8), isScript])).toEqual([
    ['bin/run', '755', true],
    ['deep/plat.so', '755', false],
    ['pure.py', '644', false],
    ['share/x.txt', '644', false],
  ])
})

test('modes are one of two: shared objects and what is executable, and the rest', async () => {
  const raw = [
    { name: 'run.sh', mode: 0o100755 },
    { name: 'private.py', mode: 0o100600 },
    { name: 'setuid', mode: 0o104755 },
    { name: 'none', mode: 0 },
    { name: 'x.so.1.2', mode: 0o100644 },
  ]
  await using wheel = await open({ raw })
  const modes = Object.fromEntries(wheel.files.map(({ path, mode }) => [path, mode.toString(8)]))
  expect(modes).toMatchObject({ 'run.sh': '755', 'private.py': '644', setuid: '755', none: '644', 'x.so.1.2': '755' })
})

test('names stay as they are, also those that differ only in case, and those of other alphabets', async () => {
  const files = { 'A.py': '1', 'a.py': '2', 'модуль/ü ☃.txt': '3', 'a,"b".txt': '4', '__init__.py': '' }
  const record = [`A.py,,`, `a.py,,`, 'модуль/ü ☃.txt,,', '"a,""b"".txt",,', `${INFO}/RECORD,,`].join('\n')
  expect(await installed({ files, record })).toMatchObject(files)
})

describe('RECORD', () => {
  test('may list more than there is, and less', async () => {
    const record = `${recordLine('gone.py', 'x')}${INFO}/RECORD,,\n`
    expect(await installed({ files: { 'a.py': 'x' }, record })).toMatchObject({ 'a.py': 'x' })
  })

  const digest = (algorithm: string): string => createHash(algorithm).update('x').digest('base64url')
  test.each([
    ['no hash', ',,'],
    ['a padded hash', `,sha256=${digest('sha256')}=,1`],
    ['sha384', `,sha384=${digest('sha384')},1`],
    ['sha512', `,sha512=${digest('sha512')},1`],
    ['a hash that nobody uses any more, which says nothing', ',md5=abc,1'],
  ])('may have %s', async (_, line) => {
    expect(await installed({ files: { 'a.py': 'x' }, record: `a.py${line}\n` })).toMatchObject({ 'a.py': 'x' })
    expect(await installed({ files: { 'a.py': 'x' }, record: `a.py${line}\r\n` })).toMatchObject({ 'a.py': 'x' })
  })
})

describe('refused, by name and with the reason', () => {
  const one = (name: string, more: Partial<RawEntry> = {}): WheelParts => ({ raw: [{ name, content: 'x', ...more }] })
  const LARGE = noise(9 << 20)
  test.each<[string, WheelParts, string]>([
    ['a file above its folder', one('../evil.py'), 'leads out of the folder'],
    ['one that takes a detour', one('a/../../evil.py'), 'leads out of the folder'],
    ['a detour that stays inside', one('a/./b.py'), 'leads out of the folder'],
    ['an absolute name', one('/etc/passwd'), 'leads out of the folder'],
    ['a double slash', one('a//b.py'), 'leads out of the folder'],
    ['a backslash', one('..\\evil.py'), 'leads out of the folder'],
    ['a drive of Windows', one('C:evil.py'), 'leads out of the folder'],
    ['a zero in the name', one('a.py\0.txt'), 'leads out of the folder'],
    ['a line end in the name', one('a\nb.py'), 'leads out of the folder'],
    ['an empty name', one(''), 'leads out of the folder'],
    ['a name of .data that leads out', one('demo-1.0.data/data/../../evil'), 'leads out of the folder'],
    ['a link', one('a.py', { content: '/etc/passwd', mode: 0o120777 }), 'a link'],
    ['a name twice', { files: { 'a.py': '1' }, ...one('a.py') }, 'a.py twice'],
    ['one by way of .data', { files: { 'a.py': '1' }, ...one('demo-1.0.data/purelib/a.py') }, 'installed as a.py'],
    ['a file where a folder is', { files: { 'a/b.py': '1' }, ...one('a') }, 'a would be a file and a folder'],
    ['a scheme that nobody knows', one('demo-1.0.data/evil/x'), 'nobody knows where'],
    ['a second dist-info', { files: { 'other-1.0.dist-info/METADATA': 'x' } }, 'more than one dist-info'],
    ['no METADATA', { metadata: null }, 'no dist-info folder with METADATA'],
    ['no WHEEL', { wheel: null }, 'lacks METADATA, WHEEL or RECORD'],
    ['no RECORD', { record: null }, 'lacks METADATA, WHEEL or RECORD'],
    ['a WHEEL of another time', { wheel: 'Wheel-Version: 2.0\n' }, 'version that is not known'],
    ['METADATA without a name', { metadata: 'Version: 1.0\n' }, 'names no distribution'],
    ['METADATA of another distribution', { metadata: 'Name: other\nVersion: 1.0\n' }, 'that of other'],
    [
      'a file that RECORD does not know so',
      { files: { 'a.py': 'x' }, record: recordLine('a.py', 'y') },
      'a.py is not the one',
    ],
    ['a large one', { files: { 'a.bin': LARGE }, record: recordLine('a.bin', 'y') }, 'a.bin is not the one'],
    [
      'a file that expands beyond what is possible',
      one('bomb', { claims: { unzippedBytes: 1_000_000 } }),
      'more than is possible',
    ],
    ['a bomb', one('bomb', { content: Buffer.alloc(20 << 20), claims: { unzippedBytes: 1 << 20 } }), 'bomb is damaged'],
    [
      'a large bomb',
      one('bomb', { content: Buffer.alloc(20 << 20), claims: { unzippedBytes: 9 << 20 } }),
      'bomb is damaged',
    ],
    ['a damaged file', one('a.py', { claims: { crc: 1 } }), 'a.py is damaged'],
    ['a large damaged file', one('a.bin', { content: LARGE, claims: { crc: 1 } }), 'a.bin is damaged'],
  ])('%s', async (_, parts, reason) => {
    const folder = await folderWith()
    const reading = open(parts).then(async (opened) => {
      await using wheel = opened
      for await (const read of wheel.contents(wheel.files.filter((file) => !isLarge(file)))) expect(read).toBeDefined()
      for (const file of wheel.files.filter(isLarge)) await wheel.unpack(file, join(folder, 'large'))
    })
    await expect(reading).rejects.toThrow(UserError)
    await expect(reading).rejects.toMatchObject({
      title: expect.stringContaining(reason),
      hint: expect.stringContaining('damaged or hostile'),
    })
    await expect(reading).rejects.toThrow('demo-1.0-py3-none-any.whl cannot be installed')
  })

  test('more than a gigabyte', async () => {
    const raw = Array.from({ length: 30 }, (_, index) => ({
      name: `f${index}`,
      content: noise(50_000),
      claims: { unzippedBytes: 50_000_000 },
    }))
    await expect(open({ raw })).rejects.toThrow('unpacks to 1500 MB')
  })

  test('a download that was cut off, and something that is no wheel', async () => {
    const folder = await folderWith()
    const whole = rawZip(wheelEntries({ files: { 'a.py': 'x'.repeat(1000) } }))
    for (const [name, bytes] of [
      ['cut-1.0-py3-none-any.whl', whole.subarray(0, whole.length / 2)],
      ['page-1.0-py3-none-any.whl', Buffer.from('<html>not found</html>')],
    ] as const) {
      await writeFile(join(folder, name), bytes)
      await expect(openWheel(join(folder, name), name)).rejects.toMatchObject({
        name: 'UserError',
        title: `${name} cannot be installed: there is no central directory at its end`,
      })
    }
  })
})

test('a large file is checked on its way to the disk, and its place is known', async () => {
  const content = Buffer.concat([Buffer.alloc(5 << 20, 'text '), noise(5 << 20)])
  await using wheel = await open({ files: { 'lib/x.so': content, 'x.py': 'x' } })
  const [file] = wheel.files.filter(isLarge)
  if (!file) throw new Error('no large file')
  const path = join(await folderWith(), 'large')
  expect((await wheel.unpack(file, path)).sha256).toEqual(createHash('sha256').update(content).digest())
  expect((await readFile(path)).equals(content)).toBe(true)
  const { file: from, offset } = await wheel.place(file)
  const compressed = Buffer.alloc(file.entry.zippedBytes)
  await from.read(compressed, 0, compressed.length, offset)
  for await (const [, bytes] of wheel.compressed([file])) expect(bytes.equals(compressed)).toBe(true)
})
