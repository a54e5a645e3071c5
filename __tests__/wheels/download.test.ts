import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Toolchain } from '../../src/builder/builder.ts'
import { UserError } from '../../src/errors.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { downloadWheels, isToBeBuilt } from '../../src/wheels/download.ts'
import { folderWith } from '../settings/project-folder.ts'
import { hostToolchain } from '../support/toolchain.ts'
import { wheelIn } from '../support/wheels.ts'

let toolchain: Toolchain
let published: string
let tag: string
const hashes = new Map<string, string>()

const pin = (name: string, version: string | undefined = '1.0', ...given: readonly string[]): Pin => ({
  name,
  version,
  hashes: given,
  source: { kind: 'index' },
  requiredBy: [],
  location: undefined,
})

beforeAll(async () => {
  toolchain = await hostToolchain()
  tag = `cp${toolchain.target.pythonMinor.replace('.', '')}`
  published = join(await folderWith(), 'published')
  await mkdir(published)
  for (const parts of [
    { name: 'pure' },
    { name: 'Mixed_Case.Name' },
    { name: 'native', tag: `${tag}-${tag}-manylinux_2_17_x86_64` },
    { name: 'native', tag: `${tag}-${tag}-macosx_11_0_arm64` },
    { name: 'native', tag: 'py3-none-any' },
    { name: 'foreign', tag: `${tag}-${tag}-win_amd64` },
    { name: 'too_new', tag: `${tag}-${tag}-manylinux_2_99_x86_64` },
    { name: 'wants', requires: ['missing-everywhere'] },
  ]) {
    const { path } = await wheelIn(published, parts)
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    hashes.set(parts.name, `sha256:${digest}`)
  }
  await writeFile(join(published, 'source_only-1.0.tar.gz'), 'not looked into')
}, 60_000)
afterAll(async () => {
  await toolchain[Symbol.asyncDispose]()
})

async function download(...pins: readonly Pin[]) {
  const builder = await toolchain.open()
  const pipOptions = ['--no-index', '--find-links', published]
  const located = new Map()
  const temporary = await folderWith()
  const filenames: Record<string, string> = {}
  const wheelless = await downloadWheels(pins, {
    ...{ builder, pipOptions, temporary, located },
    onWheel: ({ name }, { filename }) => {
      filenames[name] = filename
    },
  })
  return { filenames, wheelless: wheelless.map(({ name }) => name) }
}

test('brings the best wheel of each, without what it asks for, and says which have none for the target', async () => {
  const pins = ['pure', 'mixed-case-name', 'native', 'foreign', 'too-new', 'wants', 'source-only'].map((name) =>
    pin(name),
  )
  expect(await download(...pins)).toEqual({
    filenames: {
      pure: 'pure-1.0-py3-none-any.whl',
      'mixed-case-name': 'Mixed_Case.Name-1.0-py3-none-any.whl',
      native: `native-1.0-${tag}-${tag}-manylinux_2_17_x86_64.whl`,
      wants: 'wants-1.0-py3-none-any.whl',
    },
    wheelless: ['foreign', 'too-new', 'source-only'],
  })
}, 120_000)

test('without a hash, what a lock has from one index comes from nowhere else', async () => {
  const own = await folderWith()
  await mkdir(join(own, 'pure'))
  const { path } = await wheelIn(join(own, 'pure'), { name: 'pure', files: { 'pure.py': 'ORIGIN = "own"\n' } })
  await writeFile(join(own, 'pure', 'index.html'), '<a href="pure-1.0-py3-none-any.whl">pure</a>')
  const collaborators = { builder: await toolchain.open(), temporary: await folderWith(), located: new Map() }
  const wanted: Pin = { ...pin('pure'), source: { kind: 'index', index: pathToFileURL(own).href } }
  const pipOptions = ['--find-links', published]
  const paths = new Map<string, string>()
  await downloadWheels([wanted, pin('wants')], {
    ...{ ...collaborators, pipOptions },
    onWheel: ({ name }, wheel) => paths.set(name, wheel.path),
  })
  expect([...paths.keys()].toSorted()).toEqual(['pure', 'wants'])
  expect(await readFile(paths.get('pure') ?? '')).toEqual(await readFile(path))
}, 60_000)

describe('hashes', () => {
  test('that fit, beside pins that have none', async () => {
    const given = [pin('pure', '1.0', hashes.get('pure') ?? ''), pin('wants', undefined)]
    expect(Object.keys((await download(...given)).filenames)).toEqual(['pure', 'wants'])
  }, 60_000)

  test('that do not are refused', async () => {
    const downloading = download(pin('pure', '1.0', `sha256:${'0'.repeat(64)}`))
    await expect(downloading).rejects.toThrow(UserError)
    await expect(downloading).rejects.toThrow('pure')
  }, 60_000)
})

test.each<[readonly string[], boolean]>([
  [[], false],
  [['--no-binary', 'demo-x'], true],
  [['--no-binary=Demo_X'], true],
  [['--no-binary', 'a,demo.x,b'], true],
  [['--no-binary=:all:'], true],
  [['--no-binary', 'demo'], false],
  [['--no-binary', ''], false],
  [['--only-binary', 'demo-x'], false],
  [['--index-url', 'demo-x'], false],
])('with %j, demo-x is to be built: %s', (pipOptions, expected) => {
  expect(isToBeBuilt('demo-x', pipOptions)).toBe(expected)
})
