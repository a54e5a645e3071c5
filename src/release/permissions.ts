import { parseBucketAddress } from '../aws/bucket-address.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { layerNameOf } from './desired-layers.ts'

/** Where the resources of a policy are. */
export interface Place {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** Actions that a deployment with some settings needs on some resources. */
export interface Grant {
  /** Of its statement: letters and digits. */
  readonly sid: string
  /** What it is needed for, in a few words. */
  readonly why: string
  readonly actions: readonly string[]
  /** ARNs, where `*` stands for anything. */
  readonly resources: readonly string[]
  readonly condition?: Condition
  /** Needed to see what would be done too. */
  readonly isForReading?: true
}

/** By operator, then by key. */
type Condition = Readonly<Record<string, Readonly<Record<string, string>>>>

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

/** Stand where nobody knows better, and are to be replaced. */
export const UNKNOWN = { region: 'REGION', account: 'ACCOUNT', role: 'ROLE' } as const

/** As far as the settings and the variables of the SDK tell. */
export function placeOf(
  { role, allowedAccountIds }: Pick<FunctionSettings, 'role' | 'allowedAccountIds'>,
  variables: Readonly<Record<string, string | undefined>>,
): Place {
  const region = variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'] ?? UNKNOWN.region
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
  const bySid = Map.groupBy(grants, ({ sid }) => sid)
  return {
    Version: '2012-10-17',
    Statement: [...bySid].map(([Sid, [first, ...others]]) => ({
      Sid,
      Effect: 'Allow',
      Action: [first, ...others].flatMap((grant) => grant?.actions ?? []),
      Resource: first?.resources ?? [],
      ...(first?.condition && { Condition: first.condition }),
    })),
  }
}

/** The same, by what it is for. */
export function grantsOf(settings: FunctionSettings, place: Place): readonly Grant[] {
  const grants = [
    ...functionGrants(settings, place),
    ...urlGrants(settings, place),
    ...layerGrants(settings, place),
    ...uploadGrants(settings, place),
  ]
  return settings.dryRun ? grants.filter(({ isForReading }) => isForReading) : grants
}

/** The function itself, and what it is qualified by: versions and aliases. */
function functionArns({ functionName }: FunctionSettings, { partition, region, account }: Place): readonly string[] {
  const arn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`
  return [arn, `${arn}:*`]
}

function functionGrants(settings: FunctionSettings, place: Place): Grant[] {
  const resources = functionArns(settings, place)
  const { partition, account } = place
  const invokes = settings.smoke || settings.migrate || settings.beforeTraffic.length + settings.afterTraffic.length > 0
  return [
    {
      sid: 'ReadFunction',
      why: 'see what the function has and serves',
      actions: ['GetFunctionConfiguration', 'GetAlias', 'GetFunctionUrlConfig', 'GetPolicy'].map(ofLambda),
      resources,
      isForReading: true,
    },
    {
      sid: 'ReleaseFunction',
      why: 'create the function, tagged managed-by: wsgi-lambda',
      actions: ['CreateFunction', 'TagResource'].map(ofLambda),
      resources,
    },
    {
      sid: 'ReleaseFunction',
      why: 'release a new version',
      actions: [
        ...['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'PublishVersion', 'CreateAlias', 'UpdateAlias'],
        ...(invokes ? ['InvokeFunction'] : []),
      ].map(ofLambda),
      resources,
    },
    {
      sid: 'PassRole',
      why: 'give the function its execution role',
      actions: ['iam:PassRole'],
      resources: [settings.role ?? `arn:${partition}:iam::${account}:role/${UNKNOWN.role}`],
      condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  ]
}

function urlGrants(settings: FunctionSettings, place: Place): Grant[] {
  const { functionUrl } = settings
  if (functionUrl === 'none') return []
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

function layerGrants({ dependenciesLayer, functionName }: FunctionSettings, place: Place): Grant[] {
  if (!dependenciesLayer) return []
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

function ofLambda(action: string): string {
  return `lambda:${action}`
}
