import { isOwnBucket, ownUploads, parseBucketAddress, uploadAddress } from '../../aws/bucket-address.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { layerNameOf } from '../desired/desired-layers.ts'
import type { Grant, Place } from './grant.ts'

/** What it takes to put code and files where they belong, beside the function itself. */
export function codeGrants(settings: FunctionSettings, place: Place): readonly Grant[] {
  return [...layerGrants(settings, place), ...uploadGrants(settings, place), ...staticGrants(settings, place)]
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

/** All that a bucket takes that this program makes. */
export const MAKE_BUCKET = [
  's3:CreateBucket',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketOwnershipControls',
  's3:PutEncryptionConfiguration',
  's3:PutBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutBucketTagging',
] as const

function uploadGrants({ functionName, uploadBucket, uploadKmsKey }: FunctionSettings, place: Place): Grant[] {
  if (uploadBucket === undefined) return []
  const { partition } = place
  const { name, prefix } = parseBucketAddress(uploadAddress(ownUploads(uploadBucket, functionName), place))
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
      // Whether a bucket that was not finished is empty, is looked for in a plan too.
      ...(isOwnBucket(uploadBucket) && { isForReading: true as const }),
    },
    ...(isOwnBucket(uploadBucket) ? ownBucketGrants(`arn:${partition}:s3:::${name}`) : []),
    ...(uploadKmsKey === undefined ? [] : [encryptionGrant(uploadKmsKey, place)]),
  ]
}

function ownBucketGrants(bucket: string): Grant[] {
  return [
    {
      sid: 'ReadBucket',
      why: 'see whether the bucket is there and finished',
      actions: ['s3:GetBucketTagging'],
      resources: [bucket],
      isForReading: true,
    },
    { sid: 'MakeBucket', why: 'make the bucket where it is missing', actions: MAKE_BUCKET, resources: [bucket] },
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
      ...(prefix !== '' && { condition: { StringLike: { 's3:prefix': `${prefix}*` } } }),
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
