import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { digestOf, readStaticFiles, type StaticFile } from '../../src/static/static-files.ts'

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await mkdir(join(place, 'shop.static', 'css'), { recursive: true })
  await writeFile(join(place, 'shop.static', 'css', 'site.css'), 'a{}')
  await writeFile(join(place, 'secret'), 'abc')
})
afterEach(() => rm(place, { recursive: true }))

const file = (path: string): StaticFile => ({ path, bytes: 3, sha256: 'ab', isImmutable: false })

/** What is read of an index that came with an artifact. */
async function read(files: readonly StaticFile[]): Promise<readonly string[] | undefined> {
  const index = join(place, 'shop.static.json')
  await writeFile(index, JSON.stringify({ digest: digestOf(files), files }))
  const found = await readStaticFiles(join(place, 'shop.static'), index)
  return found?.files.map(({ path }) => path)
}

describe('the index of static files', () => {
  test('lists what lies beside the artifact', async () => {
    expect(await read([file('css/site.css')])).toEqual(['css/site.css'])
  })

  test('also where the folder is reached through a link', async () => {
    await symlink(place, `${place}-link`)
    const index = join(place, 'shop.static.json')
    const files = [file('css/site.css')]
    await writeFile(index, JSON.stringify({ digest: digestOf(files), files }))
    const found = await readStaticFiles(join(`${place}-link`, 'shop.static'), index)
    await rm(`${place}-link`)
    expect(found?.files).toEqual(files)
  })

  test.each([
    '../secret',
    'css/../../secret',
    '/secret',
    'link',
    'away/secret',
    '.wsgi-lambda/eu-west-1/shop/live/0.json',
  ])('leads nowhere else: %s', async (path) => {
    await symlink(join(place, 'secret'), join(place, 'shop.static', 'link'))
    await symlink(place, join(place, 'shop.static', 'away'))
    expect(await read([file(path)])).toBeUndefined()
  })
})
