import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { findPythons, type Python } from '../../scripts/environment/pythons.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import { pipTargetOptions } from '../../src/platform/tags.ts'
import type { Target } from '../../src/platform/target.ts'
import { readElf } from '../../src/wheels/elf.ts'
import { openWheel } from '../../src/wheels/read-wheel.ts'
import { slimmed } from '../../src/wheels/slim.ts'
import { type Distribution, verifyBinaries, verifyNeeded } from '../../src/wheels/verify.ts'
import { notTried } from '../support/optional.ts'

const run = promisify(execFile)

// Wheels are downloaded, and one is compiled.
jest.setTimeout(300_000)

let folder: string
let python: Python

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-binaries-test-'))
  const [found] = await findPythons()
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** The only wheel that pip leaves in a new folder. */
async function pip(command: 'download' | 'wheel', ...options: readonly string[]): Promise<string> {
  const to = await mkdtemp(join(folder, 'wheel-'))
  const where = command === 'wheel' ? '--wheel-dir' : '--dest'
  await run(python.path, ['-m', 'pip', command, '--quiet', '--no-deps', where, to, ...options])
  const [name = ''] = await readdir(to)
  return join(to, name)
}

async function distributionOf(path: string): Promise<Distribution> {
  await using wheel = await openWheel(path, path.slice(dirname(path).length + 1))
  const binaries: Distribution['binaries'][number][] = []
  for await (const { file, content } of wheel.contents(wheel.files)) {
    const facts = readElf(content)
    if (facts) binaries.push({ path: file.path, facts })
  }
  const { name, version, tags } = wheel
  return { wheel: { name, version, tags }, binaries }
}

function verified({ wheel, binaries }: Distribution, target: Target) {
  return [...verifyBinaries(binaries, target, wheel), ...verifyNeeded([{ wheel, binaries }], target)]
}

// The binding of cryptography is for Python's stable ABI, so only the C library tells the runtimes apart.
test('a wheel for the C library of python3.13 loads there and is refused for python3.11', async () => {
  const target = targetOf('python3.13', 'x86_64')
  const cryptography = await distributionOf(
    await pip('download', ...pipTargetOptions(target, '3.13.5'), 'cryptography'),
  )
  expect(verified(cryptography, target)).toEqual([])
  const [refused, ...others] = verified(cryptography, targetOf('python3.11', 'x86_64'))
  expect(refused).toMatchObject({
    severity: 'error',
    title: expect.stringMatching(/^cryptography \S+ needs newer system libraries than python3\.11 has$/),
    detail: expect.stringMatching(/_rust\.abi3\.so needs .*GLIBC_2\.(?:2[7-9]|3\d)[^]*manylinux_2_(?:28|34)_x86_64/),
  })
  expect(others).toEqual([])
})

test('the wheel that the tags of python3.11 choose instead loads there', async () => {
  const target = targetOf('python3.11', 'x86_64')
  const cryptography = await distributionOf(
    await pip('download', ...pipTargetOptions(target, '3.11.9'), 'cryptography'),
  )
  expect(cryptography.binaries.length).toBeGreaterThan(0)
  expect(verified(cryptography, target)).toEqual([])
})

test('psycopg2 that is compiled on this machine needs libpq, which no runtime has', async () => {
  try {
    await run('pg_config', ['--version'])
    await run('cc', ['--version'])
  } catch {
    notTried('what compiles psycopg2 (a C compiler, libpq-dev) is not here')
    return
  }
  const psycopg2 = await distributionOf(await pip('wheel', '--no-binary', 'psycopg2', 'psycopg2'))
  const target = targetOf(`python${python.minor}` as 'python3.13', process.arch === 'arm64' ? 'arm64' : 'x86_64')
  expect(verifyNeeded([psycopg2], target)).toEqual([
    expect.objectContaining({
      severity: 'error',
      title: expect.stringMatching(/^psycopg2 \S+ needs libpq\.so\.5, which neither python3\.\d+ nor another/),
      hint: expect.stringContaining('psycopg[binary]'),
    }),
  ])
  expect(verifyNeeded([psycopg2], target, ['libpq.so.5'])).toEqual([])
})

const IMPORT_ALL = `
import contextlib, importlib, io, json, os, sys, warnings
warnings.simplefilter('ignore')
sys.path.insert(0, sys.argv[1])
imported = {}
for name in json.load(open(sys.argv[2])):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            importlib.import_module(name)
            imported[name] = ''
        except BaseException as error:
            imported[name] = type(error).__name__
json.dump(imported, sys.stdout)
sys.stdout.flush()
os._exit(0)
`

test.each([
  ['greenlet', /^greenlet\/tests\//],
  ['numpy', /^numpy\/linalg\/tests\//],
  ['lxml', /^lxml\/includes\/.*\.pxd$/],
])(
  '%s: every module imports after slimming that imported before',
  async (name, leftOut) => {
    const path = await pip('download', '--only-binary', ':all:', name)
    await using wheel = await openWheel(path, path.slice(dirname(path).length + 1))
    const contents = new Map<string, Buffer>()
    for await (const { file, content } of wheel.contents(wheel.files)) contents.set(file.path, content)
    const modules = [...contents].flatMap(([path, content]) =>
      path.endsWith('.py') ? [{ path, text: content.toString('latin1') }] : [],
    )
    const files = [...contents].map(([path, { length }]) => ({ path, size: length }))
    const options = { entryPoints: wheel.entryPoints, modules, rules: true, patterns: [] }
    const { kept, removed } = slimmed(files, options)
    expect(removed.some(({ path }) => leftOut.test(path))).toBe(true)

    const all = join(folder, name, 'all')
    const slim = join(folder, name, 'slim')
    await lay(all, files, contents)
    await lay(slim, kept, contents)
    const names = kept
      .filter(({ path }) => path.endsWith('.py') && !/(?:^|\/)(?:tests\/|__main__|conftest)/.test(path))
      .map(({ path }) => path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.'))
    const list = join(folder, `${name}.json`)
    await writeFile(list, JSON.stringify(names))
    const importAll = async (root: string): Promise<unknown> => {
      const { stdout } = await run(python.path, ['-I', '-B', '-c', IMPORT_ALL, root, list], { maxBuffer: 1e8 })
      return JSON.parse(stdout)
    }
    const before = await importAll(all)
    expect(before).toMatchObject({ [name]: '' })
    expect(await importAll(slim)).toEqual(before)
  },
  180_000,
)

async function lay(root: string, files: readonly { path: string }[], contents: ReadonlyMap<string, Buffer>) {
  for (const { path } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), contents.get(path) ?? '')
  }
}
