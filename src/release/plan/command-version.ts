import type { AliasTarget, FunctionConfiguration, LambdaApi } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { Table } from '../../settings/kinds.ts'
import { SECRETS_VARIABLE } from '../../settings/secrets.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import type { CurrentRelease } from '../state.ts'
import { type Configured, differences } from './difference.ts'

/** A version of the same code for commands alone, with more time or rights than requests need. */
export type CommandVersionStep =
  | { readonly kind: 'configure-commands'; readonly changes: readonly string[] }
  | { readonly kind: 'publish-commands' }
  | { readonly kind: 'point-commands' }
  | { readonly kind: 'retire-commands' }

type CommandSettings = Pick<FunctionSettings, 'commandTimeout' | 'commandMemory' | 'commandRole' | 'commandEnvironment'>

/** The alias that names the command version which belongs to what another alias serves. */
export function commandsAlias(alias: string): string {
  return `${alias}-commands`
}

export function hasCommandVersion(settings: CommandSettings): boolean {
  const { commandTimeout, commandMemory, commandRole, commandEnvironment } = settings
  const isSet = [commandTimeout, commandMemory, commandRole].some((setting) => setting !== undefined)
  return isSet || Object.keys(commandEnvironment).length > 0
}

/**
 * What commands get instead of what requests get; undefined where that is the same. Without SnapStart: nobody waits for a
 * command's start, and a snapshot takes minutes. @throws UserError
 */
export function commandConfiguration(
  settings: CommandSettings,
  configuration: FunctionConfiguration,
): FunctionConfiguration | undefined {
  if (!hasCommandVersion(settings)) return undefined
  const { commandTimeout, commandMemory, commandRole, commandEnvironment } = settings
  const commands: FunctionConfiguration = {
    ...configuration,
    timeout: commandTimeout ?? configuration.timeout,
    memory: commandMemory ?? configuration.memory,
    role: commandRole ?? configuration.role,
    environment: environmentOf(configuration.environment, commandEnvironment),
    options:
      configuration.options.snapStart === true ? { ...configuration.options, snapStart: false } : configuration.options,
  }
  if (differences(withConfiguration(configuration), commands).length === 0) return undefined
  return { ...commands, environment: environmentOf(configuration.environment, { ...commandEnvironment, ...MARK }) }
}

/** A variable that is given to commands as it is, is no reference for them. */
function environmentOf({ [SECRETS_VARIABLE]: references, ...variables }: Table, own: Table): Table {
  const kept = Object.entries(JSON.parse(references ?? '{}') as Table).filter(([name]) => !Object.hasOwn(own, name))
  const environment = {
    ...variables,
    ...own,
    ...(kept.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(Object.fromEntries(kept)) }),
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment))
  if (bytes <= LIMITS.environmentBytes) return environment
  throw new UserError(
    {
      title: `The environment of commands is too large: ${bytes} bytes, and Lambda takes ${LIMITS.environmentBytes}`,
      detail: `Variables: ${Object.keys(environment).join(', ')}`,
      hint: 'Keep long values in Secrets Manager or Parameter Store.',
    },
    { exitCode: 2 },
  )
}

/** What `$LATEST` is compared with after a configuration was written. */
export function withConfiguration(
  configuration: FunctionConfiguration,
  before?: Pick<Configured, 'layers' | 'options'>,
): Configured {
  const { layers, options, ...rest } = configuration
  return {
    ...rest,
    version: '$LATEST',
    layers: layers?.map((arn) => ({ arn, zipBytes: 0 })) ?? before?.layers ?? [],
    options: { ...before?.options, ...options },
  }
}

/**
 * What a version for commands has, and tells what a run has left in `$LATEST` that was ended while it made one. A variable, since a
 * description has no room for it beside what the user has written there.
 */
export const MARK_VARIABLE = 'WSGI_LAMBDA_FOR'
const MARK = { [MARK_VARIABLE]: 'commands' } as const

/** For commands, or for databases. */
function isMarked({ environment }: Pick<Configured, 'environment'>): boolean {
  return Object.hasOwn(environment, MARK_VARIABLE)
}

/** Without the mark, which is nobody's change. */
export function withoutMark<T extends Pick<Configured, 'environment'>>(configured: T): T {
  const environment = Object.entries(configured.environment).filter(([name]) => !Object.hasOwn(MARK, name))
  return { ...configured, environment: Object.fromEntries(environment) }
}

/**
 * What there is, as if no run had left the configuration of commands in `$LATEST`: what nobody sets would be kept from it
 * otherwise, and stay for ever. What is served has never had it. Where nothing is served yet, only what the settings give to
 * commands is taken away.
 */
export function withoutCommands(current: CurrentRelease, { commandEnvironment }: CommandSettings): CurrentRelease {
  const { latest, served } = current
  if (latest === undefined || !isMarked(latest)) return current
  if (served) {
    const { role, memory, timeout, environment, options } = served
    return { ...current, latest: { ...latest, role, memory, timeout, environment, options } }
  }
  const own = Object.entries(withoutMark(latest).environment).filter(
    ([name]) => !Object.hasOwn(commandEnvironment, name),
  )
  return { ...current, latest: { ...latest, environment: Object.fromEntries(own) } }
}

/** Points the alias of the commands to their version, whether it is there or not. */
export async function pointCommandsAlias(
  { functionName, alias }: { readonly functionName: string; readonly alias: string },
  { version, isThere }: { readonly version: string; readonly isThere: boolean },
  lambda: LambdaApi,
): Promise<void> {
  const target = { version, description: `wsgi-lambda: commands of ${alias} run here` }
  await pointSideAlias({ functionName, name: commandsAlias(alias), isThere }, target, lambda)
}

/** Points an alias that nobody's traffic goes to. */
export async function pointSideAlias(
  { functionName, name, isThere }: { readonly functionName: string; readonly name: string; readonly isThere: boolean },
  target: AliasTarget,
  lambda: LambdaApi,
): Promise<void> {
  if (isThere) {
    await lambda.updateAlias(functionName, name, target)
    return
  }
  try {
    await lambda.createAlias(functionName, name, target)
  } catch (error) {
    // An answer can get lost, and a client repeats what is done already then.
    if ((await lambda.getAlias(functionName, name).catch(() => undefined)) === undefined) throw error
    await lambda.updateAlias(functionName, name, target)
  }
}
