import { describe, expect, test } from '@jest/globals'
import { findManifest } from '../../src/settings/manifest.ts'
import type { Pyproject } from '../../src/settings/pyproject.ts'
import { folderWith } from './project-folder.ts'

const nothing: Pyproject = {
  exists: false,
  text: '',
  hasDependencies: false,
  project: {},
  settings: {},
  stages: {},
  problems: [],
}
const dependent: Pyproject = { ...nothing, exists: true, hasDependencies: true, project: { name: 'shop' } }
const empty = (...paths: string[]): Promise<string> => folderWith(Object.fromEntries(paths.map((path) => [path, ''])))

const IN_ORDER = [
  ['uv.lock', 'uv.lock'],
  ['poetry.lock', 'poetry.lock'],
  ['pdm.lock', 'pdm.lock'],
  ['pylock.toml', 'pylock.toml'],
  ['Pipfile.lock', 'Pipfile.lock'],
  ['requirements.txt', 'requirements'],
  ['pyproject.toml', 'pyproject.toml'],
] as const

test.each(IN_ORDER.map(([path, kind], index) => [path, kind, IN_ORDER.slice(index).map(([each]) => each)] as const))(
  '%s is taken before those that lock less',
  async (path, kind, there) => {
    expect(findManifest(await empty(...there), undefined, dependent)).toEqual({ kind, path })
  },
)

test.each<[string, ReturnType<typeof findManifest>]>([
  ['r/prod.txt', { kind: 'requirements', path: 'r/prod.txt' }],
  ['back/uv.lock', { kind: 'uv.lock', path: 'back/uv.lock' }],
  ['back/poetry.lock', { kind: 'poetry.lock', path: 'back/poetry.lock' }],
  ['pylock.prod.toml', { kind: 'pylock.toml', path: 'pylock.prod.toml' }],
  ['back/pyproject.toml', { kind: 'pyproject.toml', path: 'back/pyproject.toml' }],
  ['requirements.in', { kind: 'requirements', path: 'requirements.in' }],
])('%s is taken for what its name says, before anything that is found', async (given, manifest) => {
  expect(findManifest(await empty('uv.lock', given), given, nothing)).toEqual(manifest)
})

test('pyproject.toml without dependencies is none', async () => {
  expect(findManifest(await empty('pyproject.toml'), undefined, { ...nothing, exists: true })).toHaveProperty('problem')
})

describe('above the project', () => {
  test('a named file', async () => {
    const folder = await empty('requirements.txt', 'backend/app.py')
    expect(findManifest(`${folder}/backend`, '../requirements.txt', nothing)).toEqual({
      kind: 'requirements',
      path: '../requirements.txt',
    })
  })

  test("the lock of a member's workspace, before what the member says itself", async () => {
    const folder = await empty('uv.lock', '.git/HEAD', 'backend/pyproject.toml')
    expect(findManifest(`${folder}/backend`, undefined, dependent)).toEqual({ kind: 'uv.lock', path: '../uv.lock' })
  })

  test('not above the repository', async () => {
    const folder = await empty('uv.lock', 'repository/.git/HEAD', 'repository/pyproject.toml')
    expect(findManifest(`${folder}/repository`, undefined, dependent)).toEqual({
      kind: 'pyproject.toml',
      path: 'pyproject.toml',
    })
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

test.each<[string, string[], RegExp]>([
  ['Pipenv without a lock', ['Pipfile'], /^Lock the Pipfile with: pipenv lock$/],
  ['nothing', [], /^Write a requirements.txt/],
])('without one, the way to one is shown for %s', async (_, paths, hint) => {
  expect(findManifest(await empty(...paths), undefined, nothing)).toEqual({
    problem: {
      title: 'No manifest was found: there is no lock, no requirements.txt, and no dependencies in pyproject.toml',
      hint: expect.stringMatching(hint),
    },
  })
})
