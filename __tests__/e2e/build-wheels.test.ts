import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import Docker from 'dockerode'
import { startEngine } from '../../scripts/environment/engine.ts'
import { ensureLambdaImages } from '../../scripts/environment/images.ts'
import type { Toolchain } from '../../src/builder/builder.ts'
import { createDockerToolchain, type DockerBuilderOptions, removeContainers } from '../../src/builder/docker.ts'
import { targetOf } from '../../src/platform/runtimes.ts'
import type { Reporter } from '../../src/report/reporter.ts'
import type { Pin } from '../../src/requirements/pins.ts'
import { folderStore } from '../../src/store/folder.ts'
import type { Store } from '../../src/store/store.ts'
import { type BuiltWheel, buildWheels, type WheelBuildOptions } from '../../src/wheels/build.ts'

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
      { report },
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
      { toolchain: tools, store, report, toolsFolder: TOOLS, listFiles: () => Promise.resolve([]) },
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
    const { packFiles } = await import('../../src/builder/docker-files.ts')
    const { readFile } = await import('node:fs/promises')
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
}

function pin(name: string, version?: string, more: Partial<Pin> = {}): Pin {
  const location = { file: 'requirements.txt', line: 1 }
  return { name, version, hashes: [], source: { kind: 'index' }, requiredBy: [''], location, ...more }
}
