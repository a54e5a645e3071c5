import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { MAGIC_NUMBERS } from '../../src/artifact/inspect/bytecode-header.ts'
import { sourceHash } from '../../src/artifact/inspect/source-hash.ts'
import type { InspectResult } from '../../src/commands/inspect.ts'
import { addFiles } from '../settings/project-folder.ts'
import { machineVariables, REPOSITORY, runNode } from '../support/world.ts'

/** `inspect` with the bundle, on zips that Python itself made: a reference of its own for what bytecode is worth. */

const run = promisify(execFile)

let folder: string
let pythons: readonly Python[]

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-inspect-test-')))
  pythons = await findPythons()
  if (pythons.length === 0) throw new Error('This test needs Python 3.10 or newer, and none was found.')
}, 60_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function inspect(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runNode(
    [join(REPOSITORY, 'dist/cli.cjs'), 'inspect', '--json', '--project', folder, ...args],
    { env: machineVariables(), cwd: folder },
  )
  return { exitCode, stderr, result: JSON.parse(stdout) as InspectResult }
}

/** Compiles the files of a folder in one way each, and packs them with their dates; prints what Python would load. */
const PACK = `
import importlib.util, os, py_compile, sys, zipfile
from py_compile import PycInvalidationMode as Mode
folder, output = sys.argv[1:3]
os.chdir(folder)
even, odd = 1_700_000_000, 1_700_000_001
for name, mode, date in [
    ("wsgi_handler", Mode.UNCHECKED_HASH, even), ("shop", Mode.CHECKED_HASH, even),
    ("even", Mode.TIMESTAMP, even), ("odd", Mode.TIMESTAMP, odd),
]:
    os.utime(name + ".py", (date, date))
    py_compile.compile(name + ".py", doraise=True, invalidation_mode=mode)
os.utime("late.py", (even, even))
py_compile.compile("late.py", doraise=True, invalidation_mode=Mode.CHECKED_HASH)
with open("late.py", "a") as file:
    file.write("changed = True\\n")
os.environ["TZ"] = "UTC"
import time
time.tzset()
with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
    for parent, _, names in os.walk("."):
        for name in sorted(names):
            archive.write(os.path.join(parent, name))
`

async function packed(python: Python): Promise<string> {
  const project = join(folder, `project-${python.minor}`)
  await addFiles(project, {
    'wsgi_handler.py': 'import shop\n\ndef handler(event, context): ...\n',
    'shop.py': 'import time\nimport even, json.tool\n\ntime.sleep(0.05)\nprint("imported")\n',
    'even.py': '',
    'odd.py': '',
    'late.py': '',
    'never.py': '',
    'wsgi_lambda.json': JSON.stringify({ app: 'shop:app', runtime: `python${python.minor}`, architecture: 'x86_64' }),
  })
  const output = join(folder, `${python.minor}.zip`)
  await run(python.path, ['-c', PACK, project, output])
  return output
}

test('every Python here has the magic number and the hash that an inspection goes by', async () => {
  const program = 'import importlib.util as u; print(u.MAGIC_NUMBER[:2].hex(), u.source_hash(b"x = 1\\n" * 99).hex())'
  for (const { path, minor } of pythons) {
    const magic = MAGIC_NUMBERS[minor] ?? 0
    const { stdout } = await run(path, ['-I', '-c', program])
    const expected = Buffer.alloc(2)
    expected.writeUInt16LE(magic)
    const hash = sourceHash(Buffer.from('x = 1\n'.repeat(99)), magic, minor)
    expect([minor, stdout.trim()]).toEqual([minor, `${expected.toString('hex')} ${hash}`])
  }
}, 60_000)

test('bytecode of each kind is judged as Python judges it', async () => {
  for (const python of new Map(pythons.map((each) => [each.minor, each])).values()) {
    const { result } = await inspect(await packed(python))
    const tag = `cpython-${python.minor.replace('.', '')}`
    expect(result.bytecode).toMatchObject({ sources: 6, loaded: 3, withoutBytecode: ['never.py'] })
    expect(result.bytecode.files.map(({ path, state }) => [path, state])).toEqual([
      [`__pycache__/even.${tag}.pyc`, 'timestamp'],
      [`__pycache__/late.${tag}.pyc`, 'stale'],
      // A zip has even seconds only.
      [`__pycache__/odd.${tag}.pyc`, 'stale'],
      [`__pycache__/shop.${tag}.pyc`, 'checked'],
      [`__pycache__/wsgi_handler.${tag}.pyc`, 'unchecked'],
    ])
  }
}, 60_000)

describe('the time of the imports', () => {
  test('is told by module and by package', async () => {
    const [python] = pythons
    if (!python) throw new Error('no Python')
    const zip = await packed(python)
    const { exitCode, stderr, result } = await inspect(
      zip,
      ...['--imports', '--builder', 'host', '--python-bin', python.path],
    )
    expect([exitCode, stderr.includes('✖')]).toEqual([0, false])
    const { module, seconds = 0, modules = [], packages = [] } = result.imports ?? {}
    expect(module).toBe('wsgi_handler')
    const shop = modules.find(({ name }) => name === 'shop')
    expect(shop).toMatchObject({ package: '(application)', depth: 1 })
    expect(shop?.selfSeconds).toBeGreaterThan(0.045)
    expect(seconds).toBeGreaterThan(shop?.selfSeconds ?? 0)
    expect(modules.at(-1)).toMatchObject({ name: 'wsgi_handler', package: '(runtime)', depth: 0 })
    expect(modules.find(({ name }) => name === 'json.tool')).toMatchObject({ package: '(Python itself)' })
    expect(packages.map((each) => each.package).toSorted()).toEqual(['(Python itself)', '(application)', '(runtime)'])
  }, 60_000)

  test('is not known of what cannot be imported, and the traceback says why', async () => {
    const [python] = pythons
    if (!python) throw new Error('no Python')
    const zip = await packed(python)
    const host = ['--builder', 'host', '--python-bin', python.path]
    const { exitCode, stderr } = await inspect(zip, '--imports', '--module', 'not_there', ...host)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('not_there cannot be imported')
    expect(stderr).toContain("ModuleNotFoundError: No module named 'not_there'")
  }, 60_000)
})

test('what is no artifact is refused with exit code 2', async () => {
  await addFiles(folder, { 'text.zip': 'text' })
  const { exitCode, stderr } = await inspect('text.zip')
  expect([exitCode, stderr]).toEqual([
    2,
    '✖ text.zip cannot be inspected\n  As a zip, there is no central directory at its end.\n  Make it anew, or check that all of it was copied.\n',
  ])
}, 60_000)
