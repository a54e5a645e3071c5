/**
 * The whole line on this machine, on real parts: builds examples/django, deploys it to a local Lambda, migrates a real
 * PostgreSQL before traffic moves, and shows the page that comes from it.
 *
 *     npm run demo            stays up until Ctrl-C
 *     npm run demo -- --once  shows it and stops everything
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'
import { DEFAULT_RUNTIME, RUNTIME_NAMES } from '../src/platform/runtimes.ts'
import { startEmulator } from './environment/emulator.ts'
import { startEngine } from './environment/engine.ts'
import { ensureLambdaImages } from './environment/images.ts'
import { startPostgres } from './environment/postgres.ts'
import { findPythons, type Python } from './environment/pythons.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = `${ROOT}dist/cli.cjs`
const FUNCTION = 'wsgi-lambda-demo'
const ROLE = 'arn:aws:iam::000000000000:role/wsgi-lambda-demo'

const isOnce = process.argv.includes('--once')

async function main(): Promise<void> {
  await using stopping = new AsyncDisposableStack()
  const interrupted = untilInterrupted()
  const python = await choosePython()

  say('Starting PostgreSQL, a local Lambda and, where there is one, a container engine')
  const engine = await startEngine()
  if (!('missing' in engine)) stopping.defer(() => engine.stop())
  const [postgres, emulator] = await Promise.all([startPostgres(), startEmulator({ runtimeClient: false, python })])
  stopping.defer(() => postgres.stop())
  stopping.defer(() => emulator.stop())
  const builder = await chooseBuilder(engine, python)
  const env = { ...process.env, ...emulator.env }

  say('wsgi-lambda deploy: build, publish, migrate, then move traffic')
  const deployed = await wsgiLambda(env, [
    ...['deploy', '--project', `${ROOT}examples/django`, '--function-name', FUNCTION, '--role', ROLE],
    ...['--runtime', `python${python.minor}`, '--output', `${ROOT}.cache/demo.zip`, '--url-origin', emulator.urlOrigin],
    ...[
      '--environment',
      `DATABASE_URL=${await postgres.createDatabase('demo')}`,
      '--environment',
      'SECRET_KEY=demo-only',
    ],
    ...(builder === 'host' ? ['--builder', 'host', '--python-bin', python.path] : ['--builder', 'docker']),
  ])
  const address = deployed.trimEnd().split('\n').at(-1) ?? ''
  const url = emulator.urlOrigin.replace('{id}', new URL(address).hostname.split('.')[0] ?? '') + '/'

  say(`GET ${url}`)
  const page = await fetch(url)
  if (!page.ok) throw new Error(`The page answers ${page.status}:\n${emulator.logs()}`)
  console.log(asText(await page.text()))

  say('wsgi-lambda manage showmigrations notes, in the deployed function')
  await wsgiLambda(env, ['--function-name', FUNCTION, 'manage', 'showmigrations', 'notes'])

  if (isOnce) return
  say(`The application is at ${url} until you press Ctrl-C`)
  // The servers' handles hold nothing up (service.ts), and neither does waiting for a signal.
  const staying = setInterval(() => undefined, 60_000)
  await interrupted
  clearInterval(staying)
}

/** Runs the bundle as a user does, with its output on this terminal. @returns what it wrote on standard output. */
async function wsgiLambda(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    process.stdout.write(chunk)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`wsgi-lambda ${args[0] ?? ''} ended with ${code ?? 'a signal'}`)
  return output
}

/** The local Lambda runs functions in its own interpreter, so the runtime is chosen by what this machine has. */
async function choosePython(): Promise<Python> {
  const pythons = (await findPythons()).filter(({ minor }) => RUNTIME_NAMES.some((name) => name === `python${minor}`))
  const python = pythons.find(({ minor }) => `python${minor}` === DEFAULT_RUNTIME) ?? pythons[0]
  if (python) return python
  throw new Error('The demo needs Python 3.10 or newer (python3 on PATH), and none was found.')
}

async function chooseBuilder(
  engine: Awaited<ReturnType<typeof startEngine>>,
  { minor }: Python,
): Promise<'docker' | 'host'> {
  if ('missing' in engine) {
    say(`No container engine (${engine.missing}): the host builder is used`)
    return 'host'
  }
  const tag = `public.ecr.aws/lambda/python:${minor}`
  if (await isThere(tag)) return 'docker'
  try {
    await ensureLambdaImages([minor], (line) => {
      console.log(`  ${line}`)
    })
    return 'docker'
  } catch (error) {
    say(
      `${tag} is not here (${error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)}): the host builder is used`,
    )
    return 'host'
  }
}

async function isThere(tag: string): Promise<boolean> {
  const docker = new Docker()
  try {
    await docker.getImage(tag).inspect()
    return true
  } catch {
    return await pulled(docker, tag)
  }
}

async function pulled(docker: Docker, tag: string): Promise<boolean> {
  try {
    const stream = await docker.pull(tag)
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
    await docker.getImage(tag).inspect()
    return true
  } catch {
    return false // Without the registry, a stand-in is made.
  }
}

/** A page as a terminal can show it. */
function asText(html: string): string {
  const body = html.replace(/[^]*<body[^>]*>|<(script|style)[^]*?<\/\1>/g, '')
  const lines = body
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .split('\n')
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => `  │ ${line}`)
    .join('\n')
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
}

function say(line: string): void {
  console.log(`\n— ${line}`)
}

await main()
