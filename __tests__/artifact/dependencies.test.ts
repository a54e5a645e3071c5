import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type Dependencies, dependencyEntries, refuseLocallyCompiled } from '../../src/artifact/dependencies.ts'
import { folderWith } from '../settings/project-folder.ts'

const PURE = 'py3-none-any'

/** The files that an installer writes for a distribution. */
function installed(
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  { tags = [PURE], record = [] }: { tags?: readonly string[]; record?: readonly string[] } = {},
): Record<string, string> {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`
  const own = [`${info}/METADATA`, `${info}/WHEEL`, `${info}/INSTALLER`]
  const rows = [...Object.keys(files), ...own].map((path) =>
    path.includes(',') ? `"${path}",sha256=0f,1` : `${path},sha256=0f,1`,
  )
  return {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: x\n\nName: not this one\nVersion: 99\n`,
    [`${info}/WHEEL`]: ['Wheel-Version: 1.0', 'Root-Is-Purelib: true', ...tags.map((tag) => `Tag: ${tag}`), ''].join(
      '\r\n',
    ),
    [`${info}/INSTALLER`]: 'uv',
    [`${info}/RECORD`]: [...rows, ...record, `${info}/RECORD,,`, ''].join('\n'),
  }
}

const read = async (files: Readonly<Record<string, string>>): Promise<Dependencies> =>
  dependencyEntries(await folderWith(files))
const owners = ({ entries }: Dependencies): Record<string, string | undefined> =>
  Object.fromEntries(entries.map(({ path, distribution }) => [path, distribution]))
const text = ({ entries }: Dependencies, path: string): string => {
  const content = entries.find((entry) => entry.path === path)?.content
  return content && 'bytes' in content ? Buffer.from(content.bytes).toString() : 'not in memory'
}

describe('a folder of installed distributions', () => {
  test('says which there are, sorted and with normal names', async () => {
    const { distributions } = await read({
      ...installed('zope.interface', '7.0', { 'zope/interface/__init__.py': '' }),
      ...installed('Flask_SQLAlchemy', '3.1', { 'flask_sqlalchemy/__init__.py': '' }),
      ...installed(
        'numpy',
        '2.3',
        {},
        { tags: ['cp313-cp313-manylinux_2_17_x86_64', 'cp313-cp313-manylinux2014_x86_64'] },
      ),
    })
    expect(distributions).toEqual([
      { name: 'flask-sqlalchemy', version: '3.1', tags: [PURE] },
      {
        name: 'numpy',
        version: '2.3',
        tags: ['cp313-cp313-manylinux_2_17_x86_64', 'cp313-cp313-manylinux2014_x86_64'],
      },
      { name: 'zope-interface', version: '7.0', tags: [PURE] },
    ])
  })

  test('says whose each file is, bytecode too', async () => {
    const dependencies = await read({
      ...installed('flask', '3.1', { 'flask/__init__.py': '', 'flask/with,comma.py': '' }),
      ...installed('six', '1', { 'six.py': '' }),
      'flask/__pycache__/__init__.cpython-313.pyc': '',
      '__pycache__/six.cpython-313.pyc': '',
      'nobodys.py': '',
      '__pycache__/nobodys.cpython-313.pyc': '',
    })
    expect(owners(dependencies)).toEqual({
      'flask/__init__.py': 'flask',
      'flask/with,comma.py': 'flask',
      'flask/__pycache__/__init__.cpython-313.pyc': 'flask',
      'flask-3.1.dist-info/METADATA': 'flask',
      'flask-3.1.dist-info/WHEEL': 'flask',
      'flask-3.1.dist-info/RECORD': 'flask',
      'six.py': 'six',
      '__pycache__/six.cpython-313.pyc': 'six',
      'six-1.dist-info/METADATA': 'six',
      'six-1.dist-info/WHEEL': 'six',
      'six-1.dist-info/RECORD': 'six',
      'nobodys.py': undefined,
      '__pycache__/nobodys.cpython-313.pyc': undefined,
    })
  })

  test('leaves out tests, scripts and what speaks of the installation, and nothing else', async () => {
    const kept = [
      'a/__init__.py',
      'a/test/__init__.py',
      'a/testing.py',
      'a/mytests/x.py',
      'a/bin/x',
      'a/tests.py',
      'bin.py',
    ]
    const gone = ['.lock', 'bin/flask', 'a/tests/test_x.py', 'tests/test_y.py', 'a/b/tests/data/z.json']
    const info = 'a-1.dist-info'
    const records = ['INSTALLER', 'REQUESTED', 'direct_url.json', 'uv_cache.json'].map((name) => `${info}/${name}`)
    const all = [...kept, ...gone, ...records, `${info}/licenses/LICENSE`, `${info}/entry_points.txt`]
    const dependencies = await read({
      ...installed('a', '1', {}),
      ...Object.fromEntries(all.map((path) => [path, ''])),
    })
    expect(Object.keys(owners(dependencies)).sort()).toEqual(
      [
        ...kept,
        ...['METADATA', 'RECORD', 'WHEEL', 'entry_points.txt', 'licenses/LICENSE'].map((name) => `${info}/${name}`),
      ].sort(),
    )
  })

  test('has RECORD anew: sorted, and only of what is there', async () => {
    const dependencies = await read(
      installed(
        'a',
        '1',
        { 'a/z.py': '', 'a/b,c.py': '', 'a/tests/t.py': '' },
        { record: ['../../bin/a,sha256=0f,1', 'a/gone.py,,'] },
      ),
    )
    expect(text(dependencies, 'a-1.dist-info/RECORD').split('\n')).toEqual([
      'a-1.dist-info/METADATA,sha256=0f,1',
      'a-1.dist-info/RECORD,,',
      'a-1.dist-info/WHEEL,sha256=0f,1',
      '"a/b,c.py",sha256=0f,1',
      'a/z.py,sha256=0f,1',
      '',
    ])
  })

  test.each([
    ['a/core.so', 0o755],
    ['a/core.cpython-313-x86_64-linux-gnu.so', 0o755],
    ['a.libs/libpq-0f.so.5.16', 0o755],
    ['a/core.py', 0o644],
    ['a/so', 0o644],
    ['a/x.sound', 0o644],
  ])('the mode of %s', async (path, mode) => {
    const { entries } = await read({ [path]: '' })
    expect(entries).toEqual([expect.objectContaining({ path, mode })])
  })

  test('is empty where nothing was installed', async () => {
    expect(await dependencyEntries(join(await folderWith(), 'missing'))).toEqual({ entries: [], distributions: [] })
    const empty = await folderWith()
    await mkdir(join(empty, 'a'))
    expect(await dependencyEntries(empty)).toEqual({ entries: [], distributions: [] })
  })
})

describe('what was compiled on the way', () => {
  const host = { compilesFor: false, description: 'host (Python 3.13.5)' }
  const one = (name: string, ...tags: string[]) => ({ name, version: '1', tags })
  const wheels = [
    one('a', PURE),
    one('b', 'cp313-cp313-manylinux_2_34_x86_64', 'cp313-abi3-manylinux2014_aarch64'),
    one('c'),
  ]

  test('is refused, by name', () => {
    const built = [one('uwsgi', 'cp313-cp313-linux_x86_64'), one('lib', 'py3-none-linux_aarch64')]
    expect(() => {
      refuseLocallyCompiled([...wheels, ...built], host)
    }).toThrow(
      expect.objectContaining({
        title: 'uwsgi 1, lib 1: compiled here, which may not load on Lambda',
        detail: expect.stringContaining(host.description),
      }),
    )
  })

  test.each([
    ['published wheels are not', wheels, host],
    [
      'nor is anything where the C library is the runtime’s',
      [one('uwsgi', 'cp313-cp313-linux_x86_64')],
      { ...host, compilesFor: true },
    ],
  ])('%s', (_, distributions, builder) => {
    expect(() => {
      refuseLocallyCompiled(distributions, builder)
    }).not.toThrow()
  })
})
