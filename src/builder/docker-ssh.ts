import { connect, type Socket } from 'node:net'
import { Writable } from 'node:stream'
import { UserError } from '../errors.ts'
import type { Container } from './docker-container.ts'

/** Where the agent of this machine answers in a container. */
const AGENT_INSIDE = '/run/wsgi-lambda-agent.sock'
const RELAY_INSIDE = '/run/wsgi-lambda-relay.py'
const KNOWN_HOSTS_INSIDE = '/run/wsgi-lambda-known-hosts'
const START_SECONDS = 20

export interface SshAgent {
  /** SSH_AUTH_SOCK of this machine. */
  readonly socket: string
  /** The hosts that ssh may talk to; no other one is trusted. */
  readonly knownHosts: Buffer
  /** `docker/relay_agent.py`. */
  readonly relay: Buffer
}

/** The variables by which ssh and git find the agent. */
export const SSH_VARIABLES: Readonly<Record<string, string>> = {
  SSH_AUTH_SOCK: AGENT_INSIDE,
  GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${KNOWN_HOSTS_INSIDE}`,
}

/**
 * Lets programs in a container talk to this machine's SSH agent, over the streams of a program that runs in it: a socket
 * cannot be mounted from a machine that is not the engine's. No key leaves the agent. It ends with the container.
 */
export async function forwardAgent(container: Container, python: string, agent: SshAgent): Promise<void> {
  await container.putFile(RELAY_INSIDE, agent.relay)
  await container.putFile(KNOWN_HOSTS_INSIDE, agent.knownHosts)
  let ready: () => void = () => undefined
  const started = new Promise<boolean>((resolve) => {
    ready = () => {
      resolve(true)
    }
    setTimeout(resolve, START_SECONDS * 1000, false).unref()
  })
  const connections = new Map<number, Socket>()
  const frames = new FrameReader((id, content) => {
    if (id === 0) ready()
    else deliver(id, content)
  })
  const stream = await container.converse([python, '-I', RELAY_INSIDE, AGENT_INSIDE], frames)
  stream.on('error', () => undefined) // It ends with the container; whoever needs the agent then says so.
  stream.on('close', () => {
    for (const socket of connections.values()) socket.destroy()
  })

  const deliver = (id: number, content: Buffer): void => {
    if (content.length === 0) {
      connections.get(id)?.end()
      connections.delete(id)
      return
    }
    const socket = connections.get(id) ?? open(id)
    socket.write(content)
  }
  const open = (id: number): Socket => {
    const socket = connect(agent.socket)
    connections.set(id, socket)
    socket.on('data', (content) => stream.write(frame(id, content)))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (connections.delete(id)) stream.write(frame(id, Buffer.alloc(0)))
    })
    return socket
  }
  if (await started) return
  throw new UserError({
    title: 'The SSH agent could not be handed on to the container',
    detail: `The program that does it did not start within ${START_SECONDS} seconds.`,
    hint: 'Run again with --verbose, or leave docker-ssh out and use a token.',
  })
}

const HEADER_BYTES = 8
/** The relay sends pieces of 64 KB; what runs beside it in the container may send anything. */
const MOST_FRAME_BYTES = 1 << 20

export function frame(id: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content as Buffer)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(id, 0)
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

/** Takes pieces of any size, and tells whole frames. */
export class FrameReader extends Writable {
  #received = Buffer.alloc(0)
  readonly #onFrame: (id: number, content: Buffer) => void

  constructor(onFrame: (id: number, content: Buffer) => void) {
    super()
    this.#onFrame = onFrame
  }

  override _write(piece: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#received = Buffer.concat([this.#received, piece])
    while (this.#received.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#received.readUInt32BE(4)
      if (end > MOST_FRAME_BYTES) {
        done(new Error('the relay of the SSH agent sent more than an agent says'))
        return
      }
      if (this.#received.length < end) break
      const content = this.#received.subarray(HEADER_BYTES, end)
      this.#onFrame(this.#received.readUInt32BE(0), content)
      this.#received = this.#received.subarray(end)
    }
    done()
  }
}
