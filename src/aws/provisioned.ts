import {
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** Environments that a version keeps ready. */
export interface ProvisionedConcurrency {
  /** A version, or an alias where somebody has put it on one. */
  readonly qualifier: string
  readonly requested: number
  readonly available: number
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  readonly reason: string | undefined
}

/** Exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface ProvisionedApi {
  /** All that a function has; none where it does not exist. */
  list(functionName: string): Promise<readonly ProvisionedConcurrency[]>
  get(functionName: string, version: string): Promise<ProvisionedConcurrency | undefined>
  /** This one and the next are not cancelled: they are what undoes. */
  put(functionName: string, version: string, count: number): Promise<void>
  /** Also where there is none. */
  remove(functionName: string, version: string): Promise<void>
}

export function createProvisionedApi({ version: own, wait, signal }: ClientOptions): ProvisionedApi {
  const client = new LambdaClient(clientConfig(own))
  const cancellable = { abortSignal: signal }
  const { call, find } = createCaller(wait)

  return {
    list: async (functionName) => {
      const all: ProvisionedConcurrency[] = []
      let marker: string | undefined
      do {
        const command = new ListProvisionedConcurrencyConfigsCommand({ FunctionName: functionName, Marker: marker })
        const page = await find('ListProvisionedConcurrencyConfigs', functionName, () =>
          client.send(command, cancellable),
        )
        for (const config of page?.ProvisionedConcurrencyConfigs ?? []) {
          all.push(stateOf(config.FunctionArn?.split(':').at(-1) ?? '', config))
        }
        marker = page?.NextMarker
      } while (marker)
      return all
    },
    get: async (functionName, version) => {
      const command = new GetProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: version })
      const found = await orMissing(
        call('GetProvisionedConcurrencyConfig', `${functionName}:${version}`, () => client.send(command, cancellable)),
      )
      return found && stateOf(version, found)
    },
    put: async (functionName, version, count) => {
      const command = new PutProvisionedConcurrencyConfigCommand({
        FunctionName: functionName,
        Qualifier: version,
        ProvisionedConcurrentExecutions: count,
      })
      await call('PutProvisionedConcurrencyConfig', `${functionName}:${version}`, () => client.send(command))
    },
    remove: async (functionName, version) => {
      const command = new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: version })
      await orMissing(
        call('DeleteProvisionedConcurrencyConfig', `${functionName}:${version}`, () => client.send(command)),
      )
    },
  }
}

async function orMissing<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'ProvisionedConcurrencyConfigNotFoundException' || isMissing(error.cause)
}

function stateOf(
  qualifier: string,
  found: {
    RequestedProvisionedConcurrentExecutions?: number | undefined
    AvailableProvisionedConcurrentExecutions?: number | undefined
    Status?: string | undefined
    StatusReason?: string | undefined
  },
): ProvisionedConcurrency {
  const { Status: status } = found
  return {
    qualifier,
    requested: found.RequestedProvisionedConcurrentExecutions ?? 0,
    available: found.AvailableProvisionedConcurrentExecutions ?? 0,
    status: status === 'READY' || status === 'FAILED' ? status : 'IN_PROGRESS',
    reason: found.StatusReason,
  }
}
