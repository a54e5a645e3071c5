import type { FunctionConfiguration, VersionState } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import { LIMITS } from '../../platform/limits.ts'
import { needsAddress } from '../../settings/address.ts'
import { BASIC_AUTH_VARIABLE, basicAuthVariables } from '../../settings/basic-auth.ts'
import type { Table } from '../../settings/kinds.ts'
import { theRegion } from '../../settings/region.ts'
import { SECRETS_VARIABLE } from '../../settings/secrets.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { STATIC_VARIABLE, staticVariables } from '../../settings/static.ts'
import { OWN_ROLE } from '../aside-state.ts'
import { placeOfArn } from '../permissions/role-policy.ts'
import type { CurrentRelease, DesiredLayer } from '../state.ts'
import { desiredLayers } from './desired-layers.ts'
import { checkOptions, desiredOptions } from './desired-options.ts'
import { desiredAccess } from './desired-way-in.ts'

const HANDLER = 'wsgi_handler.handler'
const NEW_FUNCTION = { memory: 512, timeout: 30, description: '' } as const

/** What of the code the configuration goes by. */
export interface ConfiguredCode {
  readonly runtime: string
  readonly architecture: string
  /** Of the dependencies, where they are not in it. */
  readonly layer: DesiredLayer | undefined
}

/** The configuration of what is released. @throws UserError where it cannot be */
export function releasedConfiguration(
  settings: FunctionSettings,
  code: ConfiguredCode,
  current: CurrentRelease,
): FunctionConfiguration {
  if (settings.manage === 'code') return unmanagedConfiguration(settings, code, existing(settings, current))
  const configuration = desiredConfiguration(settings, current)
  checkOptions(configuration.options, current.latest?.options, code.runtime)
  return { ...configuration, runtime: code.runtime, layers: desiredLayers(settings, code.layer, current) }
}

/** The part that needs no code. @throws UserError when something is missing, before anything is built. */
export function desiredConfiguration(
  settings: FunctionSettings,
  current: CurrentRelease,
): Omit<FunctionConfiguration, 'runtime' | 'layers'> {
  if (settings.manage === 'code') return existing(settings, current)
  const own = current.latest
  const options = desiredOptions(settings, own?.options)
  checkOptions(options, own?.options, undefined)
  return {
    handler: HANDLER,
    role: desiredRole(settings, current),
    memory: settings.memory ?? own?.memory ?? NEW_FUNCTION.memory,
    timeout: settings.timeout ?? own?.timeout ?? NEW_FUNCTION.timeout,
    description: settings.description ?? own?.description ?? NEW_FUNCTION.description,
    environment: checkedEnvironment(settings, current),
    options,
  }
}

/** The function that the code is for, where nothing else is changed. @throws UserError where there is none */
function existing({ functionName, region }: FunctionSettings, { latest }: CurrentRelease): VersionState {
  if (latest) return latest
  throw new UserError(
    {
      title: `The function ${functionName} does not exist, and manage is code`,
      hint: `Create it first where it is configured (with the handler ${HANDLER} and any code), or remove manage. If it should exist, check function-name and ${theRegion({ region })}.`,
    },
    { exitCode: 2 },
  )
}

/**
 * The configuration as the function has it, whatever that is: a version is made of it, and nothing of it is written.
 * @throws UserError where the code could not run with it
 */
function unmanagedConfiguration(
  settings: FunctionSettings,
  { runtime, architecture }: ConfiguredCode,
  own: VersionState,
): FunctionConfiguration {
  const isHandled = settings.handler === 'none' || own.handler === HANDLER
  const needed = `${runtime}, ${architecture}${isHandled ? '' : `, handler ${HANDLER}`}`
  const present = `${own.runtime}, ${own.architecture}${isHandled ? '' : `, handler ${own.handler}`}`
  if (needed !== present) {
    throw new UserError(
      {
        title: `${settings.functionName} is not configured for this code, and manage is code`,
        detail: `The code needs ${needed}; the function has ${present}.`,
        hint: 'Change it where the function is configured, or build for what it has (runtime, architecture).',
      },
      { exitCode: 2 },
    )
  }
  const { handler, role, memory, timeout, description, environment, layers, options } = own
  return {
    runtime,
    handler,
    role,
    memory,
    timeout,
    description,
    environment,
    options,
    layers: layers.map(({ arn }) => arn),
  }
}

function desiredRole(settings: FunctionSettings, { latest, aside }: CurrentRelease): string {
  if (settings.createRole && aside.role) {
    const { name, state, arn } = aside.role
    if (state === 'theirs') throw foreignRole(name)
    if (arn !== undefined) return arn
    if (latest === undefined) return OWN_ROLE
    const { partition, account } = placeOfArn(latest.arn)
    return `arn:${partition}:iam::${account}:role/${name}`
  }
  const role = settings.role ?? latest?.role
  if (role !== undefined) return role
  throw new UserError(
    {
      title: `The function ${settings.functionName} does not exist, and role is missing`,
      hint: `To create it, set role to the ARN of an execution role, as in arn:aws:iam::123456789012:role/shop-execution, or create-role to have one made. If it should exist, check function-name and ${theRegion(settings)}.`,
    },
    { exitCode: 2 },
  )
}

export function foreignRole(name: string): UserError {
  return new UserError({
    title: `create-role: a role ${name} exists that wsgi-lambda has not made`,
    detail: 'It has no tag managed-by: wsgi-lambda, and is left as it is.',
    hint: 'Name it with role if the function should have it, or give it that tag if wsgi-lambda may write its policy.',
  })
}

function checkedEnvironment(settings: FunctionSettings, current: CurrentRelease): Table {
  const { environmentProblem: detail } = current.latest ?? {}
  if (detail !== undefined) {
    // What cannot be read cannot be kept: an update would remove it.
    throw new UserError({
      title: `The variables of ${settings.functionName} cannot be read`,
      detail,
      hint: 'Let the credentials decrypt them: kms:Decrypt on the key of the function. Or leave the configuration alone: manage: code.',
    })
  }
  const environment = desiredEnvironment(settings, current.latest?.environment ?? {})
  if (desiredAccess(settings, current) === 'none' && current.url === undefined && needsAddress(environment)) {
    throw new UserError(
      {
        title: 'The environment uses {{url}}, {{origin}} or {{host}}, but there is no Function URL',
        hint: 'Set function-url to public or iam, or write the address out.',
      },
      { exitCode: 2 },
    )
  }
  const environmentBytes = Buffer.byteLength(JSON.stringify(environment))
  if (environmentBytes > LIMITS.environmentBytes) {
    throw new UserError(
      {
        title: `The environment is too large: ${environmentBytes} bytes, and Lambda takes ${LIMITS.environmentBytes}`,
        detail: `Variables: ${Object.keys(environment).join(', ')}`,
        hint: 'Keep long values in Secrets Manager or Parameter Store; environment-strategy: replace drops variables that only the function has.',
      },
      { exitCode: 2 },
    )
  }
  return environment
}

/**
 * Variables that only the function has stay, but for what `secrets` speaks of: neither the plain value of a variable that is a
 * secret now, nor references that no setting has any more. Protection ends only where somebody says so.
 */
function desiredEnvironment(settings: FunctionSettings, own: Table): Table {
  const { environmentStrategy, environment, secrets } = settings
  const names = Object.keys(secrets).toSorted()
  const isKept = (name: string): boolean =>
    name === BASIC_AUTH_VARIABLE
      ? settings.basicAuth === undefined
      : environmentStrategy === 'merge' && ![SECRETS_VARIABLE, STATIC_VARIABLE, ...names].includes(name)
  const kept = Object.entries(own).filter(([name]) => isKept(name))
  const references = Object.fromEntries(names.map((name) => [name, secrets[name]]))
  return {
    ...Object.fromEntries(kept),
    ...environment,
    ...staticVariables(settings),
    ...basicAuthVariables(settings),
    ...(names.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(references) }),
  }
}
