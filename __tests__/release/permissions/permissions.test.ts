import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  deployPolicy,
  grantsOf,
  placeBySettings,
  policyOf,
  type Statement,
} from '../../../src/release/permissions/permissions.ts'
import { previewGrants, previewPolicy } from '../../../src/release/permissions/preview-permissions.ts'
import { type FunctionSettings, loadFunctionSettings } from '../../../src/settings/settings.ts'
import { folderWith } from '../../settings/project-folder.ts'

const ROLE = 'arn:aws:iam::123456789012:role/shop'
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11112222-3333-4444-5555-666677778888'
const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' }
const SHOP = 'arn:aws:lambda:eu-west-1:123456789012:function:shop'
const LAYER = 'arn:aws:lambda:eu-west-1:123456789012:layer:shop-dependencies'

type Given = Readonly<Record<string, string | boolean | undefined>>

async function settingsOf(given: Given): Promise<FunctionSettings> {
  const project = await folderWith({})
  const explicit = { given: { 'function-name': 'shop', role: ROLE, ...given }, nameOf: String }
  return await loadFunctionSettings({ project, stage: undefined, environment: {}, explicit })
}

async function statements(given: Given): Promise<readonly Statement[]> {
  return deployPolicy(await settingsOf(given), PLACE).Statement
}

async function actions(given: Given): Promise<string[]> {
  return (await statements(given)).flatMap(({ Action }) => Action)
}

test('a deployment needs the function, its versions and aliases, and its role', async () => {
  const found = await statements({})
  expect(found.map(({ Sid }) => Sid)).toEqual(['ReadFunction', 'ReleaseFunction', 'PassRole', 'RemoveVersions'])
  expect(found.slice(0, 2).map(({ Resource }) => Resource)).toEqual([
    [SHOP, `${SHOP}:*`],
    [SHOP, `${SHOP}:*`],
  ])
  expect(found[2]).toEqual({
    Sid: 'PassRole',
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: [ROLE],
    Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  })
})

test('a dry run reads', async () => {
  const found = await actions({ 'dry-run': true, 'dependencies-layer': true, 'upload-bucket': 's3://up' })
  expect(found.length).toBeGreaterThan(4)
  expect(found.filter((action) => !/^\w+:(?:Get|List|Describe)/.test(action))).toEqual([])
})

describe('what a setting adds or takes', () => {
  test.each<[string, Given, string, boolean]>([
    ['a public URL', { 'function-url': 'public' }, 'lambda:AddPermission', true],
    ['an URL that nobody spoke of', {}, 'lambda:AddPermission', true],
    ['an URL for signed requests', { 'function-url': 'iam' }, 'lambda:AddPermission', false],
    ['no URL', { 'function-url': 'none' }, 'lambda:CreateFunctionUrlConfig', false],
    ['the smoke request', {}, 'lambda:InvokeFunction', true],
    ['neither smoke request nor commands', { smoke: false }, 'lambda:InvokeFunction', false],
    ['a command', { smoke: false, 'after-traffic': 'manage check' }, 'lambda:InvokeFunction', true],
    ['a migration', { smoke: false, migrate: true }, 'lambda:InvokeFunction', true],
    ['no layer', {}, 'lambda:PublishLayerVersion', false],
    ['no bucket', {}, 's3:PutObject', false],
    ['tags', { tags: 'team=shop' }, 'lambda:GetFunction', true],
    ['reserved concurrency', { 'reserved-concurrency': 'none' }, 'lambda:DeleteFunctionConcurrency', true],
    ['code that nobody signs', { 'code-signing-config': 'none' }, 'lambda:DeleteFunctionCodeSigningConfig', true],
    ['a log that is kept for a time', { 'log-retention': 'never' }, 'logs:DescribeLogGroups', true],
    ['alarms', { traffic: '10% 5m', 'traffic-alarms': 'shop-errors' }, 'cloudwatch:DescribeAlarms', true],
    ['no VPC', { 'vpc-subnets': 'none' }, 'ec2:DescribeSubnets', false],
    ['AWS’s own key', { 'kms-key': 'none' }, 'kms:Decrypt', false],
    ['code alone: no role is passed on', { manage: 'code', role: undefined }, 'iam:PassRole', false],
    ['code alone: no configuration', { manage: 'code', role: undefined }, 'lambda:UpdateFunctionConfiguration', false],
    ['code alone: a version', { manage: 'code', role: undefined }, 'lambda:PublishVersion', true],
  ])('%s: %j → %s %s', async (_, given, action, isNeeded) => {
    expect((await actions(given)).includes(action)).toBe(isNeeded)
  })

  test('a layer, by its name', async () => {
    const found = await statements({ 'dependencies-layer': true })
    expect(
      found.filter(({ Sid }) => Sid.includes('Layer')).map(({ Action, Resource }) => [...Action, ...Resource]),
    ).toEqual([
      ['lambda:ListLayerVersions', '*'],
      ['lambda:GetLayerVersion', `${LAYER}:*`],
      ['lambda:PublishLayerVersion', LAYER],
    ])
  })

  test('static files, below their prefix', async () => {
    const found = await statements({ static: 's3://files/shop' })
    expect(found.filter(({ Sid }) => Sid.endsWith('StaticFiles')).map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:s3:::files/shop/*'],
      ['arn:aws:s3:::files'],
    ])
    expect(found.find(({ Sid }) => Sid === 'ListStaticFiles')?.Condition).toEqual({
      StringLike: { 's3:prefix': 'shop/*' },
    })
    const whole = await statements({ static: 's3://files' })
    expect(whole.find(({ Sid }) => Sid === 'ListStaticFiles')?.Condition).toBeUndefined()
  })

  test.each([
    ['s3://uploads', 'arn:aws:s3:::uploads/*'],
    ['s3://uploads/shop', 'arn:aws:s3:::uploads/shop/*'],
  ])('%s: below its prefix', async (bucket, resource) => {
    const found = await statements({ 'upload-bucket': bucket })
    expect(found.find(({ Sid }) => Sid === 'UploadArtifacts')?.Resource).toEqual([resource])
    expect(found.find(({ Sid }) => Sid === 'LookForArtifacts')?.Resource).toEqual(['arn:aws:s3:::uploads'])
  })

  test('auto: the bucket of the account and its region, which is made and never removed', async () => {
    const found = await statements({ 'upload-bucket': 'auto/shop' })
    const bucket = 'arn:aws:s3:::wsgi-lambda-123456789012-eu-west-1'
    const of = (name: string) => found.find(({ Sid }) => Sid === name)
    expect(of('UploadArtifacts')?.Resource).toEqual([`${bucket}/shop/*`])
    expect(['LookForArtifacts', 'ReadBucket', 'MakeBucket'].map((name) => of(name)?.Resource)).toEqual([
      ...[[bucket], [bucket], [bucket]],
    ])
    expect(found.flatMap(({ Action }) => Action).filter((action) => /^s3:Delete/.test(action))).toEqual([])
    const dry = await actions({ 'dry-run': true, 'upload-bucket': 'auto' })
    expect(dry.filter((action) => action.startsWith('s3:'))).toEqual(['s3:ListBucket', 's3:GetBucketTagging'])
    expect(await actions({ 'upload-bucket': 's3://uploads' })).not.toContain('s3:CreateBucket')
  })

  test.each([
    [KEY, KEY, undefined],
    ['11112222-3333-4444-5555-666677778888', KEY, undefined],
    ['alias/uploads', 'arn:aws:kms:eu-west-1:123456789012:key/*', 'alias/uploads'],
    ['arn:aws:kms:eu-west-1:123456789012:alias/uploads', 'arn:aws:kms:eu-west-1:123456789012:key/*', 'alias/uploads'],
  ])('the key %s', async (key, resource, alias) => {
    const found = await statements({ 'upload-bucket': 's3://uploads', 'upload-kms-key': key })
    expect(found.find(({ Sid }) => Sid === 'EncryptArtifacts')).toEqual({
      Sid: 'EncryptArtifacts',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: [resource],
      ...(alias && { Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } } }),
    })
  })
})

describe('where', () => {
  test.each([
    ['the role and the region', { role: ROLE }, { AWS_REGION: 'eu-west-1' }, PLACE],
    [
      'another partition',
      { role: 'arn:aws-cn:iam::123456789012:role/shop' },
      { AWS_REGION: 'cn-north-1' },
      { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' },
    ],
    [
      'the only account that is allowed',
      { allowedAccountIds: ['123456789012'] },
      { AWS_DEFAULT_REGION: 'us-gov-west-1' },
      { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '123456789012' },
    ],
    [
      'nothing',
      { allowedAccountIds: ['123456789012', '111111111111'] },
      {},
      { partition: 'aws', region: 'REGION', account: 'ACCOUNT' },
    ],
  ])('%s', (_, settings, variables, place) => {
    expect(placeBySettings({ role: undefined, allowedAccountIds: [], ...settings }, variables)).toEqual(place)
  })

  test('a role that nobody names is to be replaced', async () => {
    const settings = { ...(await settingsOf({})), role: undefined }
    expect(deployPolicy(settings, PLACE).Statement.find(({ Sid }) => Sid === 'PassRole')?.Resource).toEqual([
      'arn:aws:iam::123456789012:role/ROLE',
    ])
  })
})

/** Settings with which everything is used that there is. */
const EVERYTHING: Given = {
  'function-url': 'public',
  'dependencies-layer': true,
  'upload-bucket': 'auto',
  'upload-kms-key': KEY,
  static: 's3://static/shop',
  migrate: true,
  traffic: '10% 5m',
  'traffic-alarms': 'shop-errors',
  tags: 'team=shop',
  'reserved-concurrency': '5',
  'provisioned-concurrency': '2',
  'code-signing-config': 'arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0',
  'log-retention': '30',
  'vpc-subnets': 'subnet-0a1b2c3d',
  'vpc-security-groups': 'sg-0a1b2c3d',
  'file-systems': '/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d',
  layers: 'arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3',
  'kms-key': KEY,
}

describe('calls and policy', () => {
  const folder = new URL('../../../src/aws/', import.meta.url)
  const services = {
    'client-lambda': 'lambda',
    'client-s3': 's3',
    'client-sts': 'sts',
    'client-iam': 'iam',
    'client-cloudwatch-logs': 'logs',
    'client-cloudwatch': 'cloudwatch',
    'client-secrets-manager': 'secretsmanager',
    'client-ssm': 'ssm',
    'client-resource-groups-tagging-api': 'tag',
  } as const
  /** What IAM calls what has another name as a call (Service authorization reference). */
  const names: Readonly<Record<string, string>> = {
    'lambda:Invoke': 'lambda:InvokeFunction',
    's3:HeadObject': 's3:GetObject',
    's3:ListObjectsV2': 's3:ListBucket',
    's3:DeleteObjects': 's3:DeleteObject',
    's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
    's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
    's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  }
  const called = new Set(
    readdirSync(folder).flatMap((name) => {
      const source = readFileSync(new URL(name, folder), 'utf8')
      const imports = [...source.matchAll(/\{([^}]*)\} (?:from|= await import)[ (]'@aws-sdk\/(client-[\w-]+)'/g)]
      const calls = imports.flatMap(([, imported = '', client = '']) =>
        [...imported.matchAll(/(\w+)Command\b/g)]
          .filter(([, call = '']) => source.includes(`new ${call}Command(`))
          .map(([, call = '']) => `${services[client as keyof typeof services]}:${call}`),
      )
      const uploads = source.includes('new Upload(') ? ['s3:PutObject'] : []
      return [...calls, ...uploads].map((action) => names[action] ?? action)
    }),
  )
  /** Nobody needs a right for it. */
  const free = ['sts:GetCallerIdentity']
  /** Of other commands than deploy. */
  const others: readonly string[] = []
  /** What AWS asks for within a call that has another name. */
  const within = [
    ...['iam:PassRole', 'lambda:TagResource'], // CreateFunction
    ...['kms:GenerateDataKey', 'kms:Decrypt', 's3:AbortMultipartUpload', 's3:ListBucket'], // PutObject, HeadObject
    'lambda:ListTags', // GetFunction
    'logs:TagResource', // CreateLogGroup
    'iam:TagRole', // CreateRole
    ...['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs', 'ec2:GetSecurityGroupsForVpc'],
    ...['elasticfilesystem:DescribeMountTargets', 'kms:CreateGrant', 'kms:Encrypt'], // UpdateFunctionConfiguration
  ]

  /** A role is given, or made. The secret of who may create databases is in one of two services. */
  const all = async (): Promise<string[]> => {
    const settings = { ...(await settingsOf(EVERYTHING)), role: undefined, createRole: true }
    const previews = ['ssm:/shop/admin', 'secretsmanager:shop/admin'].map((previewDatabaseAdmin) =>
      previewPolicy({ ...settings, previewDatabaseAdmin }, PLACE),
    )
    const bounded = { ...settings, permissionsBoundary: 'arn:aws:iam::123456789012:policy/shop-boundary' }
    return [deployPolicy(settings, PLACE), deployPolicy(bounded, PLACE), ...previews].flatMap(({ Statement: own }) =>
      own.flatMap(({ Action }) => Action),
    )
  }

  test('what is called is in the policy of everything', async () => {
    const allowed = [...(await all()), ...free, ...others]
    expect([...called].filter((action) => !allowed.includes(action))).toEqual([])
    expect(called.size).toBeGreaterThan(15)
  })

  test('what is in the policy is called, or asked for within a call', async () => {
    expect((await all()).filter((action) => !called.has(action) && !within.includes(action))).toEqual([])
  })

  test('no action stands in a statement twice, and each says what it is for', async () => {
    for (const { Action } of await statements(EVERYTHING)) expect(Action).toEqual([...new Set(Action)])
    const settings = await settingsOf(EVERYTHING)
    const grants = [...grantsOf(settings, PLACE), ...previewGrants(settings, PLACE)]
    expect(grants.filter(({ why }) => !/^[a-z].*[^.]$/.test(why))).toEqual([])
  })

  test('statements of one name are about the same resources', async () => {
    const settings = await settingsOf(EVERYTHING)
    for (const grants of [grantsOf(settings, PLACE), previewGrants(settings, PLACE)]) {
      for (const { Sid, Resource } of policyOf(grants).Statement) {
        const own = grants.filter(({ sid }) => sid === Sid)
        expect(own.map(({ resources }) => resources)).toEqual(own.map(() => Resource))
        expect(Sid).toMatch(/^[A-Za-z0-9]+$/)
      }
    }
  })
})
