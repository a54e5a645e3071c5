/**
 * A container engine for the end-to-end tests: the one that answers, else one that is started here.
 *
 *     node scripts/node24.mjs scripts/environment/engine.ts start | stop
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findEngine } from '../../src/builder/docker-engine.ts'

export interface RunningEngine {
  /** A value for `DOCKER_HOST`. */
  readonly host: string
  readonly version: string
  /** Ends the engine if it was started by this call, and waits until it is gone. */
  stop(): Promise<void>
}

const FOLDER = fileURLToPath(new URL('../../.cache/environment/', import.meta.url))
const PID_FILE = join(FOLDER, 'dockerd.pid')
const LOG_FILE = join(FOLDER, 'dockerd.log')
const ENGINE_PID_FILE = '/var/run/docker.pid'
const START_SECONDS = 60
const STOP_SECONDS = 60

export async function startEngine(): Promise<RunningEngine | { readonly missing: string }> {
  const answering = await findEngine()
  if (!('unreachable' in answering)) {
    return { host: answering.address, version: answering.version, stop: () => Promise.resolve() }
  }
  const missing = await whatIsMissing()
  if (missing !== undefined) return { missing }

  await mkdir(FOLDER, { recursive: true })
  await removeStalePidFile()
  const pid = await startDaemon()
  const deadline = Date.now() + START_SECONDS * 1000
  while (Date.now() < deadline) {
    const engine = await findEngine()
    if (!('unreachable' in engine)) {
      // Ours may have ended because another process started one at the same moment: then that one is used, and stays.
      const isOurs = await isDaemon(pid)
      if (isOurs) await writeFile(PID_FILE, `${pid}\n`)
      return {
        host: engine.address,
        version: engine.version,
        stop: () => (isOurs ? endDaemon(pid) : Promise.resolve()),
      }
    }
    await sleep(200)
  }
  await endDaemon(pid)
  return { missing: `dockerd did not answer within ${START_SECONDS} s: see .cache/environment/dockerd.log` }
}

/** Ends the engine that an earlier `startEngine` of this working tree started, if it still runs. */
export async function stopStartedEngine(): Promise<boolean> {
  const pid = await readPid(PID_FILE)
  if (pid === undefined || !(await isDaemon(pid))) return false
  await endDaemon(pid)
  return true
}

async function whatIsMissing(): Promise<string | undefined> {
  if (process.env['DOCKER_HOST']) return `no container engine answers at DOCKER_HOST=${process.env['DOCKER_HOST']}`
  if (process.platform !== 'linux') return 'no container engine answers: start Docker Desktop, or set DOCKER_HOST'
  if (process.getuid?.() !== 0)
    return 'no container engine answers, and only root can start dockerd: start Docker, or set DOCKER_HOST'
  if (!(await isInstalled('dockerd')))
    return 'no container engine: apt-get install --no-install-recommends docker.io containerd runc iptables'
  return undefined
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  for (const folder of folders) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}

/** dockerd runs on after this process, in a session of its own: a Ctrl-C in the terminal does not reach it. */
async function startDaemon(): Promise<number> {
  const log = await open(LOG_FILE, 'a')
  try {
    const path = [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)
    const daemon = spawn('dockerd', [], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, PATH: path },
      cwd: '/',
    })
    await new Promise<void>((resolve, reject) => daemon.once('spawn', resolve).once('error', reject))
    daemon.unref()
    if (daemon.pid === undefined) throw new Error('dockerd has no process id')
    return daemon.pid
  } finally {
    await log.close()
  }
}

/** A killed engine leaves its pid file, and a new one refuses to start where any process has that number. */
async function removeStalePidFile(): Promise<void> {
  const pid = await readPid(ENGINE_PID_FILE)
  if (pid !== undefined && !(await isDaemon(pid))) await rm(ENGINE_PID_FILE, { force: true })
}

async function endDaemon(pid: number): Promise<void> {
  if (await isDaemon(pid)) process.kill(pid, 'SIGTERM')
  const deadline = Date.now() + STOP_SECONDS * 1000
  while (await isDaemon(pid)) {
    if (Date.now() > deadline) throw new Error(`dockerd (pid ${pid}) did not end within ${STOP_SECONDS} s`)
    await sleep(100)
  }
  if ((await readPid(PID_FILE)) === pid) await rm(PID_FILE, { force: true })
}

async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** Whether this process is a dockerd that has not ended: numbers are used again, and zombies keep theirs. */
async function isDaemon(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? []
  return name === 'dockerd' && state !== 'Z' && state !== 'X'
}

if (import.meta.main) {
  const [command] = process.argv.slice(2)
  if (command === 'start') {
    const engine = await startEngine()
    if ('missing' in engine) {
      console.error(engine.missing)
      process.exitCode = 1
    } else console.log(`Docker ${engine.version} answers at ${engine.host}`)
  } else if (command === 'stop') {
    console.log((await stopStartedEngine()) ? 'The engine has ended' : 'No engine was started from here')
  } else {
    console.error('usage: engine.ts start | stop')
    process.exitCode = 2
  }
}
