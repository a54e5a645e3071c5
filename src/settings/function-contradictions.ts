import type { Problem } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import { FUNCTION_SETTINGS } from './function.ts'
import type { SettingName, Values } from './schema.ts'

/** Options of a function that must fit together. What is undefined is not known, and not judged. */
export interface FittingOptions {
  readonly runtime?: string | undefined
  readonly vpcSubnets?: readonly string[] | undefined
  readonly vpcSecurityGroups?: readonly string[] | undefined
  readonly fileSystems?: readonly string[] | undefined
  readonly ephemeralStorage?: number | undefined
  readonly snapStart?: boolean | undefined
  readonly provisionedConcurrency?: number | undefined
  readonly logFormat?: 'text' | 'json' | undefined
  readonly logLevel?: string | undefined
  readonly systemLogLevel?: string | undefined
}

/** Lambda developer guide, "Improving startup performance with Lambda SnapStart". */
const MOST_SNAPSHOT_STORAGE = 512
const WITHOUT_SNAPSHOTS = ['python3.10', 'python3.11']

/** What Lambda would refuse, in a function's options as they are asked for or as they would be. */
export function misfits(options: FittingOptions): Problem[] {
  return [
    ...vpcMisfits(options),
    ...(options.snapStart === true ? snapStartMisfits(options) : []),
    ...logMisfits(options),
  ]
}

function vpcMisfits({ vpcSubnets, vpcSecurityGroups, fileSystems = [] }: FittingOptions): Problem[] {
  const hasSubnets = (vpcSubnets ?? []).length > 0
  const hasGroups = (vpcSecurityGroups ?? []).length > 0
  return [
    ...(hasSubnets !== hasGroups
      ? [
          {
            title: hasSubnets
              ? 'vpc-subnets is set without vpc-security-groups'
              : 'vpc-security-groups is set without vpc-subnets',
            hint: 'A function in a VPC has both. To take it out of its VPC, set vpc-subnets to none.',
          },
        ]
      : []),
    ...(fileSystems.length > 0 && vpcSubnets?.length === 0
      ? [
          {
            title: 'file-systems needs a VPC',
            hint: 'Set vpc-subnets and vpc-security-groups to those from which the file system is reached.',
          },
        ]
      : []),
    ...(fileSystems.length > 1
      ? [{ title: 'file-systems has more than one line', hint: 'A function mounts one file system.' }]
      : []),
  ]
}

function snapStartMisfits(options: FittingOptions): Problem[] {
  const { runtime, provisionedConcurrency = 0, fileSystems = [], ephemeralStorage = 0 } = options
  const problem = (other: string, hint: string): Problem => ({ title: `snap-start cannot be used with ${other}`, hint })
  return [
    ...(provisionedConcurrency > 0
      ? [problem('provisioned-concurrency', 'Keep one of the two: both are there for quick starts.')]
      : []),
    ...(fileSystems.length > 0 ? [problem('file-systems', 'Keep one of the two.')] : []),
    ...(ephemeralStorage > MOST_SNAPSHOT_STORAGE
      ? [
          problem(
            `ephemeral-storage ${ephemeralStorage}`,
            `Set ephemeral-storage to ${MOST_SNAPSHOT_STORAGE}, or remove snap-start.`,
          ),
        ]
      : []),
    ...(runtime !== undefined && WITHOUT_SNAPSHOTS.includes(runtime)
      ? [problem(runtime, 'Use python3.12 or newer, or remove snap-start.')]
      : []),
  ]
}

function logMisfits({ logFormat, logLevel, systemLogLevel }: FittingOptions): Problem[] {
  if (logFormat !== 'text') return []
  const levels = [
    ...(logLevel === undefined ? [] : ['log-level']),
    ...(systemLogLevel === undefined ? [] : ['system-log-level']),
  ]
  return levels.map((name) => ({
    title: `${name} is set, and the log format is text`,
    hint: 'Lambda filters by level in the format json: set log-format to json.',
  }))
}

/** Of the role that create-role makes: IAM takes 64 characters. */
const LONGEST_NAME_WITH_ROLE = 64 - '-role'.length

/** What stands in the settings of a function and cannot be meant. @param isGiven what somebody set, the defaults apart */
export function functionContradictions(
  values: Values,
  runtime: string | undefined,
  isGiven: (name: SettingName) => boolean,
): Problem[] {
  const { vpcSubnets, vpcSecurityGroups, layers = [], dependenciesLayer, functionName = '' } = values
  // Whoever takes a function out of its VPC need not name its security groups too.
  const isDetached = vpcSubnets?.length === 0 && vpcSecurityGroups === undefined
  const most = LIMITS.layers - (dependenciesLayer ? 1 : 0)
  return [
    ...misfits({ ...values, runtime, vpcSecurityGroups: isDetached ? [] : vpcSecurityGroups }),
    ...(values.role !== undefined && values.createRole
      ? [{ title: 'role and create-role are both set', hint: 'Keep one: a role that is there, or one that is made.' }]
      : []),
    ...(values.permissionsBoundary !== undefined && !values.createRole
      ? [
          {
            title: 'permissions-boundary is set, and create-role is not',
            hint: 'It bounds roles that create-role makes. A role that is there has its own: remove permissions-boundary.',
          },
        ]
      : []),
    ...(values.createRole && functionName.length > LONGEST_NAME_WITH_ROLE
      ? [
          {
            title: `function-name is too long for create-role: ${functionName.length} characters`,
            hint: `The role is called FUNCTION-NAME-role, so at most ${LONGEST_NAME_WITH_ROLE}. Or make a role, and name it with role.`,
          },
        ]
      : []),
    ...(layers.length > most
      ? [
          {
            title: `layers has ${layers.length} lines, and Lambda takes ${LIMITS.layers} layers`,
            hint: dependenciesLayer ? 'dependencies-layer is one of them.' : 'Remove some.',
          },
        ]
      : []),
    ...(values.manage === 'code' ? unmanaged(values, isGiven) : []),
  ]
}

/** Settings that `manage: code` leaves without an effect, beside those of FUNCTION_SETTINGS. */
const OF_THE_CONFIGURATION: readonly SettingName[] = [
  ...(['role', 'memory', 'timeout', 'description', 'environment', 'secrets', 'environment-strategy'] as const),
  ...(['command-timeout', 'command-memory', 'command-role', 'command-environment'] as const),
  ...(['provisioned-concurrency', 'cors-origins', 'database-role'] as const),
]

function unmanaged({ functionUrl, dependenciesLayer }: Values, isGiven: (name: SettingName) => boolean): Problem[] {
  const names = Object.keys(FUNCTION_SETTINGS) as (keyof typeof FUNCTION_SETTINGS)[]
  const given = [
    ...OF_THE_CONFIGURATION.filter(isGiven),
    ...names.filter((name) => name !== 'manage' && isGiven(name)),
    ...(functionUrl === undefined || functionUrl === 'none' ? [] : ['function-url']),
    ...(dependenciesLayer ? ['dependencies-layer'] : []),
  ]
  if (given.length === 0) return []
  return [
    {
      title: `manage is code, and these settings change more than code: ${given.join(', ')}`,
      hint: 'Remove them here and set them where the function is configured, or remove manage.',
    },
  ]
}
