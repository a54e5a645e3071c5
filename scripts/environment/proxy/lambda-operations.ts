/** A request to Lambda's REST API. */
export interface LambdaOperation {
  readonly operation: string
  readonly functionName?: string
  readonly qualifier?: string
}

const F = '/[\\d-]+/functions/([^/]+)'

/** Method, path and name of Lambda's REST operations; the dates of the paths differ and say nothing more. */
const OPERATIONS: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/[\d-]+\/account-settings\/?$/, 'GetAccountSettings'],
  ['POST', /^\/[\d-]+\/functions\/?$/, 'CreateFunction'],
  ['GET', /^\/[\d-]+\/functions\/?$/, 'ListFunctions'],
  ['GET', end('/configuration'), 'GetFunctionConfiguration'],
  ['PUT', end('/configuration'), 'UpdateFunctionConfiguration'],
  ['PUT', end('/code'), 'UpdateFunctionCode'],
  ['POST', end('/versions'), 'PublishVersion'],
  ['GET', end('/versions'), 'ListVersionsByFunction'],
  ['POST', end('/aliases'), 'CreateAlias'],
  ['GET', end('/aliases'), 'ListAliases'],
  ['GET', end('/aliases/[^/]+'), 'GetAlias'],
  ['PUT', end('/aliases/[^/]+'), 'UpdateAlias'],
  ['DELETE', end('/aliases/[^/]+'), 'DeleteAlias'],
  ['POST', end('/policy'), 'AddPermission'],
  ['GET', end('/policy'), 'GetPolicy'],
  ['DELETE', end('/policy/[^/]+'), 'RemovePermission'],
  ['POST', end('/invocations'), 'Invoke'],
  ['POST', end('/response-streaming-invocations'), 'InvokeWithResponseStream'],
  ['POST', end('/url'), 'CreateFunctionUrlConfig'],
  ['GET', end('/url'), 'GetFunctionUrlConfig'],
  ['PUT', end('/url'), 'UpdateFunctionUrlConfig'],
  ['DELETE', end('/url'), 'DeleteFunctionUrlConfig'],
  ['GET', end('/urls'), 'ListFunctionUrlConfigs'],
  ['PUT', end('/concurrency'), 'PutFunctionConcurrency'],
  ['GET', end('/concurrency'), 'GetFunctionConcurrency'],
  ['DELETE', end('/concurrency'), 'DeleteFunctionConcurrency'],
  ['PUT', end('/code-signing-config'), 'PutFunctionCodeSigningConfig'],
  ['GET', end('/code-signing-config'), 'GetFunctionCodeSigningConfig'],
  ['DELETE', end('/code-signing-config'), 'DeleteFunctionCodeSigningConfig'],
  ['PUT', end('/provisioned-concurrency'), 'PutProvisionedConcurrencyConfig'],
  ['GET', end('/provisioned-concurrency'), 'GetProvisionedConcurrencyConfig'],
  ['DELETE', end('/provisioned-concurrency'), 'DeleteProvisionedConcurrencyConfig'],
  ['PUT', end('/event-invoke-config'), 'PutFunctionEventInvokeConfig'],
  ['POST', end('/event-invoke-config'), 'UpdateFunctionEventInvokeConfig'],
  ['GET', end('/event-invoke-config'), 'GetFunctionEventInvokeConfig'],
  ['DELETE', end('/event-invoke-config'), 'DeleteFunctionEventInvokeConfig'],
  ['GET', end('/event-invoke-config/list'), 'ListFunctionEventInvokeConfigs'],
  ['PUT', end('/runtime-management-config'), 'PutRuntimeManagementConfig'],
  ['GET', end('/runtime-management-config'), 'GetRuntimeManagementConfig'],
  ['GET', end(''), 'GetFunction'],
  ['DELETE', end(''), 'DeleteFunction'],
  ['GET', /^\/[\d-]+\/tags\/(.+)$/, 'ListTags'],
  ['POST', /^\/[\d-]+\/tags\/(.+)$/, 'TagResource'],
  ['DELETE', /^\/[\d-]+\/tags\/(.+)$/, 'UntagResource'],
]

/** @returns undefined for what is no request to Lambda */
export function lambdaOperation(method: string, url: URL): LambdaOperation | undefined {
  for (const [verb, pattern, operation] of OPERATIONS) {
    const match = verb === method ? pattern.exec(url.pathname) : null
    if (match === null) continue
    const reference = decodeURIComponent(match[1] ?? '').replace(/^.*:function:/, '')
    const [functionName = '', ownQualifier] = reference.split(':')
    const alias = /\/aliases\/([^/]+)/.exec(url.pathname)?.[1]
    const qualifier = url.searchParams.get('Qualifier') ?? alias ?? ownQualifier
    const isList = url.searchParams.get('List') === 'ALL'
    return {
      operation: isList ? `List${operation.slice(3)}s` : operation,
      ...(functionName !== '' && { functionName }),
      ...(qualifier !== undefined && { qualifier }),
    }
  }
  return undefined
}

function end(suffix: string): RegExp {
  return new RegExp(`^${F}${suffix}/?$`)
}
