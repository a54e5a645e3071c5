import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../src/errors.ts'
import {
  isEmpty,
  isHashed,
  lineOf,
  localRequirements,
  normalise,
  readRequirementsFiles,
  requirementsFile,
} from '../../src/requirements/files.ts'
import { folderWith } from '../settings/project-folder.ts'

const linesOf = (text: string) => requirementsFile('r.txt', text).lines
const HASH = '--hash=sha256:0f'

describe('lines', () => {
  test.each<[string, string, [number, string][]]>([
    ['nothing', '', []],
    ['blank lines and comments', '\n  \n# flask\n\t# django\n', []],
    [
      'one a line',
      'flask\ndjango==5.2\n',
      [
        [1, 'flask'],
        [2, 'django==5.2'],
      ],
    ],
    [
      'line ends of Windows',
      'flask\r\n\r\ndjango\r\n',
      [
        [1, 'flask'],
        [3, 'django'],
      ],
    ],
    ['a comment behind', 'flask # the framework\n', [[1, 'flask']]],
    [
      'a fragment, which is no comment',
      'a @ https://x.example/a.zip#sha256=0f\n',
      [[1, 'a @ https://x.example/a.zip#sha256=0f']],
    ],
    ['spaces around', '  flask >= 3 \n', [[1, 'flask >= 3']]],
    [
      'a line that goes on',
      `\nflask==3 \\\n    ${HASH} \\\n    ${HASH}1\ndjango\n`,
      [
        [2, `flask==3      ${HASH}      ${HASH}1`],
        [5, 'django'],
      ],
    ],
    ['a comment that ends like one that goes on', '# flask \\\ndjango\n', [[2, 'django']]],
    ['the last line goes on', 'flask \\', [[1, 'flask']]],
    [
      'options',
      '-r base.txt\n--index-url https://x.example\nflask',
      [
        [1, '-r base.txt'],
        [2, '--index-url https://x.example'],
        [3, 'flask'],
      ],
    ],
  ])('%s', (_, text, lines) => {
    expect(linesOf(text)).toEqual(lines.map(([number, text]) => ({ number, text })))
  })
})

describe('a file and what it includes', () => {
  const read = async (files: Record<string, string>, path = 'requirements.txt') =>
    (await readRequirementsFiles(await folderWith(files), path)).map(({ path }) => path)

  test.each<[string, Record<string, string>, string[]]>([
    ['alone', { 'requirements.txt': 'flask' }, ['requirements.txt']],
    ['-r', { 'requirements.txt': '-r base.txt', 'base.txt': '' }, ['requirements.txt', 'base.txt']],
    ['-r without a space', { 'requirements.txt': '-rbase.txt', 'base.txt': '' }, ['requirements.txt', 'base.txt']],
    [
      '--requirement=',
      { 'requirements.txt': '--requirement=base.txt', 'base.txt': '' },
      ['requirements.txt', 'base.txt'],
    ],
    [
      '--requirement',
      { 'requirements.txt': '--requirement base.txt', 'base.txt': '' },
      ['requirements.txt', 'base.txt'],
    ],
    [
      '-c and --constraint',
      { 'requirements.txt': '-c a.txt\n--constraint b.txt', 'a.txt': '', 'b.txt': '' },
      ['requirements.txt', 'a.txt', 'b.txt'],
    ],
    [
      'paths relative to the file that includes',
      { 'requirements.txt': '-r r/a.txt', 'r/a.txt': '-r b.txt\n-r ../c.txt', 'r/b.txt': '', 'c.txt': '' },
      ['requirements.txt', 'r/a.txt', 'r/b.txt', 'c.txt'],
    ],
    ['circles', { 'requirements.txt': '-r ./a.txt', 'a.txt': '-r requirements.txt' }, ['requirements.txt', 'a.txt']],
    [
      'twice',
      { 'requirements.txt': '-r a.txt\n-r b.txt', 'a.txt': '-r b.txt', 'b.txt': '' },
      ['requirements.txt', 'a.txt', 'b.txt'],
    ],
    [
      'what uv reads itself',
      { 'requirements.txt': '-r https://x.example/r.txt\n-r file:///etc/r.txt' },
      ['requirements.txt'],
    ],
    ['in a comment', { 'requirements.txt': '# -r base.txt\nflask # -r base.txt' }, ['requirements.txt']],
  ])('%s', async (_, files, paths) => {
    expect(await read(files)).toEqual(paths)
  })

  test('above the project', async () => {
    const folder = await folderWith({ 'base.txt': 'flask', 'back/requirements.txt': '-r ../base.txt' })
    const files = await readRequirementsFiles(`${folder}/back`, './requirements.txt')
    expect(files.map(({ path, text }) => [path, text])).toEqual([
      ['requirements.txt', '-r ../base.txt'],
      ['../base.txt', 'flask'],
    ])
  })

  test('a missing one is named with the one that includes it', async () => {
    const reading = read({ 'requirements.txt': '-r r/a.txt', 'r/a.txt': '-r b.txt' })
    await expect(reading).rejects.toThrow(UserError)
    await expect(reading).rejects.toMatchObject({
      title: 'The requirements file r/b.txt cannot be read',
      detail: expect.stringMatching(/^It is included by r\/a\.txt\.\nENOENT/),
    })
  })

  test('a folder is no requirements file', async () => {
    await expect(read({ 'r/a.txt': '' }, 'r')).rejects.toMatchObject({
      title: 'The requirements file r cannot be read',
      detail: expect.stringContaining('EISDIR'),
      hint: 'Paths are relative to the file that includes them.',
    })
  })

  test.each(['utf16le', 'utf8'] as const)('as PowerShell writes it, in %s with a mark', async (encoding) => {
    const bytes = Buffer.from('\uFEFFflask==3.1.0\r\ndjango\r\n', encoding)
    const [file] = await readRequirementsFiles(await folderWith({ 'requirements.txt': bytes }), 'requirements.txt')
    expect(file?.text).toBe('flask==3.1.0\r\ndjango\r\n')
    expect(file?.lines.map(({ text }) => text)).toEqual(['flask==3.1.0', 'django'])
  })
})

describe('whether anything is left to resolve', () => {
  test.each<[string, string, boolean]>([
    ['all with hashes', `flask==3 \\\n ${HASH}\ndjango==5 ${HASH}`, true],
    ['an editable one beside', `-e git+https://x.example/lib\nflask==3 ${HASH}`, false],
    ['one without', `flask==3 ${HASH}\ndjango==5`, false],
    ['none', 'flask==3', false],
    ['nothing', '# nothing', false],
    ['only options', '--index-url https://x.example', false],
    ['options beside', `--index-url https://x.example\nflask==3 ${HASH}`, true],
    ['a file beside that only uv reads', `-r https://x.example/r.txt\nflask==3 ${HASH}`, false],
  ])('%s: %s', (_, text, hashed) => {
    expect(isHashed([requirementsFile('r.txt', text)])).toBe(hashed)
  })

  test('a file that is included counts', () => {
    const files = [requirementsFile('r.txt', `flask==3 ${HASH}\n-r b.txt`), requirementsFile('b.txt', 'django')]
    expect(isHashed(files)).toBe(false)
  })

  test.each([
    ['nothing', '# nothing\n', true],
    ['only options', '--index-url https://x.example', true],
    ['a requirement', 'flask', false],
    ['an editable one', '-e git+https://x.example/lib', false],
    ['a file that only uv reads', '-r https://x.example/r.txt', false],
    ['constraints that only uv reads', '-c https://x.example/r.txt', true],
  ])('%s asks for nothing: %s', (_, text, empty) => {
    expect(isEmpty([requirementsFile('r.txt', text)])).toBe(empty)
  })
})

describe('the line that asks for a distribution', () => {
  const files = [
    requirementsFile('requirements.txt', '-r r/base.txt\n\n# web\nFlask_SQLAlchemy >= 3\n'),
    requirementsFile('r/base.txt', 'psycopg2-binary==2.9\npsycopg2\nzope.interface[test]; python_version > "3"\n'),
  ]
  test.each([
    ['flask-sqlalchemy', 'requirements.txt', 4],
    ['psycopg2', 'r/base.txt', 2],
    ['zope-interface', 'r/base.txt', 3],
    ['Zope.Interface', 'r/base.txt', 3],
  ])('%s: %s, line %d', (name, file, line) => {
    expect(lineOf(files, [name])).toEqual({ file, line })
  })

  test.each([[['flask']], [['base']], [[]]])('%j: none', (names) => {
    expect(lineOf(files, names)).toBeUndefined()
  })
})

test.each([
  ['Flask', 'flask'],
  ['zope.interface', 'zope-interface'],
  ['A__b.-C', 'a-b-c'],
])('PEP 503: %s is %s', (name, normal) => {
  expect(normalise(name)).toBe(normal)
})

describe('requirements of this machine', () => {
  test.each([
    '-e .',
    '-e ./lib',
    '--editable=lib',
    '--editable lib',
    '.',
    './lib',
    '../lib',
    '..',
    '/opt/lib',
    './wheels/a-1-py3-none-any.whl',
    'file:///opt/lib',
    'lib @ file:///opt/lib',
    'lib@file:./lib',
  ])('%s', (text) => {
    expect(localRequirements([requirementsFile('r.txt', `flask\n${text}`)])).toEqual([{ file: 'r.txt', line: 2, text }])
  })

  test.each([
    'lib',
    'lib[extra]==1',
    '-r lib.txt',
    '--extra-index-url https://x.example',
    'lib @ https://x.example/lib.zip',
    'lib @ git+https://x.example/lib',
    '-e git+https://x.example/lib#egg=lib',
    'lib; extra == "file"',
  ])('not %s', (text) => {
    expect(localRequirements([requirementsFile('r.txt', text)])).toEqual([])
  })
})
