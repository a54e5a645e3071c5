import { expect, test } from '@jest/globals'
import type { Pin, PinSource } from '../../src/requirements/pins.ts'
import { locateWheels } from '../../src/wheels/locate.ts'
import { fakeBuilder } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'

const pin = (name: string, hashes: readonly string[] = [], source: PinSource = { kind: 'index' }): Pin => ({
  ...{ name, version: '1.0', hashes, source },
  ...{ requiredBy: [], location: undefined },
})

const hashOf = (character: string): string => character.repeat(64)

/** What uv answers for wheels of `demo` 1.0: the ends of their names, or whole addresses. */
const answer = (...wheels: readonly string[]): string =>
  [
    'lock-version = "1.0"\n[[packages]]\nname = "Demo"\nversion = "1.0"',
    ...wheels.map((wheel, index) => {
      const url = wheel.includes('://') ? wheel : `https://files.example/demo-1.0-${wheel}.whl`
      return `[[packages.wheels]]\nurl = "${url}"\nsize = ${index + 1}\nhashes = { sha256 = "${hashOf(String(index))}" }`
    }),
  ].join('\n')

async function located(stdout: string, pins: readonly Pin[], exitCode = 0) {
  await using builder = await fakeBuilder({ stdout, exitCode })
  const found = await locateWheels(pins, {
    builder,
    pipOptions: ['--extra-index-url', 'https://i/'],
    temporary: await folderWith(),
  })
  return { found: Object.fromEntries([...found].map(([{ name }, wheel]) => [name, wheel])), builder }
}

const BEST = {
  filename: 'demo-1.0-cp313-cp313-manylinux_2_28_x86_64.whl',
  url: 'https://files.example/demo-1.0-cp313-cp313-manylinux_2_28_x86_64.whl',
  bytes: 2,
  hashes: [`sha256:${hashOf('1')}`],
}
const TAGS = ['py3-none-any', 'cp313-cp313-manylinux_2_28_x86_64', 'cp313-cp313-manylinux_2_39_x86_64']

test('the wheel that is best for the target, with its hash, for a pin that has none', async () => {
  expect((await located(answer(...TAGS), [pin('demo')])).found).toEqual({ demo: BEST })
})

test('for a pin that has its hash among others', async () => {
  const { found } = await located(answer(...TAGS), [pin('demo', [`sha256:${hashOf('9')}`, `sha256:${hashOf('1')}`])])
  expect(found).toEqual({ demo: BEST })
})

test.each<readonly [string, string, readonly string[]]>([
  ['the best one is not the one that the manifest has the hash of', answer(...TAGS), [`sha256:${hashOf('0')}`]],
  ['none is for the target', answer('cp313-cp313-macosx_11_0_arm64', 'cp312-cp312-manylinux_2_17_x86_64'), []],
  ['two are as good', answer('1-py3-none-any', '2-py3-none-any'), []],
  ['it would be brought in the open', answer('http://files.example/demo-1.0-py3-none-any.whl'), []],
  ['it is published in another version', answer(...TAGS).replace('1.0"\n[[packages.w', '1.1"\n[[packages.w'), []],
  ['no wheel is published', answer(), []],
  ['the answer is empty', '', []],
  ['the answer cannot be read', 'warning: something\n= =', []],
])('left to pip: %s', async (_, stdout, hashes) => {
  expect((await located(stdout, [pin('demo', hashes)])).found).toEqual({})
})

test('where uv fails, all is left to pip', async () => {
  expect((await located(answer(...TAGS), [pin('demo')], 1)).found).toEqual({})
})

test('what has an index of its own is not asked for; who asks nothing starts nothing', async () => {
  const own = pin('own', [], { kind: 'index', index: 'https://private.example/simple' })
  const { builder: asked } = await located(answer(...TAGS), [pin('demo'), own])
  expect(asked.commands).toHaveLength(1)
  const { builder: idle } = await located(answer(...TAGS), [own])
  expect(idle.commands).toEqual([])
  await using without = { ...(await fakeBuilder()), uvIfThere: () => Promise.resolve(undefined) }
  const found = await locateWheels([pin('demo')], { builder: without, pipOptions: [], temporary: await folderWith() })
  expect([found.size, without.commands]).toEqual([0, []])
})
