import { execFileSync } from 'node:child_process'
import { cp, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { folderWith } from '../settings/project-folder.ts'
import { filesBelow, projectWith, runBuild } from '../support/build.ts'
import { noise } from '../support/slices.ts'
import { pythons } from '../support/toolchain.ts'
import type { WheelParts } from '../support/wheels.ts'

const MODULES = Object.fromEntries(
  Array.from({ length: 150 }, (_, index) => [
    `many/m${index}.py`,
    `KIND = frozenset(("a${index % 7}", "b", "c"))\ndef f(x):\n    return x in {"alpha", "beta", "m${index}"}\n`,
  ]),
)

const WHEELS: readonly WheelParts[] = [
  { name: 'many', files: { 'many/__init__.py': '', ...MODULES } },
  { name: 'plain', files: { 'plain.py': 'import os\n' }, entryPoints: '[console_scripts]\nrun = plain:os\n' },
  { name: 'with_data', files: { 'with_data-1.0.data/scripts/x': '#!python\n', 'with_data/x.bin': noise(300_000) } },
  { name: 'shared', files: { 'many_more/__init__.py': '', 'many_more/a.py': 'alpha = "beta"\n' } },
]

const FILES = {
  'shop/__init__.py': '',
  'shop/models.py': 'NAMES = {"alpha", "beta", "gamma"}\n',
  'shop/views.py': 'from shop.models import NAMES\nalpha = "gamma"\n',
  'модуль/ü.txt': 'text '.repeat(100),
}

/** Prints how many modules are there; each must be unchecked (PEP 552), of this Python, and know itself in /var/task. */
const CHECK = `
import importlib.util, marshal, sys, zipfile
count = 0
with zipfile.ZipFile(sys.argv[1]) as z:
    names = set(z.namelist())
    for name in names:
        if not name.endswith('.pyc'): continue
        data = z.read(name)
        assert data[:4] == importlib.util.MAGIC_NUMBER and data[4:8] == b"\\1\\0\\0\\0", name
        source = importlib.util.source_from_cache(name)
        assert data[8:16] == importlib.util.source_hash(z.read(source)), name
        assert marshal.loads(data[16:]).co_filename == "/var/task/" + source, name
        count += 1
    assert sum(name.endswith('.py') and '.data/' not in name for name in names) == count
print(count)
`

async function touchAll(folder: string, when: Date): Promise<void> {
  for (const path of await filesBelow(folder)) await utimes(path, when, when)
}

test('an artifact is the same to the byte, wherever, by whom and whenever it is built', async () => {
  const found = await pythons()
  expect(found.length).toBeGreaterThan(0)
  for (const python of found) {
    const root = await folderWith()
    const project = await projectWith(root, WHEELS, FILES)
    const store = join(root, 'store')
    const output = join(root, 'out/app.zip')
    const sha256Of = async (changes: Partial<Parameters<typeof runBuild>[0]> = {}): Promise<string> => {
      const { exitCode, stderr, result } = await runBuild({ python, project, store, output, ...changes })
      expect(exitCode === 0 ? '' : stderr).toBe('')
      return result.artifact.sha256
    }
    const first = await sha256Of()
    execFileSync(python.path, ['-I', '-c', CHECK, output])
    // A warm store; then one in which the application was another meanwhile.
    expect(await sha256Of()).toBe(first)
    await writeFile(join(project, 'shop/models.py'), 'NAMES = {"other"}\n')
    expect(await sha256Of()).not.toBe(first)
    await writeFile(join(project, 'shop/models.py'), FILES['shop/models.py'])
    await touchAll(project, new Date('2001-02-03T04:05:06Z'))
    expect(await sha256Of()).toBe(first)
    // Another folder, another user's settings, another clock, an empty store, one process at a time.
    const elsewhere = join(root, 'a much longer name', 'ü')
    for (const name of ['home', 'tmp']) await mkdir(join(elsewhere, name), { recursive: true })
    await cp(project, join(elsewhere, 'project'), { recursive: true })
    await touchAll(elsewhere, new Date('2030-01-01T00:00:00Z'))
    const other = {
      project: join(elsewhere, 'project'),
      store: join(elsewhere, 'store'),
      output: join(elsewhere, 'other.zip'),
      env: {
        HOME: join(elsewhere, 'home'),
        LC_ALL: 'C',
        TZ: 'Asia/Tokyo',
        PYTHONHASHSEED: '7',
        PYTHONOPTIMIZE: '1',
        TMPDIR: join(elsewhere, 'tmp'),
      },
      before: 'umask 077; command -v taskset >/dev/null && taskset -cp 0 $$ >/dev/null',
    }
    expect(await sha256Of(other)).toBe(first)
    expect(await readdir(join(elsewhere, 'tmp'))).toEqual([])
    // The slices of the one, the application of the other.
    expect(await sha256Of({ ...other, store })).toBe(first)
    await rm(root, { recursive: true })
  }
}, 600_000)

test.each(['all', 'dependencies', 'only', 'none'])(
  'bytecode: %s is identical too, and holds what it says',
  async (bytecode) => {
    const [python] = (await pythons()).toReversed()
    if (!python) throw new Error('This test needs Python 3.10 or newer, and none was found.')
    const root = await folderWith()
    const project = await projectWith(root, WHEELS.slice(1), FILES)
    const args = ['--bytecode', bytecode]
    const shas: string[] = []
    for (const name of ['one', 'two']) {
      const output = join(root, `${name}.zip`)
      const { result } = await runBuild({ python, project, store: join(root, name), output, args })
      shas.push(result.artifact.sha256)
    }
    expect(shas[1]).toBe(shas[0])
    const list = 'import json, sys, zipfile; print(json.dumps(zipfile.ZipFile(sys.argv[1]).namelist()))'
    const output = execFileSync(python.path, ['-I', '-c', list, join(root, 'one.zip')], { encoding: 'utf8' })
    const names = new Set(JSON.parse(output) as string[])
    const tag = `cpython-${python.minor.replace('.', '')}`
    const has = (path: string): boolean => names.has(path)
    expect({
      'the application’s sources': has('shop/views.py'),
      'the application’s bytecode': has(`shop/__pycache__/views.${tag}.pyc`) || has('shop/views.pyc'),
      'sources of dependencies': has('plain.py'),
      'bytecode of dependencies': has(`__pycache__/plain.${tag}.pyc`) || has('plain.pyc'),
    }).toEqual({
      'the application’s sources': bytecode !== 'only',
      'the application’s bytecode': bytecode === 'all' || bytecode === 'only',
      'sources of dependencies': bytecode !== 'only',
      'bytecode of dependencies': bytecode !== 'none',
    })
  },
  120_000,
)
