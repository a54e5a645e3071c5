import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Pin } from '../../src/requirements/pins.ts'
import { folderStore } from '../../src/store/folder.ts'
import { type BuiltWheel, buildWheels } from '../../src/wheels/build.ts'
import type { ProjectFile } from '../../src/wheels/build-source.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { hostToolchain, TOOLS_FOLDER } from '../support/toolchain.ts'

let folder: string
let started: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-wheels-host-'))
  started = []
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function build(pins: readonly Pin[]): Promise<ReadonlyMap<string, BuiltWheel>> {
  await using store = folderStore({ folder: join(folder, 'store'), mostBytes: 1e9, onUnwritable: () => undefined })
  await using toolchain = await hostToolchain({ onRun: (command) => started.push(command.join(' ')) })
  started = []
  const options = { pipOptions: [], buildConstraints: [], dockerEnv: {} }
  const report = listeningReporter()
  const rest = { environment: {}, toolsFolder: TOOLS_FOLDER, listFiles: listAll }
  return await buildWheels(pins, options, { toolchain, store, report, ...rest })
}

test('what is pure Python is built on this machine, once', async () => {
  const pins = [pin('docopt', '0.6.2')]
  const wheels = await build(pins)
  const wheel = wheels.get('docopt')
  expect(wheel).toMatchObject({ name: 'docopt', version: '0.6.2', filename: expect.stringMatching(/-none-any\.whl$/) })
  expect((await readFile(wheel?.path ?? '')).subarray(0, 2).toString()).toBe('PK')
  expect(await build(pins)).toEqual(wheels)
  expect(started).toEqual([])
}, 300_000)

test('what has to be compiled is refused, all of it by name', async () => {
  await expect(build([pin('markupsafe', '3.0.2'), pin('pyyaml', '6.0.2')])).rejects.toMatchObject({
    title: '2 distributions could not be built',
    detail: expect.stringMatching(/^markupsafe 3\.0\.2 has no wheel.*^pyyaml 6\.0\.2 has no wheel/ms),
  })
}, 300_000)

test('a commit of a repository; another name than the manifest’s is refused', async () => {
  const repository = join(folder, 'repository')
  await distribution(repository)
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args])
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'first')
  const { stdout } = await git('rev-parse', 'HEAD')
  const url = `git+file://${repository}@${stdout.trim()}`
  const wheels = await build([pin('part', undefined, { source: { kind: 'url', url } })])
  expect(wheels.get('part')).toMatchObject({ version: '1.5', filename: 'part-1.5-py3-none-any.whl' })
  await expect(build([pin('other', undefined, { source: { kind: 'url', url } })])).rejects.toMatchObject({
    title: 'other was asked for, and its source makes part-1.5-py3-none-any.whl',
  })
}, 300_000)

test('a folder is built anew when one of its files changes', async () => {
  const path = join(folder, 'part')
  await distribution(path)
  const pins = [pin('part', '1.5', { source: { kind: 'local', path, isEditable: false } })]
  const first = await build(pins)
  expect(await build(pins)).toEqual(first)
  await writeFile(join(path, 'part.py'), 'x = 2\n')
  expect((await build(pins)).get('part')?.sha256).not.toBe(first.get('part')?.sha256)
}, 300_000)

async function distribution(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'part.py'), 'x = 1\n')
  await writeFile(
    join(path, 'setup.py'),
    'from setuptools import setup\nsetup(name="part", version="1.5", py_modules=["part"])\n',
  )
}

function pin(name: string, version?: string, more: Partial<Pin> = {}): Pin {
  const source = { kind: 'index' } as const
  return { name, version, hashes: [], source, requiredBy: [''], location: undefined, ...more }
}

async function listAll(path: string): Promise<ProjectFile[]> {
  const names = (await readdir(path)).filter((name) => name !== '.git').sort()
  return names.map((name) => ({ path: name, file: join(path, name), mode: 0o644 }))
}
