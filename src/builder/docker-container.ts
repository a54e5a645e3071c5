import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Container as EngineContainer, HostConfig } from 'dockerode'
import type { Pack } from 'tar-stream'
import { UserError } from '../errors.ts'
import type { Completed } from './builder.ts'
import { type Engine, engineCall } from './docker-engine.ts'
import { diskFull, EngineTimeout, engineError, lastLines, messageOf, saysDiskFull } from './docker-errors.ts'
import { BrokenArchive, packFiles, unpackFolder } from './docker-files.ts'
import { collectLines } from './docker-lines.ts'

/** Every container of ours has it, whatever run it belongs to. */
const OUR_LABEL = 'wsgi-lambda'

/** Longer than any job runs. A container whose owner was killed ends itself then, and is removed. */
const LIFETIME_SECONDS = 6 * 60 * 60
const COPY_SECONDS = 20 * 60
const HEARTBEAT_SECONDS = 20

export interface ContainerOptions {
  /** Id or tag of an image that the engine has. */
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
  /** Limits and volumes, for what must not have the run of the machine. */
  readonly host?: HostConfig
}

export interface ExecOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** As in `993:990`; root without it. */
  readonly user?: string
  readonly onLine?: ((line: string) => void) | undefined
}

type DestroyableStream = NodeJS.ReadableStream & { destroy(error?: Error): unknown }

/**
 * A running container that waits for commands, as root. It holds no variable or mount of ours, and it is gone after
 * `remove`, after an abort, and after a failure to create it.
 */
export class Container {
  readonly #engine: Engine
  readonly #container: EngineContainer
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: () => void
  #removal: Promise<void> | undefined

  static async create(engine: Engine, { image, labels, signal, host }: ContainerOptions): Promise<Container> {
    signal?.throwIfAborted()
    const created = await engineCall(engine, 'create a container', () =>
      engine.docker.createContainer({
        Image: image,
        User: '0:0',
        WorkingDir: '/',
        Entrypoint: ['/bin/sh', '-c', `trap 'exit 0' TERM; sleep ${LIFETIME_SECONDS} & wait`],
        Cmd: [],
        Labels: { ...labels, [OUR_LABEL]: '1' },
        HostConfig: { ...host, AutoRemove: true },
      }),
    )
    const container = new Container(engine, created, signal)
    try {
      signal?.throwIfAborted()
      await engineCall(engine, 'start a container', () => created.start())
      signal?.throwIfAborted()
      return container
    } catch (error) {
      await container.remove()
      signal?.throwIfAborted() // The abort removed the container: that may be why it could not be started.
      throw error
    }
  }

  private constructor(engine: Engine, container: EngineContainer, signal: AbortSignal | undefined) {
    this.#engine = engine
    this.#container = container
    this.#signal = signal
    this.#onAbort = () => {
      this.remove().catch(() => undefined) // Whoever owns the container removes it too, and hears of the failure.
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get id(): string {
    return this.#container.id
  }

  /**
   * Runs a program to its end. A failing exit code is an answer, except of a full disk.
   *
   * @throws UserError when the container or the engine went away, or the disk is full
   */
  async exec(command: readonly string[], { cwd, env, user = '0:0', onLine }: ExecOptions): Promise<Completed> {
    const exec = await this.#call('run a program in the container', () =>
      this.#container.exec({
        Cmd: [...command],
        Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
        WorkingDir: cwd,
        User: user,
        AttachStdout: true,
        AttachStderr: true,
      }),
    )
    const stream = await this.#call('run a program in the container', () => exec.start({ hijack: true, stdin: false }))
    const stdout = collectLines(onLine)
    const stderr = collectLines(onLine)
    this.#engine.docker.modem.demuxStream(stream, stdout.stream, stderr.stream)
    const heartbeat = this.#watch(stream)
    try {
      await finished(stream, { writable: false })
    } catch (error) {
      this.#signal?.throwIfAborted()
      throw engineError(error, 'follow a program in the container', this.#engine.address)
    } finally {
      clearInterval(heartbeat)
      stream.destroy()
    }
    const exitCode = await this.#exitCode(() => exec.inspect())
    const completed = { exitCode, stdout: stdout.end(), stderr: stderr.end() }
    const said = `${completed.stderr}\n${completed.stdout}`
    if (exitCode !== 0 && saysDiskFull(said)) throw diskFull(lastLines(said))
    return completed
  }

  /** Starts a program that is talked to over its standard streams, for as long as the container lives. */
  async converse(command: readonly string[], output: NodeJS.WritableStream): Promise<NodeJS.ReadWriteStream> {
    const doing = 'run a program in the container'
    const exec = await this.#call(doing, () =>
      this.#container.exec({ Cmd: [...command], User: '0:0', AttachStdin: true, AttachStdout: true }),
    )
    const stream = await this.#call(doing, () => exec.start({ hijack: true, stdin: true }))
    this.#engine.docker.modem.demuxStream(stream, output, output)
    return stream
  }

  /** A connection can die without a word. Then the engine no longer answers either. */
  #watch(stream: DestroyableStream): NodeJS.Timeout {
    return setInterval(() => {
      engineCall(this.#engine, 'show the container', () => this.#container.inspect(), HEARTBEAT_SECONDS).catch(
        (error: unknown) => stream.destroy(error as Error),
      )
    }, HEARTBEAT_SECONDS * 1000)
  }

  /** The output ends a moment before the engine knows the exit code. */
  async #exitCode(inspect: () => Promise<{ Running: boolean; ExitCode: number | null }>): Promise<number> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { Running, ExitCode } = await this.#call('tell the exit code of a program', inspect)
      if (!Running && ExitCode !== null) {
        if (ExitCode === 137) await this.#refuseIfGone()
        return ExitCode
      }
      await sleep(20 + attempt * 2)
    }
    throw new UserError({
      title: 'A program in the container closed its output and did not end',
      hint: 'Something that it started may still be running.',
    })
  }

  /** A program is killed together with its container, and the engine may tell of the program first. */
  async #refuseIfGone(): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      const doing = 'wait for a program'
      const { State } = await this.#call(doing, () => this.#container.inspect())
      if (!State.Running) throw engineError(new Error('The container is not running'), doing, this.#engine.address)
      await sleep(100)
    }
  }

  /** Unpacks an archive at a folder that is there. A failure to read what is packed is thrown as it is. */
  async put(archive: Pack, folder: string): Promise<void> {
    let unreadable: Error | undefined
    archive.on('error', (error: Error) => {
      unreadable ??= error
    })
    try {
      const body = archive as unknown as NodeJS.ReadableStream
      await this.#call(
        'take files into the container',
        () => this.#container.putArchive(body, { path: folder }),
        COPY_SECONDS,
      )
    } catch (error) {
      throw unreadable ?? error
    } finally {
      archive.destroy()
    }
  }

  async putFile(path: string, content: Buffer | string): Promise<void> {
    await this.put(packFiles([{ path: path.replace(/^\//, ''), content }]), '/')
  }

  /** Copies the content of a folder to a local one, which must not exist. Failures to write are thrown as they are. */
  async take(folder: string, localFolder: string): Promise<void> {
    const doing = 'give files out of the container'
    const archive = (await this.#call(doing, () =>
      this.#container.getArchive({ path: `${folder}/.` }),
    )) as DestroyableStream
    const late = setTimeout(() => archive.destroy(new EngineTimeout(COPY_SECONDS)), COPY_SECONDS * 1000)
    try {
      await unpackFolder(archive, localFolder)
    } catch (error) {
      this.#signal?.throwIfAborted()
      if (error instanceof BrokenArchive) throw engineError(error.cause, doing, this.#engine.address)
      if (!saysDiskFull(messageOf(error))) throw error
      throw new UserError(
        {
          title: `The disk is full at ${localFolder}`,
          detail: messageOf(error),
          hint: 'Free some space and run again.',
        },
        { cause: error },
      )
    } finally {
      clearTimeout(late)
      archive.destroy() // Not read to its end, it would keep the engine at it, and the container from being removed.
    }
  }

  /** Keeps what the container's file system is now as an image with this configuration, and answers the image's id. */
  async commit(labels: Readonly<Record<string, string>>, comment: string): Promise<string> {
    const { Id } = (await this.#call(
      'keep the container as an image',
      // The body is the configuration to lay over the container's, which has neither variables nor mounts of ours.
      () => this.#container.commit({ comment, _query: { container: this.id, comment }, _body: { Labels: labels } }),
      COPY_SECONDS,
    )) as { Id: string }
    return Id
  }

  /** Safe to call at any time and more than once. */
  remove(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#removal ??= removeContainer(this.#engine, this.#container)
    return this.#removal
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove()
  }

  async #call<T>(doing: string, call: () => Promise<T>, seconds?: number): Promise<T> {
    try {
      this.#signal?.throwIfAborted()
      return await engineCall(this.#engine, doing, call, seconds)
    } catch (error) {
      this.#signal?.throwIfAborted() // The abort removed the container: that is why the call failed.
      throw error
    }
  }
}

/**
 * Removes every container and then every volume that has these labels and is ours, running or not. Answers how many
 * containers there were.
 */
export async function removeLabelled(engine: Engine, labels: Readonly<Record<string, string>>): Promise<number> {
  const label = ourLabels(labels)
  const found = await engineCall(engine, 'list containers', () =>
    engine.docker.listContainers({ all: true, filters: { label } }),
  )
  await Promise.all(found.map(({ Id }) => removeContainer(engine, engine.docker.getContainer(Id))))
  await removeVolumes(engine, labels)
  return found.length
}

/** Removes every volume that has these labels, is ours, unused and at least so old. */
export async function removeVolumes(
  engine: Engine,
  labels: Readonly<Record<string, string>>,
  seconds = 0,
): Promise<void> {
  const label = ourLabels(labels)
  const { Volumes } = await engineCall(engine, 'list volumes', () =>
    engine.docker.listVolumes({ filters: { label, dangling: ['true'] } }),
  )
  const newest = Date.now() - seconds * 1000
  // An engine that has none answers null; the type does not know the date, nor does every engine.
  const found = (Volumes as readonly { readonly Name: string; readonly CreatedAt?: string }[] | null) ?? []
  const old = found.filter(({ CreatedAt }) => seconds === 0 || Date.parse(CreatedAt ?? '') <= newest)
  await Promise.all(old.map(({ Name }) => removeVolume(engine, Name)))
}

const ourLabels = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries({ ...labels, [OUR_LABEL]: '1' }).map(([name, value]) => `${name}=${value}`)

/** A volume of ours, which the caller removes. @returns its name */
export async function createVolume(engine: Engine, labels: Readonly<Record<string, string>>): Promise<string> {
  const options = { Labels: { ...labels, [OUR_LABEL]: '1' } }
  const volume = await engineCall(engine, 'create a volume', () => engine.docker.createVolume(options))
  return volume.name
}

/** Safe to call more than once. A container that is on its way out keeps its volume a moment longer. */
export async function removeVolume(engine: Engine, name: string): Promise<void> {
  await engineCall(engine, 'remove a volume', async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        await engine.docker.getVolume(name).remove()
        return
      } catch (error) {
        const { statusCode } = error as { statusCode?: number }
        if (statusCode === 404) return
        if (statusCode !== 409 || attempt >= 50) throw error
        await sleep(100)
      }
    }
  })
}

async function removeContainer(engine: Engine, container: EngineContainer): Promise<void> {
  await engineCall(engine, 'remove a container', async () => {
    try {
      await container.remove({ force: true, v: true })
    } catch (error) {
      const { statusCode } = error as { statusCode?: number }
      const isGone = statusCode === 404 || (statusCode === 409 && /in progress/.test(messageOf(error)))
      if (!isGone) throw error
    }
  })
}
