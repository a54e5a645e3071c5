import { parseBucketAddress } from '../aws/bucket-address.ts'
import { defaultLogGroup } from '../aws/function-options.ts'
import { regionOf } from '../settings/region.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { roleNameOf } from './current-aside.ts'
import { layerNameOf } from './desired-layers.ts'
import { type Condition, functionArns, type Grant, ofLambda, type Place, UNKNOWN } from './grant.ts'
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
export function placeOf(
  { role, allowedAccountIds }: Pick<FunctionSettings, 'role' | 'allowedAccountIds'>,
  variables: Readonly<Record<string, string | undefined>>,
): Place {
  const region = regionOf(variables) ?? UNKNOWN.region
  const [, partition, account] = /^arn:([\w-]+):iam::(\d{12}):/.exec(role ?? '') ?? []
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
    ...layerGrants(settings, place),
    ...uploadGrants(settings, place),
    ...staticGrants(settings, place),
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

function layerGrants({ dependenciesLayer, functionName, manage }: FunctionSettings, place: Place): Grant[] {
  if (!dependenciesLayer || manage === 'code') return []
  const { partition, region, account } = place
  const layer = `arn:${partition}:lambda:${region}:${account}:layer:${layerNameOf(functionName)}`
  return [
    {
      sid: 'ListLayerVersions',
      why: 'look for the dependencies among the versions of their layer',
      actions: ['lambda:ListLayerVersions'],
      // Service authorization reference, "AWS Lambda": this action knows no resources.
      resources: ['*'],
      isForReading: true,
    },
    {
      sid: 'ReadLayer',
      why: 'use a version of the layer',
      actions: ['lambda:GetLayerVersion'],
      resources: [`${layer}:*`],
      isForReading: true,
    },
    {
      sid: 'PublishLayer',
      why: 'publish dependencies that have changed',
      actions: ['lambda:PublishLayerVersion'],
      resources: [layer],
    },
  ]
}

function uploadGrants({ uploadBucket, uploadKmsKey }: FunctionSettings, place: Place): Grant[] {
  if (uploadBucket === undefined) return []
  const { partition } = place
  const { name, prefix } = parseBucketAddress(uploadBucket)
  return [
    {
      sid: 'UploadArtifacts',
      why: 'put large artifacts into the bucket, from where Lambda reads them with the rights of its caller',
      actions: ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload'],
      resources: [`arn:${partition}:s3:::${name}/${prefix}*`],
    },
    {
      sid: 'LookForArtifacts',
      why: 'be told that an artifact is not there yet',
      actions: ['s3:ListBucket'],
      resources: [`arn:${partition}:s3:::${name}`],
    },
    ...(uploadKmsKey === undefined ? [] : [encryptionGrant(uploadKmsKey, place)]),
  ]
}

function staticGrants({ static: address }: FunctionSettings, { partition }: Place): Grant[] {
  if (address === undefined) return []
  const { name, prefix } = parseBucketAddress(address)
  return [
    {
      sid: 'WriteStaticFiles',
      why: 'put static files into their bucket, and remove old ones',
      actions: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      resources: [`arn:${partition}:s3:::${name}/${prefix}*`],
    },
    {
      sid: 'ListStaticFiles',
      why: 'see which static files are there',
      actions: ['s3:ListBucket'],
      resources: [`arn:${partition}:s3:::${name}`],
    },
  ]
}

function encryptionGrant(key: string, { partition, region, account }: Place): Grant {
  const grant = {
    sid: 'EncryptArtifacts',
    why: 'encrypt artifacts, and let Lambda decrypt them',
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
  }
  const keys = `arn:${partition}:kms:${region}:${account}:key`
  const [, alias] = /^(?:arn:.*:)?(alias\/.*)$/.exec(key) ?? []
  if (alias === undefined) return { ...grant, resources: [key.startsWith('arn:') ? key : `${keys}/${key}`] }
  // No statement takes an alias as its resource (AWS KMS developer guide, "Use aliases to control access to KMS keys").
  const condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } }
  return { ...grant, resources: [`${keys}/*`], condition }
}
