import type { AlarmApi } from './alarms.ts'
import { type AsideApis, createAsideApis } from './aside.ts'
import type { ClientOptions } from './call.ts'
import { createFunctionUrlApi, type FunctionUrlApi } from './function-url.ts'
import type { LambdaApi } from './lambda.ts'
import { createLambdaApi } from './lambda-client.ts'
import { createLayerApi, type LayerApi } from './layers.ts'
import { createLogsApi, type LogsApi } from './logs.ts'
import { createAlarmApi } from './open-alarms.ts'
import { createProvisionedApi, type ProvisionedApi } from './provisioned.ts'
import { createServedCodeApi, type ServedCodeApi } from './served-code.ts'
import { createVersionsApi, type VersionsApi } from './versions.ts'

/** Everything of AWS that a release speaks with. */
export interface AwsApis {
  readonly alarms: AlarmApi
  readonly provisioned: ProvisionedApi
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
  readonly layers: LayerApi
  readonly aside: AsideApis
  readonly code: ServedCodeApi
  readonly logs: LogsApi
  readonly versions: VersionsApi
}

export function createAwsApis(options: ClientOptions): AwsApis {
  return {
    alarms: createAlarmApi(options),
    provisioned: createProvisionedApi(options),
    lambda: createLambdaApi(options),
    urls: createFunctionUrlApi(options),
    layers: createLayerApi(options),
    aside: createAsideApis(options),
    code: createServedCodeApi(options),
    logs: createLogsApi(options),
    versions: createVersionsApi(options),
  }
}
