import { describe, expect, test } from '@jest/globals'
import { conflictProblem, type Merged, mergeSlices } from '../../src/artifact/merge.ts'
import type { Slice } from '../../src/artifact/slice.ts'
import { UserError } from '../../src/errors.ts'
import { folderWith } from '../settings/project-folder.ts'
import { sliceOf, type TestFiles } from '../support/slices.ts'

type Distributions = readonly (readonly [name: string, files: TestFiles, namespaces?: readonly string[]])[]

async function merge(own: TestFiles, distributions: Distributions): Promise<Merged> {
  const folder = await folderWith()
  await using stack = new AsyncDisposableStack()
  const application = stack.use(await sliceOf(folder, own, { distribution: '' }))
  const slices: Slice[] = []
  for (const [distribution, files, namespaces = []] of distributions)
    slices.push(stack.use(await sliceOf(folder, files, { distribution, namespaces })))
  return mergeSlices(application, slices)
}

/** Path → whose it is. */
function ownersIn({ picks }: Merged): Record<string, string> {
  return Object.fromEntries(picks.map(({ slice, entry }) => [entry.path, slice.facts.distribution || 'own']))
}

const PYC = '__pycache__/x.cpython-313.pyc'

test('everything is there once, sorted by bytes', async () => {
  const merged = await merge({ 'b/x': '', 'a.py': '' }, [
    ['one', { 'a/x': '', Z: '' }],
    ['two', { 'a-b': '', é: '', ｚ: '', '\u{1F600}': '' }],
  ])
  expect(Object.keys(ownersIn(merged))).toEqual(['Z', 'a-b', 'a.py', 'a/x', 'b/x', 'é', 'ｚ', '\u{1F600}'])
  expect(merged).toMatchObject({ replaced: [], conflicts: [] })
})

describe('the application wins', () => {
  test('and it is said', async () => {
    const merged = await merge({ 'x.py': 'own', 'data.txt': 'own' }, [
      ['one', { 'x.py': '1', 'y.py': '' }],
      ['two', { 'x.py': '2', 'data.txt': '2' }],
    ])
    expect(ownersIn(merged)).toEqual({ 'x.py': 'own', 'y.py': 'one', 'data.txt': 'own' })
    expect(merged.replaced).toEqual([
      { path: 'data.txt', distribution: 'two' },
      { path: 'x.py', distribution: 'one, two' },
    ])
    expect(merged.conflicts).toEqual([])
  })

  test('silently where the file is the same, or ours to replace', async () => {
    const merged = await merge({ 'x.py': 'same', 'serverless_wsgi.py': 'ours' }, [
      ['one', { 'x.py': 'same', 'serverless_wsgi.py': 'theirs' }],
    ])
    expect(merged.replaced).toEqual([])
    expect(ownersIn(merged)).toEqual({ 'x.py': 'own', 'serverless_wsgi.py': 'own' })
  })

  test('with its bytecode, and without the bytecode of the other where it has none', async () => {
    const theirs: Distributions = [['one', { 'p/x.py': '1', [`p/${PYC}`]: 'bytecode of 1', 'x.py': '1', [PYC]: '1' }]]
    expect(ownersIn(await merge({ 'p/x.py': 'own', [`p/${PYC}`]: 'own', 'x.py': 'own' }, theirs))).toEqual({
      'p/x.py': 'own',
      [`p/${PYC}`]: 'own',
      'x.py': 'own',
    })
  })
})

describe('of two distributions the later one in the lock has the file', () => {
  const files = (content: string): TestFiles => ({
    'share/readme.txt': content,
    'p/x.py': content,
    [`p/${PYC}`]: content,
  })
  test.each([
    [['one', 'two'], 'two'],
    [['two', 'one'], 'one'],
  ])('%j: %s', async (order, winner) => {
    const merged = await merge(
      {},
      order.map((name) => [name, files(name)] as const),
    )
    expect(new Set(Object.values(ownersIn(merged)))).toEqual(new Set([winner]))
  })

  test('and its bytecode alone, if it has none then none', async () => {
    const merged = await merge({}, [
      ['one', { 'p/x.py': '1', [`p/${PYC}`]: '1' }],
      ['two', { 'p/x.py': 'does not compile' }],
    ])
    expect(ownersIn(merged)).toEqual({ 'p/x.py': 'two' })
  })

  test('bytecode without a module of that name stays with whom has it', async () => {
    const path = '__pycache__x/__pycache__/x.cpython-313.pyc'
    expect(ownersIn(await merge({ 'x.py': '' }, [['one', { [path]: '1' }]]))).toEqual({ 'x.py': 'own', [path]: 'one' })
  })
})

describe('conflicts', () => {
  test.each<[string, TestFiles, TestFiles, readonly { path: string; isCode: boolean }[]]>([
    ['none: different paths', { 'a.py': '1' }, { 'b.py': '2' }, []],
    ['none: the same file', { 'a.py': 'same', 'l.so': 'x' }, { 'a.py': 'same', 'l.so': 'x' }, []],
    ['none: names that differ only in case', { 'A.py': '1' }, { 'a.py': '2' }, []],
    ['a module', { 'a.py': '1' }, { 'a.py': '2' }, [{ path: 'a.py', isCode: true }]],
    ['bytecode without sources', { 'a.pyc': '1' }, { 'a.pyc': '2' }, [{ path: 'a.pyc', isCode: true }]],
    ['a library', { 'lib/x.so.1.2': '1' }, { 'lib/x.so.1.2': '2' }, [{ path: 'lib/x.so.1.2', isCode: true }]],
    ['an extension', { 'x.abi3.so': '1' }, { 'x.abi3.so': '2' }, [{ path: 'x.abi3.so', isCode: true }]],
    ['a text', { LICENSE: '1' }, { LICENSE: '2' }, [{ path: 'LICENSE', isCode: false }]],
    ['bytecode beside its module is no second one', { 'a.py': '1', [PYC]: '1' }, { 'a.py': '1', [PYC]: '2' }, []],
    ['a program', { 'bin/x': '1' }, { 'bin/x': '2' }, [{ path: 'bin/x', isCode: false }]],
  ])('%s', async (_, one, two, expected) => {
    const { conflicts } = await merge({}, [
      ['one', one],
      ['two', two],
    ])
    expect(conflicts).toEqual(expected.map((conflict) => ({ ...conflict, distributions: ['one', 'two'] })))
  })

  test.each(['n/__init__.py', 'n/__init__.pyc'])('none: a namespace that both share, %s', async (path) => {
    const shared = ['n/__init__.py']
    const merged = await merge({}, [
      ['one', { [path]: '__path__ = extend_path(__path__, __name__)', 'n/one.py': '' }, shared],
      ['two', { [path]: '__import__("pkg_resources").declare_namespace(__name__)', 'n/two.py': '' }, shared],
      ['three', { [path]: '' }, shared],
    ])
    expect(merged.conflicts).toEqual([])
    expect(ownersIn(merged)).toMatchObject({ [path]: 'three' })
    const { conflicts } = await merge({}, [
      ['one', { [path]: 'extend_path' }, shared],
      ['two', { [path]: 'VERSION = 1' }],
    ])
    expect(conflicts).toEqual([{ path, distributions: ['one', 'two'], isCode: true }])
  })

  test('are told by name, with the way out; texts are none', () => {
    expect(conflictProblem([{ path: 'LICENSE', distributions: ['one', 'two'], isCode: false }])).toBeUndefined()
    expect(conflictProblem([{ path: 'a.py', distributions: ['one', 'two'], isCode: true }])).toEqual({
      title: 'one and two have different files at the same path',
      detail: 'a.py (one, two)',
      hint: expect.stringContaining('on-conflict: warn'),
    })
  })
})

describe('a file where another has a folder', () => {
  test.each<[string, TestFiles, Distributions, string]>([
    [
      'of two distributions',
      {},
      [
        ['one', { 'data/x': '' }],
        ['two', { data: '' }],
      ],
      'data is a file of two and a folder of one',
    ],
    [
      'of the project',
      { 'a/b': '' },
      [['one', { 'a/b/c/d.py': '' }]],
      'a/b is a file of the project and a folder of one',
    ],
  ])('%s', async (_, own, distributions, title) => {
    const merging = merge(own, distributions)
    await expect(merging).rejects.toThrow(UserError)
    await expect(merging).rejects.toThrow(title)
  })

  test('is none where names only begin alike', async () => {
    expect(Object.keys(ownersIn(await merge({ a: '' }, [['one', { 'a-b/c': '', 'ab/c': '' }]])))).toHaveLength(3)
  })
})
