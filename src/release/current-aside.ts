import type { AsideApis } from '../aws/aside.ts'
import { defaultLogGroup } from '../aws/function-options.ts'
import type { VersionState } from '../aws/lambda.ts'
import { shortened } from '../settings/names.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import type { CurrentAside, CurrentRole } from './aside-state.ts'
import { hasCommandVersion } from './plan/command-version.ts'
import { hasDatabaseVersion } from './plan/database-version.ts'

/** What a release looks at beside what is served: each is one call more, in the same round as the others. */
export interface Looking {
  /** `$LATEST`, also where nothing is to be done. */
  readonly latest: boolean
  readonly tags: boolean
  readonly reservedConcurrency: boolean
  readonly codeSigning: boolean
  /** The group that log lines are written to: the one that is given, else the function's own. */
  readonly logGroup: { readonly given: string | undefined } | undefined
  /** With `isBounded` also by what it is bounded. */
  readonly role: { readonly name: string; readonly isBounded: boolean } | undefined
  readonly provisioned: boolean
  /** The version for commands. */
  readonly commands: boolean
  /** The version for databases. */
  readonly databases: boolean
}

export const LOOKING_NOWHERE: Looking = {
  latest: false,
  tags: false,
  reservedConcurrency: false,
  codeSigning: false,
  logGroup: undefined,
  role: undefined,
  provisioned: false,
  commands: false,
  databases: false,
}

/** Where the settings make it necessary to look. */
export function lookingFor(settings: FunctionSettings): Looking {
  return {
    latest: settings.manage === 'code' || settings.description !== undefined,
    tags: Object.keys(settings.tags).length > 0,
    reservedConcurrency: settings.reservedConcurrency !== undefined,
    codeSigning: settings.codeSigningConfig !== undefined,
    logGroup: settings.logRetention === undefined ? undefined : { given: settings.logGroup },
    role: settings.createRole
      ? { name: roleNameOf(settings.functionName), isBounded: settings.permissionsBoundary !== undefined }
      : undefined,
    provisioned: settings.provisionedConcurrency !== undefined,
    commands: hasCommandVersion(settings),
    databases: hasDatabaseVersion(settings),
  }
}

/** IAM API reference, CreateRole. */
const LONGEST_ROLE_NAME = 64

export function roleNameOf(functionName: string): string {
  return shortened(functionName, '-role', LONGEST_ROLE_NAME)
}

/** @param servedNow the version that is served, read at the same time */
export async function readAside(
  functionName: string,
  looking: Looking,
  apis: AsideApis,
  servedNow: Promise<VersionState | undefined>,
): Promise<CurrentAside> {
  const [tags, reservedConcurrency, codeSigning, logGroup, role] = await Promise.all([
    looking.tags ? apis.tags.get(functionName) : undefined,
    looking.reservedConcurrency
      ? apis.reservedConcurrency.get(functionName).then((reserved) => ({ reserved }))
      : undefined,
    looking.codeSigning ? apis.codeSigning.get(functionName).then((arn) => ({ arn })) : undefined,
    looking.logGroup === undefined ? undefined : readLogGroup(functionName, looking.logGroup, apis, servedNow),
    looking.role === undefined ? undefined : readRole(looking.role, apis),
  ])
  return { tags, reservedConcurrency, codeSigning, logGroup, role }
}

async function readLogGroup(
  functionName: string,
  { given }: NonNullable<Looking['logGroup']>,
  { openLogGroups }: AsideApis,
  servedNow: Promise<VersionState | undefined>,
): Promise<CurrentAside['logGroup']> {
  const logGroups = await openLogGroups()
  const likely = given ?? defaultLogGroup(functionName)
  const [found, served] = await Promise.all([logGroups.find(likely), servedNow])
  const name = given ?? served?.options.logGroup ?? likely
  return { name, found: name === likely ? found : await logGroups.find(name) }
}

/** Where our policy is, the role is ours; only where it is not, the role itself is asked for. */
async function readRole(
  { name, isBounded }: NonNullable<Looking['role']>,
  { openRoles }: AsideApis,
): Promise<CurrentRole> {
  const roles = await openRoles()
  const [policy, bounded] = await Promise.all([roles.getPolicy(name), isBounded ? roles.get(name) : undefined])
  const boundary = bounded?.boundary
  if (policy !== undefined) return { name, state: 'ours', arn: undefined, policy, boundary }
  const role = isBounded ? bounded : await roles.get(name)
  if (role === undefined) return { name, state: 'missing', arn: undefined, policy, boundary }
  return { name, state: role.isOurs ? 'ours' : 'theirs', arn: role.arn, policy, boundary }
}
