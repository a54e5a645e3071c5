import { expect, test } from '@jest/globals'
import type { FileList } from '../../../src/artifact/file-list.ts'
import { contentChanges } from '../../../src/release/comparison/size-difference.ts'

const file = (path: string, zippedBytes: number, owner?: string): FileList['files'][number] => ({
  ...{ path, crc: zippedBytes, zippedBytes, unzippedBytes: 2 * zippedBytes },
  ...(owner !== undefined && { package: owner }),
})

/** As it is kept: whose each file is, is known. */
const after: FileList = {
  zipBytes: 1000,
  packages: [
    { name: 'django', version: '5.2' },
    { name: 'flask', version: '3.1' },
  ],
  files: [
    file('shop.py', 10),
    file('django/a.py', 100, 'django'),
    file('django-5.2.dist-info/METADATA', 5, 'django'),
    file('flask/a.py', 50, 'flask'),
  ],
}

test('nothing changes', () => {
  expect(contentChanges(after, after)).toEqual({
    ...{ zipBytes: 0, unzippedBytes: 0, packages: [] },
    files: { added: [], removed: [], changed: [] },
  })
})

test('by package and by file, the largest change first', () => {
  const before: FileList = {
    zipBytes: 1500,
    packages: [
      { name: 'django', version: '5.1' },
      { name: 'sqlparse', version: '0.5' },
    ],
    files: [
      file('shop.py', 20),
      file('django/a.py', 90, 'django'),
      file('django-5.1.dist-info/METADATA', 5, 'django'),
      file('sqlparse/a.py', 300, 'sqlparse'),
    ],
  }
  expect(contentChanges(before, after)).toEqual({
    zipBytes: -500,
    unzippedBytes: -500,
    packages: [
      { name: 'sqlparse', before: '0.5', after: undefined, zipBytes: -300, unzippedBytes: -600 },
      { name: 'flask', before: undefined, after: '3.1', zipBytes: 50, unzippedBytes: 100 },
      { name: 'django', before: '5.1', after: '5.2', zipBytes: 10, unzippedBytes: 20 },
    ],
    files: {
      added: ['django-5.2.dist-info/METADATA', 'flask/a.py'],
      removed: ['django-5.1.dist-info/METADATA', 'sqlparse/a.py'],
      changed: ['shop.py', 'django/a.py'],
    },
  })
})

test('of a zip whose directory alone was read, files belong to whom they belong to in the other', () => {
  const before: FileList = {
    zipBytes: 1000,
    packages: [
      { name: 'django', version: '5.1' },
      { name: 'py-moneyed', version: '3.0' },
    ],
    files: [
      file('shop.py', 10),
      file('django/a.py', 90), // there still
      file('django/gone.py', 7), // beside it
      file('py_moneyed/a.py', 30), // its folder has its name
      file('docs/a.txt', 3), // nobody's
      file('django-5.1.dist-info/METADATA', 5, 'django'),
    ],
  }
  expect(contentChanges(before, after).packages).toEqual([
    { name: 'flask', before: undefined, after: '3.1', zipBytes: 50, unzippedBytes: 100 },
    { name: 'py-moneyed', before: '3.0', after: undefined, zipBytes: -30, unzippedBytes: -60 },
    { name: 'django', before: '5.1', after: '5.2', zipBytes: 3, unzippedBytes: 6 },
  ])
})
