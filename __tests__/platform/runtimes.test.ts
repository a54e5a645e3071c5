import { expect, test } from '@jest/globals'
import { LIMITS } from '../../src/platform/limits.ts'
import { DEFAULT_RUNTIME, RUNTIME_NAMES, targetOf } from '../../src/platform/runtimes.ts'

test.each([
  ['python3.10', 'x86_64', '2.26', 'x86_64-manylinux_2_17', '3.10'],
  ['python3.11', 'arm64', '2.26', 'aarch64-manylinux_2_17', '3.11'],
  ['python3.12', 'x86_64', '2.34', 'x86_64-manylinux_2_34', '3.12'],
  ['python3.13', 'arm64', '2.34', 'aarch64-manylinux_2_34', '3.13'],
  ['python3.14', 'x86_64', '2.34', 'x86_64-manylinux_2_34', '3.14'],
] as const)('%s on %s has glibc %s: wheels of %s', (runtime, architecture, glibc, uvPlatform, pythonMinor) => {
  expect(targetOf(runtime, architecture)).toEqual({
    runtime,
    pythonMinor,
    architecture,
    glibc,
    uvPlatform,
    image: `public.ecr.aws/lambda/python:${pythonMinor}`,
  })
})

// A wheel for manylinux_X_Y loads where glibc is X.Y or newer (PEP 600).
test.each(RUNTIME_NAMES)('no wheel for %s asks for a newer glibc than it has', (runtime) => {
  const { glibc, uvPlatform } = targetOf(runtime, 'x86_64')
  const [major, minor] = /_(\d+)_(\d+)$/.exec(uvPlatform)?.slice(1).map(Number) ?? []
  const [ownMajor, ownMinor = 0] = glibc.split('.').map(Number)
  expect(major).toBe(ownMajor)
  expect(minor).toBeLessThanOrEqual(ownMinor)
})

test('runtimes are listed from the oldest, and the default is one of them', () => {
  const minors = RUNTIME_NAMES.map((name) => Number(name.split('.')[1]))
  expect(minors).toEqual(minors.toSorted((a, b) => a - b))
  expect(RUNTIME_NAMES).toContain(DEFAULT_RUNTIME)
})

test('limits are those of the page "Lambda quotas": 50 MB, 250 MB, 4 KB, 5 layers', () => {
  expect(LIMITS).toEqual({
    directUploadBytes: 50 * 1024 ** 2,
    unzippedBytes: 250 * 1024 ** 2,
    environmentBytes: 4 * 1024,
    layers: 5,
    descriptionCharacters: 256,
  })
})
