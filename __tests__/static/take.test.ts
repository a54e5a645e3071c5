import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { keepStaticFiles, takeFolder } from '../../src/static/take.ts'

let project: string
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
  await mkdir(join(project, 'package/img'), { recursive: true })
  await writeFile(join(project, 'package/site.css'), 'a{}')
  await writeFile(join(project, 'package/img/logo.svg'), '<svg/>')
})
afterEach(() => rm(project, { recursive: true }))

/** As `collectstatic --link` leaves it, and links of other kinds. */
async function link(): Promise<void> {
  await mkdir(join(project, 'static'))
  await symlink('../package/site.css', join(project, 'static/site.css'))
  await symlink('../package/img', join(project, 'static/img'))
}

test('files that are links are files', async () => {
  await link()
  const { from, files } = await takeFolder(project, 'static', 'static-root')
  expect(files.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['img/logo.svg', 6],
    ['site.css', 3],
  ])
  const place = { folder: join(project, 'kept'), index: join(project, 'kept.json') }
  await keepStaticFiles(from, files, place)
  expect((await lstat(join(place.folder, 'site.css'))).isSymbolicLink()).toBe(false)
  expect(await readFile(join(place.folder, 'img/logo.svg'), 'utf8')).toBe('<svg/>')
})

test('the folder itself may be a link', async () => {
  await symlink('package', join(project, 'static'))
  const { files } = await takeFolder(project, 'static', 'static-root')
  expect(files.map(({ path }) => path)).toEqual(['img/logo.svg', 'site.css'])
})

test('links that lead nowhere, or round in a circle, are left out', async () => {
  await link()
  await symlink('nowhere', join(project, 'static/broken'))
  await symlink('.', join(project, 'static/self'))
  await symlink('../../static', join(project, 'package/img/again'))
  await symlink('../static', join(project, 'static/above'))
  const { files } = await takeFolder(project, 'static', 'static-folder')
  expect(files.map(({ path }) => path)).toEqual(['img/logo.svg', 'site.css'])
})
