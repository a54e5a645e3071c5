import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Toolchain } from '../../src/builder/builder.ts'
import { folderStore } from '../../src/store/folder.ts'
import { takeExtraFiles } from '../../src/wheels/extra-files.ts'
import { folderWith } from '../settings/project-folder.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'

let toolchain: Toolchain
beforeAll(async () => {
  toolchain = await hostToolchain()
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

/** Path in the artifact → content. */
async function taken(patterns: readonly string[], folder: string): Promise<Record<string, string>> {
  await using store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
  const files = await takeExtraFiles(patterns, { toolchain, store, toolsFolder: TOOLS_FOLDER })
  const contents = files.map(async ({ path, file }) => [path, await readFile(file, 'utf8')] as const)
  return Object.fromEntries(await Promise.all(contents))
}

test('a folder of modules comes without its bytecode, of two files at one place the first, and both once', async () => {
  const image = await folderWith({
    'shop/__init__.py': 'X = 1\n',
    'shop/__pycache__/__init__.cpython-313.pyc': 'bytecode',
    'one/tool.conf': 'one',
    'two/tool.conf': 'two',
  })
  const store = await folderWith()
  const patterns = ['shop', 'one/tool.conf:etc/', 'two/tool.conf:etc/'].map((pattern) => join(image, pattern))
  const expected = { 'shop/__init__.py': 'X = 1\n', 'etc/tool.conf': 'one' }
  expect(await taken(patterns, store)).toEqual(expected)
  const unopened = { ...toolchain, open: () => Promise.reject(new Error('opened')) }
  await using kept = folderStore({ folder: store, mostBytes: 1e9, onUnwritable: () => undefined })
  const again = await takeExtraFiles(patterns, { toolchain: unopened, store: kept, toolsFolder: TOOLS_FOLDER })
  expect(again.map(({ path }) => path)).toEqual(Object.keys(expected))
}, 60_000)
