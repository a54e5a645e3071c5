import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import { ensureVenv, findPythons, type Python } from '../../scripts/environment/pythons.ts'
import type { BuildResult } from '../../src/commands/build.ts'
import { notTried } from '../support/optional.ts'
import { machineVariables, REPOSITORY, runNode } from '../support/world.ts'

const run = promisify(execFile)
const fixture = (name: string): string => join(REPOSITORY, '__tests__/fixtures', name)

let folder: string
let python: Python

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-build-test-')))
  const [found] = await findPythons()
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = found
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function build(project: string, ...args: readonly string[]): Promise<BuildResult> {
  const host = ['--builder', 'host', '--runtime', `python${python.minor}`, '--python-bin', python.path]
  const where = ['--project', project, '--output', join(folder, 'out.zip'), '--store', join(folder, 'store')]
  const command = [
    join(REPOSITORY, 'dist/cli.cjs'),
    'build',
    '--json',
    ...where,
    ...(args.includes('docker') ? [] : host),
    ...args,
  ]
  const { exitCode, stdout, stderr } = await runNode(command, { env: machineVariables(), cwd: folder })
  expect(exitCode === 0 ? '' : stderr).toBe('')
  return JSON.parse(stdout) as BuildResult
}

/** What Python finds in a zip: path → first bytes as text. */
async function contentsOf(path: string): Promise<Map<string, string>> {
  const program =
    'import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({n: z.read(n)[:200].decode("latin-1") for n in z.namelist()}))'
  const { stdout } = await run(python.path, ['-c', program, path], { maxBuffer: 2 ** 26 })
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>))
}

describe('an artifact', () => {
  test('holds the application, the runtime and bytecode that needs no check; no secret, nothing that git ignores', async () => {
    const project = join(folder, 'bare')
    await cp(fixture('bare-wsgi'), project, { recursive: true })
    for (const [name, text] of [
      ['.env', 'SECRET=canary'],
      ['.env.production', 'SECRET=canary'],
      ['ignored.txt', 'canary'],
    ] as const)
      await writeFile(join(project, name), text)
    await run(python.path, ['-m', 'venv', '--without-pip', join(project, 'environment')])
    const { artifact } = await build(project)
    const contents = await contentsOf(artifact.path)
    const tag = `cpython-${python.minor.replace('.', '')}`
    expect([...contents.keys()].filter((path) => !path.startsWith('wsgi_lambda/'))).toEqual([
      `__pycache__/serverless_wsgi.${tag}.pyc`,
      `__pycache__/wsgi.${tag}.pyc`,
      `__pycache__/wsgi_handler.${tag}.pyc`,
      ...['greeting/__init__.py', `greeting/__pycache__/__init__.${tag}.pyc`, 'greeting/words.txt'].filter((path) =>
        contents.has(path),
      ),
      'requirements.txt',
      'serverless_wsgi.py',
      'wsgi.py',
      'wsgi_handler.py',
      'wsgi_lambda.json',
    ])
    // PEP 552: the flags after the magic number are 1, unchecked hash.
    expect(contents.get(`__pycache__/wsgi.${tag}.pyc`)?.slice(4, 8)).toBe('\u0001\0\0\0')
    expect(JSON.parse(contents.get('wsgi_lambda.json') ?? '')).toEqual({
      app: 'wsgi:application',
      runtime: `python${python.minor}`,
      architecture: 'x86_64',
      version: '0.1.0',
    })
    expect(artifact.entries).toBe(contents.size)
  }, 60_000)
})

describe('manifests', () => {
  test('uv.lock: what it pins, without development groups', async () => {
    const venv = await ensureVenv('uv', ['uv==0.13.9'], python)
    const project = join(folder, 'locked')
    await cp(join(REPOSITORY, 'examples/flask'), project, { recursive: true })
    await rm(join(project, 'requirements.txt'))
    await run(join(venv, 'bin/uv'), ['lock', '--python', python.path], { cwd: project, env: machineVariables() })
    const names = (await build(project)).packages.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['flask', 'sqlalchemy', 'psycopg-binary']))
    expect(names).not.toContain('pytest')
  }, 120_000)

  test('a member of a uv workspace gets what it asks for, by the lock above it', async () => {
    const venv = await ensureVenv('uv', ['uv==0.13.9'], python)
    const root = join(folder, 'workspace')
    const files = {
      'pyproject.toml':
        '[project]\nname = "all"\nversion = "0"\nrequires-python = ">=3.10"\n[tool.uv.workspace]\nmembers = ["api", "other"]\n',
      'api/pyproject.toml':
        '[project]\nname = "api"\nversion = "0"\nrequires-python = ">=3.10"\ndependencies = ["itsdangerous"]\n',
      'api/wsgi.py': 'import itsdangerous\n\ndef application(environ, start_response): ...\n',
      'other/pyproject.toml':
        '[project]\nname = "other"\nversion = "0"\nrequires-python = ">=3.10"\ndependencies = ["blinker"]\n',
    }
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), text)
    }
    await run(join(venv, 'bin/uv'), ['lock', '--python', python.path], { cwd: root, env: machineVariables() })
    expect((await build(join(root, 'api'))).packages.map(({ name }) => name)).toEqual(['itsdangerous'])
  }, 120_000)

  test('hashes hold: another hash than the published one is refused', async () => {
    const project = join(folder, 'hashed')
    await cp(fixture('api'), project, { recursive: true })
    await writeFile(join(project, 'requirements.txt'), `itsdangerous==2.2.0 --hash=sha256:${'0'.repeat(64)}\n`)
    await expect(build(project, '--no-check')).rejects.toThrow(
      'The hash of itsdangerous is not the one in the manifest',
    )
  }, 60_000)

  test('files that include others, and constraints', async () => {
    const project = join(folder, 'nested')
    await cp(fixture('api'), project, { recursive: true })
    await writeFile(join(project, 'requirements.txt'), '-r base.txt\n-c limits.txt\n')
    await writeFile(join(project, 'base.txt'), 'flask\n')
    await writeFile(join(project, 'limits.txt'), 'flask==3.1.2\nmarkupsafe==3.0.2\n')
    const { packages } = await build(project)
    expect(packages).toContainEqual(expect.objectContaining({ name: 'flask', version: '3.1.2' }))
    expect(packages).toContainEqual(expect.objectContaining({ name: 'markupsafe', version: '3.0.2' }))
  }, 60_000)
})

describe('the store', () => {
  test('gives back what was installed before, and makes a damaged file anew', async () => {
    const project = join(folder, 'kept')
    await cp(fixture('api'), project, { recursive: true })
    const store = join(folder, 'kept-store')
    const first = await build(project, '--store', store)
    expect(first.slices).toMatchObject({ reused: 0 })
    await writeFile(join(project, 'api.py'), `${await readFile(join(project, 'api.py'), 'utf8')}\n# a line more\n`)
    const second = await build(project, '--store', store)
    expect(second.slices).toEqual({ total: first.slices.total, reused: first.slices.total, built: 0 })
    expect(second.artifact.sha256).not.toBe(first.artifact.sha256)
    const { stdout } = await run('find', [store, '-type', 'f', '-path', '*slices*'])
    const [damaged = ''] = stdout.trim().split('\n')
    await writeFile(damaged, 'damaged')
    const third = await build(project, '--store', store)
    expect(third.slices).toEqual({ total: first.slices.total, reused: first.slices.total - 1, built: 1 })
    expect(third.artifact.sha256).toBe(second.artifact.sha256)
  }, 120_000)
})

describe('the docker builder', () => {
  test('builds in the Lambda image what loads there', async () => {
    const engine = await startEngine()
    if ('missing' in engine) {
      notTried(engine.missing)
      return
    }
    try {
      await ensureLambdaImages(['3.13'])
      const built = await build(join(REPOSITORY, 'examples/django'), '--builder', 'docker', '--runtime', 'python3.13')
      expect(built).toMatchObject({ builder: 'docker', runtime: 'python3.13' })
      const contents = await contentsOf(built.artifact.path)
      expect(contents.has('mysite/__pycache__/wsgi.cpython-313.pyc')).toBe(true)
      expect(
        [...contents.keys()].filter(
          (path) =>
            path.endsWith('.so') && !path.includes('cpython-313') && !/libs?\//.test(path) && !path.includes('abi3'),
        ),
      ).toEqual([])
    } finally {
      await engine.stop()
    }
  }, 300_000)
})
