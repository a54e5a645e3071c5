import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** How much of the account's concurrency is reserved for a function, over all of its versions. */
export interface ReservedConcurrencyApi {
  /** Undefined where nothing is reserved. */
  get(functionName: string): Promise<number | undefined>
  set(functionName: string, reserved: number | undefined): Promise<void>
}

export function createReservedConcurrencyApi({ version, wait, signal }: ClientOptions): ReservedConcurrencyApi {
  const client = new LambdaClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call, find } = createCaller(wait)
  return {
    get: async (functionName) => {
      const found = await find('GetFunctionConcurrency', functionName, () =>
        client.send(new GetFunctionConcurrencyCommand({ FunctionName: functionName }), cancellable),
      )
      return found?.ReservedConcurrentExecutions
    },
    set: async (functionName, reserved) => {
      if (reserved === undefined) {
        await call('DeleteFunctionConcurrency', functionName, () =>
          client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: functionName }), cancellable),
        )
        return
      }
      await call('PutFunctionConcurrency', functionName, () =>
        client.send(
          new PutFunctionConcurrencyCommand({
            FunctionName: functionName,
            ReservedConcurrentExecutions: reserved,
          }),
          cancellable,
        ),
      )
    },
  }
}
