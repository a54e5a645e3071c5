import {
  AddPermissionCommand,
  type Architecture,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  type Runtime,
  type FunctionConfiguration as SdkConfiguration,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { adviceFor } from './errors.ts'
import { type FunctionOptions, optionsRequest, readOptions } from './function-options.ts'
import { withoutValues } from './masked-values.ts'
import { OUR_TAG, type Tags } from './tags.ts'

/** A function's settings and code as one version has them. */
export interface VersionState {
  readonly arn: string
  readonly version: string
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly architecture: string
  readonly memory: number
  /** Seconds. */
  readonly timeout: number
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  /** Why Lambda does not show the variables: they are encrypted with a key that the caller may not use. */
  readonly environmentProblem?: string | undefined
  readonly layers: readonly Layer[]
  readonly options: FunctionOptions
  readonly state: string
  readonly stateReason: string | undefined
  readonly lastUpdateStatus: string
  readonly lastUpdateReason: string | undefined
  /** Another one after each change. */
  readonly revisionId: string
}

/** One version of a layer, as a function uses it. */
export interface Layer {
  /** With the version's number. */
  readonly arn: string
  /** AWS does not tell how large it is unzipped. */
  readonly zipBytes: number
}

export interface FunctionConfiguration {
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly memory: number
  /** Seconds. */
  readonly timeout: number
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  /** The ARNs of versions, in the order in which they are laid over each other; undefined leaves them alone. */
  readonly layers: readonly string[] | undefined
  /** What is not among them is left alone. */
  readonly options: Partial<FunctionOptions>
}

/** What a function is created with that no version keeps. */
export interface BesideVersions {
  readonly tags: Tags
  /** An ARN. */
  readonly codeSigningConfig: string | undefined
}

/** Where an alias sends traffic. */
export interface AliasTarget {
  readonly version: string
  readonly description: string
  /** Other versions that get a part of the traffic, from 0 to 1; none where it is undefined. */
  readonly weights?: Readonly<Record<string, number>> | undefined
}

export interface AliasState extends AliasTarget {
  readonly arn: string
  readonly weights: Readonly<Record<string, number>>
  readonly revisionId: string
}

export interface Invocation {
  readonly payload: string
  /** `Unhandled` or `Handled` when the function itself failed. */
  readonly functionError: string | undefined
  /** The last 4 KB of the invocation's log. */
  readonly logTail: string
}

/** Exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface LambdaApi {
  /** Undefined when there is no such function or version. */
  getVersion(functionName: string, qualifier?: string): Promise<VersionState | undefined>
  createFunction(
    functionName: string,
    configuration: FunctionConfiguration,
    code: Code,
    beside?: BesideVersions,
  ): Promise<void>
  updateCode(functionName: string, code: Code): Promise<void>
  /** What is undefined stays as it is. */
  /** Not cancelled: it is what undoes. */
  updateConfiguration(functionName: string, configuration: Partial<FunctionConfiguration>): Promise<void>
  /** Refused by Lambda unless `$LATEST` is what was meant. @returns the version's number. */
  publish(functionName: string, codeSha256: string, description: string, revisionId?: string): Promise<string>
  /** Not cancelled: what undoes has to see where it is. */
  getAlias(functionName: string, alias: string): Promise<AliasState | undefined>
  createAlias(functionName: string, alias: string, target: AliasTarget): Promise<AliasState>
  /** With the revision that was read, so that nobody else's change is overwritten. Not cancelled: it is what undoes. */
  updateAlias(functionName: string, alias: string, target: AliasTarget, revisionId?: string): Promise<AliasState>
  /** The policy document of the alias as JSON, or undefined when it has none. */
  getPolicy(functionName: string, alias: string): Promise<string | undefined>
  permitUrl(functionName: string, alias: string, statement: 'url' | 'invoke'): Promise<void>
  /** Sent once: a repeated Invoke could run a migration twice. @throws when the answer did not come. */
  invoke(
    functionName: string,
    qualifier: string,
    payload: string,
    timeoutSeconds: number,
    clientContext?: ClientContext,
  ): Promise<Invocation>
}

/** What the caller of Invoke says of itself, beside the event; at most 3583 bytes as JSON in base64. */
export interface ClientContext {
  readonly custom: Readonly<Record<string, string>>
}

/** The zip itself, or where it lies in a bucket of the function's region. */
export type Code = { readonly architecture: string } & (
  | { readonly zip: Uint8Array }
  | { readonly object: { readonly bucket: string; readonly key: string } }
)

export function createLambdaApi({ version, wait, signal }: ClientOptions): LambdaApi {
  const customUserAgent: [string, string][] = [['wsgi-lambda', version]]
  const client = new LambdaClient({ customUserAgent })
  const cancellable = { abortSignal: signal }
  const { call, find } = createCaller(wait)

  return {
    getVersion: async (functionName, qualifier) => {
      const found = await find('GetFunctionConfiguration', functionName, () =>
        client.send(
          new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: qualifier }),
          cancellable,
        ),
      )
      return found && versionState(found)
    },
    createFunction: async (functionName, configuration, code, beside) => {
      const command = new CreateFunctionCommand({
        FunctionName: functionName,
        ...request(configuration),
        Architectures: [code.architecture as Architecture],
        Code: codeRequest(code),
        Tags: { ...beside?.tags, ...OUR_TAG },
        CodeSigningConfigArn: beside?.codeSigningConfig,
      })
      await call('CreateFunction', functionName, () =>
        withoutValues(configuration.environment, () => client.send(command, cancellable)),
      )
    },
    updateCode: async (functionName, code) => {
      await call('UpdateFunctionCode', functionName, () =>
        client.send(
          new UpdateFunctionCodeCommand({
            FunctionName: functionName,
            ...codeRequest(code),
            Architectures: [code.architecture as Architecture],
            Publish: false,
          }),
          cancellable,
        ),
      )
    },
    updateConfiguration: async (functionName, configuration) => {
      const command = new UpdateFunctionConfigurationCommand({ FunctionName: functionName, ...request(configuration) })
      await call('UpdateFunctionConfiguration', functionName, () =>
        withoutValues(configuration.environment, () => client.send(command)),
      )
    },
    publish: async (functionName, codeSha256, description, revisionId) => {
      const published = await call('PublishVersion', functionName, () =>
        client.send(
          new PublishVersionCommand({
            FunctionName: functionName,
            CodeSha256: codeSha256,
            RevisionId: revisionId,
            Description: description,
          }),
          cancellable,
        ),
      )
      return published.Version ?? ''
    },
    getAlias: async (functionName, alias) => {
      const found = await find('GetAlias', `${functionName}:${alias}`, () =>
        client.send(new GetAliasCommand({ FunctionName: functionName, Name: alias })),
      )
      return found && aliasState(found)
    },
    createAlias: async (functionName, alias, target) =>
      aliasState(
        await call('CreateAlias', `${functionName}:${alias}`, () =>
          client.send(
            new CreateAliasCommand({
              FunctionName: functionName,
              Name: alias,
              FunctionVersion: target.version,
              Description: target.description,
            }),
            cancellable,
          ),
        ),
      ),
    updateAlias: async (functionName, alias, target, revisionId) =>
      aliasState(
        await call('UpdateAlias', `${functionName}:${alias}`, () =>
          client.send(
            new UpdateAliasCommand({
              FunctionName: functionName,
              Name: alias,
              FunctionVersion: target.version,
              Description: target.description,
              // What is not sent stays: an alias that somebody else had divided would go on to send traffic elsewhere.
              // An alias of $LATEST cannot be divided.
              ...(target.version !== '$LATEST' && {
                RoutingConfig: { AdditionalVersionWeights: { ...target.weights } },
              }),
              RevisionId: revisionId,
            }),
          ),
        ),
      ),
    getPolicy: async (functionName, alias) => {
      const found = await find('GetPolicy', `${functionName}:${alias}`, () =>
        client.send(new GetPolicyCommand({ FunctionName: functionName, Qualifier: alias }), cancellable),
      )
      return found?.Policy
    },
    permitUrl: async (functionName, alias, statement) => {
      await call('AddPermission', `${functionName}:${alias}`, () =>
        client.send(
          new AddPermissionCommand({
            FunctionName: functionName,
            Qualifier: alias,
            Principal: '*',
            ...STATEMENTS[statement],
          }),
          cancellable,
        ),
      )
    },
    invoke: async (functionName, qualifier, payload, timeoutSeconds, clientContext) => {
      const once = new LambdaClient({
        customUserAgent,
        maxAttempts: 1,
        requestHandler: { requestTimeout: (timeoutSeconds + 30) * 1000, throwOnRequestTimeout: true },
      })
      try {
        const answer = await once.send(
          new InvokeCommand({
            FunctionName: functionName,
            Qualifier: qualifier,
            Payload: Buffer.from(payload),
            LogType: 'Tail',
            ClientContext: clientContext && Buffer.from(JSON.stringify(clientContext)).toString('base64'),
          }),
          cancellable,
        )
        return {
          payload: answer.Payload?.transformToString() ?? '',
          functionError: answer.FunctionError,
          logTail: wholeLines(Buffer.from(answer.LogResult ?? '', 'base64')),
        }
      } catch (error) {
        throw adviceFor(error, { action: 'lambda:InvokeFunction', resource: `${functionName}:${qualifier}` })
      } finally {
        once.destroy()
      }
    },
  }
}

/** Lambda API reference, "Invoke": the last 4 KB of the log, wherever in a line they begin. */
const TAIL_BYTES = 4096

export function wholeLines(tail: Buffer): string {
  // Lines of one event, such as those of a traceback, are divided by carriage returns.
  const text = tail.toString().replaceAll(/\r\n?/g, '\n')
  return tail.length < TAIL_BYTES ? text : text.slice(text.indexOf('\n') + 1)
}

/** Both are needed since October 2025 (Lambda developer guide, "Control access to Lambda function URLs"). */
const STATEMENTS = {
  url: { StatementId: 'wsgi-lambda-url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
  invoke: { StatementId: 'wsgi-lambda-url-invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
} as const

export function codeRequest(code: Code) {
  return 'zip' in code ? { ZipFile: code.zip } : { S3Bucket: code.object.bucket, S3Key: code.object.key }
}

function request(configuration: Partial<FunctionConfiguration>) {
  const { runtime, handler, role, memory, timeout, description, environment, layers, options } = configuration
  return {
    Runtime: runtime as Runtime | undefined,
    Handler: handler,
    Role: role,
    MemorySize: memory,
    Timeout: timeout,
    Description: description,
    Environment: environment && { Variables: { ...environment } },
    // Whoever sends them needs lambda:GetLayerVersion on each of them.
    ...(layers && { Layers: [...layers] }),
    ...(options && optionsRequest(options)),
  }
}

function versionState(found: SdkConfiguration): VersionState {
  return {
    arn: found.FunctionArn ?? '',
    version: found.Version ?? '$LATEST',
    codeSha256: found.CodeSha256 ?? '',
    runtime: found.Runtime ?? '',
    handler: found.Handler ?? '',
    role: found.Role ?? '',
    architecture: found.Architectures?.[0] ?? 'x86_64',
    memory: found.MemorySize ?? 128,
    timeout: found.Timeout ?? 3,
    description: found.Description ?? '',
    environment: found.Environment?.Variables ?? {},
    environmentProblem: found.Environment?.Error?.Message,
    options: readOptions(found),
    layers: (found.Layers ?? []).map(({ Arn = '', CodeSize = 0 }) => ({ arn: Arn, zipBytes: CodeSize })),
    state: found.State ?? 'Active',
    stateReason: found.StateReason,
    lastUpdateStatus: found.LastUpdateStatus ?? 'Successful',
    lastUpdateReason: found.LastUpdateStatusReason,
    revisionId: found.RevisionId ?? '',
  }
}

function aliasState(found: {
  AliasArn?: string | undefined
  FunctionVersion?: string | undefined
  Description?: string | undefined
  RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> | undefined } | undefined
  RevisionId?: string | undefined
}): AliasState {
  return {
    arn: found.AliasArn ?? '',
    version: found.FunctionVersion ?? '',
    description: found.Description ?? '',
    weights: found.RoutingConfig?.AdditionalVersionWeights ?? {},
    revisionId: found.RevisionId ?? '',
  }
}
