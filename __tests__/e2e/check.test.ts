import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import Docker from 'dockerode'
import { pack } from 'tar-stream'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import { findPythons } from '../../scripts/environment/pythons.ts'
import { type CheckSettings, checkArtifact } from '../../src/artifact/check.ts'
import { IMAGE_VARIABLES, LAMBDA_VARIABLES } from '../../src/artifact/check-environment.ts'
import { createDockerToolchain, removeContainers } from '../../src/builder/docker.ts'
import { findSandbox } from '../../src/builder/docker-check.ts'
import { createVolume, removeVolumes } from '../../src/builder/docker-container.ts'
import { type Engine, findEngine } from '../../src/builder/docker-engine.ts'
import type { UserError } from '../../src/errors.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Target } from '../../src/platform/target.ts'
import { folderStore } from '../../src/store/folder.ts'
import { sha256Of } from '../../src/store/hash.ts'
import type { Store } from '../../src/store/store.ts'
import { type RecordingReporter, recordingReporter } from '../report/recording.ts'
import { notTried } from '../support/optional.ts'
import { REPOSITORY } from '../support/world.ts'

jest.setTimeout(120_000)

const TOOLS = fileURLToPath(new URL('../../docker/', import.meta.url))
const started = await startEngine()
if ('missing' in started) {
  test('a container engine is there (the tests of the import check are left out)', () => {
    notTried(started.missing)
  })
} else {
  afterAll(() => started.stop(), 90_000)
  tests()
}

/** A WSGI application, as a project has it; `body` stands in its function, `head` before it. */
function application({ head = '', body = 'answer = "fine"' }: { head?: string; body?: string } = {}): string {
  return [
    'import os',
    head,
    'def app(environ, start_response):',
    ...body.split('\n').map((line) => `    ${line}`),
    '    start_response("200 OK", [("Content-Type", "text/plain")])',
    '    return [answer.encode()]',
    '',
  ].join('\n')
}

function tests(): void {
  const target = targetOf('python3.13', process.arch === 'arm64' ? 'arm64' : 'x86_64')
  let docker: Docker
  let engine: Engine
  let python: string
  let folder: string
  let run: string
  let report: RecordingReporter
  let store: Store

  beforeAll(async () => {
    await ensureLambdaImages(['3.11', '3.13'])
    docker = new Docker()
    const found = await findEngine()
    if ('unreachable' in found) throw new Error(found.unreachable.title)
    engine = found
    python = (await findPythons())[0]?.path ?? 'python3'
  }, 600_000)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-check-'))
    run = randomUUID()
    report = recordingReporter()
    store = folderStore({ folder: join(folder, 'store'), mostBytes: 1_000_000, onUnwritable: () => undefined })
  })

  afterEach(async () => {
    await store[Symbol.asyncDispose]()
    expect(await leftovers()).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })

  const labels = () => ({ 'wsgi-lambda.run': run })

  /** What of this test's the engine still has. */
  async function leftovers(): Promise<string[]> {
    const label = [`wsgi-lambda.run=${run}`]
    const containers = await docker.listContainers({ all: true, filters: { label } })
    const volumes = (await docker.listVolumes({ filters: { label } })) as { Volumes: { Name: string }[] | null }
    return [...containers.map(({ Id }) => Id), ...(volumes.Volumes ?? []).map(({ Name }) => Name)]
  }

  /** An artifact of these files, the runtime and its configuration. */
  async function artifactOf(files: Readonly<Record<string, string>>, configuration: object = {}) {
    const root = join(folder, randomUUID())
    const runtime = join(REPOSITORY, 'runtime')
    const filter = (source: string): boolean => !source.endsWith('__pycache__')
    await cp(join(runtime, 'wsgi_lambda'), join(root, 'wsgi_lambda'), { recursive: true, filter })
    await cp(join(runtime, 'wsgi_handler.py'), join(root, 'wsgi_handler.py'))
    const all = { 'wsgi_lambda.json': JSON.stringify({ app: 'shop:app', ...configuration }), ...files }
    for (const [path, content] of Object.entries(all)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    }
    const path = `${root}.zip`
    const zip = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[1])'
    await promisify(execFile)(python, ['-c', zip, root])
    return { path, sha256: (await sha256Of(path)).toString('hex') }
  }

  const settingsOf = (given: Partial<CheckSettings> = {}): CheckSettings => ({
    target,
    handler: 'wsgi',
    packRequirements: true,
    environment: {},
    secrets: {},
    checkEnvironment: {},
    checkPath: undefined,
    checkStatus: undefined,
    smokeHost: undefined,
    memory: undefined,
    timeout: undefined,
    functionName: undefined,
    ...given,
  })

  const sandboxOf = (wanted: Target, signal?: AbortSignal) =>
    findSandbox(engine, wanted, {
      otherwise: { id: wanted.image, python: `/var/lang/bin/python${wanted.pythonMinor}` },
      toolsFolder: TOOLS,
      labels: labels(),
      signal,
    })

  async function check(
    artifact: { readonly path: string; readonly sha256: string },
    given: Partial<CheckSettings> = {},
    signal?: AbortSignal,
  ) {
    const settings = settingsOf(given)
    const toolchain = { kind: 'docker', sandbox: () => sandboxOf(settings.target, signal) } as const
    return await checkArtifact(artifact, settings, { toolchain, store, report })
  }

  const failure = async (files: Readonly<Record<string, string>>, given: Partial<CheckSettings> = {}) =>
    await check(await artifactOf(files), given).then(
      (result) => {
        throw new Error(`passed: ${JSON.stringify(result)}`)
      },
      (error: unknown) => error as UserError,
    )

  describe('passes', () => {
    test.each(['python3.11', 'python3.13'] as const)(
      'an application on %s',
      async (runtime) => {
        const artifact = await artifactOf({ 'shop.py': application() })
        const runtimes = targetOf(runtime, target.architecture)
        expect(await check(artifact, { target: runtimes })).toEqual({
          outcome: 'passed',
          statusCode: 200,
          isKept: false,
          imports: {
            ...{ measuredOn: runtimes.image, seconds: expect.any(Number) },
            packages: expect.arrayContaining([
              { package: 'shop', selfSeconds: expect.any(Number), cumulativeSeconds: expect.any(Number) },
            ]),
          },
        })
        expect(report.of('info')).toEqual([`import check: GET / → 200 (${runtimes.image})`])
        expect(report.problems).toEqual([])
      },
      60_000,
    )

    test('by the toolchain of a build', async () => {
      const environment = process.env as Record<string, string>
      const caFile = process.env['SSL_CERT_FILE'] ?? process.env['NODE_EXTRA_CA_CERTS']
      const options = { systemPackages: [], environment, labels: labels(), toolsFolder: TOOLS, caFile }
      await using toolchain = await createDockerToolchain(target, options, { report, store })
      const artifact = await artifactOf({ 'shop.py': application() })
      const collaborators = { toolchain, store, report }
      expect(await checkArtifact(artifact, settingsOf(), collaborators)).toMatchObject({ outcome: 'passed' })
    }, 300_000)

    test("in the builder's image, where the engine does not have the runtime's", async () => {
      const artifact = await artifactOf({ 'shop.py': application() })
      const { Id: id } = await docker.getImage(target.image).inspect()
      const python = `/var/lang/bin/python${target.pythonMinor}`
      const options = { otherwise: { id, python }, toolsFolder: TOOLS, labels: labels(), signal: undefined }
      const sandbox = () => findSandbox(engine, { ...target, image: 'no.such/image:1' }, options)
      const toolchain = { kind: 'docker', sandbox } as const
      expect(await checkArtifact(artifact, settingsOf(), { toolchain, store, report })).toMatchObject({
        statusCode: 200,
      })
      expect(report.of('info')).toEqual(["import check: GET / → 200 (the builder's image)"])
    })

    test('one that streams', async () => {
      const artifact = await artifactOf({ 'shop.py': application() }, { streaming: true })
      expect(await check(artifact)).toMatchObject({ outcome: 'passed', statusCode: 200 })
    })
  })

  test('the surroundings are those of the function', async () => {
    const body = [
      'import json, socket, sys',
      'def tried(work):',
      '    try: work()',
      '    except Exception as error: return type(error).__name__ + " " + str(getattr(error, "errno", ""))',
      'def write(path): open(path, "w").close()',
      'def lock():',
      '    import multiprocessing',
      '    multiprocessing.Lock()',
      'found = {"cwd": os.getcwd(), "path": sys.path[:3], "user": [os.getuid(), os.getgid()], "argv": sys.argv,',
      '  "task": tried(lambda: write("/var/task/x")), "root": tried(lambda: write("/opt/x")), "tmp": tried(lambda: write("/tmp/x")),',
      '  "network": tried(lambda: socket.create_connection(("192.0.2.1", 80), 5)), "lock": tried(lock),',
      '  "limit": open("/sys/fs/cgroup/memory/memory.limit_in_bytes").read().strip() if os.path.exists("/sys/fs/cgroup/memory") else None,',
      '  "host": environ["HTTP_HOST"], "scheme": environ["wsgi.url_scheme"], "path_info": environ["PATH_INFO"], "query": environ["QUERY_STRING"],',
      '  "names": sorted(os.environ), "values": {name: os.environ.get(name) for name in ("GREETING", "SITE", "TOKEN", "KEY", "_HANDLER", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE")}}',
      'print("FOUND " + json.dumps(found))',
      'answer = "fine"',
    ].join('\n')
    await check(await artifactOf({ 'shop.py': application({ body }) }), {
      checkPath: '/orders?page=2',
      memory: 256,
      environment: { GREETING: 'hello', SITE: '{{url}}/shop', WSGI_LAMBDA_SECRETS: '{"TOKEN": "ssm:/token"}' },
      secrets: { TOKEN: 'ssm:/token', KEY: 'ssm:/key' },
      checkEnvironment: { KEY: 'a key of the right form' },
    })
    const line = report.of('debug').find((text) => text.startsWith('FOUND ')) ?? ''
    const found = JSON.parse(line.slice('FOUND '.length)) as Record<string, unknown> & { names: string[] }
    expect(found).toMatchObject({
      cwd: '/var/task',
      path: ['/var/task', '/opt/python/lib/python3.13/site-packages', '/opt/python'],
      user: [993, 990],
      argv: ['/var/runtime/bootstrap.py', 'wsgi_handler.handler'],
      task: 'OSError 30',
      root: expect.stringMatching(/^(OSError 30|PermissionError 13)$/),
      tmp: null,
      network: 'OSError 101',
      lock: expect.stringMatching(/Error/),
      host: 'check.lambda-url.us-east-1.on.aws',
      scheme: 'https',
      path_info: '/orders',
      query: 'page=2',
      values: {
        GREETING: 'hello',
        SITE: 'https://check.lambda-url.us-east-1.on.aws/shop',
        TOKEN: 'not-known-in-a-build',
        KEY: 'a key of the right form',
        _HANDLER: 'wsgi_handler.handler',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      },
    })
    expect([null, String(256 * 1024 * 1024)]).toContain(found['limit'])
    expect(found.names).not.toContain('WSGI_LAMBDA_SECRETS')
    expect(found.names).not.toContain('HOME')
  })

  describe('an application that cannot be imported fails', () => {
    test.each([
      [
        'a module that is missing',
        'import nothing.like_it',
        {},
        'ModuleNotFoundError: No module named',
        /Add what provides nothing/,
      ],
      [
        'a compiled part that is missing',
        'import shop_native',
        { 'shop_native/__init__.py': 'from . import _speedups\nimport shop_native._fast' },
        'ImportError',
        /./,
      ],
      ['a mistake in the code', 'def (', {}, 'SyntaxError', /./],
      ['a variable that is missing', 'os.environ["SHOP_KEY"]', {}, 'KeyError', /set it in environment/],
      ['a file that is written', 'open("log.txt", "w")', {}, 'OSError', /only \/tmp can be written/],
      [
        'a database on import',
        'import socket\nsocket.create_connection(("db.example.org", 5432), 5)',
        {},
        'gaierror',
        /no network and no database/,
      ],
      ['a lock of multiprocessing', 'import multiprocessing\nmultiprocessing.Lock()', {}, 'Error', /./],
      [
        'a library that is missing',
        'import ctypes\nctypes.CDLL("libnothere.so.7")',
        {},
        'OSError',
        /native library is missing/,
      ],
      [
        'a file of another system',
        'import ctypes\nctypes.CDLL("/var/task/other.so")',
        { 'other.so': 'no ELF at all, but long enough to be read as one: '.padEnd(1000, '-') },
        'OSError',
        /another processor or system/,
      ],
      ['an application that is not there', 'del os\napp = None', {}, '', /./],
    ])('%s', async (_, head, files, title, hint) => {
      const source = head.includes('app = None') ? 'app = None\n' : application({ head })
      const error = await failure({ 'shop.py': source, ...files })
      expect(error.title).toContain(`The application cannot be imported: ${title === '' ? 'LoadingError' : ''}`)
      expect(error.title).toContain(title)
      expect(error.hint).toMatch(hint)
      expect(error.detail).toMatch(/\/var\/task\/shop\.py|LoadingError|SyntaxError/)
      expect(error.detail).not.toMatch(/check_artifact\.py|wsgi_handler\.py|importlib/)
    })

    test('which ends the process', async () => {
      const error = await failure({ 'shop.py': 'print("so long")\nimport os\nos._exit(3)\n' })
      expect(error).toMatchObject({ title: expect.stringContaining('(exit code 3)') })
    })

    test('which crashes', async () => {
      const error = await failure({ 'shop.py': 'import ctypes\nctypes.string_at(0)\n' })
      expect(error.title).toContain('SIGSEGV')
      expect(error.detail).toContain('/var/task/shop.py')
    })

    test('which needs more memory than the function has', async () => {
      const error = await failure({ 'shop.py': 'x = bytearray(400_000_000)\n' }, { memory: 128 })
      expect(error.title).toBe("The application needs more than 128 MB, which is the function's memory")
    })

    test('which takes too long, with the place', async () => {
      const error = await failure({ 'shop.py': 'import time\ntime.sleep(120)\n' }, { timeout: 3 })
      expect(error.title).toBe('The application was not imported within 10 seconds')
      expect(error.detail).toContain('"/var/task/shop.py", line 2')
    })

    test('which does not even let the time be looked at', async () => {
      const { path } = await artifactOf({ 'shop.py': 'import ctypes\nctypes.PyDLL(None).sleep(300)\n' })
      const request = JSON.stringify({ path: '/', host: 'check.lambda-url.us-east-1.on.aws', memory: 512, seconds: 60 })
      const env = { ...LAMBDA_VARIABLES, ...IMAGE_VARIABLES }
      const sandbox = await sandboxOf(target)
      expect(await sandbox.check(path, { request, env, memory: undefined, seconds: 5 })).toEqual({ kind: 'late' })
    })

    test('also where the function is told to serve all the same', async () => {
      const artifact = await artifactOf({ 'shop.py': '1 / 0\n' }, { 'on-import-error': 'serve' })
      await expect(check(artifact)).rejects.toMatchObject({ title: expect.stringContaining('ZeroDivisionError') })
    })

    test('whose values stay out of the title', async () => {
      const error = await failure(
        { 'shop.py': 'import os\nraise ValueError(os.environ["DSN"])\n' },
        { environment: { DSN: 'user:password@host' } },
      )
      expect(error.title).toBe('The application cannot be imported: ValueError')
    })
  })

  describe('without its secrets', () => {
    const source = 'import os\nint(os.environ["PORT"])\ndef app(environ, start_response): pass\n'
    const secrets = { PORT: 'ssm:/port' }

    test('an import that fails is a warning', async () => {
      const artifact = await artifactOf({ 'shop.py': source })
      expect(await check(artifact, { secrets })).toEqual({ outcome: 'unknown' })
      expect(report.problems).toMatchObject([
        {
          title: 'The application could not be imported without its secrets: ValueError',
          detail: expect.stringContaining("'not-known-in-a-build'"),
          hint: expect.stringContaining('Here PORT had a stand-in'),
        },
      ])
      expect(report.of('warning')).toHaveLength(1)
      // And it is not tried again.
      expect(await check(artifact, { secrets })).toEqual({ outcome: 'unknown' })
      expect(report.of('notice')).toHaveLength(1)
    })

    test('with a stand-in for each it is judged as any other', async () => {
      const artifact = await artifactOf({ 'shop.py': source })
      const given = { secrets, checkEnvironment: { PORT: 'none' } }
      await expect(check(artifact, given)).rejects.toMatchObject({ title: expect.stringContaining('ValueError') })
    })
  })

  describe('an answer of 500', () => {
    const source = application({ body: 'answer = 1 / 0' })

    test('passes with its traceback, while nobody chose the request', async () => {
      expect(await check(await artifactOf({ 'shop.py': source }))).toMatchObject({ outcome: 'passed', statusCode: 500 })
      expect(report.of('warning')).toEqual(['GET / is answered with 500'])
      expect(report.problems[0]?.detail).toContain('ZeroDivisionError: division by zero')
      expect(report.problems[0]?.hint).toContain('check-path')
    })

    test('fails with check-path', async () => {
      const error = await failure({ 'shop.py': source }, { checkPath: '/health' })
      expect(error.title).toBe('GET /health is answered with 500')
      expect(error.detail).toContain('/var/task/shop.py')
      expect(error.detail).toContain('ZeroDivisionError')
    })

    test('with check-path and without its secrets is a warning', async () => {
      const artifact = await artifactOf({ 'shop.py': source })
      expect(await check(artifact, { checkPath: '/health', secrets: { KEY: 'ssm:/key' } })).toEqual({
        outcome: 'unknown',
      })
    })
  })

  test('another status than check-status fails', async () => {
    const artifact = await artifactOf({ 'shop.py': application() })
    expect(await check(artifact, { checkStatus: 200 })).toMatchObject({ outcome: 'passed', statusCode: 200 })
    await expect(check(artifact, { checkStatus: 404 })).rejects.toMatchObject({
      title: 'GET / is answered with 200, and check-status is 404',
    })
  })

  test('a request that takes too long passes with a warning, and fails with check-path', async () => {
    const source = application({ body: 'import time; time.sleep(60); answer = ""' })
    const artifact = await artifactOf({ 'shop.py': source })
    expect(await check(artifact, { timeout: 3 })).toMatchObject({ outcome: 'passed', statusCode: undefined })
    expect(report.problems[0]?.detail).toContain('/var/task/shop.py')
    await expect(check(artifact, { timeout: 3, checkPath: '/' })).rejects.toMatchObject({
      title: 'GET / was not answered within 10 seconds',
    })
  })

  test('where the time of the import went is measured, and nothing of that is seen by the application', async () => {
    const artifact = await artifactOf({
      'shop.py': application({
        head: [
          'import importlib, sys, time, traceback, warnings',
          'try:',
          '    import missing.part',
          'except ImportError:',
          '    traceback.print_exc()',
          'importlib.import_module("dear.deep")',
          'import sysconfig; sysconfig.get_config_vars()',
          'time.sleep(0.1)',
        ].join('\n'),
        body: 'answer = "fine"',
      }),
      'dear/__init__.py': 'import time; time.sleep(0.3)\n',
      'dear/deep.py': 'import cheap, time, warnings; time.sleep(0.2); warnings.warn("old")\n',
      'cheap.py': 'import warnings; warnings.warn("older", stacklevel=2)\n',
    })
    const result = await check(artifact)
    if (result.outcome !== 'passed' || !result.imports) throw new Error('It did not pass')
    const { seconds, packages } = result.imports
    const of = (name: string) => packages.find((each) => each.package === name)
    expect(packages[0]).toMatchObject({ package: 'dear' })
    expect(of('dear')?.selfSeconds).toBeGreaterThanOrEqual(0.5)
    expect(of('shop')?.selfSeconds).toBeGreaterThanOrEqual(0.1)
    expect(of('shop')?.selfSeconds).toBeLessThan(0.5)
    expect(of('shop')?.cumulativeSeconds).toBeGreaterThanOrEqual(0.6)
    expect(of('(runtime)')?.cumulativeSeconds).toBeCloseTo(seconds, 3)
    expect(of('missing')).toBeUndefined()
    expect(packages.map((each) => each.package).filter((name) => name.startsWith('_sysconfigdata'))).toEqual([])
    expect(packages.map((each) => each.selfSeconds).reduce((sum, each) => sum + each)).toBeCloseTo(seconds, 3)
    const said = report.of('debug').join('\n')
    expect(said).toContain('ModuleNotFoundError')
    expect(said).toContain('/var/task/dear/deep.py:1: UserWarning: older')
    expect(said).not.toMatch(/importlib|check_artifact|watching|_find_and_load/)
  })

  describe('what was checked', () => {
    test('is not checked again, until something changes', async () => {
      const artifact = await artifactOf({ 'shop.py': application() })
      const environment = { GREETING: 'hello' }
      const first = await check(artifact, { environment })
      expect(first).toMatchObject({ isKept: false, imports: { measuredOn: target.image } })
      expect(await check(artifact, { environment: { GREETING: 'bye' } })).toEqual({ ...first, isKept: true })
      expect(report.of('info').at(-1)).toBe('import check: this artifact passed before, GET / → 200')
      for (const given of [{ environment: {} }, { environment, checkPath: '/' }, { environment, memory: 256 }])
        expect(await check(artifact, given)).toMatchObject({ isKept: false })
      expect(await check(await artifactOf({ 'shop.py': application(), more: '' }), { environment })).toMatchObject({
        isKept: false,
      })
    })

    test('is checked again after a failure', async () => {
      const artifact = await artifactOf({ 'shop.py': '1 / 0\n' })
      const wrong = { name: 'UserError' }
      await expect(check(artifact)).rejects.toMatchObject(wrong)
      await expect(check(artifact)).rejects.toMatchObject(wrong)
    })
  })

  test('a damaged zip is no artifact', async () => {
    const { path, sha256 } = await artifactOf({ 'shop.py': application() })
    await writeFile(path, 'PK but no more')
    await expect(check({ path, sha256 })).rejects.toMatchObject({
      title: expect.stringContaining('cannot be unpacked'),
      detail: expect.stringContaining('BadZipFile'),
    })
  })

  test('nor is one that would write elsewhere', async () => {
    const path = join(folder, 'evil.zip')
    const write = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("../lang/evil.py", "")'
    await promisify(execFile)(python, ['-c', write, path])
    await expect(check({ path, sha256: '0' })).rejects.toMatchObject({
      detail: expect.stringContaining('../lang/evil.py leads out of the folder'),
    })
  })

  describe('nothing is left', () => {
    test('after an abort at any moment', async () => {
      const artifact = await artifactOf({ 'shop.py': 'import time\ntime.sleep(60)\n' })
      for (const milliseconds of [0, 30, 100, 250, 500, 900, 1500]) {
        const controller = new AbortController()
        const reason = new Error('the job was cancelled')
        setTimeout(() => {
          controller.abort(reason)
        }, milliseconds)
        await expect(check(artifact, {}, controller.signal)).rejects.toBe(reason)
        await sleep(300) // An engine that was asked to create something may be at it still.
        expect(await leftovers()).toEqual([])
      }
    })

    test('after the post step of a job that was killed', async () => {
      await createVolume(engine, labels())
      expect(await leftovers()).toHaveLength(1)
      await removeContainers(labels())
    })

    test('of killed runs, when the next one comes much later', async () => {
      await createVolume(engine, labels())
      await removeVolumes(engine, labels(), 60)
      expect(await leftovers()).toHaveLength(1)
      await sleep(2000) // The engine's dates have no fractions.
      await removeVolumes(engine, labels(), 1)
    })
  })

  test('an image for another processor cannot be run, and that is said', async () => {
    const other = targetOf('python3.13', target.architecture === 'arm64' ? 'x86_64' : 'arm64')
    const tag = `wsgi-lambda-test:${randomUUID()}`
    await importForeignImage(docker, tag, other.architecture)
    try {
      const artifact = await artifactOf({ 'shop.py': application() })
      expect(await check(artifact, { target: { ...other, image: tag } })).toEqual({ outcome: 'unchecked' })
      expect(report.of('notice')).toEqual([
        `The artifact was not checked: the container engine cannot run programs for ${other.architecture}`,
      ])
    } finally {
      await docker.getImage(tag).remove({ force: true })
    }
  })
}

/** An image whose only program is the head of an executable file of that processor. */
async function importForeignImage(docker: Docker, tag: string, architecture: string): Promise<void> {
  const elf = Buffer.alloc(120)
  elf.write('\x7fELF\x02\x01\x01', 'latin1')
  elf.writeUInt16LE(2, 16)
  elf.writeUInt16LE(architecture === 'arm64' ? 183 : 62, 18)
  const archive = pack()
  for (const name of ['bin/', 'var/', 'var/task/']) archive.entry({ name, type: 'directory', mode: 0o755 })
  archive.entry({ name: 'bin/sh', mode: 0o755 }, elf)
  archive.finalize()
  const [repo, version] = tag.split(':')
  const platform = `linux/${architecture === 'arm64' ? 'arm64' : 'amd64'}`
  const answer = await docker.importImage(archive as unknown as NodeJS.ReadableStream, {
    fromSrc: '-',
    repo,
    tag: version,
    platform,
  })
  for await (const chunk of answer) if (String(chunk).includes('"error"')) throw new Error(String(chunk))
}
