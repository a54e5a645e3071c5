import {
  DeleteFunctionCodeSigningConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  LambdaClient,
  PutFunctionCodeSigningConfigCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** What new code of a function is checked against. */
export interface CodeSigningApi {
  /** The ARN of the configuration; undefined where there is none. */
  get(functionName: string): Promise<string | undefined>
  set(functionName: string, arn: string | undefined): Promise<void>
}

export function createCodeSigningApi({ version, wait, signal }: ClientOptions): CodeSigningApi {
  const client = new LambdaClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call, find } = createCaller(wait)
  return {
    get: async (functionName) => {
      const found = await find('GetFunctionCodeSigningConfig', functionName, () =>
        client.send(new GetFunctionCodeSigningConfigCommand({ FunctionName: functionName }), cancellable),
      )
      return found?.CodeSigningConfigArn || undefined
    },
    set: async (functionName, arn) => {
      if (arn === undefined) {
        await call('DeleteFunctionCodeSigningConfig', functionName, () =>
          client.send(new DeleteFunctionCodeSigningConfigCommand({ FunctionName: functionName }), cancellable),
        )
        return
      }
      await call('PutFunctionCodeSigningConfig', functionName, () =>
        client.send(
          new PutFunctionCodeSigningConfigCommand({ FunctionName: functionName, CodeSigningConfigArn: arn }),
          cancellable,
        ),
      )
    },
  }
}
