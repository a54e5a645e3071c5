import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { applicationEntries, underVendor } from '../../src/artifact/application.ts'
import type { Entry } from '../../src/artifact/entry.ts'
import { UserError } from '../../src/errors.ts'
import { addFiles, folderWith } from '../settings/project-folder.ts'

const files = (...paths: string[]): Record<string, string> => Object.fromEntries(paths.map((path) => [path, 'x']))

async function taken(
  project: string,
  exclude: readonly string[] = [],
  output = '/nowhere/app.zip',
  include: readonly string[] = [],
): Promise<string[]> {
  const entries = await applicationEntries(project, { exclude, include, output })
  return entries.map(({ path }) => path).sort()
}

function git(folder: string, ...args: string[]): string {
  // Neither a user's nor the machine's settings of git.
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  return execFileSync('git', ['-C', folder, '-c', 'core.ignorecase=false', ...args], { env, encoding: 'utf8' })
}

/** The files of a folder that git would add, without those that say what it would not. */
function gitsChoice(folder: string): string[] {
  const paths = git(folder, 'ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean)
  return paths.filter((path) => !path.endsWith('.gitignore')).sort()
}

describe('.gitignore is read as git reads it', () => {
  const TREE = files(
    ...['app.py', 'README.md', 'a b.txt', 'trailing ', '#hash', '!bang', '[x].txt', 'back\\slash', 'Build/kept.py'],
    ...[
      'build/out.js',
      'shop/build/out.js',
      'shop/models.py',
      'shop/notes.txt',
      'shop/build.py',
      'debug.log',
      'keep.log',
    ],
    ...[
      'logs/a.log',
      'logs/deep/b.txt',
      'logs/deep/c.log',
      'logs/deep/er/d.txt',
      'data/x/y/z.csv',
      'data/x/keep.csv',
      'data/z.csv',
    ],
    ...[
      'static/lib/a.js',
      'static/lib/sub/b.js',
      'lib/c.js',
      'foo',
      'foobar',
      'x/foo/y',
      'x/y/foo',
      'f1.txt',
      'fa.txt',
      'ü.txt',
    ],
  )
  test.each<[string, Record<string, string>]>([
    ['without one', {}],
    ['names', { '.gitignore': 'build\nfoo\n*.log\n' }],
    ['folders only', { '.gitignore': 'build/\nfoo/\n' }],
    ['rooted', { '.gitignore': '/build\n/foo\n/shop/*.txt\n' }],
    ['with a slash inside', { '.gitignore': 'x/foo\nshop/build/\n' }],
    ['negated', { '.gitignore': '*.log\n!keep.log\n' }],
    ['negated below an ignored folder, which is too late', { '.gitignore': 'logs/\n!logs/a.log\n' }],
    ['negated step by step', { '.gitignore': 'data/*\n!data/x/\ndata/x/*\n!data/x/keep.csv\n' }],
    ['all but', { '.gitignore': '/*\n!/shop/\n!/app.py\n' }],
    ['nothing but', { '.gitignore': '*\n!*/\n!*.py\n' }],
    ['stars', { '.gitignore': '**/foo\ndata/**/z.csv\nlogs/**\n' }],
    ['classes', { '.gitignore': 'f[0-9].txt\n[!a-z]*.md\n' }],
    ['a question mark', { '.gitignore': 'f?.txt\nfo?\n' }],
    ['comments and escapes', { '.gitignore': '# app.py\n\\#hash\n\\!bang\n\\[x\\].txt\n\n   \nback\\\\slash\n' }],
    ['spaces at the end', { '.gitignore': 'app.py   \ntrailing\\ \na b.txt\n' }],
    ['line ends of Windows', { '.gitignore': '*.log\r\nbuild/\r\n' }],
    ['upper and lower case', { '.gitignore': 'build/\nreadme.md\n' }],
    ['nested', { '.gitignore': '*.log\n', 'logs/.gitignore': '!*.log\ndeep/\n', 'shop/.gitignore': '/build\n*.txt\n' }],
    ['nested, with the last word', { '.gitignore': '*.txt\n!notes.txt\n', 'shop/.gitignore': 'notes.txt\n' }],
    ['a folder that a nested one brings back', { '.gitignore': 'lib/\n', 'static/.gitignore': '!lib/\n' }],
    [
      'what is below such a folder',
      { '.gitignore': '/logs/*\n*.log\n', 'logs/.gitignore': '!deep/\n', 'logs/deep/.gitignore': 'er/\n' },
    ],
    ['a folder named with signs', { '.gitignore': '/\\[x\\].txt\n*.csv\n', 'data/.gitignore': '!x/\n!/x/y/z.csv\n' }],
  ])('%s', async (_, ignores) => {
    const folder = await folderWith({ ...TREE, ...ignores })
    git(folder, 'init', '--quiet')
    const expected = gitsChoice(folder)
    expect(await taken(folder)).toEqual(expected)
    if (Object.keys(ignores).length > 0) expect(expected.length).toBeLessThan(Object.keys(TREE).length)
  })

  test('above the project, up to its repository', async () => {
    const root = await folderWith({
      ...files('repo/back/app.py', 'repo/back/a.log', 'repo/back/dist/x.js', 'repo/back/notes.md', 'repo/back/b.tmp'),
      'repo/.gitignore': '*.log\n/back/dist/\n!keep.md\n',
      'repo/back/.gitignore': '*.tmp\n',
      '.gitignore': '*.py\n',
    })
    git(join(root, 'repo'), 'init', '--quiet')
    expect(await taken(join(root, 'repo/back'))).toEqual(gitsChoice(join(root, 'repo/back')))
    expect(await taken(join(root, 'repo/back'))).toEqual(['app.py', 'notes.md'])
  })

  test('outside of a repository, only within the project', async () => {
    const root = await folderWith({
      ...files('p/app.py', 'p/a.log', 'p/a.tmp'),
      '.gitignore': '*.py',
      'p/.gitignore': '*.tmp',
    })
    expect(await taken(join(root, 'p'))).toEqual(['a.log', 'app.py'])
  })

  test('of a project that is itself ignored: it was named, so it counts', async () => {
    const root = await folderWith({ ...files('build/app/app.py', 'build/app/a.log'), '.gitignore': 'build/\n*.log\n' })
    git(root, 'init', '--quiet')
    expect(await taken(join(root, 'build/app'))).toEqual(['app.py'])
  })
})

describe('what no artifact holds, whatever .gitignore says', () => {
  test.each([
    [
      'secrets',
      [
        '.env',
        '.env.production',
        'prod.env',
        '.envrc',
        'shop/.env',
        'gha-creds-0a1b.json',
        '.netrc',
        '.pypirc',
        '.aws/credentials',
        '.ssh/id',
      ],
    ],
    ['history', ['.git/config', '.gitattributes', '.hg/store', '.github/workflows/ci.yml', '.svn/entries']],
    [
      'caches',
      [
        '__pycache__/a.cpython-313.pyc',
        'shop/b.pyc',
        'shop/b.pyo',
        '.pytest_cache/x',
        '.mypy_cache/x',
        '.ruff_cache/x',
        '.coverage',
      ],
    ],
    [
      'other tools’ files',
      ['node_modules/x/index.js', '.idea/x', '.vscode/x', '.DS_Store', '.serverless/x.zip', '.wsgi-lambda/p.zip'],
    ],
  ])('%s', async (_, paths) => {
    const project = await folderWith({
      ...files('app.py', 'environment.py', ...paths),
      '.gitignore': '!.env\n!*.pyc\n',
    })
    expect(await taken(project)).toEqual(['app.py', 'environment.py'])
  })

  test.each([['venv'], ['deploy/python']])('a virtual environment by any name: %s', async (name) => {
    const project = await folderWith(files('app.py', `${name}/pyvenv.cfg`, `${name}/lib/python3.13/site-packages/x.py`))
    expect(await taken(project)).toEqual(['app.py'])
  })

  test('the artifact itself, and not another one', async () => {
    const project = await folderWith(files('app.py', 'out.zip', 'data.zip'))
    expect(await taken(project, [], join(project, 'out.zip'))).toEqual(['app.py', 'data.zip'])
  })

  test('the artifact, reached through a link to the project', async () => {
    const root = await folderWith(files('real/app.py', 'real/out.zip'))
    await symlink('real', join(root, 'link'))
    expect(await taken(join(root, 'link'), [], join(root, 'link/out.zip'))).toEqual(['app.py'])
  })

  test('sockets', async () => {
    const project = await folderWith(files('app.py'))
    const server = createServer().listen(join(project, 'server.sock'))
    await once(server, 'listening')
    expect(await readdir(project)).toContain('server.sock')
    expect(await taken(project)).toEqual(['app.py'])
    server.close()
  })
})

describe('exclude', () => {
  const project = () =>
    folderWith({
      ...files('app.py', 'docs/a.md', 'docs/b.txt', 'shop/docs/c.md', 'Docs/d.md', '.env.example'),
      '.gitignore': '',
    })
  test.each([
    [['docs/'], ['Docs/d.md', 'app.py']],
    [['/docs'], ['Docs/d.md', 'app.py', 'shop/docs/c.md']],
    [['*.md'], ['app.py', 'docs/b.txt']],
    [
      ['docs/*', '!docs/b.txt', 'Docs'],
      ['app.py', 'docs/b.txt', 'shop/docs/c.md'],
    ],
    [
      ['!.env.example', 'docs', 'Docs'],
      ['.env.example', 'app.py'],
    ],
    [['*'], []],
  ])('%j', async (exclude, expected) => {
    expect(await taken(await project(), exclude)).toEqual(expected)
  })

  test('says more than .gitignore, which cannot take it back', async () => {
    const folder = await folderWith({ ...files('app.py', 'a.md'), '.gitignore': '!*.md\n' })
    expect(await taken(folder, ['*.md'])).toEqual(['app.py'])
  })
})

describe('include', () => {
  const project = () =>
    folderWith({
      ...files('app.py', 'app.css', 'static/app.css', 'static/deep/b.js', 'static/b.map', 'other/x', '.env', 'a.pyc'),
      '.gitignore': '/static\n*.css\nother/\n*.pyc\n',
    })
  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [[], [], ['app.py']],
    [['/static/'], [], ['app.py', 'static/app.css', 'static/b.map', 'static/deep/b.js']],
    [['/static/**', '!*.map'], [], ['app.py', 'static/app.css', 'static/deep/b.js']],
    [['*.css'], [], ['app.css', 'app.py', 'static/app.css']],
    [['static/deep/b.js'], [], ['app.py', 'static/deep/b.js']],
    [['/static/'], ['*.js', 'app.css'], ['app.py', 'static/b.map']],
    [['.env', '*.pyc', 'nothing'], [], ['app.py']],
  ])('%j without %j', async (include, exclude, expected) => {
    expect(await taken(await project(), exclude, '/nowhere', include)).toEqual(expected)
  })
})

describe('vendor', () => {
  const entry = (path: string): Entry => ({ path, mode: 0o644, content: { bytes: Buffer.from('x') } })
  const paths = (vendor: string | undefined): string[] =>
    underVendor(['app.py', 'lib/x.py', 'lib/app.py', 'lib/deep/y.py', 'library/z.py'].map(entry), vendor)
      .map(({ path }) => path)
      .sort()
  test.each([
    [undefined, ['app.py', 'lib/app.py', 'lib/deep/y.py', 'lib/x.py', 'library/z.py']],
    ['lib', ['app.py', 'deep/y.py', 'library/z.py', 'x.py']],
    ['./lib/', ['app.py', 'deep/y.py', 'library/z.py', 'x.py']],
    ['lib/deep', ['app.py', 'lib/app.py', 'lib/x.py', 'library/z.py', 'y.py']],
  ])('%j is laid at the root, where nothing of the application stands', (vendor, expected) => {
    expect(paths(vendor)).toEqual(expected)
  })
  test.each(['none', 'libr', '../lib', '/lib', ''])('%j has no files, and is a mistake', (vendor) => {
    expect(() => paths(vendor)).toThrow(`vendor: ${vendor} has no files in the project`)
  })
})

describe('a link', () => {
  test('within the project is followed', async () => {
    const project = await folderWith(files('app.py', 'shared/models.py', 'shared/deep/x.py'))
    await mkdir(join(project, 'shop'))
    await symlink('../shared', join(project, 'shop/shared'))
    await symlink('app.py', join(project, 'wsgi.py'))
    await symlink(join(project, 'shared/deep'), join(project, 'absolute'))
    expect(await taken(project)).toEqual([
      'absolute/x.py',
      'app.py',
      'shared/deep/x.py',
      'shared/models.py',
      'shop/shared/deep/x.py',
      'shop/shared/models.py',
      'wsgi.py',
    ])
  })

  test('in a circle is followed once', async () => {
    const project = await folderWith(files('app.py', 'a/x.py'))
    await symlink('..', join(project, 'a/up'))
    await symlink('.', join(project, 'a/self'))
    expect(await taken(project)).toEqual(['a/x.py', 'app.py'])
  })

  const outside = async (): Promise<string> => {
    const root = await folderWith(files('project/app.py', 'project-2/secret.py', 'elsewhere/x.py'))
    return join(root, 'project')
  }
  test.each([
    ['out of the project', '../elsewhere'],
    ['out of the project', '../elsewhere/x.py'],
    ['out of the project', '/etc'],
    ['out of the project', '../project-2/secret.py'],
    ['out of the project', '..'],
    ['nowhere', 'missing'],
    ['nowhere', 'link'],
  ])('that leads %s (%s) is refused', async (where, target) => {
    const project = await outside()
    await symlink(target, join(project, 'link'))
    const taking = taken(project)
    await expect(taking).rejects.toThrow(UserError)
    await expect(taking).rejects.toMatchObject({
      title: `link is a link that leads ${where}`,
      hint: 'Copy the file into the project, or leave the link out with exclude.',
    })
  })

  test.each([
    ['../elsewhere', 'link'],
    ['../elsewhere', 'link/'],
    ['missing', 'link'],
  ])('to %s is left out with exclude: %s', async (target, pattern) => {
    const project = await outside()
    await symlink(target, join(project, 'link'))
    expect(await taken(project, [pattern])).toEqual(['app.py'])
  })

  test('that .gitignore leaves out is not looked at', async () => {
    const project = await outside()
    await symlink('../elsewhere', join(project, 'link'))
    await writeFile(join(project, '.gitignore'), '/link\n')
    expect(await taken(project)).toEqual(['app.py'])
  })
})

test('modes are one of two, and content is the file', async () => {
  const project = await folderWith(files('app.py', 'run.sh', 'private.txt', 'group.sh'))
  for (const [name, mode] of [
    ['app.py', 0o664],
    ['run.sh', 0o700],
    ['private.txt', 0o600],
    ['group.sh', 0o654],
  ] as const)
    await chmod(join(project, name), mode)
  const entries = await applicationEntries(project, { exclude: [], include: [], output: '/nowhere' })
  expect(Object.fromEntries(entries.map(({ path, mode }) => [path, mode.toString(8)]))).toEqual({
    'app.py': '644',
    'run.sh': '755',
    'private.txt': '644',
    'group.sh': '644',
  })
  expect(entries.find(({ path }) => path === 'run.sh')?.content).toEqual({ file: join(project, 'run.sh') })
})

test('an empty project has no files', async () => {
  expect(await taken(await folderWith())).toEqual([])
})

test('names of any alphabet come as they are', async () => {
  const project = await folderWith()
  await addFiles(project, files('модуль/ü b.py', '\u{1F600}.txt'))
  expect(await taken(project)).toEqual(['модуль/ü b.py', '\u{1F600}.txt'].sort())
})

test.each(['dist/app.zip', 'dist/app'])(
  'neither %s, which is written, nor the layer beside it is taken',
  async (name) => {
    const project = await folderWith(files('app.py', name, 'dist/app.layer.zip', 'dist/other.zip'))
    expect(await taken(project, [], join(project, name))).toEqual(['app.py', 'dist/other.zip'])
  },
)
