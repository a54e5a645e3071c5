import { defaultLogGroup } from '../../aws/function-options.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { roleNameOf } from '../current-aside.ts'
import { functionArns, type Grant, ofLambda, type Place } from './grant.ts'

/** What settings of the function ask for, beyond what each deployment does. */
export function functionSettingGrants(settings: FunctionSettings, place: Place): readonly Grant[] {
  if (settings.manage === 'code') return []
  return [
    ...tagGrants(settings, place),
    ...concurrencyGrants(settings, place),
    ...provisionedGrants(settings, place),
    ...signingGrants(settings, place),
    ...retentionGrants(settings, place),
    ...roleGrants(settings, place),
    ...networkGrants(settings),
    ...fileSystemGrants(settings, place),
    ...keyGrants(settings),
    ...ownLayerGrants(settings),
  ]
}

function tagGrants(settings: FunctionSettings, place: Place): Grant[] {
  if (Object.keys(settings.tags).length === 0) return []
  return [
    {
      sid: 'ReadFunction',
      why: 'see which tags the function has',
      actions: ['GetFunction', 'ListTags'].map(ofLambda),
      resources: functionArns(settings, place),
      isForReading: true,
    },
  ]
}

function concurrencyGrants(settings: FunctionSettings, place: Place): Grant[] {
  if (settings.reservedConcurrency === undefined) return []
  const resources = functionArns(settings, place)
  return [
    {
      sid: 'ReadFunction',
      why: 'see what is reserved for the function',
      actions: ['lambda:GetFunctionConcurrency'],
      resources,
      isForReading: true,
    },
    {
      sid: 'ReleaseFunction',
      why: 'reserve concurrency',
      actions: ['PutFunctionConcurrency', 'DeleteFunctionConcurrency'].map(ofLambda),
      resources,
    },
  ]
}

function provisionedGrants(settings: FunctionSettings, place: Place): Grant[] {
  if (settings.provisionedConcurrency === undefined) return []
  const resources = functionArns(settings, place)
  return [
    {
      sid: 'ReadFunction',
      why: 'see which versions are kept ready',
      actions: ['lambda:ListProvisionedConcurrencyConfigs'],
      resources,
      isForReading: true,
    },
    {
      sid: 'ReleaseFunction',
      why: 'keep environments of the new version ready',
      actions: [
        ...['GetProvisionedConcurrencyConfig', 'PutProvisionedConcurrencyConfig'],
        'DeleteProvisionedConcurrencyConfig',
      ].map(ofLambda),
      resources,
    },
  ]
}

function signingGrants(settings: FunctionSettings, place: Place): Grant[] {
  const { codeSigningConfig } = settings
  if (codeSigningConfig === undefined) return []
  const resources = functionArns(settings, place)
  const isArn = codeSigningConfig.startsWith('arn:')
  return [
    {
      sid: 'ReadFunction',
      why: 'see what the code is checked against',
      actions: ['lambda:GetFunctionCodeSigningConfig'],
      resources,
      isForReading: true,
    },
    {
      sid: 'SignFunction',
      why: 'let the code be checked, or not',
      actions: ['PutFunctionCodeSigningConfig', 'DeleteFunctionCodeSigningConfig'].map(ofLambda),
      resources: [...resources, ...(isArn ? [codeSigningConfig] : [])],
    },
  ]
}

function retentionGrants(settings: FunctionSettings, { partition, region, account }: Place): Grant[] {
  if (settings.logRetention === undefined) return []
  const group = settings.logGroup ?? defaultLogGroup(settings.functionName)
  const arn = `arn:${partition}:logs:${region}:${account}:log-group:${group}`
  return [
    {
      sid: 'ReadLogGroup',
      why: 'see how long the log is kept',
      actions: ['logs:DescribeLogGroups'],
      // Service authorization reference, "Amazon CloudWatch Logs": this action knows no resources.
      resources: ['*'],
      isForReading: true,
    },
    {
      sid: 'KeepLogGroup',
      why: 'make the log group, tagged managed-by: wsgi-lambda, and say how long it is kept',
      actions: ['logs:CreateLogGroup', 'logs:TagResource', 'logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
      resources: [arn, `${arn}:*`],
    },
  ]
}

function roleGrants(settings: FunctionSettings, { partition, account }: Place): Grant[] {
  const { createRole, functionName, permissionsBoundary } = settings
  if (!createRole) return []
  const resources = [`arn:${partition}:iam::${account}:role/${roleNameOf(functionName)}`]
  return [
    {
      sid: 'ReadRole',
      why: 'see whether the execution role is there, and what it may do',
      actions: ['iam:GetRole', 'iam:GetRolePolicy'],
      resources,
      isForReading: true,
    },
    ...(permissionsBoundary === undefined
      ? [
          {
            sid: 'CreateRole',
            why: 'make the execution role, tagged managed-by: wsgi-lambda, and say what it may do',
            actions: ['iam:CreateRole', 'iam:TagRole', 'iam:PutRolePolicy'],
            resources,
          },
        ]
      : boundedRoleGrants(permissionsBoundary, resources)),
  ]
}

/** IAM user guide, "Delegating responsibility to others using permissions boundaries". */
function boundedRoleGrants(boundary: string, resources: readonly string[]): Grant[] {
  return [
    {
      sid: 'CreateRole',
      why: 'make the execution role within its permissions boundary, and say what it may do',
      actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      resources,
      condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      sid: 'TagRole',
      why: 'tag the execution role managed-by: wsgi-lambda',
      // Of the boundary this action knows nothing (Service authorization reference, "AWS Identity and Access Management").
      actions: ['iam:TagRole'],
      resources,
    },
  ]
}

/** Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC". */
function networkGrants({ vpcSubnets }: FunctionSettings): Grant[] {
  if (vpcSubnets === undefined || vpcSubnets.length === 0) return []
  return [
    {
      sid: 'ReadNetwork',
      why: 'let Lambda check subnets and security groups with the rights of its caller',
      actions: ['DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs', 'GetSecurityGroupsForVpc'].map(
        (action) => `ec2:${action}`,
      ),
      resources: ['*'],
    },
  ]
}

/** Lambda developer guide, "Configuring file system access for Lambda functions". */
function fileSystemGrants({ fileSystems = [] }: FunctionSettings, { partition, region, account }: Place): Grant[] {
  if (fileSystems.length === 0) return []
  const accessPoints = fileSystems.map((line) => line.replace(/^[^=]*=/, ''))
  return [
    {
      sid: 'ReadFileSystem',
      why: 'let Lambda check the file system with the rights of its caller',
      actions: ['elasticfilesystem:DescribeMountTargets'],
      resources: [...accessPoints, `arn:${partition}:elasticfilesystem:${region}:${account}:file-system/*`],
    },
  ]
}

/** Lambda developer guide, "Securing Lambda environment variables". */
function keyGrants({ kmsKey }: FunctionSettings): Grant[] {
  if (kmsKey?.startsWith('arn:') !== true) return []
  const resources = [kmsKey]
  return [
    {
      sid: 'ReadVariables',
      why: 'see which variables the function has',
      actions: ['kms:Decrypt'],
      resources,
      isForReading: true,
    },
    {
      sid: 'EncryptVariables',
      why: 'encrypt the variables of the function',
      actions: ['kms:CreateGrant', 'kms:Encrypt'],
      resources,
    },
  ]
}

function ownLayerGrants({ layers = [] }: FunctionSettings): Grant[] {
  if (layers.length === 0) return []
  return [
    {
      sid: 'UseLayers',
      why: 'give the function its layers',
      actions: ['lambda:GetLayerVersion'],
      resources: layers,
    },
  ]
}
