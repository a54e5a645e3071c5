import { join } from 'node:path'
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import {
  GetFunctionCommand,
  GetFunctionUrlConfigCommand,
  LambdaClient,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { DeployResult } from '../../src/commands/deploy.ts'
import { type Ended, REPOSITORY, ROLE, startWorld, type World } from '../support/world.ts'

let world: World
let lambda: LambdaClient
let logs: CloudWatchLogsClient
let iam: IAMClient
let artifact: string

beforeAll(async () => {
  world = await startWorld()
  const options = {
    endpoint: world.emulator.endpoint,
    region: world.emulator.region,
    credentials: { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' },
  }
  lambda = new LambdaClient(options)
  logs = new CloudWatchLogsClient(options)
  iam = new IAMClient(options)
  artifact = join(world.folder, 'configured.zip')
  const { builder = '', runtime = '', store = '' } = world.inputs
  const built = await world.cli([
    ...['build', '--project', join(REPOSITORY, '__tests__/fixtures/bare-wsgi'), '--output', artifact],
    ...['--builder', builder, '--runtime', runtime, '--python-bin', world.python.path, '--store', store],
  ])
  expect(built.exitCode).toBe(0)
}, 300_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

/** Deploys the same artifact with other settings of the function. */
async function configure(functionName: string, settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  world.proxy.clear()
  const given = { 'function-name': functionName, 'url-origin': world.proxy.urlOrigin, ...settings }
  const flags = Object.entries(given).flatMap(([name, value]) =>
    ['true', 'false'].includes(value) ? [`--${value === 'true' ? '' : 'no-'}${name}`] : [`--${name}`, value],
  )
  return await world.cli(['deploy', '--artifact', artifact, '--json', ...flags])
}

/** A deployment that has to succeed. */
async function configured(functionName: string, settings: Readonly<Record<string, string>> = {}) {
  const ended = await configure(functionName, settings)
  expect(ended).toMatchObject({ exitCode: 0 })
  const { plan, changed, function: released } = JSON.parse(ended.stdout) as DeployResult
  return { plan, changed, version: released.version, output: ended.stderr }
}

async function look(functionName: string, qualifier?: string) {
  const found = await lambda.send(new GetFunctionCommand({ FunctionName: functionName, Qualifier: qualifier }))
  return { ...found.Configuration, tags: found.Tags ?? {}, reserved: found.Concurrency?.ReservedConcurrentExecutions }
}

const retentionOf = async (group: string): Promise<number | undefined> => {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }))
  return logGroups.find(({ logGroupName }) => logGroupName === group)?.retentionInDays
}

const writes = (): string[] => world.operations().filter((operation) => !/^(?:Get|Describe|Function)/.test(operation))

describe('what a version keeps', () => {
  const queue = 'arn:aws:sqs:eu-west-1:000000000000:failed'
  const key = 'arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  const settings = {
    'vpc-subnets': 'subnet-0a1b2c3d',
    'vpc-security-groups': 'sg-0a1b2c3d',
    tracing: 'active',
    'ephemeral-storage': '1024',
    'log-format': 'json',
    'log-level': 'warn',
    'log-group': '/versions',
    'kms-key': key,
    'dead-letter-target': queue,
  }

  test('is configured, compared, and taken away again', async () => {
    await configured('versions', { role: ROLE, memory: '256' })

    const changed = await configured('versions', settings)
    expect(changed).toMatchObject({ version: '2' })
    expect(changed.plan[0]).toBe(
      'update the configuration: vpc-subnets, vpc-security-groups, tracing, ephemeral-storage, log-format, log-level, log-group, kms-key, dead-letter-target',
    )
    expect(await look('versions', 'live')).toMatchObject({
      Version: '2',
      MemorySize: 256,
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d'], SecurityGroupIds: ['sg-0a1b2c3d'] },
      TracingConfig: { Mode: 'Active' },
      EphemeralStorage: { Size: 1024 },
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: '/versions' },
      KMSKeyArn: key,
      DeadLetterConfig: { TargetArn: queue },
    })

    expect(await configured('versions', settings)).toMatchObject({ changed: false, plan: [] })
    expect(world.operations()).toHaveLength(4)
    expect(await configured('versions')).toMatchObject({ changed: false, plan: [] })

    const taken = { 'vpc-subnets': 'none', 'log-format': 'text', 'kms-key': 'none', 'dead-letter-target': 'none' }
    expect(await configured('versions', taken)).toMatchObject({ version: '3' })
    const last = await look('versions', 'live')
    expect(last.VpcConfig?.SubnetIds ?? []).toEqual([])
    expect(last).toMatchObject({ EphemeralStorage: { Size: 1024 }, LoggingConfig: { LogFormat: 'Text' } })
    expect(last.KMSKeyArn ?? '').toBe('')
    expect(await configured('versions', taken)).toMatchObject({ changed: false })
  }, 240_000)

  test('variables of the function that go are named, and their values are not', async () => {
    await configured('variables', { role: ROLE, environment: 'KEPT=canary-one\nGONE=canary-two' })
    const ended = await configured('variables', { environment: 'KEPT=canary-three', 'environment-strategy': 'replace' })
    expect(ended.plan[0]).toBe('update the configuration: removes environment GONE, environment KEPT')
    expect(ended.output).not.toContain('canary')
  }, 120_000)

  test('the handler of an older tool is replaced, and the plan says so', async () => {
    await configured('older', { role: ROLE })
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'older', Handler: 'wsgi.handler' }))
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: 'older' })
    const { plan } = await configured('older', { memory: '256' })
    expect(plan[0]).toBe('update the configuration: handler wsgi_handler.handler instead of wsgi.handler, memory')
  }, 120_000)
})

describe('what a function has beside its versions', () => {
  const settings = {
    role: ROLE,
    tags: 'team=shop',
    'reserved-concurrency': '5',
    'log-retention': '30',
    description: 'The shop',
  }

  test('is there with the function, and looked at once each', async () => {
    await configured('beside', settings)
    const operations = world.operations()
    expect(operations.indexOf('PutRetentionPolicy')).toBeLessThan(operations.indexOf('CreateFunction'))
    expect(await look('beside')).toMatchObject({
      Description: 'The shop',
      tags: { team: 'shop', 'managed-by': 'wsgi-lambda' },
      reserved: 5,
    })
    expect(await retentionOf('/aws/lambda/beside')).toBe(30)

    expect(await configured('beside', settings)).toMatchObject({ changed: false, plan: [] })
    expect(world.operations().toSorted()).toEqual([
      ...['DescribeLogGroups', 'GetAlias', 'GetFunction', 'GetFunctionConcurrency'],
      ...['GetFunctionConfiguration', 'GetFunctionConfiguration', 'GetFunctionUrlConfig', 'GetPolicy'],
    ])
  }, 120_000)

  test('is changed without a version, and without a command', async () => {
    const function_ = (await look('beside')).FunctionArn ?? ''
    await lambda.send(new TagResourceCommand({ Resource: function_, Tags: { cost: '7' } }))
    const more = {
      ...{ role: ROLE, tags: 'team=web\nstage=test', 'reserved-concurrency': 'none', 'log-retention': 'never' },
      ...{ description: 'Our shop', 'before-traffic': 'manage check' },
    }
    expect(await configured('beside', more)).toMatchObject({
      changed: true,
      version: '1',
      plan: [
        'keep the lines of the log group /aws/lambda/beside for ever',
        'reserve no concurrency',
        'tag the function: stage, team',
        'update the description of the function',
      ],
    })
    expect(writes().filter((operation) => !/Alias/.test(operation))).toEqual([
      ...['DeleteRetentionPolicy', 'DeleteFunctionConcurrency', 'TagResource', 'UpdateFunctionConfiguration'],
    ])
    const { tags, reserved, Description: description } = await look('beside')
    expect(tags).toEqual({ team: 'web', stage: 'test', cost: '7', 'managed-by': 'wsgi-lambda' })
    expect(reserved).toBeUndefined()
    expect(description).toBe('Our shop')
    expect(await retentionOf('/aws/lambda/beside')).toBeUndefined()
    expect(await configured('beside', more)).toMatchObject({ changed: false })
  }, 120_000)

  test('other sites may read what the Function URL answers, as long as they should', async () => {
    const said = async () => {
      const asked = new GetFunctionUrlConfigCommand({ FunctionName: 'sites', Qualifier: 'live' })
      return (await lambda.send(asked)).Cors
    }
    const origins = { 'cors-origins': 'https://a.example' }
    await configured('sites', { role: ROLE, ...origins })
    expect(await said()).toMatchObject({ AllowOrigins: ['https://a.example'], AllowMethods: ['*'] })
    await configured('sites', origins)
    expect(writes()).toEqual([])
    await configured('sites', { ...origins, 'cors-credentials': 'true' })
    expect(writes().filter((operation) => !/Alias/.test(operation))).toEqual(['UpdateFunctionUrlConfig'])
    expect(await said()).toMatchObject({ AllowCredentials: true })
    await configured('sites', { 'cors-origins': 'none' })
    expect((await said())?.AllowOrigins ?? []).toEqual([])
  }, 120_000)

  test('a code signing configuration is put on and taken off', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:000000000000:code-signing-config:csc-0123456789abcdef0'
    await configured('beside', { 'code-signing-config': arn })
    expect(writes()).toContain('PutFunctionCodeSigningConfig')
    expect(await configured('beside', { 'code-signing-config': arn })).toMatchObject({ changed: false })
    await configured('beside', { 'code-signing-config': 'none' })
    expect(writes()).toContain('DeleteFunctionCodeSigningConfig')
  }, 120_000)

  test('a log group that is there keeps all but its retention', async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: '/shared' }))
    await configured('grouped', { role: ROLE, 'log-group': '/shared', 'log-retention': '7' })
    expect(writes()).not.toContain('CreateLogGroup')
    expect(await retentionOf('/shared')).toBe(7)
  }, 120_000)
})

describe('an execution role that is made', () => {
  const settings = { 'create-role': 'true', secrets: 'KEY=ssm:/made/key', smoke: 'false' }

  test('is waited for, kept, and grows with what the function needs', async () => {
    world.proxy.clear()
    const refusal = {
      ...{ status: 400, type: 'InvalidParameterValueException' },
      message: 'The role defined for the function cannot be assumed by Lambda.',
    }
    const flags = ['--function-name', 'made', '--create-role', '--no-smoke', '--secrets', settings.secrets]
    world.proxy.inject({ operation: 'CreateFunction', times: 2, ...refusal })
    const first = await world.cli(['deploy', '--artifact', artifact, ...flags, '--url-origin', world.proxy.urlOrigin])
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stdout).toContain('create the execution role made-role')
    expect(world.operations().filter((operation) => operation === 'CreateFunction')).toHaveLength(3)

    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: 'made-role' }))
    expect(role?.Tags).toContainEqual({ Key: 'managed-by', Value: 'wsgi-lambda' })
    expect(JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ''))).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }],
    })
    expect((await look('made')).Role).toBe(role?.Arn)
    expect(await policyOf('made-role')).toEqual([
      expect.objectContaining({ Sid: 'Logs' }),
      expect.objectContaining({ Resource: ['arn:aws:ssm:eu-west-1:000000000000:parameter/made/key'] }),
    ])

    expect(await configured('made', settings)).toMatchObject({ changed: false })
    expect(world.operations()).toHaveLength(5)

    const { plan } = await configured('made', { ...settings, tracing: 'active' })
    expect(plan.slice(0, 2)).toEqual([
      'update what the execution role made-role may do',
      'update the configuration: tracing',
    ])
    expect(await policyOf('made-role')).toHaveLength(3)
    await configured('made', { ...settings, tracing: 'pass-through' })
    expect(await policyOf('made-role')).toHaveLength(3)
  }, 240_000)

  test('is bounded from its first moment, or before its policy grows', async () => {
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] }
    const { Policy: policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument: JSON.stringify(document) }),
    )
    const boundary = { 'permissions-boundary': policy?.Arn ?? '' }
    const boundaryOf = async (name: string): Promise<string | undefined> => {
      const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: name }))
      return role?.PermissionsBoundary?.PermissionsBoundaryArn
    }
    const { plan } = await configured('bounded', { ...settings, ...boundary })
    expect(plan).toContain(`create the execution role bounded-role, within the permissions boundary ${policy?.Arn}`)
    expect(writes()).not.toContain('PutRolePermissionsBoundary')
    expect(await boundaryOf('bounded-role')).toBe(policy?.Arn)
    expect(await configured('bounded', { ...settings, ...boundary })).toMatchObject({ changed: false })

    await configured('unbounded', settings)
    expect(await boundaryOf('unbounded-role')).toBeUndefined()
    await configured('unbounded', { ...settings, ...boundary })
    const roleWrites = writes().filter((operation) => operation.includes('Role'))
    expect(roleWrites).toEqual(['PutRolePermissionsBoundary', 'PutRolePolicy'])
    expect(await boundaryOf('unbounded-role')).toBe(policy?.Arn)
  }, 240_000)

  test('is not one that somebody else has made', async () => {
    await iam.send(new CreateRoleCommand({ RoleName: 'theirs-role', AssumeRolePolicyDocument: '{}' }))
    const refused = await configure('theirs', { 'create-role': 'true' })
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('a role theirs-role exists that wsgi-lambda has not made')
    expect(writes()).toEqual([])
  }, 60_000)

  async function policyOf(name: string): Promise<readonly unknown[]> {
    const found = await iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: 'wsgi-lambda' }))
    const document = JSON.parse(decodeURIComponent(found.PolicyDocument ?? '')) as { Statement: readonly unknown[] }
    return document.Statement
  }
})

describe('manage: code', () => {
  test('publishes what somebody else has configured, and configures nothing', async () => {
    await configured('managed', { role: ROLE, environment: 'A=1' })
    expect(await configured('managed', { manage: 'code' })).toMatchObject({ changed: false })
    const change = {
      FunctionName: 'managed',
      MemorySize: 1024,
      Timeout: 77,
      TracingConfig: { Mode: 'Active' as const },
    }
    await lambda.send(new UpdateFunctionConfigurationCommand(change))
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName: 'managed' })
    expect(await configured('managed', { manage: 'code' })).toMatchObject({ changed: true, version: '2' })
    expect(writes()).not.toContain('UpdateFunctionConfiguration')
    expect(await look('managed', 'live')).toMatchObject({
      MemorySize: 1024,
      Timeout: 77,
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { A: '1' } },
    })
  }, 120_000)

  test('creates no function', async () => {
    const refused = await configure('unmanaged', { manage: 'code' })
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('The function unmanaged does not exist, and manage is code')
    expect(writes()).toEqual([])
  }, 60_000)
})

test('what cannot be is said before anything is asked, all at once', async () => {
  const given = {
    ...{ 'snap-start': 'true', 'ephemeral-storage': '1024', 'vpc-subnets': 'subnet-0a1b2c3d' },
    ...{ 'log-format': 'text', 'log-level': 'warn', role: ROLE, 'create-role': 'true' },
  }
  const refused = await configure('wrong', given)
  expect(refused.exitCode).toBe(2)
  for (const title of [
    'snap-start cannot be used with ephemeral-storage 1024',
    'vpc-subnets is set without vpc-security-groups',
    'log-level is set, and the log format is text',
    'role and create-role are both set',
  ])
    expect(refused.stderr).toContain(title)
  expect(world.operations()).toEqual([])
})
