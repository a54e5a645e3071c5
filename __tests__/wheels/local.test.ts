import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Pin } from '../../src/requirements/pins.ts'
import type { ProjectFile } from '../../src/wheels/build-source.ts'
import { readLocalPackage } from '../../src/wheels/local.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const PROJECT = '[project]\nname = "web-shop"\nversion = "1.5"\n'
const HATCH = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'

async function read(pyproject: string | undefined, names: readonly string[], version?: string) {
  const texts = pyproject === undefined ? {} : { 'pyproject.toml': pyproject }
  const files = { ...Object.fromEntries(names.map((name) => [name, '__version__ = "2.5"\n'])), ...texts }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const source = { kind: 'local', path: folder, isEditable: false } as const
  const pin: Pin = { name: 'web-shop', version, hashes: [], source, requiredBy: [''], location: undefined }
  return await readLocalPackage(pin, listAll)
}

async function listAll(root: string): Promise<ProjectFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => ({ path: file.slice(root.length + 1), file, mode: 0o644 }))
}

describe('a build has to tell', () => {
  test.each<[string, string | undefined, string[]]>([
    ['without pyproject.toml', undefined, ['web_shop/__init__.py', 'setup.py']],
    ['with a setup.py beside it', PROJECT, ['web_shop/__init__.py', 'setup.py']],
    ['with a setup.cfg beside it', PROJECT, ['web_shop/__init__.py', 'setup.cfg']],
    ['with code to compile', PROJECT, ['web_shop/__init__.py', 'web_shop/fast.c']],
    ['with several packages that nobody names', PROJECT, ['one/__init__.py', 'two/__init__.py']],
    ['with an unknown backend', `[build-system]\nbuild-backend = "own"\n${PROJECT}`, ['web_shop/__init__.py']],
    ['with a build hook', `${HATCH}${PROJECT}[tool.hatch.build.hooks.custom]\n`, ['web_shop/__init__.py']],
    [
      'with a version that only a backend finds',
      '[project]\nname = "web-shop"\ndynamic = ["version"]\n',
      ['web_shop/__init__.py'],
    ],
    ['with a broken file', '[project', ['web_shop/__init__.py']],
  ])('%s', async (_, pyproject, names) => {
    expect(await read(pyproject, names)).toBeUndefined()
  })
})

test('an archive is none of it', async () => {
  await writeFile(join(folder, 'a.whl'), '')
  const source = { kind: 'local', path: join(folder, 'a.whl'), isEditable: false } as const
  const pin: Pin = { name: 'a', version: '1', hashes: [], source, requiredBy: [], location: undefined }
  expect(await readLocalPackage(pin, listAll)).toBeUndefined()
})

test.each([
  ['as it is written', PROJECT, undefined, '1.5'],
  ['of the lock', PROJECT, '1.5.1', '1.5.1'],
  [
    'of a file that hatch names',
    `${HATCH}[project]\nname = "web-shop"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "web_shop/__init__.py"\n`,
    undefined,
    '2.5',
  ],
])('the version %s', async (_, pyproject, locked, version) => {
  const found = await read(pyproject, ['web_shop/__init__.py', 'web_shop/page.html', 'README.md'], locked)
  expect(found).toMatchObject({ name: 'web-shop', version })
  expect(found?.files.map(({ path }) => path).sort()).toEqual(['web_shop/__init__.py', 'web_shop/page.html'])
  expect(found?.metadata).toEqual([
    {
      path: `web_shop-${version}.dist-info/METADATA`,
      text: `Metadata-Version: 2.1\nName: web-shop\nVersion: ${version}\n`,
    },
  ])
})

test('the metadata names what the package needs, without addresses', async () => {
  const dependencies =
    '["flask[async] >=3,\\n<4 ; python_version > \\"3\\"", "x @ https://me:pw@example.org/x.zip ; os_name == \\"posix\\""]'
  const found = await read(`${PROJECT}dependencies = ${dependencies}\n`, ['web_shop/__init__.py'])
  expect(found?.metadata[0]?.text.split('\n').slice(3)).toEqual([
    'Requires-Dist: flask[async] >=3, <4 ; python_version > "3"',
    'Requires-Dist: x ; os_name == "posix"',
    '',
  ])
})
