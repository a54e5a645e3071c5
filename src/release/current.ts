import type { FunctionUrlApi } from '../aws/function-url.ts'
import type { LambdaApi, VersionState } from '../aws/lambda.ts'
import type { CurrentRelease } from './state.ts'

interface Apis {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
}

/** The alias and what it serves. */
type Served = Omit<CurrentRelease, 'latest'>

/**
 * What is served, in one round of calls: enough to see that nothing is to be done. `latest` is held for what the served
 * version is, and read where there is none.
 */
export async function readServedRelease(functionName: string, aliasName: string, apis: Apis): Promise<CurrentRelease> {
  const served = await readServed(functionName, aliasName, apis)
  const latest = served.served ? asLatest(served.served) : await apis.lambda.getVersion(functionName)
  return { ...served, latest }
}

/** Everything that a release is planned from. */
export async function readCurrentRelease(functionName: string, aliasName: string, apis: Apis): Promise<CurrentRelease> {
  const [latest, served] = await Promise.all([
    apis.lambda.getVersion(functionName),
    readServed(functionName, aliasName, apis),
  ])
  return { ...served, latest }
}

async function readServed(functionName: string, aliasName: string, { lambda, urls }: Apis): Promise<Served> {
  const [alias, served, url, policy] = await Promise.all([
    lambda.getAlias(functionName, aliasName),
    lambda.getVersion(functionName, aliasName),
    urls.get(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName),
  ])
  return { alias, served, url, policy }
}

/** A version's own description says what was released, and nothing about the function. */
function asLatest(served: VersionState): VersionState {
  return { ...served, description: '', arn: served.arn.replace(/:[^:]+$/, '') }
}
