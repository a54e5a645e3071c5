import { defaultLogGroup } from '../../aws/function-options.ts'
import { regionOf } from '../../settings/region.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { roleNameOf } from '../current-aside.ts'
import { type Condition, functionArns, type Grant, ofLambda, type Place, UNKNOWN } from './grant.ts'
import { codeGrants } from './permissions-code.ts'
import { functionSettingGrants } from './permissions-function.ts'

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Condition
}

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** As far as the settings and the variables of the SDK tell. */
export function placeBySettings(
  {
    role,
    previewRole,
    allowedAccountIds,
  }: Pick<FunctionSettings, 'role' | 'allowedAccountIds'> & Partial<Pick<FunctionSettings, 'previewRole'>>,
  variables: Readonly<Record<string, string | undefined>>,
): Place {
  const region = regionOf(variables) ?? UNKNOWN.region
  const [, partition, account] = /^arn:([\w-]+):iam::(\d{12}):/.exec(role ?? previewRole ?? '') ?? []
  const only = allowedAccountIds.length === 1 ? allowedAccountIds[0] : undefined
  return {
    partition: partition ?? partitionOf(region),
    region,
    account: account ?? only ?? UNKNOWN.account,
  }
}

function partitionOf(region: string): string {
  const [, isolated] = /^(cn|us-gov)-/.exec(region) ?? []
  return isolated === undefined ? 'aws' : `aws-${isolated}`
}

/** What the credentials need that deploy with these settings, and no more. A dry run only reads. */
export function deployPolicy(settings: FunctionSettings, place: Place): Policy {
  return policyOf(grantsOf(settings, place))
}

/** Grants of one name are one statement. */
export function policyOf(grants: readonly Grant[]): Policy {
  const sids = [...new Set(grants.map(({ sid }) => sid))]
  return {
    Version: '2012-10-17',
    Statement: sids.map((Sid) => {
      const own = grants.filter(({ sid }) => sid === Sid)
      const [first] = own
      const Action = [...new Set(own.flatMap(({ actions }) => actions))]
      const Condition = first?.condition
      return { Sid, Effect: 'Allow', Action, Resource: first?.resources ?? [], ...(Condition && { Condition }) }
    }),
  }
}

/** The same, by what it is for. */
export function grantsOf(settings: FunctionSettings, place: Place): readonly Grant[] {
  const grants = [
    ...functionGrants(settings, place),
    ...urlGrants(settings, place),
    ...functionSettingGrants(settings, place),
    ...codeGrants(settings, place),
  ]
  return settings.dryRun ? grants.filter(({ isForReading }) => isForReading) : grants
}

function functionGrants(settings: FunctionSettings, place: Place): Grant[] {
  const resources = functionArns(settings, place)
  const reading: Grant = {
    sid: 'ReadFunction',
    why: 'see what the function has and serves',
    // Only a plan compares with the code that is served.
    actions: [
      ...['GetFunctionConfiguration', 'GetAlias', 'GetFunctionUrlConfig', 'GetPolicy'],
      ...(settings.dryRun ? ['GetFunction'] : []),
    ].map(ofLambda),
    resources,
    isForReading: true,
  }
  const releasing: Grant = {
    sid: 'ReleaseFunction',
    why: 'release a new version',
    actions: ['UpdateFunctionCode', 'PublishVersion', 'CreateAlias', 'UpdateAlias'].map(ofLambda),
    resources,
  }
  return [
    reading,
    releasing,
    ...configurationGrants(settings, place),
    ...proofGrants(settings, place),
    ...pruneGrants(settings, place),
  ]
}

/** A right on versions alone: the function itself cannot be deleted with it. */
function pruneGrants(settings: FunctionSettings, place: Place): Grant[] {
  if (settings.keepVersions === 0) return []
  const [own = ''] = functionArns(settings, place)
  return [
    {
      sid: 'ReleaseFunction',
      why: 'look for old versions',
      actions: ['ListVersionsByFunction', 'ListAliases'].map(ofLambda),
      resources: functionArns(settings, place),
    },
    {
      sid: 'RemoveVersions',
      why: 'remove old versions',
      actions: ['lambda:DeleteFunction'],
      resources: [`${own}:*`],
    },
  ]
}

/** Whoever writes a configuration gives the function its role, the one that it has already too. */
function configurationGrants(settings: FunctionSettings, place: Place): Grant[] {
  if (settings.manage === 'code') return []
  return [
    {
      sid: 'ReleaseFunction',
      why: 'create the function, tagged managed-by: wsgi-lambda, and change its configuration',
      actions: ['CreateFunction', 'TagResource', 'UpdateFunctionConfiguration'].map(ofLambda),
      resources: functionArns(settings, place),
    },
    {
      sid: 'PassRole',
      why: 'give the function its execution role',
      actions: ['iam:PassRole'],
      resources: [
        executionRole(settings, place),
        ...(settings.commandRole === undefined ? [] : [settings.commandRole]),
        ...(settings.databaseRole === undefined ? [] : [settings.databaseRole]),
      ],
      condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  ]
}

function executionRole({ role, createRole, functionName }: FunctionSettings, { partition, account }: Place): string {
  return role ?? `arn:${partition}:iam::${account}:role/${createRole ? roleNameOf(functionName) : UNKNOWN.role}`
}

/** What the new version is asked before traffic moves, and after. */
function proofGrants(settings: FunctionSettings, place: Place): Grant[] {
  const { smoke, migrate, beforeTraffic, afterTraffic, trafficAlarms } = settings
  const hasCommands = migrate || beforeTraffic.length + afterTraffic.length > 0
  const { partition, region, account } = place
  const group = settings.logGroup ?? defaultLogGroup(settings.functionName)
  return [
    ...(smoke || hasCommands
      ? [
          {
            sid: 'ReleaseFunction',
            why: 'send requests and commands to the new version',
            actions: ['lambda:InvokeFunction'],
            resources: functionArns(settings, place),
          },
        ]
      : []),
    ...(hasCommands
      ? [
          {
            sid: 'ReadLog',
            why: 'show what a command prints while it runs, and see how one ended whose answer got lost',
            actions: ['logs:FilterLogEvents'],
            resources: [`arn:${partition}:logs:${region}:${account}:log-group:${group}:*`],
          },
        ]
      : []),
    ...(trafficAlarms.length > 0
      ? [
          {
            sid: 'ReadAlarms',
            why: 'watch alarms while traffic moves in steps',
            actions: ['cloudwatch:DescribeAlarms'],
            // Composite alarms are told to nobody who may not see all (CloudWatch API reference, DescribeAlarms).
            resources: ['*'],
          },
        ]
      : []),
  ]
}

function urlGrants(settings: FunctionSettings, place: Place): Grant[] {
  const { functionUrl, manage } = settings
  if (functionUrl === 'none' || manage === 'code') return []
  return [
    {
      sid: 'ReleaseFunction',
      why: 'give the alias its Function URL',
      actions: [
        ...['CreateFunctionUrlConfig', 'UpdateFunctionUrlConfig'],
        ...(functionUrl === 'iam' ? [] : ['AddPermission']),
      ].map(ofLambda),
      resources: functionArns(settings, place),
    },
  ]
}
