import { describe, expect, test } from '@jest/globals'
import { type SizedCode, sizeProblem, sizeWarning } from '../../../src/release/upload/size.ts'

const MB = 1_000_000
const named = (name: string, megabytes: number) => ({
  name,
  version: '1.0',
  zipBytes: (megabytes * MB) / 4,
  unzippedBytes: megabytes * MB,
})
const code = (zip: number, unzipped: number, packages = [named('numpy', unzipped * 0.9)]): SizedCode => ({
  artifact: { zipBytes: zip * MB, unzippedBytes: unzipped * MB },
  packages,
})
const layer = (megabytes: number) => ({ arn: 'arn:layer:1', zipBytes: megabytes * MB })
const settings = { runtimeSdk: false, slim: true, uploadBucket: undefined }
const withBucket = { ...settings, uploadBucket: 's3://uploads' }

test.each([
  ['a small one', code(20, 80), [], settings, undefined],
  ['a direct upload of just 50 MiB', code(52.4288, 200), [], settings, undefined],
  [
    'more than a request takes, and no bucket',
    code(53, 200),
    [],
    settings,
    'The artifact is too large for a direct upload: 53.0 MB, and Lambda takes 52.4 MB in one request',
  ],
  ['more than a request takes, by a bucket', code(53, 200), [], withBucket, undefined],
  [
    'more than a request takes, by one that is made',
    code(53, 200),
    [],
    { ...settings, uploadBucket: 'auto' },
    undefined,
  ],
  [
    'more than a function takes, by a bucket or not',
    code(60, 263),
    [],
    withBucket,
    'The function is too large: 263.0 MB unzipped, and Lambda takes 262.1 MB',
  ],
  [
    'too large by its layer alone',
    code(60, 230),
    [layer(33)],
    withBucket,
    'The function is too large: 230.0 MB unzipped and a layer of 33.0 MB zipped, and Lambda takes 262.1 MB',
  ],
  [
    'too large by two layers',
    code(60, 230),
    [layer(20), layer(20)],
    withBucket,
    'The function is too large: 230.0 MB unzipped and 2 layers of 40.0 MB zipped, and Lambda takes 262.1 MB',
  ],
])('%s', (_, sized, layers, given, title) => {
  expect(sizeProblem(sized, layers, given)?.title).toBe(title)
})

test('dependencies in a layer of their own count as well, and are uploaded as well', () => {
  const layered = { ...code(1, 2), layer: { zipBytes: 60 * MB, unzippedBytes: 261 * MB } }
  expect(sizeProblem(layered, [], withBucket)?.title).toContain('The function is too large: 263.0 MB unzipped')
  const fitting = { ...layered, layer: { zipBytes: 60 * MB, unzippedBytes: 200 * MB } }
  expect(sizeProblem(fitting, [], settings)?.title).toContain('too large for a direct upload: 60.0 MB')
  expect(sizeProblem(fitting, [], withBucket)).toBeUndefined()
})

test('the ten largest packages are named, largest first, by the size that is too large', () => {
  const packages = Array.from({ length: 12 }, (_, index) => named(`p${index}`, index + 1))
  const detail = sizeProblem(code(60, 300, packages), [], settings)?.detail?.split('\n') ?? []
  expect(detail).toHaveLength(10)
  expect([detail[0], detail.at(-1)]).toEqual(['  12.0 MB  p11 1.0', '   3.0 MB  p2 1.0'])
  expect(sizeProblem(code(60, 200, packages), [], settings)?.detail).toContain('   3.0 MB  p11 1.0')
})

describe('the advice fits the artifact', () => {
  const hint = (sized: SizedCode, given: Parameters<typeof sizeProblem>[2]): string =>
    sizeProblem(sized, [], given)?.hint ?? ''
  const heavy = code(60, 300, [named('boto3', 1), named('botocore', 20), named('numpy', 250)])

  test.each([
    ['the SDK that the runtime has', heavy, settings, 'runtime-sdk: true leaves out 21.0 MB', true],
    ['not where that is left out', heavy, { ...settings, runtimeSdk: true }, 'runtime-sdk', false],
    ['what slim leaves out', heavy, { ...settings, slim: false }, 'slim: true', true],
    ['not where it is on', heavy, settings, 'slim: true', false],
    ["the project's own files", code(60, 300, [named('numpy', 100)]), settings, "200.0 MB are the project's own", true],
    ['not where they are few', heavy, settings, "the project's own", false],
    ['a bucket', code(60, 200), settings, 'Set upload-bucket: auto, which makes a bucket', true],
    ['no bucket where that would not help', heavy, settings, 'upload-bucket', false],
    ['an image at last', heavy, settings, 'a container image', true],
  ])('%s', (_, sized, given, words, isSaid) => {
    expect(hint(sized, given).includes(words)).toBe(isSaid)
  })
})

test.each([
  ['no layers', code(60, 250), [], false],
  ['a layer that surely fits', code(20, 100), [layer(40)], false],
  ['a layer that may not', code(20, 100), [layer(60)], true],
])('a warning where nobody knows: %s', (_, sized, layers, isWarned) => {
  expect(sizeWarning(sized, layers) !== undefined).toBe(isWarned)
})
