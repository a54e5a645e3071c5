import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBareVenv, ensureFolder, ensureVenv, findPythons, type Python, tool } from './pythons.ts'
import { startService, withFreePort } from './service.ts'

/** MiniStack (PyPI, MIT). The launcher patches private names, so a new version is tried before it is written here. */
const MINISTACK = '1.5.33'
/** AWS's runtime interface client, what the managed Python runtimes run. */
const RUNTIME_CLIENT = '4.2.2'

const LAUNCHER = fileURLToPath(new URL('./emulator_launcher.py', import.meta.url))

/** An AWS on this machine: Lambda that runs functions, with logs, S3, IAM and STS beside it. */
export interface Emulator {
  readonly endpoint: string // http://127.0.0.1:PORT
  readonly region: string
  /** What makes a program's AWS client talk to the emulator, and to nothing else. */
  readonly env: Readonly<Record<string, string>>
  /** Where a function URL answers here: `{id}` stands for the first label of its host name. */
  readonly urlOrigin: string
  /** The runtimes that run under AWS's runtime client and their own interpreter; empty where the emulator is stock. */
  readonly runtimes: readonly string[]
  /** Removes everything that was created. */
  readonly reset: () => Promise<void>
  readonly logs: () => string
  readonly stop: () => Promise<void>
}

export interface EmulatorOptions {
  /** Whether Python functions run under AWS's runtime client and the interpreter that their `Runtime` names. */
  readonly runtimeClient: boolean
  readonly region?: string
  /** What the emulator itself runs in, and stock functions with it. Default: what `python3` names. */
  readonly python?: Pick<Python, 'path' | 'version'>
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { runtimeClient, region = 'eu-west-1' } = options
  const pythons = await findPythons()
  const python = options.python ?? pythons[0]
  if (python === undefined)
    throw new Error('The emulator needs Python 3.10 or newer, and none was found on this machine.')
  const venv = await ensureVenv('ministack', [`ministack==${MINISTACK}`], python)
  const runtimes = runtimeClient ? await ensureRuntimes(pythons, venv) : {}

  return withFreePort(async (port) => {
    const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-emulator-'))
    const endpoint = `http://127.0.0.1:${port}`
    const settings = JSON.stringify({ ministack: MINISTACK, runtimes })
    const service = await startService({
      name: 'The emulator',
      command: [join(venv, 'bin/python'), '-I', LAUNCHER, settings],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: folder,
        TMPDIR: folder,
        BIND_HOST: '127.0.0.1', // it listens on every address otherwise
        GATEWAY_PORT: String(port),
        MINISTACK_REGION: region,
        AWS_ENDPOINT_URL: endpoint,
      },
      folder,
      isReady: async () => (await fetch(`${endpoint}/_ministack/health`)).ok,
    })
    return {
      endpoint,
      region,
      env: clientEnvironment(endpoint, region),
      urlOrigin: `${endpoint}/_aws/lambda-url/{id}`,
      runtimes: Object.keys(runtimes).sort(),
      async reset() {
        const answer = await fetch(`${endpoint}/_ministack/reset`, { method: 'POST' })
        if (!answer.ok) throw new Error(`The emulator could not be reset: ${answer.status} ${await answer.text()}`)
      },
      logs: service.output,
      stop: service.stop,
    }
  })
}

/** Variables of the AWS SDKs and tools. The credentials are accepted by the emulator alone. */
function clientEnvironment(endpoint: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'emulator-access-key',
    AWS_SECRET_ACCESS_KEY: 'emulator-secret-key',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
}

interface EmulatedRuntime {
  readonly python: string // of a bare virtual environment: a function finds the standard library and its own zip
  readonly client: string // folder of awslambdaric
}

/** An interpreter and a runtime client for each Python minor that this machine has. */
async function ensureRuntimes(pythons: readonly Python[], venv: string): Promise<Record<string, EmulatedRuntime>> {
  const firstOfMinor = new Map<string, Python>()
  for (const python of pythons) if (!firstOfMinor.has(python.minor)) firstOfMinor.set(python.minor, python)
  const runtimes = [...firstOfMinor.values()].map(async (python): Promise<[string, EmulatedRuntime]> => {
    const interpreter = join(await ensureBareVenv(python), 'bin/python')
    const client = await ensureFolder('runtime-client/python' + python.minor, [RUNTIME_CLIENT, interpreter], (folder) =>
      tool(`pip install awslambdaric==${RUNTIME_CLIENT} for Python ${python.minor}`, join(venv, 'bin/python'), [
        ...['-m', 'pip', '--python', interpreter, 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
        ...['--only-binary', ':all:', '--target', folder, `awslambdaric==${RUNTIME_CLIENT}`],
      ]),
    )
    return [`python${python.minor}`, { python: interpreter, client }]
  })
  return Object.fromEntries(await Promise.all(runtimes))
}
