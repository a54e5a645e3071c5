import { expect, test } from '@jest/globals'
import type { Engine } from '../../src/builder/docker-engine.ts'
import { imageMemory, isSame } from '../../src/builder/docker-memory.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import { folderStore } from '../../src/store/folder.ts'
import { folderWith } from '../settings/project-folder.ts'

const TARGET = targetOf('python3.13', 'x86_64')
const IMAGE = { key: 'a', pythonVersion: '3.13.5', glibc: '2.34' }

/** An engine that has these images. */
function engineWith(...images: readonly string[]): Engine {
  const inspect = (name: string) =>
    images.includes(name)
      ? Promise.resolve({ Id: 'sha256:1', Architecture: 'amd64', Config: { Labels: null } })
      : Promise.reject(Object.assign(new Error('no such image'), { statusCode: 404 }))
  const docker = { getImage: (name: string) => ({ inspect: () => inspect(name) }) }
  return { docker: docker as unknown as Engine['docker'], address: 'test', version: '1', architecture: 'amd64' }
}

/** A memory as a new run has it: what it knows stands in the folder. */
function memoryIn(
  folder: string,
  { images = [], baseImage = 'base', systemPackages = [], target = TARGET }: Options = {},
) {
  const store = folderStore({ folder, mostBytes: 1e6, onUnwritable: () => undefined })
  return imageMemory(engineWith(...images), target, { baseImage, systemPackages }, store)
}

interface Options {
  readonly images?: readonly string[]
  readonly baseImage?: string
  readonly systemPackages?: readonly string[]
  readonly target?: typeof TARGET
}

test('an image is remembered for an engine that does not have it', async () => {
  const folder = await folderWith()
  const first = memoryIn(folder, { images: ['base'] })
  expect(await first.recall()).toBeUndefined()
  await first.remember({ ...IMAGE, id: 'sha256:1' } as typeof IMAGE)
  expect(await memoryIn(folder).recall()).toEqual(IMAGE)
  expect(await memoryIn(folder, { images: ['base'] }).recall()).toBeUndefined()
})

test('and for the same question only', async () => {
  const folder = await folderWith()
  await memoryIn(folder).remember(IMAGE)
  const others: Options[] = [
    { baseImage: 'other' },
    { systemPackages: ['libpq-devel'] },
    { target: targetOf('python3.12', 'x86_64') },
    { target: targetOf('python3.13', 'arm64') },
  ]
  for (const other of others) expect(await memoryIn(folder, other).recall()).toBeUndefined()
})

test('a newer one takes its place', async () => {
  const folder = await folderWith()
  await memoryIn(folder).remember(IMAGE)
  const second = memoryIn(folder)
  expect(await second.recall()).toEqual(IMAGE)
  await second.remember({ ...IMAGE, key: 'b' })
  expect(await memoryIn(folder).recall()).toEqual({ ...IMAGE, key: 'b' })
})

test.each([
  ['the same', IMAGE, true],
  ['nothing', undefined, false],
  ['another recipe', { ...IMAGE, key: 'b' }, false],
  ['another Python', { ...IMAGE, pythonVersion: '3.13.6' }, false],
  ['another C library', { ...IMAGE, glibc: '2.36' }, false],
])('compared with %s', (_, other, expected) => {
  expect(isSame(IMAGE, other)).toBe(expected)
})
