/** What is published: the packages, as users install them. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ensureVenv, findPythons, type Python } from '../../scripts/environment/pythons.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-publishing-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Files of the working tree that git does not ignore, below these paths. */
async function treeFiles(...paths: string[]): Promise<string[]> {
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...paths]
  const { stdout } = await run('git', listing, { cwd: root })
  return stdout.split('\n').filter((path) => path !== '')
}

const RUNTIME_MODULES = ['runtime/serverless_wsgi.py', 'runtime/wsgi_handler.py', 'runtime/wsgi_lambda']

describe('the command line on npm', () => {
  const cache = { ...process.env, npm_config_cache: join(folder, 'empty-cache') }
  let packed: string[]
  let installed: string

  beforeAll(async () => {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, env: cache })
    const [report] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
    packed = report.files.map((file) => file.path).sort()

    installed = join(folder, 'project')
    await mkdir(installed)
    await writeFile(join(installed, 'package.json'), '{"private": true}\n')
    const install = [
      'install',
      '--offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      join(folder, report.filename),
    ]
    await run('npm', install, { cwd: installed, env: cache })
  }, 120_000)

  test('holds the bundles, what they read at run time, and nothing else', async () => {
    const wanted = await treeFiles('dist/*.cjs', 'dist/licenses.txt', 'docker', ...RUNTIME_MODULES)
    expect(packed).toEqual([...wanted, 'LICENSE', 'README.md', 'action.yml', 'package.json'].sort())
    expect(packed).toEqual(
      expect.arrayContaining([
        'dist/cli.cjs',
        'dist/licenses.txt',
        'runtime/wsgi_handler.py',
        'runtime/wsgi_lambda/__init__.py',
      ]),
    )
  })

  test('brings no other package and no script that runs at its installation', async () => {
    const names = (await readdir(join(installed, 'node_modules'))).filter((name) => !name.startsWith('.'))
    expect(names).toEqual(['wsgi-lambda'])
    const manifest = JSON.parse(
      await readFile(join(installed, 'node_modules/wsgi-lambda/package.json'), 'utf8'),
    ) as object
    expect(manifest).toMatchObject({ name: 'wsgi-lambda', license: 'MIT', bin: { 'wsgi-lambda': 'dist/cli.cjs' } })
    const scripts = (manifest as { scripts?: Record<string, string> }).scripts ?? {}
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([])
  })

  test('runs', async () => {
    const { stdout } = await run(join(installed, 'node_modules/.bin/wsgi-lambda'), ['--help'], { cwd: installed })
    expect(stdout).toMatch(/^Usage: wsgi-lambda /m)
    expect(stdout).toMatch(/^ +build /m)
  })
})

describe('the runtime on PyPI', () => {
  const built = {
    wheel: join(folder, `wsgi_lambda-${version}-py3-none-any.whl`),
    sdist: join(folder, `wsgi_lambda-${version}.tar.gz`),
  }
  let pythons: Python[] // one of each minor, newest first
  let newest: Python
  let venv: string

  beforeAll(async () => {
    const newestFirst = (await findPythons()).sort((a, b) => b.minor.localeCompare(a.minor, 'en', { numeric: true }))
    pythons = [...new Map(newestFirst.map((python) => [python.minor, python])).values()]
    const [first] = pythons
    if (first === undefined)
      throw new Error('The runtime is built by Python 3.11 or later, and none was found on this machine.')
    newest = first
    const pins = await readFile(join(root, '.github/requirements/publishing.txt'), 'utf8')
    venv = await ensureVenv(
      'publishing',
      [...pins.matchAll(/^[\w-]+==\S+/gm)].map(([pin]) => pin),
      newest,
    )
    await python(['-m', 'build', '--no-isolation', '--outdir', folder, join(root, 'runtime')])
  }, 240_000)

  const python = (args: string[], environment: Record<string, string> = {}) =>
    run(join(venv, 'bin/python'), args, {
      cwd: folder,
      env: { ...process.env, SOURCE_DATE_EPOCH: '1893456000', ...environment },
    })

  /** Name → CRC or size of each file in an archive, sorted. */
  async function entriesOf(archive: string): Promise<Record<string, number>> {
    const { stdout } = await python(['-c', LIST, archive])
    return JSON.parse(stdout) as Record<string, number>
  }

  /** The interpreter of a new environment in which one archive was installed, with no index to ask. */
  async function install(archive: string, target: Python, name: string): Promise<string> {
    const interpreter = join(folder, name, 'bin/python')
    await run(target.path, ['-I', '-m', 'venv', '--without-pip', join(folder, name)])
    // The backend of an sdist is not in the new environment: it comes from the one that built.
    const { stdout: backend } = await python(['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'])
    const offline = ['--no-index', '--no-build-isolation', '--quiet', '--disable-pip-version-check']
    const environment = { PYTHONPATH: archive === built.sdist ? backend.trim() : '' }
    await python(['-m', 'pip', '--python', interpreter, 'install', ...offline, archive], environment)
    return interpreter
  }

  test('has a wheel of the modules, without requirements', async () => {
    const modules = (await treeFiles(...RUNTIME_MODULES)).map((path) => path.slice('runtime/'.length))
    const info = `wsgi_lambda-${version}.dist-info`
    const described = ['METADATA', 'RECORD', 'WHEEL', 'licenses/LICENSE'].map((name) => `${info}/${name}`)
    expect(Object.keys(await entriesOf(built.wheel))).toEqual([...modules, ...described].sort())

    const { stdout: metadata } = await python(['-c', READ, built.wheel, `${info}/METADATA`])
    expect(metadata).toContain(`\nName: wsgi-lambda\nVersion: ${version}\n`)
    expect(metadata).toContain('\nRequires-Python: >=3.10\n')
    expect(metadata).toMatch(/^License(-Expression)?: MIT$/m)
    expect(metadata).not.toContain('Requires-Dist')
  })

  test('has an sdist that makes the same wheel', async () => {
    const inside = Object.keys(await entriesOf(built.sdist)).map((path) => path.replace(`wsgi_lambda-${version}/`, ''))
    expect(inside).toEqual(expect.arrayContaining(['LICENSE', 'PKG-INFO', 'README.md', 'pyproject.toml']))
    expect(inside.filter((path) => /__pycache__|\.pyc$|(^|\/)\.(?!gitignore$)/.test(path))).toEqual([])

    const again = join(folder, 'again')
    await python([
      '-m',
      'pip',
      'wheel',
      '--no-index',
      '--no-build-isolation',
      '--no-deps',
      '--quiet',
      '--wheel-dir',
      again,
      built.sdist,
    ])
    expect(await readdir(again)).toEqual([`wsgi_lambda-${version}-py3-none-any.whl`])
    expect(await entriesOf(join(again, `wsgi_lambda-${version}-py3-none-any.whl`))).toEqual(
      await entriesOf(built.wheel),
    )
  }, 60_000)

  test('installs without an index, from the wheel on every Python that is here and from the sdist', async () => {
    const targets = pythons.map((target) => [built.wheel, target, `wheel-${target.minor}`] as const)
    for (const [archive, target, name] of [...targets, [built.sdist, newest, 'sdist'] as const]) {
      const interpreter = await install(archive, target, name)
      const { stdout } = await run(interpreter, ['-I', '-c', IMPORT], { cwd: folder })
      expect([name, stdout.trim()]).toEqual([name, 'wsgi_lambda serverless_wsgi'])
    }
  }, 120_000)
})

const LIST = `
import json, sys, tarfile, zipfile
if sys.argv[1].endswith(".whl"):
    sizes = {entry.filename: entry.CRC for entry in zipfile.ZipFile(sys.argv[1]).infolist()}
else:
    sizes = {entry.name: entry.size for entry in tarfile.open(sys.argv[1]) if entry.isfile()}
print(json.dumps(dict(sorted(sizes.items()))))`

const READ = `
import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))`

const IMPORT = `
import serverless_wsgi, wsgi_lambda
assert callable(wsgi_lambda.make_handler) and callable(wsgi_lambda.handle_request)
assert callable(serverless_wsgi.handle_request)
print(wsgi_lambda.__name__, serverless_wsgi.__name__)`
