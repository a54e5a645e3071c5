import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { dependencySlices } from '../../src/artifact/dependency-slices.ts'
import type { Toolchain } from '../../src/builder/builder.ts'
import { UserError } from '../../src/errors.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { folderStore } from '../../src/store/folder.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'
import { wheelIn } from '../support/wheels.ts'

let toolchain: Toolchain
/** Nothing but what a test publishes in a folder. */
const OFFLINE = { PIP_NO_INDEX: '1', UV_OFFLINE: '1' }
beforeAll(async () => {
  toolchain = await hostToolchain({ environment: OFFLINE })
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

const pin = (name: string): Pin => ({
  ...{ name, version: '1.0', hashes: [], source: { kind: 'index' } },
  ...{ requiredBy: [], location: undefined },
})

interface Given {
  readonly store: string
  /** Folders of wheels. */
  readonly links: string
  readonly names?: readonly string[]
  readonly toolsFolder?: string
  readonly linksBy?: 'option' | 'variable'
}

/** How many slices were made, and what stands in `demo.py` of each. */
async function make({ store: folder, links, names = ['demo'], toolsFolder = TOOLS_FOLDER, linksBy = 'option' }: Given) {
  const variables = linksBy === 'variable' ? { PIP_FIND_LINKS: links } : {}
  await using other = linksBy === 'variable' ? await hostToolchain({ environment: { ...OFFLINE, ...variables } }) : null
  await using store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
  const { slices, made } = await dependencySlices(
    { pins: names.map(pin), pipOptions: linksBy === 'option' ? ['--find-links', links] : [] },
    {
      ...{ pythonMinor: toolchain.target.pythonMinor, bytecode: 'with-sources', compressor: 'zlib' },
      ...{ slim: false, slimPatterns: [], strip: false },
      buildWheels: (pins) =>
        Promise.reject(new UserError({ title: `no wheel of ${pins.map(({ name }) => name).join()}` })),
    },
    {
      ...{ toolchain: other ?? toolchain, store, toolsFolder, temporary: await folderWith() },
      ...{ report: listeningReporter(), environment: variables },
    },
  )
  const bytes = slices.map(({ entries }) => entries.find(({ path }) => path === 'demo.py')?.unzippedBytes)
  for (const slice of slices) await slice[Symbol.asyncDispose]()
  return { made, bytes }
}

async function publish(content: string, name = 'demo'): Promise<string> {
  const folder = await folderWith()
  await wheelIn(folder, { name, files: { 'demo.py': content } })
  return folder
}

test('what an earlier build chose is chosen again, but not for who looks elsewhere', async () => {
  const store = await folderWith()
  const one = await publish('X = 1\n')
  const other = await publish('LONGER = 1\n')
  expect(await make({ store, links: one, linksBy: 'variable' })).toEqual({ made: 1, bytes: [6] })
  expect(await make({ store, links: one, linksBy: 'variable' })).toEqual({ made: 0, bytes: [6] })
  expect(await make({ store, links: other, linksBy: 'variable' })).toEqual({ made: 1, bytes: [11] })
}, 60_000)

test('a wheel that was published after a failed build is found', async () => {
  const [store, links] = [await folderWith(), await folderWith()]
  await expect(make({ store, links })).rejects.toMatchObject({ title: 'no wheel of demo' })
  await wheelIn(links, { files: { 'demo.py': 'X = 1\n' } })
  expect(await make({ store, links })).toEqual({ made: 1, bytes: [6] })
}, 60_000)

test('another program that compiles makes other slices', async () => {
  const store = await folderWith()
  const links = await publish('X = 1\n')
  const toolsFolder = await folderWith()
  await cp(TOOLS_FOLDER, toolsFolder, { recursive: true })
  expect(await make({ store, links, toolsFolder })).toMatchObject({ made: 1 })
  await writeFile(join(toolsFolder, 'compile_bytecode.py'), '# another\n', { flag: 'a' })
  expect(await make({ store, links, toolsFolder })).toMatchObject({ made: 1 })
  expect(await make({ store, links, toolsFolder })).toMatchObject({ made: 0 })
}, 60_000)

test('where one half of the wheels fails, nothing of the other one is under way any more', async () => {
  const links = await folderWith()
  const names = ['demo', 'two', 'three', 'four', 'five', 'six']
  for (const name of names) await wheelIn(links, { name, files: { 'demo.py': '', 'x.bin': 'x'.repeat(9) } })
  await rm(join(links, 'demo-1.0-py3-none-any.whl'))
  await wheelIn(links, { raw: [{ name: '../out', content: '' }] })
  let isOver = false
  const late: string[] = []
  await using watched = await hostToolchain({
    environment: OFFLINE,
    onRun: ([program = '']) => {
      if (isOver) late.push(program)
    },
  })
  await using store = folderStore({ folder: await folderWith(), mostBytes: 1e9, onUnwritable: () => undefined })
  const keep: typeof store.keep = (...args) => {
    if (isOver) late.push(`keep ${args[0]}`)
    return store.keep(...args)
  }
  const failing = dependencySlices(
    { pins: names.map(pin), pipOptions: ['--find-links', links] },
    {
      ...{ pythonMinor: toolchain.target.pythonMinor, bytecode: 'with-sources', compressor: 'zlib' },
      ...{ slim: false, slimPatterns: [], strip: false, buildWheels: () => Promise.resolve(new Map()) },
    },
    {
      ...{ toolchain: watched, store: { ...store, keep }, toolsFolder: TOOLS_FOLDER, temporary: await folderWith() },
      ...{ report: listeningReporter(), environment: {} },
    },
  )
  await expect(failing).rejects.toMatchObject({ title: expect.stringContaining('leads out of the folder') })
  isOver = true
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(late).toEqual([])
}, 60_000)
