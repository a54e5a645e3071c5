import { createHash } from 'node:crypto'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { startEmulator } from '../../scripts/environment/emulator.ts'
import { type FaultProxy, startFaultProxy } from '../../scripts/environment/fault-proxy.ts'
import { findPythons } from '../../scripts/environment/pythons.ts'
import { machineVariables, ROLE } from '../support/world.ts'
import { buildArtifacts, PACKINGS, RELEASES, type ReleaseName, type Zips } from './application.ts'
import { type Buckets, bucketsOf } from './buckets.ts'
import { type Bundle, bundleIn } from './bundle.ts'

/** An emulator and the zips: what all combinations share. */
export interface Ground extends AsyncDisposable {
  readonly zips: Zips
  /** By the hash of their code, in base64. */
  readonly releases: ReadonlyMap<string, ReleaseName>
  readonly bundle: Bundle
  /** A function in an account of its own, and a proxy that only it is reached through. */
  readonly place: () => Promise<Place>
}

export interface Place extends AsyncDisposable {
  readonly functionName: string
  readonly proxy: FaultProxy
  readonly lambda: LambdaClient // past the proxy
  readonly buckets: Buckets
  /** Settings and variables of a deployment of this function. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The file that commands of this function write into. */
  readonly notes: string
  readonly readNotes: () => Promise<readonly string[]>
}

/** @param folder of the bundle under test */
export async function startGround(folder: string): Promise<Ground> {
  await using stack = new AsyncDisposableStack()
  const own = await realpath(await mkdtemp(join(tmpdir(), 'wsgi-lambda-faults-')))
  stack.defer(() => rm(own, { recursive: true, force: true }))
  const [python] = (await findPythons()).toSorted((a, b) => Number(b.minor === '3.13') - Number(a.minor === '3.13'))
  if (!python) throw new Error('Python 3.10 or newer is needed, and none was found.')
  const emulator = await startEmulator({ runtimeClient: true })
  stack.defer(() => emulator.stop())
  const inputs = ['--builder', 'host', '--runtime', `python${python.minor}`, '--python-bin', python.path]
  const bundle = bundleIn(folder, own, { ...machineVariables(), ...emulator.env, NO_COLOR: '1' })
  const zips = await buildArtifacts(own, bundle, inputs)
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = emulator.env
  const { endpoint, region } = emulator
  const releases = new Map<string, ReleaseName>()
  for (const packing of PACKINGS) {
    for (const release of RELEASES) {
      const code = await readFile(zips[packing][release])
      releases.set(createHash('sha256').update(code).digest('base64'), release)
    }
  }
  let places = 0
  const stopping = stack.move()
  return {
    zips,
    releases,
    bundle,
    place: async () => {
      const functionName = `faults-${++places}`
      const accessKeyId = String(places).padStart(12, '1') // as the emulator has it, the account
      const lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } })
      const buckets = bucketsOf(functionName, { endpoint, region, accessKeyId, secretAccessKey })
      const proxy = await startFaultProxy(endpoint)
      const notes = join(own, `${functionName}.txt`)
      const origin = ['--role', ROLE, '--url-origin', proxy.urlOrigin, '--runtime', `python${python.minor}`]
      return {
        functionName,
        proxy,
        lambda,
        buckets,
        args: ['--function-name', functionName, ...origin],
        env: { AWS_ENDPOINT_URL: proxy.endpoint, AWS_ACCESS_KEY_ID: accessKeyId },
        notes,
        readNotes: async () => (await readFile(notes, 'utf8').catch(() => '')).split('\n').slice(0, -1),
        [Symbol.asyncDispose]: async () => {
          await proxy.stop()
          // Its processes end with it.
          await lambda.send(new DeleteFunctionCommand({ FunctionName: functionName })).catch(() => undefined)
          await buckets.takeBack()
          await buckets.remove()
          buckets.close()
          lambda.destroy()
        },
      }
    },
    [Symbol.asyncDispose]: () => stopping.disposeAsync(),
  }
}

/** What the alias serves, read past the proxy. */
export interface Serving {
  readonly version: string
  readonly description: string
  readonly weights: Readonly<Record<string, number>>
  /** The releases that this version's code and its configuration are of. */
  readonly release: string
  readonly configuration: string
}

export async function servingOf({ releases }: Ground, { lambda, functionName }: Place): Promise<Serving | undefined> {
  try {
    const [alias, version] = await Promise.all([
      lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: 'live' })),
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: 'live' })),
    ])
    return {
      version: alias.FunctionVersion ?? '',
      description: alias.Description ?? '',
      weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
      configuration: version.Environment?.Variables?.['RELEASE'] ?? '',
      release: releases.get(version.CodeSha256 ?? '') ?? '?',
    }
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
