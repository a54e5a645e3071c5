import type { FunctionOptions } from '../../aws/function-options.ts'
import { SettingsError } from '../../errors.ts'
import { NONE } from '../../settings/function.ts'
import { misfits } from '../../settings/function-contradictions.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { hasCommandVersion } from '../plan/command-version.ts'

/**
 * The options that settings name; all others are left alone. What Lambda takes as one thing is named as a whole, the rest of it
 * as the function has it: nobody knows what else Lambda makes of the part that is not sent.
 * @param own what `$LATEST` has
 */
export function desiredOptions(settings: FunctionSettings, own: FunctionOptions | undefined): Partial<FunctionOptions> {
  return withoutUndefined({
    ...vpcOptions(settings, own),
    fileSystems: settings.fileSystems,
    tracing: settings.tracing,
    ephemeralStorage: settings.ephemeralStorage,
    snapStart: settings.snapStart ?? keptSnapStart(settings, own),
    ...logOptions(settings, own),
    kmsKey: arnOrNothing(settings.kmsKey),
    deadLetterTarget: arnOrNothing(settings.deadLetterTarget),
  })
}

/** Named where a version for commands is made, which has no snapshot: the one for requests gets it back. */
function keptSnapStart(settings: FunctionSettings, own: FunctionOptions | undefined): true | undefined {
  return own?.snapStart === true && hasCommandVersion(settings) ? true : undefined
}

/** Of the settings together with what the function has. @throws SettingsError for what Lambda would refuse */
export function checkOptions(
  desired: Partial<FunctionOptions>,
  own: FunctionOptions | undefined,
  runtime: string | undefined,
): void {
  if (Object.keys(desired).length === 0) return
  const { logLevel, systemLogLevel } = desired
  const problems = misfits({ ...(own ?? NEW_FUNCTION), ...desired, logLevel, systemLogLevel, runtime })
  if (problems.length > 0) throw new SettingsError(problems)
}

/** Lambda's defaults, as far as they matter here. */
const NEW_FUNCTION = { vpcSubnets: [], vpcSecurityGroups: [], fileSystems: [], logFormat: 'text' } as const

function vpcOptions(
  { vpcSubnets: subnets, vpcSecurityGroups: groups }: FunctionSettings,
  own: FunctionOptions | undefined,
): Partial<FunctionOptions> {
  if (subnets === undefined && groups === undefined) return {}
  const vpcSubnets = (subnets ?? own?.vpcSubnets ?? []).toSorted()
  if (vpcSubnets.length === 0 && groups === undefined) return { vpcSubnets, vpcSecurityGroups: [], vpcIpv6: false }
  const vpcSecurityGroups = (groups ?? own?.vpcSecurityGroups ?? []).toSorted()
  return { vpcSubnets, vpcSecurityGroups, vpcIpv6: own?.vpcIpv6 ?? false }
}

/** Without the format json there are no levels, also where the function had some. */
function logOptions(settings: FunctionSettings, own: FunctionOptions | undefined) {
  const { logFormat, logLevel, systemLogLevel, logGroup } = settings
  if ([logFormat, logLevel, systemLogLevel, logGroup].every((setting) => setting === undefined)) return {}
  const format = logFormat ?? own?.logFormat
  const kept = format === 'json' ? own : undefined
  return {
    logFormat: format,
    logLevel: logLevel?.toUpperCase() ?? kept?.logLevel,
    systemLogLevel: systemLogLevel?.toUpperCase() ?? kept?.systemLogLevel,
    logGroup: logGroup ?? own?.logGroup,
  }
}

function arnOrNothing(setting: string | undefined): string | undefined {
  return setting === NONE ? '' : setting
}

function withoutUndefined(options: { readonly [K in keyof FunctionOptions]?: FunctionOptions[K] | undefined }) {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<FunctionOptions>
}
