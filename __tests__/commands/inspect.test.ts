import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import picocolors from 'picocolors'
import { type InspectArguments, type InspectResult, inspect } from '../../src/commands/inspect.ts'
import { inspectionText } from '../../src/commands/inspection-text.ts'
import { loadInspectSettings } from '../../src/settings/settings.ts'
import { addFiles, folderWith } from '../settings/project-folder.ts'
import { rawZip } from '../support/wheels.ts'
import { exampleArtifact } from './example-artifact.ts'

const PAGE = readFileSync(new URL('../../docs/inspect.md', import.meta.url), 'utf8')
const EVERYTHING: InspectArguments = {
  artifact: undefined,
  against: undefined,
  why: undefined,
  imports: false,
  module: undefined,
}
const unneeded = (): never => {
  throw new Error('no builder is needed for this')
}

let shop: string
beforeAll(async () => {
  const before = exampleArtifact({ flask: { version: '3.0.3', kilobytes: 270 }, withoutBlinker: true })
  shop = join(await folderWith(), 'shop')
  await addFiles(shop, {
    'requirements.in': 'flask\npsycopg[binary]\n',
    'requirements.txt': '',
    '.wsgi-lambda/shop.zip': exampleArtifact(),
    'before.zip': before,
  })
})

async function inspected(given: Partial<InspectArguments> = {}, project = shop): Promise<InspectResult> {
  const explicit = { given: {}, nameOf: String }
  const settings = await loadInspectSettings({ project, stage: undefined, environment: {}, explicit })
  const collaborators = { createToolchain: unneeded, createStore: unneeded, toolsFolder: '' }
  return await inspect({ ...EVERYTHING, ...given }, settings, collaborators)
}

const inText = (result: InspectResult, hasColors = false): string =>
  inspectionText(result, picocolors.createColors(hasColors))

describe('docs/inspect.md', () => {
  const shown = [...PAGE.matchAll(/^```console\n\$ npx wsgi-lambda inspect ?(.*)\n([^]*?)^```$/gm)]

  test('shows each question', () => {
    expect(shown.map(([, words]) => words)).toEqual(['', '--why markupsafe', '--against before.zip'])
  })

  /** Sizes depend on the version of zlib. */
  const withoutNumbers = (text: string): string => text.replace(/[+-]?\d[\d,.]* (?:kB|MB)/g, '#').replace(/ +/g, ' ')

  test.each(shown.map(([, words = '', output = '']) => [words, output] as const))(
    'shows what is printed: %s',
    async (words, output) => {
      const [flag = '', value = ''] = words.split(' ')
      const given = { '--why': { why: value }, '--against': { against: join(shop, value) } }[flag] ?? {}
      const printed = inText(await inspected(given)).replaceAll(`${shop}/`, '')
      expect(withoutNumbers(output)).toBe(withoutNumbers(printed))
    },
  )

  test('names the keys that are printed as JSON', async () => {
    const result = await inspected({ why: 'flask', against: join(shop, 'before.zip') })
    const [, table = ''] = PAGE.split('## JSON')
    const documented = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, key]) => key)
    expect([...Object.keys(result), 'imports'].toSorted()).toEqual(documented.toSorted())
    for (const key of [
      ...Object.keys(result.artifact),
      ...Object.keys(result.bytecode),
      ...Object.keys(result.packages[0] ?? {}),
    ])
      expect(table).toContain(`\`${key}\``)
  })
})

test('an artifact is described as data', async () => {
  const { artifact, packages, kinds, binaries, findings, ...rest } = await inspected()
  expect(artifact).toMatchObject({ runtime: 'python3.13', architecture: 'x86_64', app: 'shop:app', builtBy: '0.1.0' })
  expect(packages.map(({ name, isDirect, requiredBy }) => [name, isDirect, requiredBy])).toEqual([
    ['blinker', false, ['flask']],
    ['click', false, ['flask']],
    ['flask', true, []],
    ['jinja2', false, ['flask']],
    ['markupsafe', false, ['jinja2', 'werkzeug']],
    ['psycopg', true, []],
    ['psycopg-binary', false, ['psycopg[binary]']],
    ['werkzeug', false, ['flask']],
  ])
  // Every file is counted once, by either way of counting.
  const sum = (sizes: readonly { readonly files: number }[]): number => sizes.reduce((all, { files }) => all + files, 0)
  const own = kinds.filter(({ kind }) => kind === 'application' || kind === 'runtime')
  expect(sum(kinds)).toBe(artifact.entries)
  expect(sum(packages) + sum(own)).toBe(artifact.entries)
  expect(rest.requirementsFrom).toBe('requirements.in')
  expect(binaries.map(({ package: owner, glibc }) => [owner, glibc])).toEqual([
    ['markupsafe', '2.14'],
    ['psycopg-binary', '2.38'],
  ])
  expect(findings.map(({ severity, title }) => [severity, title])).toEqual([
    ['error', 'psycopg-binary 3.2.10 needs newer system libraries than python3.13 has'],
  ])
})

test.each([
  ['no manifest', { 'README.md': '' }, undefined, ['flask', 'psycopg']],
  [
    'pyproject.toml',
    { 'pyproject.toml': '[project]\ndependencies = ["click>8", "Flask"]' },
    'pyproject.toml',
    ['click', 'flask'],
  ],
  [
    'a requirements file beside a list of constraints',
    { 'requirements.txt': '-c limits.txt\nWerkzeug==3.1.3 --hash=sha256:00\n', 'limits.txt': 'flask==3.1.2\n' },
    'requirements.txt',
    ['werkzeug'],
  ],
  [
    'folders of the project',
    {
      'requirements.txt': './libs/werkzeug ; python_version > "3"\n-e ./libs/jinja[i18n]\nclick\n',
      'libs/werkzeug/pyproject.toml': '[project]\nname = "Werkzeug"\n',
      'libs/jinja/pyproject.toml': '[tool.poetry]\nname = "jinja2"\n',
    },
    'requirements.txt',
    ['click', 'jinja2', 'werkzeug'],
  ],
  ['Pipfile', { Pipfile: '[packages]\njinja2 = "*"\n' }, 'Pipfile', ['jinja2']],
  [
    'a lock that names everything',
    { 'requirements.txt': 'blinker\nclick\nflask\njinja2\nmarkupsafe\npsycopg\npsycopg-binary\nwerkzeug\n' },
    undefined,
    ['flask', 'psycopg'],
  ],
  ['a manifest that cannot be read', { 'requirements.txt': '-r missing.txt\n' }, undefined, ['flask', 'psycopg']],
])('what the project asks for, with %s', async (_, files, from, direct) => {
  const result = await inspected({ artifact: join(shop, '.wsgi-lambda/shop.zip') }, await folderWith(files))
  expect(result.requirementsFrom).toBe(from)
  expect(result.packages.filter(({ isDirect }) => isDirect).map(({ name }) => name)).toEqual(direct)
})

test('a package that is not there is a mistake, with the nearest one that is', async () => {
  await expect(inspected({ why: 'Flsk' })).rejects.toMatchObject({
    exitCode: 2,
    title: 'Flsk is not in the artifact',
    hint: 'Did you mean flask?',
  })
})

test('an artifact equals itself', async () => {
  const { difference } = await inspected({ against: join(shop, '.wsgi-lambda/shop.zip') })
  expect(difference).toMatchObject({ zipBytes: 0, packages: [], files: { added: [], removed: [], changed: [] } })
})

describe('a zip of another program', () => {
  const name = 'evil\u001b[31m\n::error::-1.0.dist-info'
  let zip: string
  beforeAll(async () => {
    zip = join(
      await folderWith({ 'other.zip': rawZip([{ name: 'app.py' }, { name: `${name}/METADATA`, content: '' }]) }),
      'other.zip',
    )
  })

  test('is shown, and its names drive neither terminal nor workflow', async () => {
    const text = inText(await inspected({ artifact: zip }))
    expect(text).toContain('not built by wsgi-lambda')
    expect(text).toContain('evil')
    expect(text).not.toContain('\u001b')
    expect(text).not.toMatch(/^\s*::/m)
  })

  test.each([
    ['has no handler of ours, so that a module must be named', undefined, /has no wsgi_handler\.py/],
    ['does not say for which Python it is', 'app', /cannot be measured/],
  ])('%s', async (_, module, title) => {
    await expect(inspected({ artifact: zip, imports: true, module })).rejects.toMatchObject({
      exitCode: 2,
      title: expect.stringMatching(title),
    })
  })
})

test('what is wrong is coloured, where colours are wanted', async () => {
  const result = await inspected()
  expect(inText(result, true)).toContain('\u001b[31m')
  expect(inText(result, false)).not.toContain('\u001b')
})
