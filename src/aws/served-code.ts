import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'

/** The code of a version, as it can be read for some minutes. */
export interface ReadableCode {
  /** Signed: whoever has it may read the code, so it is printed nowhere. */
  readonly address: string
  readonly zipBytes: number
  /** Base64. */
  readonly codeSha256: string
}

export interface ServedCodeApi {
  /** Undefined where there is no such version, or its code is no zip. */
  find(functionName: string, version: string): Promise<ReadableCode | undefined>
}

export function createServedCodeApi({ version: own, wait, signal }: ClientOptions): ServedCodeApi {
  const client = new LambdaClient(clientConfig(own))
  const { find } = createCaller(wait)
  return {
    find: async (functionName, version) => {
      const command = new GetFunctionCommand({ FunctionName: functionName, Qualifier: version })
      const found = await find('GetFunction', functionName, () => client.send(command, { abortSignal: signal }))
      const { Location: address } = found?.Code ?? {}
      const { CodeSize: zipBytes = 0, CodeSha256: codeSha256 = '' } = found?.Configuration ?? {}
      return address === undefined ? undefined : { address, zipBytes, codeSha256 }
    },
  }
}
