import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Builder, Completed } from '../../src/builder/builder.ts'
import { createHostBuilder, type HostBuilderOptions } from '../../src/builder/host.ts'
import type { ProcessOptions } from '../../src/builder/process.ts'
import { runProcess } from '../../src/builder/process.ts'
import { UserError } from '../../src/errors.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import { listeningReporter } from '../requirements/fakes.ts'
import { folderWith } from '../settings/project-folder.ts'

interface Started extends ProcessOptions {
  readonly command: readonly string[]
}

type Pythons = Readonly<
  Record<string, readonly [path: string, version: string, minor: string, platform: string] | null>
>

const PYTHON_313 = ['/opt/python3.13', '3.13.5', '3.13', 'linux-x86_64'] as const

/** A machine that has these interpreters (null: one that does not run) and a new enough uv. */
function machine(pythons: Pythons) {
  const started: Started[] = []
  const run = (command: readonly string[], options: ProcessOptions): Promise<Completed> => {
    started.push({ command, ...options })
    const [program = ''] = command
    if (program === 'uv') return Promise.resolve({ exitCode: 0, stdout: 'uv 0.13.9', stderr: '' })
    const python = pythons[program]
    if (python === undefined) return Promise.reject(new Error(`Unable to locate executable file: ${program}`))
    if (command[1] !== '-c') return Promise.resolve({ exitCode: 3, stdout: 'out', stderr: 'err' })
    return Promise.resolve({ exitCode: python ? 0 : 127, stdout: python ? JSON.stringify(python) : '', stderr: '' })
  }
  return { run, started }
}

async function create(
  { run }: Pick<ReturnType<typeof machine>, 'run'>,
  options: Partial<HostBuilderOptions> = {},
  target = targetOf('python3.13', 'x86_64'),
): Promise<Builder> {
  const standard = {
    pythonBin: undefined,
    caFile: undefined,
    environment: { PATH: '/bin', UV_INDEX_URL: 'https://x.example/simple' },
    cacheFolder: await folderWith(),
    toolsFolder: '/tools',
    signal: new AbortController().signal,
  }
  return await createHostBuilder(target, { ...standard, ...options }, { run, report: listeningReporter() })
}

describe('the interpreter', () => {
  test('is the one with the runtime’s name', async () => {
    await using builder = await create(machine({ 'python3.13': PYTHON_313 }))
    expect(builder).toMatchObject({
      kind: 'host',
      description: 'host (Python 3.13.5, /opt/python3.13)',
      python: '/opt/python3.13',
      pythonVersion: '3.13.5',
      compilesFor: false,
      canImport: true,
    })
    expect(builder.processors).toBeGreaterThan(0)
  })

  test('is the one that python-bin names, and no other is tried', async () => {
    const { run, started } = machine({ 'my-python': PYTHON_313 })
    await using builder = await create({ run }, { pythonBin: 'my-python' })
    expect(builder.python).toBe('/opt/python3.13')
    expect(started.map(({ command: [program] }) => program)).toEqual(['my-python'])
  })

  test('may be named relative to the folder where the program was started', async () => {
    const { run, started } = machine({ [join(process.cwd(), 'venv/bin/python')]: PYTHON_313 })
    await using builder = await create({ run }, { pythonBin: 'venv/bin/python' })
    expect(builder.python).toBe('/opt/python3.13')
    expect(started).toHaveLength(1)
  })

  test.each([
    ['linux-x86_64', 'x86_64', true],
    ['linux-aarch64', 'arm64', true],
    ['linux-x86_64', 'arm64', false],
    ['linux-aarch64', 'x86_64', false],
    ['darwin-arm64', 'arm64', false],
    ['win32-AMD64', 'x86_64', false],
  ] as const)('on %s for %s can import: %s', async (platform, architecture, can) => {
    const python = [...PYTHON_313.slice(0, 3), platform] as unknown as typeof PYTHON_313
    await using builder = await create(machine({ 'python3.13': python }), {}, targetOf('python3.13', architecture))
    expect(builder.canImport).toBe(can)
    expect(builder.identity).toContain(platform)
  })

  const python3 = (minor: string) => [`/usr/bin/python${minor}`, `${minor}.7`, minor, 'linux-x86_64'] as const
  const INSTALL = 'Install Python 3.13, name it with python-bin, use builder: docker'
  test.each<[string, Pythons, string | undefined, string, string]>([
    [
      'missing, and another is there',
      { python3: python3('3.12') },
      undefined,
      'python3.13 was not found, or does not run. python3 is Python 3.12.7 (/usr/bin/python3.12).',
      `${INSTALL}, or set runtime: python3.12.`,
    ],
    [
      'missing, and another is there that Lambda has not',
      { python3: python3('3.8') },
      undefined,
      'python3.13 was not found, or does not run. python3 is Python 3.8.7 (/usr/bin/python3.8).',
      `${INSTALL}.`,
    ],
    ['missing, and there is no other', {}, undefined, 'python3.13 was not found, or does not run.', `${INSTALL}.`],
    ['broken', { 'python3.13': null }, undefined, 'python3.13 was not found, or does not run.', `${INSTALL}.`],
    [
      'another version than python-bin promised',
      { mine: python3('3.11'), python3: PYTHON_313 },
      'mine',
      'mine is Python 3.11.7.',
      `${INSTALL}, or set runtime: python3.11.`,
    ],
  ])('that is %s is asked for', async (_, pythons, pythonBin, detail, hint) => {
    const creating = create(machine(pythons), { pythonBin })
    await expect(creating).rejects.toThrow(UserError)
    await expect(creating).rejects.toMatchObject({
      title: 'The host builder needs Python 3.13 for python3.13',
      detail,
      hint,
    })
  })
})

describe('variables', () => {
  test('of the process reach every program, and none that uv would bring its own Python for', async () => {
    const { run, started } = machine({ 'python3.13': PYTHON_313, '/opt/python3.13': PYTHON_313 })
    await using builder = await create({ run })
    await builder.uv()
    await builder.run(['/opt/python3.13', 'x'], { env: { A: '1', PATH: '/mine' } })
    const standard = { UV_INDEX_URL: 'https://x.example/simple', UV_PYTHON_DOWNLOADS: 'never' }
    expect(started.map(({ env }) => env)).toEqual([
      { PATH: '/bin', ...standard },
      { PATH: '/bin', ...standard },
      { PATH: '/mine', A: '1', ...standard },
    ])
  })

  test('are replaced for code of the application', async () => {
    const { run, started } = machine({ 'python3.13': PYTHON_313, '/opt/python3.13': PYTHON_313 })
    await using builder = await create({ run })
    await builder.run(['/opt/python3.13', 'x'], { environment: 'replace', env: { A: '1' } })
    await builder.run(['/opt/python3.13', 'x'], { environment: 'replace' })
    expect(started.slice(1).map(({ env }) => env)).toEqual([{ A: '1' }, {}])
  })

  test('name a certificate authority to uv, pip and OpenSSL, by its whole path', async () => {
    const caFile = join(await folderWith({ 'ca.pem': 'PEM' }), 'ca.pem')
    const { run, started } = machine({ 'python3.13': PYTHON_313 })
    await using builder = await create({ run }, { caFile: relative(process.cwd(), caFile) })
    expect(builder.kind).toBe('host')
    expect(started[0]?.env).toMatchObject({ SSL_CERT_FILE: caFile, PIP_CERT: caFile, REQUESTS_CA_BUNDLE: caFile })
  })

  test('name no certificate authority that is not there', async () => {
    const caFile = join(await folderWith(), 'ca.pem')
    const creating = create(machine({ 'python3.13': PYTHON_313 }), { caFile })
    await expect(creating).rejects.toThrow(UserError)
    await expect(creating).rejects.toMatchObject({ title: `ca-file: ${caFile} cannot be read` })
  })
})

describe('the workspace', () => {
  const any = machine({ 'python3.13': PYTHON_313, '/opt/python3.13': PYTHON_313 })

  test('is new, empty, the folder where programs run, and gone at the end', async () => {
    const builder = await create(any)
    expect(await readdir(builder.workspace)).toEqual([])
    expect(await builder.run(['/opt/python3.13', 'x'])).toEqual({ exitCode: 3, stdout: 'out', stderr: 'err' })
    expect(any.started.at(-1)?.cwd).toBe(builder.workspace)
    await builder.run(['/opt/python3.13', 'x'], { cwd: '/' })
    expect(any.started.at(-1)?.cwd).toBe('/')
    await builder.close()
    await expect(access(builder.workspace)).rejects.toMatchObject({ code: 'ENOENT' })
    await builder.close()
  })

  test('is made where temporary files go', async () => {
    await using builder = await create(any)
    expect(relative(tmpdir(), builder.workspace)).toMatch(/^wsgi-lambda-build-\w+[\\/]workspace$/)
  })

  test('is closed to what others leave in the folder of temporary files, which everybody may write', async () => {
    const { run, started } = machine({ 'python3.13': PYTHON_313 })
    await using builder = await create({ run })
    // uv reads its settings, and looks for a workspace, in the folders above: it stops at the first that has them.
    expect(await readFile(join(builder.workspace, '..', 'pyproject.toml'), 'utf8')).toBe(
      '[tool.uv.workspace]\nmembers = []\n',
    )
    // `python -c` and `python -m` import from the folder where they are started.
    expect(started.map(({ cwd }) => cwd)).toEqual(['/tools'])
    await builder.close()
    await expect(access(join(builder.workspace, '..'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('takes folders in, also into one that is there, and gives them back', async () => {
    await using builder = await create(any)
    await builder.put(await folderWith({ 'a.py': '1', 'deep/b.py': '2' }), 'application/x')
    await builder.put(await folderWith({ 'a.py': '3', 'c.py': '4' }), 'application/x')
    const out = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
    const taken = await builder.take('application', join(out, 'taken'))
    expect(await readdir(taken, { recursive: true }).then((names) => names.sort())).toEqual([
      'x',
      'x/a.py',
      'x/c.py',
      'x/deep',
      'x/deep/b.py',
    ])
    expect(await readFile(join(taken, 'x/a.py'), 'utf8')).toBe('3')
    await rm(out, { recursive: true })
  })

  test('leaves the folder that it takes in as it was', async () => {
    await using builder = await create(any)
    const source = await folderWith({ 'a.py': '1' })
    await builder.put(source, 'x')
    await builder.close()
    expect(await readFile(join(source, 'a.py'), 'utf8')).toBe('1')
  })
})

test('a cancelled build starts nothing more, and believes no exit code', async () => {
  const controller = new AbortController()
  const reason = new Error('cancelled')
  const { run, started } = machine({ 'python3.13': PYTHON_313, '/opt/python3.13': PYTHON_313 })
  const cancelling: typeof run = async (command, options) => {
    const completed = await run(command, options)
    if (command[1] === 'cancel') controller.abort(reason)
    return completed
  }
  await using builder = await create({ run: cancelling }, { signal: controller.signal })
  await expect(builder.run(['/opt/python3.13', 'cancel'])).rejects.toBe(reason)
  const count = started.length
  await expect(builder.run(['/opt/python3.13', 'x'])).rejects.toBe(reason)
  expect(started).toHaveLength(count)
})

test('a real interpreter describes itself, wherever it stands', async () => {
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  )
  const script = 'import sys; print("%d.%d|%d.%d.%d" % (sys.version_info[:2] + sys.version_info[:3]))'
  const { stdout } = await runProcess(['python3', '-c', script], { cwd: '/', env: environment })
  const [minor = '', version = ''] = stdout.trim().split('|')
  const target = { ...targetOf('python3.13', 'x86_64'), pythonMinor: minor }
  const run = (command: readonly string[], options: ProcessOptions): Promise<Completed> =>
    command[0] === 'uv' ? machine({}).run(command, options) : runProcess(command, options)
  await using builder = await create(
    { run },
    { pythonBin: 'python3', environment, toolsFolder: await folderWith() },
    target,
  )
  expect(builder.pythonVersion).toBe(version)
  const hello = await builder.run([builder.python, '-c', 'import os; print(os.getcwd())'])
  expect(hello).toEqual({ exitCode: 0, stdout: `${builder.workspace}\n`, stderr: '' })
})
