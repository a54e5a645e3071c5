import { chmod, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { folderStore } from '../../src/store/folder.ts'
import type { Store } from '../../src/store/store.ts'

let folder: string
let unwritable: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  unwritable = []
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

function open(below = '', mostBytes = 1e6): Store {
  return folderStore({
    folder: join(folder, below),
    mostBytes,
    onUnwritable: ({ message }) => unwritable.push(message),
  })
}
const writes = (text: string) => (path: string) => writeFile(path, text)
const slices = (): Promise<string[]> => readdir(join(folder, 'slices'))
const longAgo = new Date('2020-01-01T00:00:00Z')

test('what was kept is found by its kind and key, and by no other', async () => {
  await using store = open('made/when/needed')
  expect(await store.find('slices', 'a')).toBeUndefined()
  const kept = await store.keep('slices', 'a', writes('one'))
  expect(await store.find('slices', 'a')).toBe(kept)
  expect(await readFile(kept, 'utf8')).toBe('one')
  expect(await store.find('slices', 'b')).toBeUndefined()
  expect(await store.find('wheels', 'a')).toBeUndefined()
})

test('another build finds it too', async () => {
  await using first = open()
  const kept = await first.keep('slices', 'a', writes('one'))
  expect(await open().find('slices', 'a')).toBe(kept)
})

test('a damaged file is removed and counts as missing', async () => {
  await using store = open()
  await writeFile(await store.keep('slices', 'a', writes('one')), 'two')
  expect(await store.find('slices', 'a')).toBeUndefined()
  expect(await slices()).toEqual([])
})

test('a file that is gone when it is looked at counts as missing', async () => {
  await using store = open()
  await store.keep('slices', 'b', writes('one'))
  await symlink(join(folder, 'nowhere'), join(folder, 'slices', `a-${'0'.repeat(64)}`))
  expect(await open().find('slices', 'a')).toBeUndefined()
})

test('what cannot be written leaves nothing', async () => {
  await using store = open()
  const write = async (path: string): Promise<void> => {
    await writeFile(path, 'half')
    throw new Error('the archive is broken')
  }
  await expect(store.keep('slices', 'a', write)).rejects.toThrow('the archive is broken')
  expect(await slices()).toEqual([])
})

test('what was not used for longest goes first, when all are too large together', async () => {
  const paths: string[] = []
  {
    await using store = open()
    for (const key of 'abc') paths.push(await store.keep('slices', key, writes('x'.repeat(100))))
  }
  for (const path of paths) await utimes(path, longAgo, longAgo)
  {
    await using store = open('', 350)
    await store.find('slices', 'a')
    await store.find('slices', 'c')
    await store.keep('slices', 'd', writes('x'.repeat(100)))
  }
  expect((await slices()).map((name) => name.charAt(0)).toSorted()).toEqual(['a', 'c', 'd'])
})

test('what a killed run left half written goes with the next one, what another run is writing stays', async () => {
  await using first = open()
  await first.keep('slices', 'a', writes('one'))
  await writeFile(join(folder, 'slices/.left.part'), 'half')
  await utimes(join(folder, 'slices/.left.part'), longAgo, longAgo)
  await writeFile(join(folder, 'slices/.writing.part'), 'half')
  {
    await using store = open()
    await store.keep('slices', 'b', writes('two'))
  }
  const names = await slices()
  expect(names).not.toContain('.left.part')
  expect(names).toContain('.writing.part')
})

test.each(['EROFS', 'EACCES', 'ENOSPC'])(
  'where the store cannot be written (%s), a file lasts as long as the build',
  async (code) => {
    let path: string
    {
      await using store = open()
      let attempts = 0
      path = await store.keep('slices', 'a', async (path) => {
        if (++attempts === 1) throw Object.assign(new Error('not here'), { code })
        await writeFile(path, 'one')
      })
      expect(await readFile(path, 'utf8')).toBe('one')
      expect(await store.find('slices', 'a')).toBe(path)
      await store.keep('slices', 'b', writes('two'))
      expect(unwritable).toEqual(['not here'])
    }
    await expect(readFile(path)).rejects.toThrow('ENOENT')
    expect(await slices()).toEqual([])
  },
)

test('a store that is a file says so once', async () => {
  await writeFile(join(folder, 'file'), '')
  await using store = open('file')
  await store.keep('slices', 'a', writes('one'))
  expect(unwritable).toHaveLength(1)
})

test('a store that may only be read is one too', async () => {
  await using first = open()
  const kept = await first.keep('slices', 'a', writes('one'))
  await chmod(join(folder, 'slices'), 0o555)
  expect(await open().find('slices', 'a')).toBe(kept)
  await chmod(join(folder, 'slices'), 0o755)
})

test('what is private is found like the rest, and lies apart', async () => {
  const store = open()
  const kept = await store.keep('slices', 'a', writes('one'), { isPrivate: true })
  await store.keep('slices', 'b', writes('two'))
  expect(await store.find('slices', 'a')).toBe(kept)
  expect(await open().find('slices', 'a')).toBe(kept)
  expect((await slices()).map((name) => name[0])).toEqual(['b'])
  expect(await readdir(join(folder, 'slices-private'))).toHaveLength(1)
  await store[Symbol.asyncDispose]()
})

test('what is private counts towards the size', async () => {
  const store = open('', 5)
  const kept = await store.keep('slices', 'a', writes('one'), { isPrivate: true })
  await utimes(kept, longAgo, longAgo)
  await store.keep('slices', 'b', writes('two'))
  await store[Symbol.asyncDispose]()
  expect(await readdir(join(folder, 'slices-private'))).toEqual([])
  expect(await slices()).toHaveLength(1)
})
