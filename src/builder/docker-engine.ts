import Docker from 'dockerode'
import type { Problem } from '../errors.ts'
import { EngineTimeout, engineError, unreachableProblem } from './docker-errors.ts'

/** A container engine that answered. Whatever listens at `DOCKER_HOST` or the usual socket: Docker, or Podman's service. */
export interface Engine {
  readonly docker: Docker
  /** As in `unix:///var/run/docker.sock`: a value for `DOCKER_HOST`. */
  readonly address: string
  /** As in `28.5.2`. */
  readonly version: string
  /** In Go's words: `amd64`, `arm64`. */
  readonly architecture: string
}

/** Where dockerode connects to: it reads `DOCKER_HOST` itself and leaves this untyped. */
interface Connection {
  readonly socketPath?: unknown
  readonly protocol?: string
  readonly host?: string
  readonly port?: number | string
  getSocketPath(): Promise<string>
}

const PING_SECONDS = 5

/** Looks for an engine, and says what to do where none answers. Never throws for a missing one. */
export async function findEngine(): Promise<Engine | { readonly unreachable: Problem }> {
  let docker: Docker
  try {
    docker = new Docker()
  } catch (error) {
    return { unreachable: unreachableProblem(error, 'the address in DOCKER_HOST') }
  }
  const address = await addressOf(docker.modem as unknown as Connection)
  if (address.startsWith('ssh:')) return { unreachable: unreachableProblem(undefined, address) }
  try {
    const { Version, Arch } = await inTime((abortSignal) => versionOf(docker, { abortSignal }), PING_SECONDS)
    return { docker, address, version: Version, architecture: Arch }
  } catch (error) {
    return { unreachable: unreachableProblem(error, address) }
  }
}

/** Its options are missing from its type. */
const versionOf = (docker: Docker, options: { abortSignal: AbortSignal }): Promise<Docker.DockerVersion> =>
  (docker.version as (options: { abortSignal: AbortSignal }) => Promise<Docker.DockerVersion>).call(docker, options)

async function addressOf(modem: Connection): Promise<string> {
  if (modem.socketPath !== undefined) {
    const path = await modem.getSocketPath()
    return path.startsWith('//') ? `npipe://${path}` : `unix://${path}`
  }
  const scheme = modem.protocol === 'ssh' ? 'ssh' : 'tcp'
  return `${scheme}://${modem.host ?? ''}${modem.port ? `:${modem.port}` : ''}`
}

const CALL_SECONDS = 120

/** One call to the engine: bounded in time, its failure turned into advice. `doing` completes "could not …". */
export async function engineCall<T>(
  engine: Engine,
  doing: string,
  call: (signal: AbortSignal) => Promise<T>,
  seconds = CALL_SECONDS,
): Promise<T> {
  try {
    return await inTime(call, seconds)
  } catch (error) {
    throw engineError(error, doing, engine.address)
  }
}

/** dockerode waits for ever for an engine that took the call: here it is a failure after some seconds. */
async function inTime<T>(call: (signal: AbortSignal) => Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const controller = new AbortController()
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new EngineTimeout(seconds))
      controller.abort() // The open connection would keep the process alive.
    }, seconds * 1000)
  })
  try {
    return await Promise.race([call(controller.signal), late])
  } finally {
    clearTimeout(timer)
  }
}
