import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { contextFiles, dockerIgnore } from '../../src/builder/docker-context.ts'

test.each([
  ['', 'a', false],
  ['# a\n\n', '# a', false],
  ['a', 'a', true],
  ['a', 'a/b', true],
  ['a', 'b/a', false],
  ['/a/', 'a/b', true],
  ['./a', 'a', true],
  ['*.pyc', 'a.pyc', true],
  ['*.pyc', 'b/a.pyc', false],
  ['**/*.pyc', 'a.pyc', true],
  ['**/*.pyc', 'b/c/a.pyc', true],
  ['a/**', 'a/b/c', true],
  ['a?', 'ab', true],
  ['a?', 'a/', false],
  ['a[0-9]', 'a5', true],
  ['a+b', 'a+b', true],
  ['a.b', 'axb', false],
  ['*\n!kept', 'kept', false],
  ['*\n!folder/kept', 'folder/kept', false],
  ['*\n!folder/kept', 'folder/other', true],
  ['!a\na', 'a', true],
])('%j leaves %s out: %s', (text, path, expected) => {
  expect(dockerIgnore(text)(path)).toBe(expected)
})

test('the files of a folder, sorted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'context-'))
  try {
    await mkdir(join(folder, 'b'))
    for (const path of ['Dockerfile', 'b/kept', 'b/left.out', '.dockerignore'])
      await writeFile(join(folder, path), path === '.dockerignore' ? '**/*.out\n' : path)
    expect((await contextFiles(folder)).map(({ path }) => path)).toEqual(['.dockerignore', 'Dockerfile', 'b/kept'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
