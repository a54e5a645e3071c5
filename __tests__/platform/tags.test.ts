import { describe, expect, test } from '@jest/globals'
import { RUNTIME_NAMES, targetOf } from '../../src/platform/runtimes.ts'
import { pipTargetOptions, rankWheel, wheelTags } from '../../src/platform/tags.ts'

test('the newest glibc comes first, an older name of a policy right after the policy, the oldest policy last', () => {
  const { platforms } = wheelTags(targetOf('python3.13', 'x86_64'))
  expect(platforms.slice(0, 2)).toEqual(['manylinux_2_34_x86_64', 'manylinux_2_33_x86_64'])
  expect(platforms.slice(17, 20)).toEqual(['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux_2_16_x86_64'])
  expect(platforms.slice(-2)).toEqual(['manylinux_2_5_x86_64', 'manylinux1_x86_64'])
  expect(platforms).toHaveLength(30 + 3)
})

test('64 bit ARM has no policy before glibc 2.17', () => {
  expect(wheelTags(targetOf('python3.11', 'arm64')).platforms).toEqual([
    ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17].map((minor) => `manylinux_2_${minor}_aarch64`),
    'manylinux2014_aarch64',
  ])
})

test.each([
  ['python3.10', 'manylinux_2_26_x86_64', ['cp310', 'abi3', 'none']],
  ['python3.11', 'manylinux_2_26_x86_64', ['cp311', 'abi3', 'none']],
  ['python3.12', 'manylinux_2_34_x86_64', ['cp312', 'abi3', 'none']],
  ['python3.14', 'manylinux_2_34_x86_64', ['cp314', 'abi3', 'none']],
] as const)('%s takes wheels up to %s', (runtime, newest, abis) => {
  const tags = wheelTags(targetOf(runtime, 'x86_64'))
  expect(tags.platforms[0]).toBe(newest)
  expect(tags.abis).toEqual(abis)
})

test.each(RUNTIME_NAMES)('%s never takes a wheel that says only linux, nor one of another processor', (runtime) => {
  expect(wheelTags(targetOf(runtime, 'x86_64')).platforms.filter((name) => !/^manylinux.*_x86_64$/.test(name))).toEqual(
    [],
  )
  expect(wheelTags(targetOf(runtime, 'arm64')).platforms.filter((name) => !/^manylinux.*_aarch64$/.test(name))).toEqual(
    [],
  )
})

test('pip gets the full version of Python, and refuses what it would have to build', () => {
  const options = pipTargetOptions(targetOf('python3.11', 'arm64'), '3.11.7').join(' ')
  expect(options).toMatch(
    /^--only-binary :all: --implementation cp --python-version 3\.11\.7 --abi cp311 --abi abi3 --abi none --platform manylinux_2_26_aarch64 /,
  )
  expect(options).toMatch(/ --platform manylinux2014_aarch64$/)
})

describe('the rank of a wheel', () => {
  const target = targetOf('python3.11', 'x86_64')
  // As pip sorts them, best first.
  const order = [
    'a-1-cp311-cp311-manylinux_2_26_x86_64.whl',
    'a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'a-1-cp311-cp311-manylinux1_x86_64.whl',
    'a-1-cp311-abi3-manylinux_2_17_x86_64.whl',
    'a-1-cp311-none-manylinux_2_17_x86_64.whl',
    'a-1-cp310-abi3-manylinux_2_17_x86_64.whl',
    'a-1-cp37-abi3-manylinux_2_17_x86_64.whl',
    'a-1-py311-none-manylinux_2_17_x86_64.whl',
    'a-1-py3-none-manylinux_2_17_x86_64.whl',
    'a-1-py310-none-manylinux_2_17_x86_64.whl',
    'a-1-cp311-none-any.whl',
    'a-1-py311-none-any.whl',
    'a-1-py2.py3-none-any.whl',
    'a-1-py310-none-any.whl',
  ]

  test('is in pip’s order', () => {
    const ranks = order.map((filename) => rankWheel(filename, target))
    expect(ranks).not.toContain(undefined)
    expect(ranks).toEqual(ranks.toSorted((a = 0, b = 0) => a - b))
    expect(new Set(ranks).size).toBe(order.length)
  })

  test.each([
    'a-1-cp311-cp311-manylinux_2_28_x86_64.whl',
    'a-1-cp311-cp311-manylinux_2_17_aarch64.whl',
    'a-1-cp311-cp311-linux_x86_64.whl',
    'a-1-cp312-cp312-manylinux_2_17_x86_64.whl',
    'a-1-cp312-abi3-manylinux_2_17_x86_64.whl',
    'a-1-pp311-pypy311_pp73-manylinux_2_17_x86_64.whl',
    'a-1-py2-none-any.whl',
    'a-1-py312-none-any.whl',
    'a-1-cp311-cp311-musllinux_1_1_x86_64.whl',
  ])('%s has none', (filename) => {
    expect(rankWheel(filename, target)).toBeUndefined()
  })
})
