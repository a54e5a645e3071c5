import {
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
  type Cors as SdkCors,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import type { Cors } from './cors.ts'

/**
 * How a Function URL calls the function: by Invoke, for a whole answer as JSON, or by InvokeWithResponseStream (Lambda
 * developer guide, "Invoking a response streaming enabled function using Lambda function URLs").
 */
export type InvokeMode = 'BUFFERED' | 'RESPONSE_STREAM'

export interface FunctionUrlSettings {
  readonly authType: 'NONE' | 'AWS_IAM'
  readonly invokeMode: InvokeMode
  readonly cors: Cors
}

export interface FunctionUrl extends FunctionUrlSettings {
  readonly address: string
}

/** The Function URL of an alias. Every failure is a UserError where advice is possible. */
export interface FunctionUrlApi {
  get(functionName: string, alias: string): Promise<FunctionUrl | undefined>
  create(functionName: string, alias: string, settings: FunctionUrlSettings): Promise<FunctionUrl>
  /** What is not named stays as it is. Not cancelled: it is what undoes. */
  update(functionName: string, alias: string, changes: Partial<FunctionUrlSettings>): Promise<FunctionUrl>
}

export function createFunctionUrlApi({ version, wait, signal }: ClientOptions): FunctionUrlApi {
  const client = new LambdaClient(clientConfig(version))
  const cancellable = { abortSignal: signal }
  const { call, find } = createCaller(wait)
  return {
    get: async (functionName, alias) => {
      const command = new GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: alias })
      const found = await find('GetFunctionUrlConfig', `${functionName}:${alias}`, () =>
        client.send(command, cancellable),
      )
      return found && functionUrl(found)
    },
    create: async (functionName, alias, { authType, invokeMode, cors }) => {
      const command = new CreateFunctionUrlConfigCommand({
        FunctionName: functionName,
        Qualifier: alias,
        AuthType: authType,
        InvokeMode: invokeMode,
        Cors: cors.origins.length === 0 ? undefined : corsRequest(cors),
      })
      return functionUrl(
        await call('CreateFunctionUrlConfig', `${functionName}:${alias}`, () => client.send(command, cancellable)),
      )
    },
    update: async (functionName, alias, { authType, invokeMode, cors }) => {
      const command = new UpdateFunctionUrlConfigCommand({
        FunctionName: functionName,
        Qualifier: alias,
        AuthType: authType,
        InvokeMode: invokeMode,
        Cors: cors && corsRequest(cors),
      })
      return functionUrl(await call('UpdateFunctionUrlConfig', `${functionName}:${alias}`, () => client.send(command)))
    },
  }
}

/** Nothing at all takes back what was said. */
function corsRequest({ origins, methods, headers, exposedHeaders, credentials, maxAge }: Cors): SdkCors {
  if (origins.length === 0) return {}
  return {
    AllowOrigins: [...origins],
    AllowMethods: [...methods],
    AllowHeaders: [...headers],
    ExposeHeaders: [...exposedHeaders],
    AllowCredentials: credentials,
    MaxAge: maxAge,
  }
}

function corsOf(found: SdkCors = {}): Cors {
  return {
    origins: found.AllowOrigins ?? [],
    methods: found.AllowMethods ?? [],
    headers: found.AllowHeaders ?? [],
    exposedHeaders: found.ExposeHeaders ?? [],
    credentials: found.AllowCredentials ?? false,
    maxAge: found.MaxAge ?? 0,
  }
}

function functionUrl(found: {
  FunctionUrl?: string | undefined
  AuthType?: string | undefined
  InvokeMode?: string | undefined
  Cors?: SdkCors | undefined
}): FunctionUrl {
  return {
    address: found.FunctionUrl ?? '',
    authType: found.AuthType === 'AWS_IAM' ? 'AWS_IAM' : 'NONE',
    // The default need not be in an answer.
    invokeMode: found.InvokeMode === 'RESPONSE_STREAM' ? 'RESPONSE_STREAM' : 'BUFFERED',
    cors: corsOf(found.Cors),
  }
}
