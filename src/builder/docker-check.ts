import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { HostConfig } from 'dockerode'
import { type Pack, pack } from 'tar-stream'
import { UserError } from '../errors.ts'
import type { Architecture, Target } from '../platform/target.ts'
import { Container, createVolume, removeVolume, removeVolumes } from './docker-container.ts'
import type { Engine } from './docker-engine.ts'
import { withOnly } from './docker-environment.ts'
import { lastLines } from './docker-errors.ts'
import { imageIfThere } from './docker-pull.ts'
import type { Sandbox, SandboxEnd, SandboxOptions } from './sandbox.ts'

export interface CheckImageOptions {
  /** What is taken where the engine does not have the runtime's own image: the builder's, and its interpreter. */
  readonly otherwise: { readonly id: string; readonly python: string }
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  readonly labels: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

const TASK_ROOT = '/var/task'
const OUTPUT = '/wsgi-lambda-static'
const ZIP_INSIDE = 'wsgi-lambda-artifact.zip'
/** No check takes so long: a volume of that age was left by a run that was killed. */
const ABANDONED_SECONDS = 6 * 60 * 60
/** `sbx_user1051` of the image: nobody whom files of the artifact belong to. */
const LAMBDA_USER = '993:990'
/** Lambda developer guide, "Lambda quotas": /tmp unless it was made larger, and processes and threads together. */
const TEMPORARY_MB = 512
const MOST_PROCESSES = 1024

/**
 * The image of the runtime where the engine has it, which is always so unless the builder was told to start from another:
 * what a builder's image has more (system packages) would hide what the function lacks.
 */
export async function findSandbox(engine: Engine, target: Target, options: CheckImageOptions): Promise<Sandbox> {
  const { toolsFolder, otherwise } = options
  const own = await imageIfThere(engine, target.image)
  const isRuntimes = own?.architecture === goName(target.architecture)
  const image = isRuntimes
    ? { name: target.image, id: own.id, python: `/var/lang/bin/python${target.pythonMinor}` }
    : { name: "the builder's image", ...otherwise }
  const [unpack, program, collector] = await Promise.all(
    ['unpack_artifact.py', 'check_artifact.py', 'collect_static.py'].map((name) =>
      readFile(join(toolsFolder, name), 'utf8'),
    ),
  )
  const place: Place = {
    ...options,
    engine,
    image: image.id,
    python: image.python,
    unpack: unpack ?? '',
    program: program ?? '',
  }
  const orForeign = async (work: () => Promise<SandboxEnd>): Promise<SandboxEnd> => {
    try {
      return await work()
    } catch (error) {
      // An engine that runs no programs of the other processor says so in many ways: mostly the container is gone at once.
      const isForeign = goName(target.architecture) !== engine.architecture && error instanceof UserError
      options.signal?.throwIfAborted()
      if (isForeign) return { kind: 'foreign' }
      throw error
    }
  }
  return {
    image: image.name,
    identity: `${image.id} ${createHash('sha256')
      .update(JSON.stringify([unpack, program]))
      .digest('hex')}`,
    check: (zip, given) =>
      orForeign(() =>
        withArtifact(place, zip, (volume) => runIn(place, volume, { ...given, name: 'check_artifact.py' })),
      ),
    collect: (zip, given, localFolder) =>
      orForeign(() =>
        withArtifact(place, zip, (volume) =>
          collectIn({ ...place, program: collector ?? '' }, volume, given, localFolder),
        ),
      ),
  }
}

const goName = (architecture: Architecture): string => (architecture === 'arm64' ? 'arm64' : 'amd64')

interface Place {
  readonly engine: Engine
  readonly image: string
  readonly python: string
  /** The texts of both programs: nothing can be written where they run. */
  readonly unpack: string
  readonly program: string
  readonly labels: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

async function withArtifact<T>(place: Place, zip: string, work: (volume: string) => Promise<T>): Promise<T> {
  const { engine, labels, signal } = place
  signal?.throwIfAborted()
  await removeVolumes(engine, {}, ABANDONED_SECONDS).catch(() => undefined) // What stays goes another time.
  const volume = await createVolume(engine, labels)
  try {
    await fill(place, volume, zip)
    return await work(volume)
  } finally {
    await removeVolume(engine, volume)
  }
}

/** By a container of its own: nothing can be put into one whose root is read-only, not even into its volumes. */
async function fill(
  { engine, image, python, unpack, labels, signal }: Place,
  volume: string,
  zip: string,
): Promise<void> {
  const host = { NetworkMode: 'none', Mounts: [taskRoot(volume, 'writable')] }
  await using container = await Container.create(engine, { image, labels, signal, host })
  await container.put(packZip(zip), '/')
  const command = [python, '-I', '-S', '-c', unpack, `/${ZIP_INSIDE}`, TASK_ROOT]
  const { exitCode, stderr } = await container.exec(command, { cwd: '/', env: {} })
  if (exitCode === 0) return
  throw new UserError({
    title: `The artifact ${zip} cannot be unpacked`,
    detail: lastLines(stderr),
    hint: 'Build it anew. If that does not help, this is a defect of wsgi-lambda: please report it.',
  })
}

/** What of a confined run is different from one to the other. */
interface Confined extends SandboxOptions {
  /** Of the program, in its tracebacks. */
  readonly name: string
  /** A volume that it may write to, and what is done with the container when it has ended. */
  readonly output?: { readonly volume: string; readonly take: (container: Container) => Promise<void> }
}

async function runIn(
  place: Place,
  volume: string,
  { name, request, env, memory, seconds, output }: Confined,
): Promise<SandboxEnd> {
  const { engine, image, python, program, labels, signal } = place
  const late = AbortSignal.timeout(seconds * 1000)
  const ending = signal ? AbortSignal.any([signal, late]) : late
  try {
    const confined = confinement(volume, memory)
    const outputs = output ? [mounted(output.volume, OUTPUT, 'writable')] : []
    const host = { ...confined, Mounts: [...(confined.Mounts ?? []), ...outputs] }
    await using container = await Container.create(engine, { image, labels, signal: ending, host })
    // The container's own user may not give files away, but what is root's may be opened to everyone.
    if (output) await container.exec(['/bin/sh', '-c', `chmod 1777 ${OUTPUT}`], { cwd: '/', env: {} })
    const command = withOnly(Object.keys(env), [python, '-c', RUN, name, program, request], python)
    const completed = await container.exec(command, { cwd: TASK_ROOT, env, user: LAMBDA_USER })
    await output?.take(container)
    return { kind: 'ended', ...completed }
  } catch (error) {
    signal?.throwIfAborted()
    if (late.aborted) return { kind: 'late' }
    throw error
  }
}

/** The program by a name of its own, so that its frames can be told in a traceback. */
const RUN = 'import sys; name = sys.argv.pop(1); exec(compile(sys.argv.pop(1), name, "exec"))'

/** With a second volume, which the files are written to and taken from. */
async function collectIn(
  place: Place,
  volume: string,
  options: Omit<SandboxOptions, 'request' | 'memory'>,
  localFolder: string,
): Promise<SandboxEnd> {
  const { engine, labels } = place
  const written = await createVolume(engine, labels)
  try {
    return await runIn(place, volume, {
      ...{ ...options, memory: undefined, name: 'collect_static.py' },
      request: JSON.stringify({ root: TASK_ROOT, output: OUTPUT }),
      output: { volume: written, take: (container) => container.take(OUTPUT, localFolder) },
    })
  } finally {
    await removeVolume(engine, written)
  }
}

/** What a function may use: its code to read, /tmp to write, no network but loopback, and no shared memory. */
function confinement(volume: string, memory: number | undefined): HostConfig {
  const bytes = memory === undefined ? undefined : memory * 1024 * 1024
  return {
    ReadonlyRootfs: true,
    NetworkMode: 'none',
    IpcMode: 'none',
    Mounts: [taskRoot(volume, 'read-only')],
    Tmpfs: { '/tmp': `rw,exec,nosuid,nodev,mode=1777,size=${TEMPORARY_MB}m` },
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    PidsLimit: MOST_PROCESSES,
    ...(bytes !== undefined && { Memory: bytes, MemorySwap: bytes }),
  }
}

type Access = 'read-only' | 'writable'

const taskRoot = (volume: string, access: Access) => mounted(volume, TASK_ROOT, access)

function mounted(volume: string, target: string, access: Access): NonNullable<HostConfig['Mounts']>[number] {
  return {
    Type: 'volume',
    Source: volume,
    Target: target,
    ReadOnly: access === 'read-only',
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
  }
}

function packZip(path: string): Pack {
  const archive = pack()
  addZip(archive, path).then(
    () => {
      archive.finalize()
    },
    (error: unknown) => {
      // Not finalized and not destroyed, the engine would wait for the rest for ever.
      archive.destroy(error as Error)
    },
  )
  return archive
}

async function addZip(archive: Pack, path: string): Promise<void> {
  const { size } = await stat(path)
  await pipeline(createReadStream(path), archive.entry({ name: ZIP_INSIDE, size, mode: 0o644 }))
}
