import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import type { Toolchain } from '../../src/builder/builder.ts'
import { createDockerToolchain, type DockerBuilderOptions, removeContainers } from '../../src/builder/docker.ts'
import { packFiles } from '../../src/builder/docker-files.ts'
import { findSshAgent } from '../../src/builder/docker-handed.ts'
import { type RunProcess, runProcess } from '../../src/builder/process.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Reporter } from '../../src/report/reporter.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { folderStore } from '../../src/store/folder.ts'
import type { Store } from '../../src/store/store.ts'
import { type BuiltWheel, buildWheels, type WheelBuildOptions } from '../../src/wheels/build.ts'
import type { ProjectFile } from '../../src/wheels/build-source.ts'
import { takeExtraFiles } from '../../src/wheels/extra-files.ts'
import { notTried } from '../support/optional.ts'

const engine = await startEngine()
const TOOLS = fileURLToPath(new URL('../../docker/', import.meta.url))
const AUTHORITIES = process.env['SSL_CERT_FILE'] ?? process.env['NODE_EXTRA_CA_CERTS']

if ('missing' in engine) {
  test('a container engine is there (the tests of compiled wheels are left out)', () => {
    process.stderr.write(`${engine.missing}\n`)
    expect(process.env['CI']).toBeFalsy()
  })
} else {
  afterAll(() => engine.stop(), 90_000)
  tests()
}

function tests(): void {
  const lambda = targetOf('python3.11', process.arch === 'arm64' ? 'arm64' : 'x86_64')
  /** The stand-in has a newer C library than Lambda: what is compiled in it loads in it. */
  const here = { ...lambda, glibc: '2.36' }
  let docker: Docker
  let folder: string
  let run: string
  let log: string[]
  let store: Store

  beforeAll(async () => {
    await ensureLambdaImages(['3.11'])
    docker = new Docker()
  }, 600_000)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'build-wheels-'))
    run = randomUUID()
    log = []
    store = folderStore({ folder: join(folder, 'store'), mostBytes: 1e9, onUnwritable: () => undefined })
  })

  afterEach(async () => {
    await store[Symbol.asyncDispose]()
    await removeContainers({ 'wsgi-lambda.run': run })
    await rm(folder, { recursive: true, force: true })
  })

  const report: Reporter = {
    phase: (title, work) => {
      log.push(title)
      return work()
    },
    info: (line) => log.push(line),
    debug: (line) => log.push(line),
    notice: ({ title }) => log.push(title),
    warning: ({ title }) => log.push(title),
    output: (line) => log.push(line),
    progress: () => undefined,
  }

  function toolchain(options: Partial<DockerBuilderOptions> = {}, target = here): Promise<Toolchain> {
    return createDockerToolchain(
      target,
      {
        systemPackages: [],
        environment: process.env as Record<string, string>,
        labels: { 'wsgi-lambda.run': run },
        toolsFolder: TOOLS,
        ...(AUTHORITIES === undefined ? {} : { caFile: AUTHORITIES }),
        ...options,
      },
      { report, store },
    )
  }

  const containersOfRun = () => docker.listContainers({ all: true, filters: { label: [`wsgi-lambda.run=${run}`] } })

  async function build(
    pins: readonly Pin[],
    tools: Toolchain,
    options: Partial<WheelBuildOptions> = {},
  ): Promise<ReadonlyMap<string, BuiltWheel>> {
    return await buildWheels(
      pins,
      { pipOptions: [], buildConstraints: [], dockerEnv: {}, ...options },
      { toolchain: tools, store, report, environment: {}, toolsFolder: TOOLS, listFiles: listAll },
    )
  }

  /** Imports wheels in the runtime image itself, which has none of the packages that they were built with. */
  async function importInRuntime(wheels: Iterable<BuiltWheel>, statement: string): Promise<string> {
    const container = await docker.createContainer({
      Image: lambda.image,
      Entrypoint: ['/bin/sh', '-c', 'sleep 60'],
      Labels: { 'wsgi-lambda.run': run, 'wsgi-lambda': '1' },
    })
    await container.start()
    const files = await Promise.all(
      [...wheels].map(async ({ filename, path }) => ({ path: filename, content: await readFile(path) })),
    )
    await container.putArchive(packFiles(files) as unknown as NodeJS.ReadableStream, { path: '/opt' })
    const script = `cd /opt && for wheel in *.whl; do /var/lang/bin/python3.11 -m zipfile -e $wheel site; done && PYTHONPATH=site /var/lang/bin/python3.11 -c '${statement}' 2>&1`
    const exec = await container.exec({
      Cmd: ['/bin/sh', '-c', script],
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    })
    const stream = await exec.start({ hijack: true, stdin: false, Tty: true })
    let said = ''
    for await (const chunk of stream) said += String(chunk)
    await container.remove({ force: true })
    return said.trim()
  }

  test('an extension module is compiled once, and found without opening anything', async () => {
    const pins = [pin('markupsafe', '3.0.2')]
    await using first = await toolchain()
    const wheels = await build(pins, first)
    expect(wheels.get('markupsafe')).toMatchObject({
      name: 'markupsafe',
      version: '3.0.2',
      filename: expect.stringMatching(/^markupsafe-3\.0\.2-cp311-cp311-manylinux.*\.whl$/),
    })
    expect(await importInRuntime(wheels.values(), 'import markupsafe._speedups; print("ok")')).toBe('ok')

    await first[Symbol.asyncDispose]()
    await using second = await toolchain()
    expect(await build(pins, second)).toEqual(wheels)
    expect(await containersOfRun()).toEqual([])
  }, 300_000)

  test('what is pure Python needs no compiler', async () => {
    await using tools = await toolchain()
    const wheels = await build([pin('docopt', '0.6.2', { hashes: [DOCOPT] })], tools)
    expect(wheels.get('docopt')?.filename).toMatch(/^docopt-0\.6\.2-py.*-none-any\.whl$/)
    expect(await containersOfRun()).toHaveLength(1)
    await expect(
      build([pin('docopt', '0.6.2', { hashes: [`sha256:${'0'.repeat(64)}`] })], tools),
    ).rejects.toMatchObject({
      title: expect.stringMatching(/^docopt 0\.6\.2 could not be built: what the index has is another file/),
    })
  }, 300_000)

  test('shared libraries that the runtime lacks come along', async () => {
    await using tools = await toolchain({ systemPackages: ['libpq-dev'] })
    const wheels = await build([pin('psycopg2', '2.9.10')], tools)
    expect(await importInRuntime(wheels.values(), 'import psycopg2; print(psycopg2.__libpq_version__ > 0)')).toBe(
      'True',
    )
  }, 300_000)

  test('without them the failure names the packages to install, and the line of the requirement', async () => {
    await using tools = await toolchain()
    await expect(build([pin('psycopg2', '2.9.10')], tools)).rejects.toMatchObject({
      title: 'psycopg2 2.9.10 could not be built: pg_config of PostgreSQL is missing',
      detail: expect.stringContaining('pg_config executable not found'),
      hint: expect.stringMatching(/system-packages: libpq-devel \(Amazon Linux\), or libpq-dev/),
      location: { file: 'requirements.txt', line: 1 },
    })
  }, 300_000)

  describe('a folder with an extension module', () => {
    const local = () =>
      pin('native', '1.0', { source: { kind: 'local', path: join(folder, 'native'), isEditable: false } })

    test('is compiled with the variables of docker-env, and anew when one of its files changes', async () => {
      await nativePackage(join(folder, 'native'), 'return PyLong_FromLong(ANSWER);')
      const dockerEnv = { CFLAGS: '-DANSWER=42' }
      await using tools = await toolchain({ variables: dockerEnv })
      const wheels = await build([local()], tools, { dockerEnv })
      expect(await importInRuntime(wheels.values(), 'import native; print(native.answer())')).toBe('42')
      await nativePackage(join(folder, 'native'), 'return PyLong_FromLong(ANSWER + 1);')
      const changed = await build([local()], tools, { dockerEnv })
      expect(await importInRuntime(changed.values(), 'import native; print(native.answer())')).toBe('43')
    }, 300_000)

    test('is refused where it needs a newer C library than the runtime has', async () => {
      await nativePackage(join(folder, 'native'), 'return PyLong_FromLong(arc4random());')
      await using tools = await toolchain({}, lambda)
      await expect(build([local()], tools)).rejects.toMatchObject({
        title: 'native 1.0 was compiled against a newer C library than python3.11 has',
        detail: expect.stringMatching(/manylinux_2_3\d.*glibc 2\.26/),
        hint: expect.stringContaining('leave base-image and dockerfile out'),
      })
    }, 300_000)
  })

  test('a commit of a repository, in one of its folders', async () => {
    const daemon = await serveRepository(folder)
    try {
      await using tools = await toolchain()
      const url = `git+git://${await gateway()}:${daemon.port}/repository@v1#subdirectory=part`
      const wheels = await build([pin('part', undefined, { source: { kind: 'url', url } })], tools)
      expect(wheels.get('part')).toMatchObject({ version: '1.5', filename: 'part-1.5-py3-none-any.whl' })
      await expect(
        build([pin('other', undefined, { source: { kind: 'url', url: `${url}x` } })], tools),
      ).rejects.toMatchObject({ title: expect.stringContaining('other could not be built') })
    } finally {
      daemon.stop()
    }
  }, 300_000)

  test('an SSH agent is asked from within the container', async () => {
    const agent = await startAgent(folder)
    if (agent === undefined) {
      notTried('no ssh-agent and ssh-keygen on this machine')
      return
    }
    try {
      const sshAgent = await findSshAgent({ SSH_AUTH_SOCK: agent.socket }, TOOLS)
      await using tools = await toolchain({ sshAgent })
      const builder = await tools.open(['git'])
      const listed = await Promise.all([1, 2, 3].map(() => builder.run(['ssh-add', '-l'])))
      const known = expect.objectContaining({ exitCode: 0, stdout: expect.stringContaining(agent.fingerprint) })
      expect(listed).toEqual([known, known, known])
      const signed = await builder.run([
        'sh',
        '-c',
        `echo text > text && ssh-add -L > key.pub && ssh-keygen -q -Y sign -f key.pub -n test text && cat text.sig`,
      ])
      expect(signed.stdout).toContain('BEGIN SSH SIGNATURE')
    } finally {
      agent.stop()
    }
  }, 300_000)

  test('secrets stand in the container, and in no image', async () => {
    const secrets = new Map([['netrc', Buffer.from('machine example.org password canary-of-a-secret\n')]])
    await using tools = await toolchain({ secrets })
    const builder = await tools.open(['git'])
    expect((await builder.run(['cat', '/run/secrets/netrc'])).stdout).toContain('canary-of-a-secret')
    const [container] = await containersOfRun()
    const image = await docker.createContainer({
      Image: container?.Image ?? '',
      Entrypoint: ['/bin/sh', '-c', 'ls /run/secrets'],
      Labels: { 'wsgi-lambda.run': run, 'wsgi-lambda': '1' },
    })
    await image.start()
    expect(await image.wait()).not.toEqual({ StatusCode: 0 })
    await image.remove()
  }, 300_000)

  describe.each([
    ['by the docker command', true],
    ['by the engine', false],
  ])('a Dockerfile, built %s', (_, isWithCommand) => {
    const dockerfile = (text: string, secrets = new Map<string, Buffer>()) => ({
      file: join(folder, 'image', 'lambda.Dockerfile'),
      buildArgs: { WORD: 'given' },
      secrets,
      isWithSsh: false,
      run: isWithCommand ? runWithBuildKit : () => Promise.reject(new Error('no such program')),
      environment: process.env as Record<string, string>,
      text,
    })

    afterEach(async () => {
      // What is made from another goes first.
      const images = await Promise.all((await docker.listImages()).map(({ Id }) => docker.getImage(Id).inspect()))
      const made = images.filter(({ Comment }) => Comment.includes('made from wsgi-lambda-dockerfile:'))
      const own = images.filter(({ RepoTags }) => RepoTags.some((tag) => tag.startsWith('wsgi-lambda-dockerfile:')))
      await removeContainers({ 'wsgi-lambda.run': run })
      for (const { Id } of [...made, ...own])
        await docker
          .getImage(Id)
          .remove({ force: true })
          .catch(() => undefined)
    })

    test('makes the image, once', async () => {
      await mkdir(join(folder, 'image'))
      const unique = randomUUID()
      const options = dockerfile(
        `FROM ${lambda.image}\nARG WORD\nCOPY . /context\nRUN echo $WORD ${unique} > /context/word\n`,
      )
      await writeFile(options.file, options.text)
      await writeFile(join(folder, 'image', 'kept.txt'), 'kept')
      await writeFile(join(folder, 'image', 'left.out'), 'left out')
      await writeFile(join(folder, 'image', '.dockerignore'), '*.out\n')
      {
        await using tools = await toolchain({ dockerfile: options })
        const builder = await tools.open()
        const { stdout } = await builder.run(['sh', '-c', 'cat /context/word /context/kept.txt; ls /context'])
        expect(stdout).toContain(`given ${unique}`)
        expect(stdout).toContain('kept.txt')
        expect(stdout).not.toContain('left.out')
        expect(
          await takeExtraFiles(['/context/k*.txt:data/', '/nowhere/*:x/'], {
            toolchain: tools,
            store,
            toolsFolder: TOOLS,
          }).catch((error: unknown) => error),
        ).toMatchObject({ title: 'docker-extra-files: /nowhere/* is not in the image' })
      }
      log = []
      await using again = await toolchain({ dockerfile: options })
      expect(log).not.toContainEqual(expect.stringContaining('Build lambda.Dockerfile'))
      await writeFile(join(folder, 'image', 'kept.txt'), 'changed')
      await using changed = await toolchain({ dockerfile: options })
      expect(changed.identity).not.toBe(again.identity)
    }, 300_000)

    test('that fails is shown', async () => {
      await mkdir(join(folder, 'image'))
      const options = dockerfile(`FROM ${lambda.image}\nRUN echo the reason; exit 3\n`)
      await writeFile(options.file, options.text)
      await expect(toolchain({ dockerfile: options })).rejects.toMatchObject({
        title: 'lambda.Dockerfile could not be built',
        detail: expect.stringContaining('the reason'),
      })
    }, 300_000)

    test('that mounts a secret', async () => {
      await mkdir(join(folder, 'image'))
      const secrets = new Map([['token', Buffer.from(`secret-${randomUUID()}`)]])
      const options = dockerfile(
        `FROM ${lambda.image}\nRUN --mount=type=secret,id=token wc -c < /run/secrets/token > /length && echo ${randomUUID()}\n`,
        secrets,
      )
      await writeFile(options.file, options.text)
      if (!isWithCommand) {
        await expect(toolchain({ dockerfile: options })).rejects.toMatchObject({
          title: expect.stringContaining('needs the docker command with BuildKit'),
        })
        return
      }
      await using tools = await toolchain({ dockerfile: options })
      expect((await (await tools.open()).run(['cat', '/length'])).stdout.trim()).toBe('43')
    }, 300_000)
  })

  test('extra files are taken out of the image once, under the name that programs ask for', async () => {
    const patterns = ['/usr/lib/*-linux-gnu/libpq.so.5*', '/etc/debian_version', '/etc/host*.conf:settings/']
    const taken = async () => {
      await using tools = await toolchain({ systemPackages: ['libpq-dev'] })
      const files = await takeExtraFiles(patterns, { toolchain: tools, store, toolsFolder: TOOLS })
      return { files, containers: await containersOfRun() }
    }
    const first = await taken()
    expect(first.files.map(({ path }) => path)).toEqual(['lib/libpq.so.5', 'debian_version', 'settings/host.conf'])
    expect((await readFile(first.files[0]?.file ?? '')).subarray(1, 4).toString()).toBe('ELF')
    const second = await taken()
    expect(second).toEqual({ files: first.files, containers: [] })
  }, 300_000)

  /** The address of this machine in the containers' network. */
  async function gateway(): Promise<string> {
    const { IPAM } = (await docker.getNetwork('bridge').inspect()) as { IPAM: { Config: { Gateway?: string }[] } }
    return IPAM.Config[0]?.Gateway ?? '172.17.0.1'
  }
}

/** Debian's docker command has BuildKit; a newer one without its plugin may stand before it. */
const runWithBuildKit: RunProcess = ([, ...args], options) =>
  runProcess([existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker', ...args], options)

const DOCOPT = 'sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491'

function pin(name: string, version?: string, more: Partial<Pin> = {}): Pin {
  const location = { file: 'requirements.txt', line: 1 }
  return { name, version, hashes: [], source: { kind: 'index' }, requiredBy: [''], location, ...more }
}

async function nativePackage(folder: string, body: string): Promise<void> {
  const source = `#include <Python.h>
#include <stdlib.h>
static PyObject *answer(PyObject *self, PyObject *arguments) { ${body} }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "native", "", -1, methods};
PyMODINIT_FUNC PyInit_native(void) { return PyModule_Create(&module); }
`
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'native.c'), source)
  await writeFile(
    join(folder, 'setup.py'),
    'from setuptools import Extension, setup\nsetup(name="native", version="1.0", ext_modules=[Extension("native", ["native.c"])])\n',
  )
}

async function listAll(folder: string): Promise<ProjectFile[]> {
  const names = (await readdir(folder)).sort()
  return names.map((path) => ({ path, file: join(folder, path), mode: 0o644 }))
}

/** A repository with a tag and a distribution in a folder, by git's own protocol on a free port. */
async function serveRepository(folder: string): Promise<{ readonly port: number; readonly stop: () => void }> {
  const repository = join(folder, 'repository')
  await mkdir(join(repository, 'part'), { recursive: true })
  await writeFile(join(repository, 'part', 'part.py'), 'x = 1\n')
  await writeFile(
    join(repository, 'part', 'pyproject.toml'),
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "part"\nversion = "1.5"\n',
  )
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args])
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'first')
  await git('tag', 'v1')
  await writeFile(join(repository, 'part', 'pyproject.toml'), 'broken')
  await git('commit', '-qam', 'second')
  const port = await freePort()
  const options = ['--export-all', '--reuseaddr', `--base-path=${folder}`, `--port=${port}`, folder]
  const daemon = spawn('git', ['daemon', ...options], { stdio: 'ignore' })
  await sleep(500)
  return { port, stop: () => daemon.kill() }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function startAgent(
  folder: string,
): Promise<{ readonly socket: string; readonly fingerprint: string; readonly stop: () => void } | undefined> {
  const socket = join(folder, 'agent.sock')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  const isThere = await new Promise<boolean>((resolve) => {
    agent.once('error', () => {
      resolve(false)
    })
    agent.once('spawn', () => {
      resolve(true)
    })
  })
  if (!isThere) return undefined
  await sleep(300)
  const run = promisify(execFile)
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
  await run('ssh-add', ['-q', join(folder, 'key')], { env })
  const { stdout } = await run('ssh-keygen', ['-lf', join(folder, 'key')])
  return { socket, fingerprint: stdout.split(' ')[1] ?? '?', stop: () => agent.kill() }
}
