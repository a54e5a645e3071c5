import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openDigests } from '../../src/store/digests.ts'

let folder: string
let file: string
let index: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  file = join(folder, 'file')
  index = join(folder, 'digests.json')
  await writeFile(file, 'one')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const WRONG = 'not its hash'

/** Without reading it: what is known of the file is visible. */
async function rememberWrongly(): Promise<void> {
  const digests = openDigests(index)
  await digests.note(file, WRONG)
  await digests.save()
}

test('a file that is not known is read', async () => {
  expect(await openDigests(index).of(file)).toBe(sha256('one'))
})

test('what was noted holds for the next build, while the file is the same', async () => {
  await rememberWrongly()
  expect(await openDigests(index).of(file)).toBe(WRONG)
})

test.each<[string, () => Promise<void>]>([
  ['of other length', () => writeFile(file, 'three')],
  ['of the same length', () => writeFile(file, 'two')],
  [
    'with the same length and its old times',
    async () => {
      const { atime, mtime } = await stat(file)
      await writeFile(file, 'two')
      await utimes(file, atime, mtime)
    },
  ],
  [
    'replaced by another one',
    async () => {
      await writeFile(`${file}.new`, 'two')
      await rename(`${file}.new`, file)
    },
  ],
])('a file that has changed is read: %s', async (_, change) => {
  await rememberWrongly()
  await wait(20) // Longer than a tick.
  await change()
  expect(await openDigests(index).of(file)).toBe(sha256(await readFile(file, 'utf8')))
})

test('a file that has changed a moment ago may change once more in the same tick: it is not remembered', async () => {
  const digests = openDigests(index)
  await digests.of(file)
  await digests.save()
  expect(await readdir(folder)).toEqual(['file'])
})

test('one that has not is remembered', async () => {
  await wait(2100)
  const digests = openDigests(index)
  await digests.of(file)
  await digests.save()
  const kept = await readFile(index, 'utf8')
  await writeFile(index, kept.replace(sha256('one'), WRONG))
  expect(await openDigests(index).of(file)).toBe(WRONG)
})

test.each([
  ['longer than a week ago', -8 * 86_400_000],
  ['in the future', 86_400_000],
])('what was read %s is read again', async (_, milliseconds) => {
  await rememberWrongly()
  const at = (entries: string): string => entries.replace(/"at":\d+/, `"at":${Date.now() + milliseconds}`)
  await writeFile(index, at(await readFile(index, 'utf8')))
  expect(await openDigests(index).of(file)).toBe(sha256('one'))
})

test('an index that is damaged, or cannot be written, costs nothing but time', async () => {
  await writeFile(index, '[["half')
  const digests = openDigests(index)
  expect(await digests.of(file)).toBe(sha256('one'))
  await chmod(folder, 0o555)
  const nowhere = openDigests(join(folder, 'none', 'digests.json'))
  await nowhere.note(file, sha256('one'))
  await nowhere.save()
  await chmod(folder, 0o755)
  expect((await readdir(folder)).toSorted()).toEqual(['digests.json', 'file'])
})

test('what is not there is an error', async () => {
  await expect(openDigests(index).of(join(folder, 'none'))).rejects.toThrow('ENOENT')
})

test('what its owner removes is forgotten', async () => {
  await rememberWrongly()
  const digests = openDigests(index)
  digests.forget(file)
  await digests.save()
  expect(await readFile(index, 'utf8')).toBe('[]')
})
