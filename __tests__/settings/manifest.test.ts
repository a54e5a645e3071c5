import { describe, expect, test } from '@jest/globals'
import { findManifest } from '../../src/settings/manifest.ts'
import type { Pyproject } from '../../src/settings/pyproject.ts'
import { folderWith } from './project-folder.ts'

const nothing: Pyproject = { exists: false, project: {}, settings: {}, stages: {}, problems: [] }
const empty = (...paths: string[]): Promise<string> => folderWith(Object.fromEntries(paths.map((path) => [path, ''])))

test.each<[string, string[], string | undefined, ReturnType<typeof findManifest>]>([
  ['uv.lock', ['uv.lock'], undefined, { kind: 'uv.lock', path: 'uv.lock' }],
  ['requirements.txt', ['requirements.txt'], undefined, { kind: 'requirements', path: 'requirements.txt' }],
  ['both: the lock', ['requirements.txt', 'uv.lock'], undefined, { kind: 'uv.lock', path: 'uv.lock' }],
  ['what is named', ['uv.lock', 'r/prod.txt'], 'r/prod.txt', { kind: 'requirements', path: 'r/prod.txt' }],
  ['a lock in a folder', ['back/uv.lock'], 'back/uv.lock', { kind: 'uv.lock', path: 'back/uv.lock' }],
  [
    'a lock of another tool counts for nothing',
    ['poetry.lock', 'requirements.txt'],
    undefined,
    { kind: 'requirements', path: 'requirements.txt' },
  ],
])('%s', async (_, paths, given, manifest) => {
  expect(findManifest(await empty(...paths), given, nothing)).toEqual(manifest)
})

test('above the project', async () => {
  const folder = await empty('requirements.txt', 'backend/app.py')
  expect(findManifest(`${folder}/backend`, '../requirements.txt', nothing)).toEqual({
    kind: 'requirements',
    path: '../requirements.txt',
  })
})

test('one that is named and missing is not replaced by one that was not named', async () => {
  expect(findManifest(await empty('requirements.txt'), 'prod.txt', nothing)).toEqual({
    problem: {
      title: 'The manifest "prod.txt" does not exist',
      hint: 'Set requirements to a path relative to the project.',
    },
  })
})

describe('without one, the way to one is shown for', () => {
  const dependent = { ...nothing, project: { dependencies: [] } }
  test.each<[string, string[], Pyproject, string]>([
    [
      'Poetry',
      ['poetry.lock'],
      dependent,
      'poetry.lock is there; write it out with: poetry export -o requirements.txt',
    ],
    [
      'Pipenv',
      ['Pipfile.lock'],
      nothing,
      'Pipfile.lock is there; write it out with: pipenv requirements > requirements.txt',
    ],
    ['PDM', ['pdm.lock'], nothing, 'pdm.lock is there; write it out with: pdm export -o requirements.txt'],
    ['PEP 621', ['pyproject.toml'], dependent, 'pyproject.toml has dependencies; lock them with: uv lock'],
    [
      'nothing',
      [],
      nothing,
      'Write a requirements.txt (an empty one if the application needs nothing), or set requirements to its path.',
    ],
  ])('%s', async (_, paths, pyproject, hint) => {
    expect(findManifest(await empty(...paths), undefined, pyproject)).toEqual({
      problem: { title: 'No manifest was found: there is neither uv.lock nor requirements.txt', hint },
    })
  })
})
