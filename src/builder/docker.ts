import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Store } from '../store/store.ts'
import {
  type Builder,
  type BuilderFacts,
  type Completed,
  type Equipment,
  type RunOptions,
  type Toolchain,
  ToolchainChanged,
} from './builder.ts'
import { findSandbox } from './docker-check.ts'
import { Container, removeLabelled } from './docker-container.ts'
import { type Dockerfile, ensureDockerfileImage } from './docker-dockerfile.ts'
import { type Engine, findEngine } from './docker-engine.ts'
import { AUTHORITIES_INSIDE, environmentInside, TOOLS_INSIDE, withOnly } from './docker-environment.ts'
import { ensureEquippedImage } from './docker-equipment.ts'
import { packFolder } from './docker-files.ts'
import { type BuilderImage, type BuilderImageOptions, ensureBuilderImage, type KeyedImage } from './docker-image.ts'
import { imageMemory, isSame, type KnownImage } from './docker-memory.ts'
import { isOlder, wrongPackageNames } from './docker-setup.ts'
import { forwardAgent, SSH_VARIABLES, type SshAgent } from './docker-ssh.ts'

export interface DockerBuilderOptions {
  /** Setting `base-image`; by default AWS's image of the runtime. */
  readonly baseImage?: string | undefined
  /** Setting `system-packages`, in the words of the image's package manager. */
  readonly systemPackages: readonly string[]
  /** The process's variables. Settings of pip, uv and proxies reach the programs in the container; no image keeps them. */
  readonly environment: Readonly<Record<string, string>>
  /** Setting `ca-file`: certificate authorities (PEM) that programs in the container trust instead of their own. */
  readonly caFile?: string | undefined
  /** What this run's containers are found by, beside the label of all of ours. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Removes the container at once. What runs in it ends with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** The folder `docker/` of this package. */
  readonly toolsFolder: string
  /** Setting `dockerfile`, and what it needs: makes the image instead of `baseImage`. */
  readonly dockerfile?: Dockerfile | undefined
  /** Setting `docker-env`: more variables of what runs in a container; images are made without them. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  /** Setting `docker-secrets`, read: files at `/run/secrets/` of a container. */
  readonly secrets?: ReadonlyMap<string, Buffer> | undefined
  /** Setting `docker-ssh`, found. */
  readonly sshAgent?: SshAgent | undefined
}

export interface DockerBuilder extends Builder {
  readonly kind: 'docker'
  /** The C library of the image, which may be newer than the target's. */
  readonly glibc: string
  readonly containerId: string
}

interface DockerToolchain extends Toolchain {
  open(equipment?: readonly Equipment[]): Promise<DockerBuilder>
}

const WORKSPACE = '/wsgi-lambda'
/** Where BuildKit has them too. */
const SECRETS_INSIDE = '/run/secrets'

/**
 * A container made from the Lambda image, by whatever engine answers, which is started when the first step needs it. The
 * image with the tools is made at the first use and kept by the engine. Files go in and out as streams; nothing is mounted.
 *
 * @throws UserError when no engine answers, the image cannot be had or does not fit the target
 */
export async function createDockerToolchain(
  target: Target,
  options: DockerBuilderOptions,
  { report, store }: { report: Reporter; store: Store },
): Promise<DockerToolchain> {
  const engine = await findEngine()
  if ('unreachable' in engine) throw new UserError(engine.unreachable)
  const { labels = {}, signal, toolsFolder, systemPackages, baseImage = target.image } = options
  const memory = options.dockerfile ? undefined : imageMemory(engine, target, { baseImage, systemPackages }, store)
  const known = await memory?.recall()
  let preparation: Promise<Prepared> | undefined
  const prepare = (): Promise<Prepared> =>
    (preparation ??= prepareImage(target, options, report).then(async (prepared) => {
      await memory?.remember(prepared.image)
      if (known && !isSame(known, prepared.image)) throw new ToolchainChanged(baseImage)
      return prepared
    }))
  const opened = new Map<string, Promise<DockerBuilder>>()
  const openWith = async (equipment: readonly Equipment[]): Promise<DockerBuilder> => {
    const prepared = await prepare()
    const { image, imageOptions } = prepared
    const equipped = await ensureEquippedImage(engine, target, image, equipment, imageOptions, report)
    return await startBuilder({ ...prepared, image: equipped }, options)
  }
  const facts = known ? factsOf(known, target, `docker (${baseImage} as it was last`) : (await prepare()).facts
  return {
    ...facts,
    open: (equipment = []) => {
      const sorted = [...new Set(equipment)].sort()
      const builder = opened.get(sorted.join()) ?? openWith(sorted)
      opened.set(sorted.join(), builder)
      return builder
    },
    sandbox: async () => {
      const { image } = await prepare()
      return await findSandbox(engine, target, { labels, signal, toolsFolder, otherwise: image })
    },
    [Symbol.asyncDispose]: async () => {
      // Whoever opened it heard of the failure.
      const builders = await Promise.all([...opened.values()].map((builder) => builder.catch(() => undefined)))
      await Promise.all(builders.flatMap((builder) => (builder ? [builder.close()] : [])))
    },
  }
}

function factsOf(image: KnownImage, target: Target, description: string): BuilderFacts & { readonly kind: 'docker' } {
  return {
    kind: 'docker',
    description: `${description}, Python ${image.pythonVersion})`,
    identity: `image ${image.key}`,
    target,
    pythonVersion: image.pythonVersion,
    compilesFor: !isOlder(target.glibc, image.glibc),
    canImport: true,
  }
}

/** Builds in such a container, which is started at once. @throws UserError as `createDockerToolchain` does. */
export async function createDockerBuilder(
  target: Target,
  options: DockerBuilderOptions,
  { report }: { report: Reporter },
): Promise<DockerBuilder> {
  return await startBuilder(await prepareImage(target, options, report), options)
}

interface Prepared {
  readonly facts: BuilderFacts & { readonly kind: 'docker' }
  readonly engine: Engine
  readonly image: KeyedImage
  readonly imageOptions: BuilderImageOptions
  readonly authorities: Buffer | undefined
  /** The variables of what runs in the container. */
  readonly env: Readonly<Record<string, string>>
}

async function prepareImage(target: Target, options: DockerBuilderOptions, report: Reporter): Promise<Prepared> {
  const { systemPackages, caFile, labels = {}, signal, toolsFolder } = options
  const wrong = wrongPackageNames(systemPackages)
  if (wrong) throw new UserError(wrong, { exitCode: 2 })
  const authorities = caFile === undefined ? undefined : await readAuthorities(caFile)
  const { env, dropped } = environmentInside(options.environment, { hasAuthorities: authorities !== undefined })
  if (dropped.length > 0) report.debug(`Not for the container, because they name files here: ${dropped.join(', ')}`)

  const engine = await findEngine()
  if ('unreachable' in engine) throw new UserError(engine.unreachable)
  const made = options.dockerfile && (await ensureDockerfileImage(engine, target, options.dockerfile, report))
  const baseImage = made?.tag ?? options.baseImage ?? target.image
  const imageOptions = { baseImage, baseKey: made?.key, systemPackages, toolsFolder, env, authorities, labels, signal }
  const image = await ensureBuilderImage(engine, target, imageOptions, report)
  const facts = factsOf(image, target, `docker (engine ${engine.version}, ${baseImage}`)
  if (!facts.compilesFor)
    report.debug(
      `${baseImage} has glibc ${image.glibc}, newer than ${target.glibc} of the target: it may not compile for it`,
    )
  return { facts, engine, image, imageOptions, authorities, env }
}

async function startBuilder(
  { facts, engine, image, authorities, env }: Omit<Prepared, 'image'> & { readonly image: BuilderImage },
  { labels = {}, signal, variables = {}, secrets = new Map(), sshAgent }: DockerBuilderOptions,
): Promise<DockerBuilder> {
  const container = await Container.create(engine, { image: image.id, labels, signal })
  const exec = (command: readonly string[], cwd: string, variables: Readonly<Record<string, string>>) =>
    container.exec(command, { cwd, env: variables })
  const own = { ...env, ...(sshAgent ? SSH_VARIABLES : {}), ...variables }
  let processors = 1
  try {
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities)
    for (const [id, content] of secrets) await container.putFile(`${SECRETS_INSIDE}/${id}`, content)
    if (sshAgent) await forwardAgent(container, image.python, sshAgent)
    const { stdout } = await exec(
      ['/bin/sh', '-c', `mkdir -p ${WORKSPACE} && (nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)`],
      '/',
      {},
    )
    processors = Math.max(1, Number.parseInt(stdout, 10) || 1)
  } catch (error) {
    await container.remove()
    throw error
  }

  return {
    ...facts,
    workspace: WORKSPACE,
    python: image.python,
    uv: () => Promise.resolve(`${TOOLS_INSIDE}/bin/uv`),
    uvIfThere: () => Promise.resolve(`${TOOLS_INSIDE}/bin/uv`),
    glibc: image.glibc,
    containerId: container.id,
    processors,
    put: (localFolder, path) => container.put(packFolder(localFolder, inWorkspace(path)), WORKSPACE),
    take: async (path, localFolder) => {
      await container.take(posix.join(WORKSPACE, inWorkspace(path)), localFolder)
      return localFolder
    },
    run: (
      command: readonly string[],
      { cwd = WORKSPACE, env: added = {}, environment = 'inherit', onLine }: RunOptions = {},
    ): Promise<Completed> =>
      environment === 'replace'
        ? container.exec(withOnly(Object.keys(added), command, image.python), { cwd, env: added, onLine })
        : container.exec(command, { cwd, env: { ...own, ...added }, onLine }),
    close: () => container.remove(),
    [Symbol.asyncDispose]: () => container.remove(),
  }
}

/** Removes the containers of a run that was ended before it could: 0 where no engine answers. */
export async function removeContainers(labels: Readonly<Record<string, string>>): Promise<number> {
  const engine = await findEngine()
  return 'unreachable' in engine ? 0 : removeLabelled(engine, labels)
}

async function readAuthorities(caFile: string): Promise<Buffer> {
  try {
    return await readFile(caFile)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new UserError({ title: `ca-file: ${caFile} cannot be read`, detail, hint: 'Name a file in PEM format.' })
  }
}

function inWorkspace(path: string): string {
  const normal = posix.normalize(path)
  if (posix.isAbsolute(normal) || normal === '..' || normal.startsWith('../'))
    throw new Error(`${path} is not below the workspace`)
  return normal
}
