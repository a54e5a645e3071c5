import type { ClientOptions } from './call.ts'
import { createFunctionUrlApi, type FunctionUrlApi } from './function-url.ts'
import { createLambdaApi, type LambdaApi } from './lambda.ts'
import { createLayerApi, type LayerApi } from './layers.ts'
import { createServedCodeApi, type ServedCodeApi } from './served-code.ts'

/** Everything of AWS that a release speaks with. */
export interface AwsApis {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
  readonly layers: LayerApi
  readonly code: ServedCodeApi
}

export function createAwsApis(options: ClientOptions): AwsApis {
  return {
    lambda: createLambdaApi(options),
    urls: createFunctionUrlApi(options),
    layers: createLayerApi(options),
    code: createServedCodeApi(options),
  }
}
