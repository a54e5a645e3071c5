import type { AsideApis } from '../aws/aside.ts'
import type { FunctionUrlApi } from '../aws/function-url.ts'
import type { LambdaApi, VersionState } from '../aws/lambda.ts'
import type { ProvisionedApi } from '../aws/provisioned.ts'
import { OUR_TAG } from '../aws/tags.ts'
import type { VersionsApi } from '../aws/versions.ts'
import { LOOKING_NOWHERE, type Looking, readAside } from './current-aside.ts'
import { LOCK_ALIAS } from './order/lock.ts'
import { commandsAlias } from './plan/command-version.ts'
import { databasesAlias } from './plan/database-version.ts'
import type { CurrentRelease } from './state.ts'

interface Apis {
  readonly lambda: LambdaApi
  readonly urls: FunctionUrlApi
  readonly aside: AsideApis
  readonly provisioned: ProvisionedApi
  readonly versions: Pick<VersionsApi, 'listAliases'>
}

/** The alias and what it serves. */
type Served = Omit<CurrentRelease, 'latest' | 'isOnlyCreated'>

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
  return await withBeginning({ ...served, latest }, functionName, aliasName, apis)
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
  return await withBeginning({ ...served, latest }, functionName, aliasName, apis)
}

async function readServed(functionName: string, aliasName: string, apis: Apis, looking: Looking): Promise<Served> {
  const { lambda, urls } = apis
  const serving = lambda.getVersion(functionName, aliasName)
  const [alias, served, url, policy, aside, provisioned, commands, databases] = await Promise.all([
    lambda.getAlias(functionName, aliasName),
    serving,
    urls.get(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName),
    readAside(functionName, looking, apis.aside, serving),
    looking.provisioned ? apis.provisioned.list(functionName) : [],
    looking.commands ? lambda.getVersion(functionName, commandsAlias(aliasName)).then(published) : undefined,
    looking.databases ? lambda.getVersion(functionName, databasesAlias(aliasName)) : undefined,
  ])
  return { alias, served, url, policy, aside, provisioned, commands, databases }
}

/** An alias whose version was retired is on `$LATEST`. */
function published(version: VersionState | undefined): VersionState | undefined {
  return version?.version === '$LATEST' ? undefined : version
}

/** Where there is no alias, its tag says whose function it is, and its other aliases whether it serves anybody. */
async function withBeginning(
  current: Omit<CurrentRelease, 'isOnlyCreated'>,
  functionName: string,
  aliasName: string,
  { aside, versions }: Apis,
): Promise<CurrentRelease> {
  if (current.alias !== undefined || current.latest === undefined) return { ...current, isOnlyCreated: false }
  const [tags = {}, aliases] = await Promise.all([
    // Whoever may not see tags is told of no URL, and can ask for one.
    aside.tags.get(functionName).catch(() => undefined),
    versions.listAliases(functionName).catch(() => undefined),
  ])
  const isOurs = Object.entries(OUR_TAG).every(([name, value]) => tags[name] === value)
  const own = [LOCK_ALIAS, commandsAlias(aliasName), databasesAlias(aliasName)]
  const isUnserved = aliases?.every(({ name }) => own.includes(name)) === true
  return { ...current, isOnlyCreated: isOurs && isUnserved }
}

/** A version's own description says what was released, and nothing about the function. */
function asLatest(served: VersionState): VersionState {
  return { ...served, description: '', arn: served.arn.replace(/:[^:]+$/, '') }
}
