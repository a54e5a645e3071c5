import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A server of the test environment, in a process group of its own. It ends with whoever started it, however that ends: a shell
 * beside it reads a pipe that only the starter holds open, and its end of file stops the server and removes its folder.
 */
export interface Service {
  /** What the server wrote so far, both streams, newest 256 KiB. */
  readonly output: () => string
  /** Ends the server and everything that it started. */
  readonly stop: () => Promise<void>
}

export interface ServiceOptions {
  /** What messages call it. */
  readonly name: string
  readonly command: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  /** The server's own folder, which is its working directory and is removed with it. */
  readonly folder: string
  /** What asks the server to end; it has five seconds for that. */
  readonly stopSignal?: 'TERM' | 'INT'
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** Whether the server answers; asked every 30 ms. */
  readonly isReady: () => Promise<boolean>
  readonly readyWithinSeconds?: number
}

// The last words are in brackets, a shell of their own, since nobody may be reading any more and writing then kills the writer.
const SUPERVISOR = `
folder=$1 signal=$2; shift 2
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
{ read -r _ <&3; kill -s "$signal" "$server"; sleep 5; kill -s KILL "$server"; } >/dev/null 2>&1 &
wait "$server"; status=$?
(echo "ended with status $status" >&2)
trap '' TERM; kill -s TERM 0
rm -rf -- "$folder"
kill -s KILL 0`

const KEPT_OUTPUT = 256 * 1024

/** @throws Error with the server's last lines when it ends or stays silent before it is ready. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { name, command, env, folder, stopSignal = 'TERM', user, isReady, readyWithinSeconds = 60 } = options
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, name, folder, stopSignal, ...command], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user ?? {}),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT)
    })
  }
  child.stdin.on('error', () => undefined) // it has ended already
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve()
    })
    child.once('error', (error) => {
      output += String(error)
      resolve()
    })
  })
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as { ref(): void; unref(): void }[]

  async function stop(): Promise<void> {
    for (const handle of handles) handle.ref()
    child.stdin.end()
    await Promise.race([ended, sleep(8000, undefined, { ref: false })])
    if (child.pid !== undefined && !hasEnded()) {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // the group is gone
      }
      await ended
    }
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  const deadline = Date.now() + readyWithinSeconds * 1000
  for (;;) {
    if (hasEnded() || Date.now() > deadline) {
      const why = hasEnded() ? 'ended before it was ready' : `was not ready within ${readyWithinSeconds} s`
      await stop()
      throw new Error(`${name} ${why}: ${lastLines(output)}`)
    }
    if (await isReady().catch(() => false)) break
    await sleep(30)
  }
  for (const handle of handles) handle.unref() // a program whose work is done may end; that stops the server
  return { output: () => output, stop }
}

/** Tries `start` with free ports of 127.0.0.1 until one was still free when the server took it. */
export async function withFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      return await start(port)
    } catch (error) {
      if (attempt === 5 || !/address already in use|is already in use|EADDRINUSE/i.test(String(error))) throw error
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no TCP port could be had on 127.0.0.1')
  return address.port
}

/** The end of a tool's output in one line, for an error message. */
export function lastLines(output: string, count = 5): string {
  const lines = output.split(/[\r\n]+/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ')
}
