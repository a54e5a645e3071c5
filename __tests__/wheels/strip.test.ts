import { chmod } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Toolchain } from '../../src/builder/builder.ts'
import { openWheel } from '../../src/wheels/read-wheel.ts'
import { stripWheels } from '../../src/wheels/strip.ts'
import { folderWith } from '../settings/project-folder.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'
import { wheelIn } from '../support/wheels.ts'

/** In the place of binutils: leaves the first line of a file, and refuses one that begins with `no`. */
const STRIP = '#!/bin/sh\ngrep -q "^no" "$2" && exit 1\nhead -n 1 "$2" > "$2.new" && mv "$2.new" "$2"\n'

let toolchain: Toolchain
beforeAll(async () => {
  const folder = await folderWith({ strip: STRIP })
  await chmod(join(folder, 'strip'), 0o755)
  toolchain = await hostToolchain({ environment: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` } })
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

const TAG = 'cp313-cp313-manylinux_2_17_x86_64'

test('shared objects become smaller, RECORD fits, and all else stays', async () => {
  const files = {
    'demo/_c.so': 'code\nsymbols\n',
    'demo/libx.so.1': 'code\nsymbols\n',
    'demo/refused.so': 'no\nsymbols\n',
    'demo/small.so': 'code\n',
    'demo/data.txt': 'code\nsymbols\n',
  }
  const temporary = await folderWith()
  const native = await wheelIn(temporary, { tag: TAG, files })
  const pure = await wheelIn(temporary, { name: 'pure', files: { 'pure.so': 'code\nsymbols\n' } })
  const stripped = await stripWheels([native, pure], { toolchain, temporary, toolsFolder: TOOLS_FOLDER })
  expect([...stripped.keys()]).toEqual([native.filename])
  // Reading it checks every file by RECORD.
  await using wheel = await openWheel(stripped.get(native.filename) ?? '', native.filename)
  const contents: Record<string, string> = {}
  for await (const { file, content } of wheel.contents(wheel.files)) contents[file.path] = content.toString()
  expect(contents).toMatchObject({ ...files, 'demo/_c.so': 'code\n', 'demo/libx.so.1': 'code\n' })
}, 30_000)

test('nothing that is for any platform needs the builder', async () => {
  const opened = { ...toolchain, open: () => Promise.reject(new Error('opened')) }
  const wheel = { filename: 'pure-1.0-py3-none-any.whl', path: '/nowhere' }
  const stripped = await stripWheels([wheel], { toolchain: opened, temporary: '/nowhere', toolsFolder: TOOLS_FOLDER })
  expect(stripped.size).toBe(0)
})

test('a program that fails is an error, with what it said', async () => {
  const temporary = await folderWith({ 'demo.whl': 'no zip' })
  const wheel = { filename: `demo-1.0-${TAG}.whl`, path: join(temporary, 'demo.whl') }
  await expect(stripWheels([wheel], { toolchain, temporary, toolsFolder: TOOLS_FOLDER })).rejects.toMatchObject({
    name: 'UserError',
    detail: expect.stringContaining('BadZipFile'),
  })
}, 30_000)
