import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findExecutable } from '../../src/builder/executable.ts'
import { folderWith } from '../settings/project-folder.ts'

async function folderOf(...programs: readonly string[]): Promise<string> {
  const folder = await folderWith()
  for (const name of programs) {
    await writeFile(join(folder, name), '#!/bin/sh\n')
    await chmod(join(folder, name), 0o755)
  }
  return folder
}

const onPath = (...folders: readonly string[]) => ({ PATH: folders.join(delimiter) })

test('the first on PATH that can be run, whatever else has its name before', async () => {
  const [first, second] = [await folderOf('tool'), await folderOf('tool')]
  const [text, folder] = [await folderWith({ tool: '' }), await folderWith()]
  await mkdir(join(folder, 'tool'))
  const environment = onPath('', join(first, 'missing'), text, folder, first, second)
  expect(await findExecutable('tool', environment)).toMatchObject({ path: join(first, 'tool'), bytes: 10 })
  expect(await findExecutable('other', environment)).toBeUndefined()
  expect(await findExecutable('tool', {})).toBeUndefined()
})

test('a path is not looked for, and links are followed to the program', async () => {
  const folder = await folderOf('tool-1.2')
  await symlink('tool-1.2', join(folder, 'tool'))
  expect(await findExecutable(join(folder, 'tool'), {})).toMatchObject({ path: join(folder, 'tool-1.2') })
  expect(await findExecutable(join(folder, 'gone'), onPath(folder))).toBeUndefined()
})

test('another program at the same place is another one', async () => {
  const path = join(await folderOf('tool'), 'tool')
  const before = await findExecutable(path, {})
  expect(await findExecutable(path, {})).toEqual(before)
  await utimes(path, 1, 1)
  expect(await findExecutable(path, {})).not.toEqual(before)
})
