import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Assembled, assemble } from '../../src/artifact/assemble.ts'
import type { Toolchain } from '../../src/builder/builder.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { loadBuildSettings } from '../../src/settings/settings.ts'
import { folderStore } from '../../src/store/folder.ts'
import { openZip } from '../../src/wheels/read-zip.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { addFiles, folderWith } from '../settings/project-folder.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'
import { type WheelParts, wheelIn } from '../support/wheels.ts'
import { REPOSITORY } from '../support/world.ts'

const OFFLINE = { PIP_NO_INDEX: '1', UV_OFFLINE: '1' }
let toolchain: Toolchain
beforeAll(async () => {
  toolchain = await hostToolchain({ environment: OFFLINE })
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

interface Given {
  readonly wheels?: readonly WheelParts[]
  readonly files?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, unknown>>
  readonly whole?: string
}

const pinOf = ({ name = 'demo' }: WheelParts): Pin => ({
  ...{ name, version: '1.0', hashes: [], source: { kind: 'index' } },
  ...{ requiredBy: [], location: undefined },
})

async function made({ wheels = [], files = {}, settings: given = {}, whole }: Given) {
  const links = await folderWith()
  for (const wheel of wheels) await wheelIn(links, wheel)
  const project = await folderWith({ 'requirements.txt': '', 'wsgi.py': 'app = None\n' })
  await addFiles(project, files)
  const explicit = { app: 'wsgi:app', runtime: toolchain.target.runtime, bytecode: 'none', ...given }
  const settings = await loadBuildSettings({
    ...{ project, stage: undefined, environment: {} },
    explicit: { given: explicit, nameOf: String },
  })
  const folder = await folderWith()
  const report = listeningReporter()
  const once = async (): Promise<Assembled> => {
    await using store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
    return await assemble(
      settings,
      { pins: wheels.map(pinOf), pipOptions: ['--find-links', links], locals: [], extraFiles: [] },
      {
        ...{ toolsFolder: TOOLS_FOLDER, runtimeFolder: join(REPOSITORY, 'runtime') },
        ...{ version: '1.2.3', compressor: 'zlib' },
      },
      { toolchain, store, report, environment: {}, buildWheels: () => Promise.resolve(new Map()), whole },
    )
  }
  return { assembled: await once(), again: once, report, project }
}

/** Without the runtime's and what installers record. */
async function pathsIn(zip: string): Promise<string[]> {
  await using open = await openZip(zip)
  return open.entries
    .map(({ path }) => path)
    .filter((path) => !/^(?:python\/)?[^/]*(?:wsgi_|serverless_|\.dist-info\/)/.test(path))
}

const DEMO = { files: { 'demo.py': 'X = 1\n', 'demo-1.0.data/data/lib/libdemo.so.1': 'code' } }

test('project, dependencies and runtime are one artifact, in a folder that no repository takes', async () => {
  const { assembled, project } = await made({ wheels: [DEMO] })
  const { artifact, layer, whole, packages, made: count } = assembled
  expect(await pathsIn(artifact.path)).toEqual(['demo.py', 'lib/libdemo.so.1', 'requirements.txt', 'wsgi.py'])
  expect([layer, whole, count]).toEqual([undefined, artifact, 1])
  expect(packages).toEqual([
    { name: 'demo', version: '1.0', zipBytes: expect.any(Number), unzippedBytes: expect.any(Number) },
  ])
  expect(existsSync(join(project, '.wsgi-lambda/.gitignore'))).toBe(true)
}, 60_000)

test('dependencies as a layer stand where Lambda looks, and beside the code as a whole', async () => {
  const whole = join(await folderWith(), 'whole.zip')
  const { assembled } = await made({ wheels: [DEMO], settings: { 'dependencies-layer': true }, whole })
  expect(await pathsIn(assembled.artifact.path)).toEqual(['requirements.txt', 'wsgi.py'])
  expect(assembled.layer?.path).toBe(assembled.artifact.path.replace('.zip', '.layer.zip'))
  expect(await pathsIn(assembled.layer?.path ?? '')).toEqual(['lib/libdemo.so.1', 'python/demo.py'])
  expect(await pathsIn(whole)).toEqual(['demo.py', 'lib/libdemo.so.1', 'requirements.txt', 'wsgi.py'])
}, 60_000)

test('without dependencies there is no layer', async () => {
  const { assembled } = await made({ settings: { 'dependencies-layer': true } })
  expect(assembled.layer).toBeUndefined()
  expect(assembled.whole).toBe(assembled.artifact)
}, 60_000)

const OTHER = { name: 'other', files: { 'demo.py': 'Y = 2\n' } }

test('two distributions with one module end the build, and nothing is written', async () => {
  const output = join(await folderWith(), 'a.zip')
  await expect(made({ wheels: [DEMO, OTHER], settings: { output } })).rejects.toMatchObject({
    title: 'demo and other have different files at the same path',
  })
  expect(existsSync(output)).toBe(false)
}, 60_000)

test('or are told of; the project’s own file wins, with a warning', async () => {
  const conflict = await made({ wheels: [DEMO, OTHER], settings: { 'on-conflict': 'warn' } })
  expect(conflict.report.problems.map(({ title }) => title)).toEqual([
    'demo and other have different files at the same path',
  ])
  const own = await made({ wheels: [DEMO], files: { 'demo.py': 'MINE = 1\n' } })
  expect(own.report.problems).toMatchObject([{ detail: 'demo.py (demo)' }])
}, 60_000)

const WITH_LAYER = { wheels: [DEMO], settings: { 'dependencies-layer': true } }

test('where nothing has changed, the zips that are there stay, and the same is said of them', async () => {
  const { assembled, again } = await made(WITH_LAYER)
  const paths = [assembled.artifact.path, assembled.layer?.path ?? '']
  const before = await Promise.all(paths.map((path) => stat(path)))
  expect(await again()).toEqual({ ...assembled, made: 0 })
  expect(await Promise.all(paths.map((path) => stat(path)))).toMatchObject(
    before.map(({ ino, mtimeMs }) => ({ ino, mtimeMs })),
  )
}, 60_000)

test.each<[string, (path: string) => Promise<void>]>([
  ['was removed', (path) => rm(path)],
  ['was cut off', (path) => writeFile(path, 'PK')],
  [
    'holds another byte, and has its old length and time',
    async (path) => {
      const { atime, mtime } = await stat(path)
      const bytes = await readFile(path)
      bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100)
      await writeFile(path, bytes)
      await utimes(path, atime, mtime)
    },
  ],
  [
    'was replaced',
    async (path) => {
      await writeFile(`${path}.other`, 'another')
      await rename(`${path}.other`, path)
    },
  ],
])(
  'a zip that %s is written again',
  async (_, change) => {
    for (const part of ['artifact', 'layer'] as const) {
      const { assembled, again } = await made(WITH_LAYER)
      const path = assembled[part]?.path ?? ''
      const bytes = await readFile(path)
      await change(path)
      expect(await again()).toEqual({ ...assembled, made: 0 })
      expect(bytes.equals(await readFile(path))).toBe(true)
    }
  },
  60_000,
)

test('a change of the project is never overlooked', async () => {
  const { assembled, again, project } = await made({ wheels: [DEMO] })
  await writeFile(join(project, 'wsgi.py'), 'app = 1234\n')
  const changed = await again()
  expect(changed.artifact.sha256).not.toBe(assembled.artifact.sha256)
  await writeFile(join(project, 'wsgi.py'), 'app = None\n')
  expect(await again()).toEqual({ ...assembled, made: 0 })
  expect(
    createHash('sha256')
      .update(await readFile(assembled.artifact.path))
      .digest('hex'),
  ).toBe(assembled.artifact.sha256)
}, 60_000)

test('what was told of a merge is told by each build', async () => {
  const { again, report } = await made({ wheels: [DEMO], files: { 'demo.py': 'MINE = 1\n' } })
  await again()
  expect(report.problems).toMatchObject([{ detail: 'demo.py (demo)' }, { detail: 'demo.py (demo)' }])
}, 60_000)
