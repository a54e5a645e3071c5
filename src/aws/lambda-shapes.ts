import type { Runtime, FunctionConfiguration as SdkConfiguration } from '@aws-sdk/client-lambda'
import { optionsRequest, readOptions } from './function-options.ts'
import type { AliasState, Code, FunctionConfiguration, VersionState } from './lambda.ts'

/** What Lambda's requests and answers look like, and what they are here. */

export function codeRequest(code: Code) {
  return 'zip' in code ? { ZipFile: code.zip } : { S3Bucket: code.object.bucket, S3Key: code.object.key }
}

export function configurationRequest(configuration: Partial<FunctionConfiguration>) {
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

export function versionState(found: SdkConfiguration): VersionState {
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

export function aliasState(found: {
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
