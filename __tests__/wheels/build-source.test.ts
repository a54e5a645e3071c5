import { describe, expect, test } from '@jest/globals'
import { isRepository } from '../../src/wheels/build-source.ts'
import { parseWheelName } from '../../src/wheels/complete-wheel.ts'
import { targetOf } from '../../src/wheels/extra-files.ts'
import { indexLines, requirementLine } from '../../src/wheels/requirement-lines.ts'

const pin = { name: 'shop', version: '1.0', hashes: [], requiredBy: [], location: undefined }

test('hashes stand with the requirement, where pip checks them', () => {
  const source = { kind: 'index' } as const
  expect(requirementLine({ ...pin, source })).toBe('shop==1.0')
  expect(requirementLine({ ...pin, source, hashes: ['sha256:a', 'sha256:b'] })).toBe(
    'shop==1.0 --hash=sha256:a --hash=sha256:b',
  )
  const url = 'https://example.org/shop-1.0.tar.gz'
  expect(requirementLine({ ...pin, source: { kind: 'url', url } })).toBe(`shop @ ${url}`)
})

test.each([
  ['git+https://example.org/shop.git@v1', true],
  ['git+ssh://git@example.org/shop.git', true],
  ['https://example.org/shop-1.0.tar.gz', false],
])('%s is a repository: %s', (url, expected) => {
  expect(isRepository({ kind: 'url', url })).toBe(expected)
})

test('only the options that say where to look go into a file for pip', () => {
  expect(
    indexLines([
      '--index-url',
      'https://a/simple',
      '--extra-index-url=https://b',
      '-f',
      'https://c',
      '--pre',
      '--no-index',
    ]),
  ).toEqual(['--index-url https://a/simple', '--extra-index-url https://b', '-f https://c', '--no-index'])
})

describe('what may come from one index only is looked for', () => {
  const source = { kind: 'index', index: 'https://own.example/simple' } as const

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'there',
      ['--index-url', 'https://a/simple', '--find-links', '/wheels'],
      ['--index-url https://own.example/simple'],
    ],
    [
      'with the credentials that are known for it',
      ['--extra-index-url', 'https://me:secret@own.example/simple/', '--trusted-host', 'own.example'],
      ['--index-url https://me:secret@own.example/simple/', '--trusted-host own.example'],
    ],
    ['not even there without a network', ['--no-index', '-f', '/wheels'], ['--no-index', '-f /wheels']],
  ])('%s', (_, options, lines) => {
    expect(indexLines(options, source)).toEqual(lines)
  })
})

test('the name of a wheel', () => {
  expect(parseWheelName('Some_Thing-1.0+local-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl')).toEqual({
    name: 'some-thing',
    version: '1.0+local',
    platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  })
})

test.each([
  ['libpq.so.5', '/usr/lib64/libpq.so.5*', undefined, 'lib/libpq.so.5'],
  ['libfoo.so', '/opt/libfoo.so', undefined, 'lib/libfoo.so'],
  ['magic.mgc', '/usr/share/misc/magic.mgc', undefined, 'magic.mgc'],
  ['data/plugin.so', '/opt/data', undefined, 'data/plugin.so'],
  ['magic.mgc', '/usr/share/misc/magic.mgc', 'data/file.mgc', 'data/file.mgc'],
  ['magic.mgc', '/usr/share/misc/magic.mgc', 'data/', 'data/magic.mgc'],
  ['magic.mgc', '/usr/share/misc/*.mgc', 'data', 'data/magic.mgc'],
])('%s of %s for %s goes to %s', (path, pattern, target, expected) => {
  expect(targetOf(path, pattern, target)).toBe(expected)
})

test('nothing goes out of the artifact', () => {
  expect(() => targetOf('a', '/a', '../a')).toThrow('leads out of the artifact')
})
