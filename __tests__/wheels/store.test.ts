import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { folderStore } from '../../src/wheels/store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const writes = (text: string) => (path: string) => writeFile(path, text)
const longAgo = new Date('2020-01-01T00:00:00Z')

test('what was kept is found by its key, and by no other', async () => {
  const store = folderStore(join(folder, 'made/when/needed'))
  expect(await store.find('a')).toBeUndefined()
  const kept = await store.keep('a', writes('one'))
  expect(await store.find('a')).toBe(kept)
  expect(await readFile(kept, 'utf8')).toBe('one')
  expect(await store.find('b')).toBeUndefined()
})

test('a damaged file is removed and counts as missing', async () => {
  const store = folderStore(folder)
  await writeFile(await store.keep('a', writes('one')), 'two')
  expect(await store.find('a')).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

test('a file that is gone when it is looked at counts as missing', async () => {
  await symlink(join(folder, 'nowhere'), join(folder, 'a-0.zip'))
  expect(await folderStore(folder).find('a')).toBeUndefined()
})

test('what cannot be written leaves nothing', async () => {
  const store = folderStore(folder)
  const write = async (path: string): Promise<void> => {
    await writeFile(path, 'half')
    throw new Error('the disk is full')
  }
  await expect(store.keep('a', write)).rejects.toThrow('the disk is full')
  expect(await readdir(folder)).toEqual([])
})

test('the least recently used goes first', async () => {
  const store = folderStore(folder)
  const paths = new Map<string, string>()
  for (const key of 'abcdefghijkl') paths.set(key, await store.keep(key, writes(key)))
  for (const path of paths.values()) await utimes(path, longAgo, longAgo)
  for (const key of 'acdefghijkl') await store.find(key) // All but b.
  await store.keep('m', writes('m'))
  expect(
    (await readdir(folder))
      .map((name) => name.charAt(0))
      .toSorted()
      .join(''),
  ).toBe('acdefghijklm')
})

test('what a killed run left half written goes with the next one, what another run is writing stays', async () => {
  await writeFile(join(folder, '.left.part'), 'half')
  await utimes(join(folder, '.left.part'), longAgo, longAgo)
  await writeFile(join(folder, '.writing.part'), 'half')
  await folderStore(folder).keep('a', writes('one'))
  const names = await readdir(folder)
  expect(names).not.toContain('.left.part')
  expect(names).toContain('.writing.part')
})
