import { randomUUID } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import {
  createDockerBuilder,
  type DockerBuilder,
  type DockerBuilderOptions,
  removeContainers,
} from '../../src/builder/docker.ts'
import { engineCall, findEngine } from '../../src/builder/docker-engine.ts'
import { packFolder } from '../../src/builder/docker-files.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Target } from '../../src/platform/target.ts'
import type { Reporter } from '../../src/report/reporter.ts'

const engine = await startEngine()
const TOOLS = fileURLToPath(new URL('../../docker/', import.meta.url))
/** Where this machine's own programs find certificate authorities: a container has to be told. */
const AUTHORITIES = process.env['SSL_CERT_FILE'] ?? process.env['NODE_EXTRA_CA_CERTS']

if ('missing' in engine) {
  test('a container engine is there (the tests of the docker builder are left out)', () => {
    process.stderr.write(`${engine.missing}\n`)
    expect(process.env['CI']).toBeFalsy()
  })
} else {
  afterAll(() => engine.stop(), 90_000)
  tests()
}

function tests(): void {
  const python311 = targetOf('python3.11', machine())
  const python313 = targetOf('python3.13', machine())
  let docker: Docker
  let folder: string
  let run: string
  let log: string[]
  let images: Set<string>

  beforeAll(async () => {
    await ensureLambdaImages(['3.11', '3.13'])
    docker = new Docker()
  }, 600_000)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-builder-'))
    run = randomUUID()
    log = []
    images = new Set(await imageIds())
  })

  afterEach(async () => {
    await removeContainers({ 'wsgi-lambda.run': run })
    await rm(folder, { recursive: true, force: true })
  })

  const imageIds = async () => (await docker.listImages()).map(({ Id }) => Id)

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
    progress: (line) => log.push(line),
  }

  function create(target: Target, options: Partial<DockerBuilderOptions> = {}): Promise<DockerBuilder> {
    const caFile = AUTHORITIES === undefined ? {} : { caFile: AUTHORITIES }
    const environment = process.env as Record<string, string>
    const labels = { 'wsgi-lambda.run': run }
    return createDockerBuilder(
      target,
      { systemPackages: [], environment, labels, toolsFolder: TOOLS, ...caFile, ...options },
      { report },
    )
  }

  const containersOfRun = () => docker.listContainers({ all: true, filters: { label: [`wsgi-lambda.run=${run}`] } })

  /** An image of its own id, from which a builder image has to be made anew; removed with everything made from it. */
  async function freshImage(): Promise<string> {
    const container = await docker.createContainer({ Image: python313.image, Labels: { 'wsgi-lambda': '1' } })
    const tag = `wsgi-lambda-test:${randomUUID()}`
    const [repo, version] = tag.split(':')
    await container.commit({ repo, tag: version, comment: tag })
    await container.remove()
    return tag
  }

  async function removeNewImages(): Promise<void> {
    // What is made from another goes first: later rounds remove what earlier ones could not.
    for (let round = 0; round < 3; round++) {
      for (const id of await imageIds()) {
        if (!images.has(id))
          await docker
            .getImage(id)
            .remove({ force: true })
            .catch(() => undefined)
      }
    }
  }

  describe.each([
    ['python3.11', python311],
    ['python3.13', python313],
  ])('for %s', (_, target) => {
    let builder: DockerBuilder
    beforeAll(async () => {
      run = randomUUID()
      log = []
      builder = await create(target)
    }, 120_000)
    afterAll(() => builder.close())

    test('is what the target needs', async () => {
      expect(builder).toMatchObject({ kind: 'docker', target, canImport: true })
      expect(builder.pythonVersion).toMatch(new RegExp(`^${target.pythonMinor.replace('.', '\\.')}\\.\\d+$`))
      expect(builder.description).toContain(builder.pythonVersion)
      expect(builder.processors).toBeGreaterThan(0)
      expect(
        (await builder.run([builder.python, '-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])).stdout,
      ).toBe(`${target.pythonMinor}\n`)
      expect((await builder.run([await builder.uv(), '--version'])).stdout).toMatch(/^uv \d/)
    })

    test('installs published wheels, and gives them out as this user’s own', async () => {
      const site = `${builder.workspace}/site`
      const lines: string[] = []
      const options = ['--python', builder.python, '--python-platform', target.uvPlatform, '--only-binary', ':all:']
      const installed = await builder.run(
        [await builder.uv(), 'pip', 'install', ...options, '--target', site, 'markupsafe', 'flask'],
        { onLine: (line) => lines.push(line) },
      )
      expect(installed).toMatchObject({ exitCode: 0 })
      expect(lines).toContainEqual(expect.stringMatching(/flask==\d/))
      const imported = await builder.run([builder.python, '-c', 'import flask, markupsafe._speedups; print("ok")'], {
        env: { PYTHONPATH: site },
      })
      expect(imported).toEqual({ exitCode: 0, stdout: 'ok\n', stderr: '' })

      const taken = join(folder, 'taken')
      await builder.take('site', taken)
      const names = await readdir(taken)
      expect(names).toEqual(expect.arrayContaining(['flask', 'markupsafe', 'werkzeug']))
      const files = await readdir(join(taken, 'markupsafe'))
      expect(files).toContainEqual(expect.stringMatching(/_speedups\.cpython-3\d+-.*\.so$/))
      const own = { uid: process.getuid?.(), gid: process.getgid?.() }
      for (const name of ['.', 'flask', 'flask/__init__.py', 'bin/flask']) {
        expect(await lstat(join(taken, name))).toMatchObject(own)
      }
      expect((await lstat(join(taken, 'flask/__init__.py'))).mode & 0o777).toBe(0o644)
      expect((await lstat(join(taken, 'bin/flask'))).mode & 0o777).toBe(0o755)
    }, 120_000)

    test('gives back what it was given', async () => {
      const source = join(folder, 'source')
      await mkdir(join(source, 'package'), { recursive: true })
      await writeFile(join(source, 'package', 'ümlaut ☃.py'), 'x = 1\n')
      await writeFile(join(source, 'large'), Buffer.alloc(20_000_000, 'l'))
      await builder.put(source, 'given/deep')
      const { stdout } = await builder.run(['stat', '-c', '%u:%g %a', 'given/deep/large', 'given'])
      expect(stdout).toBe('0:0 644\n0:0 755\n')
      await builder.take('given', join(folder, 'taken'))
      expect(await readFile(join(folder, 'taken/deep/package/ümlaut ☃.py'), 'utf8')).toBe('x = 1\n')
      expect((await lstat(join(folder, 'taken/deep/large'))).size).toBe(20_000_000)
      await expect(builder.take('given', join(folder, 'taken'))).rejects.toThrow('EEXIST')
      await expect(builder.take('nothing', join(folder, 'other'))).rejects.toMatchObject({
        name: 'UserError',
        detail: expect.stringMatching(/could not find the file/i),
      })
    }, 60_000)

    test('hard links come out as files', async () => {
      await builder.run([
        'sh',
        '-c',
        'mkdir linked && echo same > linked/a && ln linked/a linked/b && ln -s a linked/c',
      ])
      await builder.take('linked', join(folder, 'taken'))
      expect(await readFile(join(folder, 'taken/b'), 'utf8')).toBe('same\n')
      expect(await readFile(join(folder, 'taken/c'), 'utf8')).toBe('same\n')
    })

    test('a link out of the folder does not come out', async () => {
      await builder.run(['sh', '-c', 'mkdir evil && ln -s /etc/passwd evil/link'])
      await expect(builder.take('evil', join(folder, 'taken'))).rejects.toMatchObject({ name: 'UserError' })
      expect(await readdir(folder)).toEqual([])
    })
  })

  describe('a program', () => {
    let builder: DockerBuilder
    beforeAll(async () => {
      run = randomUUID()
      log = []
      builder = await create(python313, { environment: { UV_CANARY: 'inherited', HOME: '/nowhere' } })
    }, 120_000)
    afterAll(() => builder.close())

    test.each([0, 1, 7, 125, 255])('ends with %s', async (exitCode) => {
      expect(await builder.run(['sh', '-c', `echo out; echo err >&2; exit ${exitCode}`])).toEqual({
        exitCode,
        stdout: 'out\n',
        stderr: 'err\n',
      })
    })

    test('that is killed is told from a container that is gone', async () => {
      expect(await builder.run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 })
    })

    test('that is not there fails', async () => {
      const { exitCode, stdout, stderr } = await builder.run(['no-such-program'])
      expect(exitCode).toBeGreaterThanOrEqual(126)
      expect(stdout + stderr).toContain('no-such-program')
    })

    test('prints as much as it likes, line by line', async () => {
      let lines = 0
      const { stdout } = await builder.run(['seq', '1', '1000000'], { onLine: () => lines++ })
      expect(lines).toBe(1_000_000)
      expect(stdout.length).toBe(6_888_896)
    })

    test('has the builder’s variables and its own, or its own alone', async () => {
      const names = async (environment: 'inherit' | 'replace') =>
        (await builder.run(['env'], { env: { APP_MODE: 'test' }, environment })).stdout
          .trim()
          .split('\n')
          .map((line) => line.split('=')[0])
          .sort()
      expect(await names('inherit')).toEqual(expect.arrayContaining(['APP_MODE', 'UV_CANARY', 'LAMBDA_TASK_ROOT']))
      expect(await names('replace')).toEqual(['APP_MODE', 'LD_LIBRARY_PATH', 'PATH'])
    })

    test('that fills the disk is told so', async () => {
      await expect(builder.run(['dd', 'if=/dev/zero', 'of=/dev/full', 'count=1'])).rejects.toMatchObject({
        title: 'The disk of the container engine is full',
        hint: expect.stringContaining('docker system prune'),
      })
    })

    test('starts in the workspace, or where it is told', async () => {
      expect((await builder.run(['pwd'])).stdout).toBe(`${builder.workspace}\n`)
      expect((await builder.run(['pwd'], { cwd: '/var/task' })).stdout).toBe('/var/task\n')
    })
  })

  describe('nothing is left', () => {
    test('after closing, however often', async () => {
      const builder = await create(python313)
      expect(await containersOfRun()).toHaveLength(1)
      await builder.close()
      await builder.close()
      await builder[Symbol.asyncDispose]()
      expect(await containersOfRun()).toEqual([])
      await expect(builder.run(['true'])).rejects.toMatchObject({ title: expect.stringContaining('disappeared') })
    }, 60_000)

    test('after an abort, which ends what runs with its reason', async () => {
      const controller = new AbortController()
      const builder = await create(python313, { signal: controller.signal })
      const running = builder.run(['sleep', '60'])
      const reason = new Error('the job was cancelled')
      setTimeout(() => {
        controller.abort(reason)
      }, 300)
      await expect(running).rejects.toBe(reason)
      await builder.close()
      expect(await containersOfRun()).toEqual([])
    }, 60_000)

    test('after an abort at any moment of the creation', async () => {
      for (const milliseconds of [0, 20, 60, 120, 200]) {
        const controller = new AbortController()
        const created = create(python313, { signal: controller.signal })
        setTimeout(() => {
          controller.abort(new Error('cancelled'))
        }, milliseconds)
        await created.then(
          (builder) => builder.close(),
          (error: unknown) => {
            expect(error).toHaveProperty('message', 'cancelled')
          },
        )
        await sleep(300) // An engine that was asked to create one may be at it still.
        expect(await containersOfRun()).toEqual([])
      }
    }, 60_000)

    test('after a preparation that failed', async () => {
      const tools = join(folder, 'tools')
      await cp(TOOLS, tools, { recursive: true })
      await writeFile(join(tools, 'setup.sh'), 'echo it is broken; exit 3\n')
      await expect(create(python313, { toolsFolder: tools })).rejects.toMatchObject({
        title: expect.stringMatching(/could not be prepared.*ended with 3/),
        detail: 'it is broken',
      })
      expect(await containersOfRun()).toEqual([])
      expect(new Set(await imageIds())).toEqual(images)
    }, 60_000)

    test('after the post step of a job that was killed', async () => {
      await create(python313)
      await create(python313)
      expect(await removeContainers({ 'wsgi-lambda.run': run })).toBe(2)
      expect(await removeContainers({ 'wsgi-lambda.run': run })).toBe(0)
      expect(await containersOfRun()).toEqual([])
    }, 60_000)
  })

  test('no secret stays in an image, a container’s configuration or the log', async () => {
    const canary = `canary-${randomUUID()}`
    const caFile = join(folder, 'authorities.pem')
    const authorities = AUTHORITIES === undefined ? '' : await readFile(AUTHORITIES, 'utf8')
    await writeFile(caFile, `${authorities}\n# ${canary}\n`)
    const environment = { UV_INDEX_COMPANY_PASSWORD: canary, PIP_TRUSTED_HOST: `${canary}.example` }
    const builder = await create(python313, { baseImage: await freshImage(), caFile, environment })
    try {
      const inside = await builder.run(['sh', '-c', 'env; cat /wsgi-lambda-authorities.pem'])
      expect(inside.stdout.split(canary)).toHaveLength(4) // It was there indeed: two variables and the file.
      await builder.run(['true'], { env: { SECRET: canary }, environment: 'replace' })

      const container = await docker.getContainer(builder.containerId).inspect()
      const image = docker.getImage(container.Image)
      const execs = await Promise.all((container.ExecIDs ?? []).map((id) => docker.getExec(id).inspect()))
      expect(JSON.stringify([container, execs, await image.inspect(), await image.history(), log])).not.toContain(
        canary,
      )

      expect(await holds(await image.get(), canary)).toBe(false)
      const plain = await docker.createContainer({
        Image: container.Image,
        Labels: { 'wsgi-lambda.run': run, 'wsgi-lambda': '1' },
      })
      const tree = await plain.export()
      expect(await holds(tree, canary)).toBe(false)
      await plain.remove({ force: true })
    } finally {
      await builder.close()
      await removeNewImages()
    }
  }, 120_000)

  test('a builder image names no run: its labels are the recipe’s', async () => {
    const builder = await create(python313, { baseImage: await freshImage() })
    try {
      const { Image } = await docker.getContainer(builder.containerId).inspect()
      const { Config } = await docker.getImage(Image).inspect()
      expect(JSON.stringify(Config)).not.toContain(run)
      expect(Config.Env).toEqual((await docker.getImage(python313.image).inspect()).Config.Env)
    } finally {
      await builder.close()
      await removeNewImages()
    }
  }, 120_000)

  test('builders at the same time make one image and do not disturb each other', async () => {
    const baseImage = await freshImage()
    const builders = await Promise.all([1, 2, 3].map(() => create(python313, { baseImage })))
    try {
      const outputs = await Promise.all(
        builders.map((builder, index) => builder.run(['sh', '-c', `echo ${index} > mine; sleep 0.2; cat mine`])),
      )
      expect(outputs.map(({ stdout }) => stdout)).toEqual(['0\n', '1\n', '2\n'])
      expect((await imageIds()).filter((id) => !images.has(id))).toHaveLength(2) // the base and the builder image
    } finally {
      await Promise.all(builders.map((builder) => builder.close()))
      await removeNewImages()
    }
  }, 120_000)

  test('installs system packages, once', async () => {
    const baseImage = await freshImage()
    try {
      const first = await create(python313, { baseImage, systemPackages: ['libpq5'] })
      expect((await first.run(['sh', '-c', '/sbin/ldconfig -p | grep libpq.so.5'])).exitCode).toBe(0)
      await first.close()
      log = []
      const second = await create(python313, { baseImage, systemPackages: ['libpq5'] })
      expect((await second.run(['sh', '-c', '/sbin/ldconfig -p | grep libpq.so.5'])).exitCode).toBe(0)
      await second.close()
      expect(log).not.toContainEqual(expect.stringContaining('apt-get'))
      await expect(create(python313, { baseImage, systemPackages: ['libqp-nonesuch'] })).rejects.toMatchObject({
        title: expect.stringContaining('could not be prepared'),
        detail: expect.stringContaining('libqp-nonesuch'),
        hint: expect.stringContaining('Correct system-packages'),
      })
    } finally {
      await removeNewImages()
    }
  }, 180_000)

  describe('refuses', () => {
    test('an image with another Python, in the words of the setting', async () => {
      await expect(create(python313, { baseImage: python311.image })).rejects.toMatchObject({
        title: `${python311.image} has no Python 3.13`,
        detail: expect.stringContaining('It has Python 3.11.'),
        hint: expect.stringContaining('base-image'),
      })
    }, 120_000)

    test('an image with an older C library', async () => {
      await expect(create({ ...python313, glibc: '2.99' }, { baseImage: await freshImage() })).rejects.toMatchObject({
        title: expect.stringMatching(/has glibc 2\.\d+, older than the 2\.99 of python3\.13/),
      })
      await removeNewImages()
    }, 60_000)

    test('an image that is nowhere, with the words of the registry', async () => {
      await expect(create(python313, { baseImage: 'registry.invalid/none:1' })).rejects.toMatchObject({
        title: expect.stringContaining('registry.invalid/none:1 could not be pulled for linux/'),
        hint: expect.stringContaining('docker pull --platform'),
      })
    }, 60_000)

    test('options among system packages', async () => {
      await expect(create(python313, { systemPackages: ['--nogpgcheck'] })).rejects.toMatchObject({ exitCode: 2 })
    })

    test('a ca-file that is not there', async () => {
      await expect(create(python313, { caFile: join(folder, 'none.pem') })).rejects.toMatchObject({
        title: expect.stringContaining('ca-file'),
      })
    })
  })

  test('a container that somebody removes is missed', async () => {
    const builder = await create(python313)
    const running = builder.run(['sleep', '60'])
    await sleep(300)
    await docker.getContainer(builder.containerId).remove({ force: true })
    await expect(running).rejects.toMatchObject({ title: expect.stringContaining('The build container disappeared') })
    await builder.close()
  }, 60_000)

  test('an engine that goes away is missed', async () => {
    const before = process.env['DOCKER_HOST']
    const sockets = new Set<Socket>()
    const path = join(folder, 'engine.sock')
    const proxy = createServer((socket) => {
      const onward = connect(engineSocket())
      for (const end of [socket, onward]) {
        sockets.add(end)
        end.on('error', () => undefined).on('close', () => sockets.delete(end))
      }
      socket.pipe(onward).pipe(socket)
    })
    await new Promise<void>((resolve) => proxy.listen(path, resolve))
    process.env['DOCKER_HOST'] = `unix://${path}`
    try {
      const builder = await create(python313)
      const running = builder.run(['sleep', '60'])
      setTimeout(() => {
        proxy.close()
        for (const socket of sockets) socket.destroy()
      }, 500)
      await expect(running).rejects.toMatchObject({ name: 'UserError', title: expect.stringMatching(/engine/) })
      await expect(builder.close()).rejects.toMatchObject({
        title: expect.stringContaining('No container engine answers'),
      })
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST']
      else process.env['DOCKER_HOST'] = before
      proxy.close()
    }
  }, 60_000)

  function engineSocket(): string {
    return 'host' in (engine as object) ? (engine as { host: string }).host.replace('unix://', '') : ''
  }

  test('a full disk under files that are copied in is told so', async () => {
    const found = await findEngine()
    if ('unreachable' in found) throw new Error('the engine went away')
    const options = { Driver: 'local', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' } }
    const volumeName = `wsgi-lambda-${run}`
    await docker.createVolume({ Name: volumeName, Labels: { 'wsgi-lambda': '1' }, ...options })
    const container = await docker.createContainer({
      Image: python313.image,
      Labels: { 'wsgi-lambda.run': run, 'wsgi-lambda': '1' },
      Entrypoint: ['sleep', '60'],
      HostConfig: { Binds: [`${volumeName}:/small`] },
    })
    try {
      await container.start()
      await writeFile(join(folder, 'large'), Buffer.alloc(3_000_000))
      const archive = packFolder(folder, '.') as unknown as NodeJS.ReadableStream
      await expect(
        engineCall(found, 'take files', () => container.putArchive(archive, { path: '/small' })),
      ).rejects.toMatchObject({ title: 'The disk of the container engine is full' })
    } finally {
      await container.remove({ force: true })
      await docker.getVolume(volumeName).remove()
    }
  }, 60_000)
}

function machine(): Target['architecture'] {
  return process.arch === 'arm64' ? 'arm64' : 'x86_64'
}

async function holds(stream: NodeJS.ReadableStream, text: string): Promise<boolean> {
  let carried = ''
  let found = false
  for await (const chunk of stream) {
    const piece = carried + (chunk as Buffer).toString('latin1')
    found ||= piece.includes(text)
    carried = piece.slice(-text.length)
  }
  return found
}
