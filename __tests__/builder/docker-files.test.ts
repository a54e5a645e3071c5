import { rmSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { extract, type Header, pack } from 'tar-stream'
import { packFiles, packFolder, pathInside, unpackFolder } from '../../src/builder/docker-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docker-files-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

type Archive = ReturnType<typeof pack>
const asStream = (archive: Archive): NodeJS.ReadableStream => archive as unknown as NodeJS.ReadableStream

async function entriesOf(archive: Archive): Promise<Header[]> {
  const entries: Header[] = []
  const reader = extract()
  reader.on('entry', (header, content, next) => {
    entries.push(header)
    content.on('end', () => {
      next()
    })
    content.resume()
  })
  await pipeline(asStream(archive), reader as unknown as NodeJS.WritableStream)
  return entries
}

test('a folder is packed sorted, as root’s, with normal modes and one date', async () => {
  await mkdir(join(folder, 'package'))
  await writeFile(join(folder, 'package', '__init__.py'), '')
  await writeFile(join(folder, 'run.sh'), 'echo', { mode: 0o700 })
  await writeFile(join(folder, 'a.txt'), 'text', { mode: 0o600 })
  await symlink('a.txt', join(folder, 'link'))
  const entries = await entriesOf(packFolder(folder, 'site/deep'))
  expect(entries.map(({ name, mode, type, size }) => `${type} ${name} ${mode.toString(8)} ${size}`)).toEqual([
    'directory site/ 755 0',
    'directory site/deep/ 755 0',
    'file site/deep/a.txt 644 4',
    'symlink site/deep/link 777 0',
    'directory site/deep/package/ 755 0',
    'file site/deep/package/__init__.py 644 0',
    'file site/deep/run.sh 755 4',
  ])
  expect(new Set(entries.map(({ uid, gid, mtime }) => `${uid}:${gid} ${mtime.toISOString()}`))).toEqual(
    new Set(['0:0 2000-01-01T00:00:00.000Z']),
  )
})

test.each(['../outside', '/etc/passwd', 'package/../../outside'])('a link to %s is not packed', async (target) => {
  await symlink(target, join(folder, 'link'))
  await expect(entriesOf(packFolder(folder, '.'))).rejects.toMatchObject({
    title: expect.stringContaining('link is a link to outside of'),
  })
})

test('what is packed comes back, names of any length and alphabet too', async () => {
  const source = join(folder, 'source')
  const deep = join(source, ...Array.from({ length: 8 }, (_, index) => `a-folder-with-quite-a-long-name-${index}`))
  await mkdir(deep, { recursive: true })
  await writeFile(join(deep, 'модуль.py'), 'x = 1\n')
  await writeFile(join(source, 'large'), Buffer.alloc(3_000_000, 'x'))
  await writeFile(join(source, 'tool'), '', { mode: 0o750 })
  await symlink('large', join(source, 'link'))
  const target = join(folder, 'not', 'yet', 'there')
  await unpackFolder(asStream(packFolder(source, '.')), target)
  expect(await readdir(target, { recursive: true }).then((names) => names.sort())).toEqual(
    await readdir(source, { recursive: true }).then((names) => names.sort()),
  )
  expect((await readFile(join(target, 'large'))).length).toBe(3_000_000)
  expect(await readlink(join(target, 'link'))).toBe('large')
  expect((await lstat(join(target, 'tool'))).mode & 0o777).toBe(0o755)
  expect((await lstat(join(target, 'large'))).mode & 0o777).toBe(0o644)
})

type Entry = Parameters<Archive['entry']>[0]
function archiveOf(...entries: (Entry & { content?: string })[]): NodeJS.ReadableStream {
  const archive = pack()
  for (const { content, ...header } of entries) {
    if (content === undefined) archive.entry(header)
    else archive.entry(header, content)
  }
  archive.finalize()
  return asStream(archive)
}

describe('an archive cannot write outside of its folder', () => {
  const evil = (name: string) => ({ name, content: 'evil' })
  test.each([
    ['parent', [evil('../evil')]],
    ['parent, deeper', [evil('a/../../evil')]],
    ['absolute', [evil('/tmp/evil')]],
    ['link to an absolute path', [{ name: 'l', type: 'symlink' as const, linkname: '/etc' }]],
    ['link to a parent', [{ name: 'l', type: 'symlink' as const, linkname: '../..' }]],
    ['link to nothing', [{ name: 'l', type: 'symlink' as const, linkname: 'nothing' }]],
    ['file through a link', [{ name: 'l', type: 'symlink' as const, linkname: '..' }, evil('l/evil')]],
    [
      'chain of links',
      [
        { name: 'p/q/up', type: 'symlink' as const, linkname: '../..' },
        { name: 'p/q/out', type: 'symlink' as const, linkname: 'up/../evil' },
        evil('p/evil'),
      ],
    ],
    ['hard link to a parent', [{ name: 'l', type: 'link' as const, linkname: '../../evil' }]],
    ['a pipe', [{ name: 'l', type: 'fifo' as const }]],
    ['a device', [{ name: 'l', type: 'character-device' as const, devmajor: 1, devminor: 3 }]],
  ])('%s', async (_, entries) => {
    await writeFile(join(folder, 'evil'), 'before')
    const target = join(folder, 'target')
    await expect(unpackFolder(archiveOf(...entries), target)).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['evil'])
    expect(await readFile(join(folder, 'evil'), 'utf8')).toBe('before')
  })
})

test('a hard link becomes a copy', async () => {
  const target = join(folder, 'target')
  await unpackFolder(
    archiveOf({ name: './b', type: 'link', linkname: './a' }, { name: './a', content: 'same' }),
    target,
  )
  expect(await readFile(join(target, 'b'), 'utf8')).toBe('same')
})

test('a folder that is there is not written to', async () => {
  await expect(unpackFolder(archiveOf({ name: 'a', content: 'a' }), folder)).rejects.toThrow('EEXIST')
  expect(await readdir(folder)).toEqual([])
})

test.each([
  ['ends too early', Buffer.alloc(0)],
  ['fails', new Error('the engine went away')],
])('an archive that %s leaves nothing', async (_, rest) => {
  const whole = await buffer(asStream(packFiles([{ path: 'a', content: Buffer.alloc(100_000) }])))
  const half = Readable.from(
    (function* () {
      yield whole.subarray(0, 60_000)
      if (rest instanceof Error) throw rest
      yield rest
    })(),
  )
  await expect(unpackFolder(half, join(folder, 'target'))).rejects.toThrow(rest instanceof Error ? rest.message : /end/)
  expect(await readdir(folder)).toEqual([])
})

test('a file that vanishes is a failure, not an archive without an end', async () => {
  await writeFile(join(folder, 'a'), Buffer.alloc(1_000_000))
  await writeFile(join(folder, 'b'), 'x')
  const archive = packFolder(folder, '.')
  archive.once('data', () => {
    rmSync(join(folder, 'b'))
  })
  await expect(entriesOf(archive)).rejects.toMatchObject({ code: 'ENOENT' })
})

test.each([
  ['./a/b', 'a/b'],
  ['a//b/', 'a/b'],
  ['.', ''],
  ['..a/b..', '..a/b..'],
  ['../a', undefined],
  ['a/..', undefined],
  ['/a', undefined],
  ['a\0b', undefined],
])('%s is %s', (name, path) => {
  expect(pathInside(name)).toBe(path)
})
