import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../src/errors.ts'
import { folderStore } from '../../src/store/folder.ts'
import { folderWith } from '../settings/project-folder.ts'
import { PUBLIC_INDEX, withPublicIndex } from '../support/public-index.ts'
import { type Changes, lock, temporaryStore } from './locking.ts'

// Locks of the same dependencies, each written by its own tool (uv 0.13, Poetry 2.5, PDM 2.29, Pipenv 2026).
const LOCKS = fileURLToPath(new URL('locks', import.meta.url))
type Tool = 'uv' | 'poetry' | 'pdm' | 'pipenv' | 'pylock' | 'pdm-pylock'
const TOOLS: readonly Tool[] = ['uv', 'poetry', 'pdm', 'pipenv', 'pylock']

/** A project of one tool, perhaps with a text replaced in one of its files. */
/** The locks that say where distributions come from. */
const ADDRESSED = ['uv.lock', 'pylock.toml', 'Pipfile', 'Pipfile.lock']

async function projectOf(tool: Tool, file?: string, from?: string, to?: string): Promise<string> {
  const project = await folderWith()
  await cp(join(LOCKS, tool), project, { recursive: true })
  for (const name of ADDRESSED) {
    const text = await readFile(join(project, name), 'utf8').catch(() => undefined)
    if (text !== undefined) await writeFile(join(project, name), withPublicIndex(text))
  }
  if (file !== undefined) {
    const text = await readFile(join(project, file), 'utf8')
    expect(text).toContain(from)
    await writeFile(join(project, file), text.replace(from ?? '', to ?? ''))
  }
  return project
}

const namesOf = async (tool: Tool, changes: Changes = {}): Promise<string[]> =>
  (await lock(await projectOf(tool), changes)).pins.pins.map(({ name }) => name).toSorted()

const MAIN = ['asgiref', 'bleach', 'django', 'mylib', 'sqlparse', 'tinycss2', 'webencodings']
const PROD = ['gunicorn', 'packaging']

describe('the dependencies of a project are read without opening the builder', () => {
  test.each(TOOLS.filter((tool) => tool !== 'pylock'))('%s', async (tool) => {
    const project = await projectOf(tool)
    const { pins, opened } = await lock(project)
    expect(pins.pins.map(({ name }) => name).toSorted()).toEqual(MAIN)
    expect(opened).toBe(0)
    const versions = Object.fromEntries(pins.pins.map(({ name, version }) => [name, version]))
    expect(versions).toMatchObject({ asgiref: expect.stringMatching(/^3\.1[23]\./), django: '5.1.15' })
    const mylib = pins.pins.find(({ name }) => name === 'mylib')
    expect(mylib?.source).toEqual({ kind: 'local', path: join(project, 'lib'), isEditable: tool !== 'pdm' })
    const fromIndex = pins.pins.filter(({ source }) => source.kind === 'index')
    expect(
      fromIndex.every(({ hashes }) => hashes.length >= 1 && hashes.every((hash) => /^sha256:\w{64}$/.test(hash))),
    ).toBe(true)
    expect(pins.pipOptions).toEqual([])
  })

  test('pylock.toml, which has what it was exported with', async () => {
    const names = await namesOf('pylock')
    expect(names).toEqual([...MAIN.filter((name) => name !== 'mylib'), ...PROD, 'redis'].toSorted())
  })

  test.each<[string, Changes, readonly string[]]>([
    ['its default group', {}, MAIN],
    ['an extra and a group', { extras: ['cache'], groups: ['prod'] }, [...MAIN, ...PROD, 'redis']],
    ['only a group', { onlyGroups: ['prod'] }, PROD],
  ])('pylock.toml with groups and extras: %s', async (_, changes, names) => {
    expect(await namesOf('pdm-pylock', changes)).toEqual([...names].toSorted())
  })
})

describe('markers are those of the target', () => {
  test.each(TOOLS.filter((tool) => tool !== 'pipenv'))('%s', async (tool) => {
    const { pins } = await lock(await projectOf(tool), { pythonVersion: '3.10.16' })
    const versions = new Map(pins.pins.map(({ name, version }) => [name, version]))
    // Later ones are for Python 3.11 and up.
    expect(versions.get('asgiref')).toBe('3.12.1')
    expect(versions.has('typing-extensions')).toBe(true)
    expect(versions.has('tzdata')).toBe(false)
  })
})

describe('why a distribution is there', () => {
  test.each<[Tool, Record<string, string[]>]>([
    ['uv', { django: [''], asgiref: ['django'], tinycss2: ['bleach'], sqlparse: ['django', 'mylib'], mylib: [''] }],
    ['poetry', { django: [''], asgiref: ['django'], tinycss2: ['bleach'], sqlparse: ['django', 'mylib'], mylib: [''] }],
    ['pdm', { django: [''], asgiref: ['django'], tinycss2: ['bleach'], sqlparse: ['django', 'mylib'], mylib: [''] }],
    ['pdm-pylock', { django: [''], asgiref: ['django'], sqlparse: ['django'] }],
  ])('%s', async (tool, expected) => {
    const { pins } = await lock(await projectOf(tool))
    const requirers = Object.fromEntries(pins.pins.map(({ name, requiredBy }) => [name, requiredBy]))
    expect(requirers).toMatchObject(expected)
  })
})

describe('groups and extras', () => {
  test.each<[string, Tool, Changes, readonly string[]]>([
    ['a group', 'uv', { groups: ['prod'] }, [...MAIN, ...PROD]],
    ['a group', 'poetry', { groups: ['prod'] }, [...MAIN, ...PROD]],
    ['a group', 'pdm', { groups: ['Prod'] }, [...MAIN, ...PROD]],
    ['a group', 'pipenv', { groups: ['prod'] }, [...MAIN, ...PROD]],
    ['only a group', 'uv', { onlyGroups: ['prod'] }, PROD],
    ['only a group', 'poetry', { onlyGroups: ['prod'] }, PROD],
    ['only a group', 'pdm', { onlyGroups: ['prod'] }, PROD],
    ['only a group', 'pipenv', { onlyGroups: ['prod'] }, PROD],
    ['an extra', 'uv', { extras: ['cache'] }, [...MAIN, 'redis']],
    ['an extra that asks for another', 'uv', { extras: ['all'] }, [...MAIN, 'redis']],
    ['an extra', 'poetry', { extras: ['cache'] }, [...MAIN, 'redis']],
    ['an extra', 'pdm', { extras: ['cache'] }, [...MAIN, 'redis']],
    [
      'an extra, on an older Python',
      'pdm',
      { extras: ['cache'], pythonVersion: '3.11.2' },
      [...MAIN, 'async-timeout', 'redis'],
    ],
    ['a group that is left out again', 'uv', { groups: ['prod'], withoutGroups: ['prod'] }, MAIN],
  ])('%s: %s', async (_, tool, changes, names) => {
    expect(await namesOf(tool, changes)).toEqual([...names].toSorted())
  })

  test.each<[Tool, string[]]>([
    ['uv', ['dev', 'lint', 'prod']],
    ['poetry', ['dev', 'prod']],
    ['pdm', ['dev', 'prod']],
    ['pipenv', ['develop', 'prod']],
  ])('%s: the log says which are left out', async (tool, groups) => {
    const { pins, lines } = await lock(await projectOf(tool))
    expect(pins.groupsLeftOut).toEqual(groups)
    expect(lines).toEqual([`groups left out: ${groups.join(', ')}`])
  })

  test('what a group includes belongs to it', async () => {
    expect(await namesOf('uv', { onlyGroups: ['dev'] })).toEqual(expect.arrayContaining(['isort', 'pytest']))
  })

  test.each<[Tool, Changes, string, string]>([
    ['uv', { groups: ['production'] }, 'pyproject.toml has no group production', 'There are: dev, lint, prod.'],
    ['poetry', { withoutGroups: ['docs'] }, 'pyproject.toml has no group docs', 'There are: dev, prod.'],
    ['pdm', { extras: ['x', 'y'] }, 'pyproject.toml has no extra x, y', 'There are: cache.'],
    ['pipenv', { onlyGroups: ['docs'] }, 'Pipfile.lock has no group docs', 'There are: develop, prod.'],
    ['pylock', { extras: ['cache'] }, 'pylock.toml has no extra cache', 'It has none at all.'],
  ])('%s: one that does not exist is refused with those that do (%j)', async (tool, changes, title, hint) => {
    await expect(lock(await projectOf(tool), changes)).rejects.toMatchObject({ title, hint, exitCode: 2 })
  })
})

describe('a lock that does not match its manifest is refused, with the line and what makes it anew', () => {
  test.each<[string, Tool, [string, string, string], Record<string, unknown>]>([
    [
      'a dependency was added',
      'uv',
      ['pyproject.toml', '"mylib",', '"mylib",\n  "flask>=3",'],
      { detail: /asks for flask>=3/, hint: /uv lock$/, location: { file: 'pyproject.toml', line: 9 } },
    ],
    [
      'a dependency was removed',
      'uv',
      ['pyproject.toml', '"bleach[css]~=6.2",', ''],
      { detail: /made with bleach/, hint: /uv lock$/, location: { file: 'pyproject.toml', line: 1 } },
    ],
    [
      'a specifier was changed',
      'uv',
      ['pyproject.toml', 'django>=5.1,<5.2', 'django>=5.1,<6'],
      { detail: /asks for django>=5.1,<6/, hint: /uv lock$/, location: { file: 'pyproject.toml', line: 6 } },
    ],
    [
      'a dependency was added',
      'poetry',
      ['pyproject.toml', 'django = "~5.1"', 'django = "~5.1"\nflask = "^3"'],
      { detail: 'flask is not in poetry.lock.', hint: /poetry lock$/, location: { file: 'pyproject.toml', line: 11 } },
    ],
    [
      'a specifier was changed',
      'poetry',
      ['pyproject.toml', 'django = "~5.1"', 'django = "^6.0"'],
      {
        detail: 'poetry.lock has django 5.1.15, and pyproject.toml asks for >=6.0,<7.',
        location: { file: 'pyproject.toml', line: 10 },
      },
    ],
    [
      'a specifier was changed',
      'pdm',
      ['pyproject.toml', 'django~=5.1.0', 'django~=5.2.0'],
      { detail: /asks for ~=5.2.0/, hint: /pdm lock$/, location: { file: 'pyproject.toml', line: 6 } },
    ],
    [
      'a dependency was added',
      'pipenv',
      ['Pipfile', '[dev-packages]', 'flask = "*"\n[dev-packages]'],
      { detail: 'flask is not in Pipfile.lock.', hint: /pipenv lock$/, location: { file: 'Pipfile', line: 12 } },
    ],
    [
      'a specifier was changed',
      'pipenv',
      ['Pipfile', '~=5.1.0', '>=6'],
      { detail: /has django 5.1.15, and Pipfile asks for >=6/, location: { file: 'Pipfile', line: 7 } },
    ],
    [
      'a specifier was changed',
      'pylock',
      ['pyproject.toml', 'django~=5.1.0', 'django>=6'],
      { detail: /asks for >=6/, hint: /uv export --format pylock.toml/, location: { file: 'pyproject.toml', line: 6 } },
    ],
  ])('%s: %s', async (_, tool, [file, from, to], { detail, hint, location }) => {
    const locking = lock(await projectOf(tool, file, from, to))
    await expect(locking).rejects.toThrow(UserError)
    await expect(locking).rejects.toMatchObject({
      title: expect.stringMatching(/ does not match /),
      detail: expect.stringMatching(detail as string | RegExp),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint as RegExp) }),
      location,
      exitCode: 1,
    })
  })

  test('what does not change what is installed does not matter', async () => {
    const project = await projectOf('uv', 'pyproject.toml', '"django>=5.1,<5.2"', '"Django < 5.2, >= 5.1"')
    expect((await lock(project)).pins.pins).toHaveLength(MAIN.length)
  })
})

describe('a lock that cannot be used', () => {
  test.each<[string, Tool, string, string, string, RegExp]>([
    [
      'of a later format',
      'uv',
      'uv.lock',
      'version = 1',
      'version = 9',
      /uv\.lock has the format 9, which is not known/,
    ],
    [
      'for another Python',
      'uv',
      'uv.lock',
      '>=3.10',
      '>=3.13',
      /uv\.lock is for Python >=3\.13, and the runtime has 3\.12\.4/,
    ],
    [
      'for another Python',
      'poetry',
      'poetry.lock',
      'python-versions = "^3.10"',
      'python-versions = "^3.13"',
      /poetry\.lock is for Python >=3\.13,<4/,
    ],
    ['that is no TOML', 'pdm', 'pdm.lock', '[metadata]', '[metadata', /pdm\.lock cannot be read/],
    ['that is no JSON', 'pipenv', 'Pipfile.lock', '{', '{,', /Pipfile\.lock cannot be read/],
    ['of a later format', 'pylock', 'pylock.toml', '"1.0"', '"2.0"', /pylock\.toml has the format 2\.0/],
  ])('%s: %s', async (_, tool, file, from, to, title) => {
    const locking = lock(await projectOf(tool, file, from, to))
    await expect(locking).rejects.toMatchObject({ title: expect.stringMatching(title), location: expect.anything() })
  })
})

describe('a lock that somebody wrote by hand adds nothing to what pip is told', () => {
  test.each<[string, Tool, string, string, string]>([
    [
      'a line, by a version',
      'pylock',
      'pylock.toml',
      'version = "5.1.15"',
      'version = "5.1.15\\n--index-url=https://x"',
    ],
    ['an option, by a version', 'uv', 'uv.lock', 'version = "5.1.15"', 'version = "5.1.15 --hash=sha256:00"'],
    ['a variable, by a version', 'pipenv', 'Pipfile.lock', '"==5.1.15"', '"===${HOME}"'],
    ['a line, by a hash', 'pipenv', 'Pipfile.lock', '"sha256:', '"sha256:00\\n/project/evil\\n'],
    [
      'an option, by a name',
      'pylock',
      'pylock.toml',
      '[[packages]]\nname = "sqlparse"',
      '[[packages]]\nname = "--index-url=https://x"',
    ],
    [
      'a line that only Python sees, by a name',
      'pylock',
      'pylock.toml',
      '[[packages]]\nname = "sqlparse"',
      '[[packages]]\nname = "a\\u0085evil"',
    ],
  ])('%s', async (_, tool, file, from, to) => {
    const locking = lock(await projectOf(tool, file, from, to))
    await expect(locking).rejects.toBeInstanceOf(UserError)
    await expect(locking).rejects.toMatchObject({ location: expect.objectContaining({ file }) })
  })
})

test.each(TOOLS)('%s: options that would choose versions again are refused', async (tool) => {
  const locking = lock(await projectOf(tool), { pipArgs: '--index-url https://x.example/simple --pre' })
  await expect(locking).rejects.toMatchObject({
    title: expect.stringMatching(/^pip-args: --pre cannot change/),
    exitCode: 2,
  })
})

describe('what a lock was read as is kept', () => {
  test.each(TOOLS)('%s', async (tool) => {
    const store = await temporaryStore()
    const project = await projectOf(tool)
    const { pins } = await lock(project, { store })
    expect((await lock(project, { store })).pins).toEqual(pins)
    const older = (await lock(project, { store, pythonVersion: '3.10.16' })).pins
    expect(older.pins.map(({ version }) => version)).not.toEqual(pins.pins.map(({ version }) => version))
  })

  test('until its manifest changes', async () => {
    const store = await temporaryStore()
    const project = await projectOf('uv')
    await lock(project, { store })
    const manifest = join(project, 'pyproject.toml')
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"mylib",', '"mylib", "flask",'))
    await expect(lock(project, { store })).rejects.toMatchObject({ title: 'uv.lock does not match pyproject.toml' })
  })

  test('but never with credentials', async () => {
    const url = 'https://me:secret@x.example/simple'
    const project = await projectOf('pipenv', 'Pipfile.lock', PUBLIC_INDEX, url)
    const folder = await folderWith()
    const store = folderStore({ folder, mostBytes: 1e9, onUnwritable: () => undefined })
    const { pins } = await lock(project, { store })
    expect(pins.pipOptions).toEqual(['--extra-index-url', url])
    expect(JSON.stringify(pins.pins)).not.toContain('secret')
    expect(await readdir(folder)).toEqual([])
    await lock(await projectOf('pipenv'), { store })
    expect(await readdir(join(folder, 'resolutions'))).toHaveLength(1)
  })
})

describe('indexes', () => {
  const PRIVATE = 'https://x.example/simple'

  test('of uv: a distribution comes from the one that the lock names, with the credentials of its name', async () => {
    const project = await projectOf(
      'uv',
      'uv.lock',
      `name = "django"\nversion = "5.1.15"\nsource = { registry = "${PUBLIC_INDEX}" }`,
      `name = "django"\nversion = "5.1.15"\nsource = { registry = "${PRIVATE}" }`,
    )
    const manifest = join(project, 'pyproject.toml')
    const text = await readFile(manifest, 'utf8')
    await writeFile(manifest, `${text}\n[[tool.uv.index]]\nname = "our-own"\nurl = "${PRIVATE}"\n`)
    const environment = { UV_INDEX_OUR_OWN_USERNAME: 'me', UV_INDEX_OUR_OWN_PASSWORD: 's3c/ret' }
    const { pins } = await lock(project, { environment })
    expect(pins.pins.find(({ name }) => name === 'django')?.source).toEqual({ kind: 'index', index: PRIVATE })
    expect(pins.pins.filter(({ source }) => source.kind === 'index' && source.index !== undefined)).toHaveLength(1)
    expect(pins.pipOptions).toEqual(['--extra-index-url', 'https://me:s3c%2Fret@x.example/simple'])
  })

  test('that variables have credentials for', async () => {
    const from = `name = "django"\nversion = "5.1.15"\nsource = { registry = "${PUBLIC_INDEX}" }`
    const project = await projectOf('uv', 'uv.lock', from, from.replace(PUBLIC_INDEX, PRIVATE))
    const environment = { PIP_EXTRA_INDEX_URL: 'https://other.example https://me:s3cret@x.example/simple/' }
    const { pins } = await lock(project, { environment })
    expect(pins.pipOptions).toEqual(['--extra-index-url', 'https://me:s3cret@x.example/simple/'])
  })
})
