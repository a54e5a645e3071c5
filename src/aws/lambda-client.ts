import {
  AddPermissionCommand,
  type Architecture,
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { type ClientOptions, createCaller } from './call.ts'
import { clientConfig } from './client-config.ts'
import { invokeOnce } from './invoke.ts'
import type { LambdaApi } from './lambda.ts'
import { aliasState, codeRequest, configurationRequest, versionState } from './lambda-shapes.ts'
import { withoutValues } from './masked-values.ts'
import { OUR_TAG } from './tags.ts'

export function createLambdaApi({ version, wait, signal }: ClientOptions): LambdaApi {
  const client = new LambdaClient(clientConfig(version))
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
        ...configurationRequest(configuration),
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
      const command = new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        ...configurationRequest(configuration),
      })
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
    invoke: (...asked) => invokeOnce(asked, { version, signal }),
  }
}

/** Both are needed since October 2025 (Lambda developer guide, "Control access to Lambda function URLs"). */
const STATEMENTS = {
  url: { StatementId: 'wsgi-lambda-url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
  invoke: { StatementId: 'wsgi-lambda-url-invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
} as const
