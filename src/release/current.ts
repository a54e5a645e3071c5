import type { AsideApis } from '../aws/aside.ts'
import type { FunctionUrlApi } from '../aws/function-url.ts'
import type { LambdaApi, VersionState } from '../aws/lambda.ts'
import type { ProvisionedApi } from '../aws/provisioned.ts'
import { commandsAlias } from './command-version.ts'
import { LOOKING_NOWHERE, type Looking, readAside } from './current-aside.ts'
import type { CurrentRelease } from './state.ts'

interface Apis {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
  readonly aside: AsideApis
  readonly provisioned: ProvisionedApi
}

/** The alias and what it serves. */
type Served = Omit<CurrentRelease, 'latest'>

/**
 * What is served, in one round of calls: enough to see that nothing is to be done. Unless it is looked at, `latest` is held for
 * what the served version is, and read where there is none.
 */
export async function readServedRelease(
  functionName: string,
  aliasName: string,
  apis: Apis,
  looking: Looking = LOOKING_NOWHERE,
): Promise<CurrentRelease> {
  if (looking.latest) return await readCurrentRelease(functionName, aliasName, apis, looking)
  const served = await readServed(functionName, aliasName, apis, looking)
  const latest = served.served ? asLatest(served.served) : await apis.lambda.getVersion(functionName)
  return { ...served, latest }
}

/** Everything that a release is planned from. */
export async function readCurrentRelease(
  functionName: string,
  aliasName: string,
  apis: Apis,
  looking: Looking = LOOKING_NOWHERE,
): Promise<CurrentRelease> {
  const [latest, served] = await Promise.all([
    apis.lambda.getVersion(functionName),
    readServed(functionName, aliasName, apis, looking),
  ])
  return { ...served, latest }
}

async function readServed(functionName: string, aliasName: string, apis: Apis, looking: Looking): Promise<Served> {
  const { lambda, urls } = apis
  const serving = lambda.getVersion(functionName, aliasName)
  const [alias, served, url, policy, aside, provisioned, commands] = await Promise.all([
    lambda.getAlias(functionName, aliasName),
    serving,
    urls.get(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName),
    readAside(functionName, looking, apis.aside, serving),
    looking.provisioned ? apis.provisioned.list(functionName) : [],
    looking.commands ? lambda.getVersion(functionName, commandsAlias(aliasName)) : undefined,
  ])
  return { alias, served, url, policy, aside, provisioned, commands }
}

/** A version's own description says what was released, and nothing about the function. */
function asLatest(served: VersionState): VersionState {
  return { ...served, description: '', arn: served.arn.replace(/:[^:]+$/, '') }
}
