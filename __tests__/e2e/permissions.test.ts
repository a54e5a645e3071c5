import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreatePolicyCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parse } from 'yaml'
import { ensureVenv } from '../../scripts/environment/pythons.ts'
import type { Template } from '../../src/release/permissions/bootstrap-template.ts'
import type { Policy } from '../../src/release/permissions/permissions.ts'
import { folderWith } from '../settings/project-folder.ts'
import { notTried } from '../support/optional.ts'
import { machineVariables, REPOSITORY, ROLE, startWorld, type World } from '../support/world.ts'

jest.setTimeout(180_000)

const CFN_LINT = '1.58.0'
const PROJECT = join(REPOSITORY, '__tests__/fixtures/bare-wsgi')
const ACCOUNT = '000000000000'

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 240_000)
afterAll(async () => {
  await world[Symbol.asyncDispose]()
}, 60_000)

/** What the command prints on standard output, with nothing of AWS around it: neither credentials nor anybody who answers. */
async function printed(...args: readonly string[]): Promise<string> {
  const cwd = await folderWith({})
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: '' }
  const { exitCode, stdout, stderr } = await world.cli([...args, '--project', cwd, '--function-name', 'guarded'], {
    env: { ...machineVariables(), ...env },
    cwd,
  })
  expect([exitCode, stderr.includes('✖')]).toEqual([0, false])
  return stdout
}

const policyOf = async (...args: readonly string[]): Promise<Policy> =>
  JSON.parse(await printed('permissions', '--role', ROLE, ...args)) as Policy

/** Whether a statement allows an action on a resource: `*` stands for anything (IAM user guide, "Resource"). */
function allows({ Statement: statements }: Policy, { action, resource }: Needed): boolean {
  const matches = (pattern: string, text: string): boolean =>
    new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(text)
  return statements.some(
    ({ Action, Resource }) =>
      Action.some((each) => matches(action, each)) &&
      (resource === undefined || Resource.some((pattern) => matches(pattern, resource))),
  )
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

interface Needed {
  /** `*` in front where a call does not tell its service. */
  readonly action: string
  readonly resource: string | undefined
}

/** Of buckets, where IAM has another name than S3 (Service authorization reference, "Amazon S3"). */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  ListObjectsV2: 'ListBucket',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
}

/** What the calls since the last `proxy.clear()` needed, as IAM sees it. */
function needed(): readonly Needed[] {
  return world.proxy
    .calls()
    .filter(({ operation }) => !['FunctionUrl', 'GetCallerIdentity'].includes(operation))
    .map(({ operation, protocol, path, functionName, qualifier }) => {
      // The proxy has no name for it.
      if (/^GET \/\d{4}-\d\d-\d\d\/layers$/.test(operation)) return { action: '*:ListLayers', resource: undefined }
      if (/^GET \/\d{4}-\d\d-\d\d\/layers\//.test(operation))
        return { action: '*:ListLayerVersions', resource: undefined }
      if (protocol === 's3' && !/(?:Object|Upload|Part)$/.test(operation)) {
        const action = S3_ACTIONS[operation] ?? operation
        return { action: `s3:${action}`, resource: `arn:aws:s3:::${path.slice(1).replace(/[/?].*/, '')}` }
      }
      if (/(?:Object|Upload|Part)$/.test(operation)) {
        const action = /^(?:Get|Head)/.test(operation) ? 's3:GetObject' : 's3:PutObject'
        return { action, resource: `arn:aws:s3:::${path.slice(1).replace(/\?.*/, '')}` }
      }
      if (path === '/' || functionName === undefined) return { action: `*:${operation}`, resource: undefined }
      const arn = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${functionName}`
      return {
        action: `lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`,
        resource: qualifier === undefined ? arn : `${arn}:${qualifier}`,
      }
    })
}

describe('permissions', () => {
  const flags = ['--function-name', 'guarded', '--project', PROJECT]
  const refused = (policy: Policy): unknown => needed().filter((each) => !allows(policy, each))

  test('of a dry run: all that it asks for, and nothing that writes', async () => {
    world.proxy.clear()
    expect((await world.deploy([...flags, '--dry-run'])).exitCode).toBe(0)
    expect(refused(await policyOf('--dry-run'))).toEqual([])
    expect(needed().length).toBeGreaterThan(3)
  })

  test('of a deployment, the first and one that changes things: each call is allowed', async () => {
    const policy = await policyOf()
    for (const given of [[], ['--memory', '1024'], ['--function-url', 'iam']]) {
      world.proxy.clear()
      expect((await world.deploy([...flags, ...given])).exitCode).toBe(0)
      expect(refused(policy)).toEqual([])
    }
    expect(needed().length).toBeGreaterThan(5)
  })

  test('of settings that need other services: each call is allowed', async () => {
    const settings = [
      ...['--tags', 'team=shop', '--reserved-concurrency', '5', '--log-retention', '30', '--create-role'],
      ...['--after-traffic', 'exec print(1)', '--commands', 'exec'],
    ]
    const own = JSON.parse(await printed('permissions', '--allowed-account-ids', ACCOUNT, ...settings)) as Policy
    world.proxy.clear()
    const given = Object.entries(world.inputs).flatMap(([name, value]) => (name === 'role' ? [] : [`--${name}`, value]))
    const output = ['--output', join(world.folder, 'app.zip')]
    const { exitCode, stderr } = await world.cli(['deploy', ...flags, ...given, ...output, ...settings])
    expect([exitCode, stderr]).toEqual([0, expect.any(String)])
    expect(refused(own)).toEqual([])
    expect(needed().map(({ action }) => action)).toEqual(
      expect.arrayContaining(['*:CreateRole', '*:PutRetentionPolicy', 'lambda:PutFunctionConcurrency']),
    )
  })

  test('of previews: each call of making, removing and sweeping one is allowed, and none is for the function itself', async () => {
    const settings = ['--preview-role', ROLE, '--preview-database', 'none', '--function-name', 'guarded']
    const policy = JSON.parse(
      await printed('permissions', '--previews', '--allowed-account-ids', ACCOUNT, ...settings.slice(0, 4)),
    ) as Policy
    const given = Object.entries(world.inputs).flatMap(([name, value]) => (name === 'role' ? [] : [`--${name}`, value]))
    const variables = { env: { GITHUB_REPOSITORY_ID: '42', GITHUB_REPOSITORY: 'octocat/shop' } }
    const runs = [
      [
        'preview',
        '--pr',
        '7',
        '--project',
        PROJECT,
        '--output',
        join(world.folder, 'preview.zip'),
        ...given,
        ...settings,
      ],
      ['sweep', '--dry-run'],
      ['destroy', '--pr', '7', '--function-name', 'guarded'],
    ]
    world.proxy.clear()
    for (const run of runs) expect([run[0], (await world.cli(run, variables)).exitCode]).toEqual([run[0], 0])
    // Whoever may make no roles and no layers need not find any: sweep and destroy go on without.
    expect(refused(policy)).toEqual(
      ['*:ListRoles', '*:ListLayers', '*:ListLayerVersions'].map((action) => ({ action, resource: undefined })),
    )
    expect(needed().filter(({ resource }) => /:guarded(?!-pr-7)/.test(resource ?? ''))).toEqual([])
    expect(needed().map(({ action }) => action)).toEqual(
      expect.arrayContaining(['lambda:CreateFunction', '*:GetResources', 'lambda:DeleteFunction']),
    )
  })

  test('of previews whose roles are made within a boundary: each call is allowed, and the role is bounded', async () => {
    const iam = new IAMClient({
      ...{ endpoint: world.emulator.endpoint, region: world.emulator.region },
      credentials: { accessKeyId: 'emulator-access-key', secretAccessKey: 'emulator-secret-key' },
    })
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] }
    const { Policy: made } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'previews', PolicyDocument: JSON.stringify(document) }),
    )
    const boundary = made?.Arn ?? ''
    const settings = ['--create-role', '--permissions-boundary', boundary, '--preview-database', 'none']
    const policy = JSON.parse(
      await printed('permissions', '--previews', '--allowed-account-ids', ACCOUNT, ...settings),
    ) as Policy
    const given = Object.entries(world.inputs).flatMap(([name, value]) => (name === 'role' ? [] : [`--${name}`, value]))
    const place = ['--project', PROJECT, '--output', join(world.folder, 'preview.zip')]
    const variables = { env: { GITHUB_REPOSITORY_ID: '42', GITHUB_REPOSITORY: 'octocat/shop' } }
    world.proxy.clear()
    const run = ['preview', '--pr', '9', '--function-name', 'guarded', ...place, ...given, ...settings]
    const { exitCode, stdout } = await world.cli(run, variables)
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`within the permissions boundary ${boundary}`)])
    const roleName = { RoleName: 'guarded-pr-9-role' }
    const { Role: role } = await iam.send(new GetRoleCommand(roleName))
    expect(role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(boundary)
    const destroy = ['destroy', '--pr', '9', '--function-name', 'guarded']
    expect((await world.cli(destroy, variables)).exitCode).toBe(0)
    await expect(iam.send(new GetRoleCommand(roleName))).rejects.toThrow(/guarded-pr-9-role/)
    expect(needed().map(({ action }) => action)).toContain('*:CreateRole')
    // As above.
    expect(refused(policy)).toEqual([{ action: '*:ListLayerVersions', resource: undefined }])
  })

  test('of upload-bucket: auto: each call is allowed, and previews may not touch what is uploaded for the function', async () => {
    const project = join(world.folder, 'large')
    await cp(PROJECT, project, { recursive: true })
    await writeFile(join(project, 'model.bin'), randomBytes(53_000_000))
    const own = ['--allowed-account-ids', ACCOUNT, '--upload-bucket', 'auto']
    const buckets = (): unknown => [
      ...new Set(needed().flatMap(({ resource = '' }) => /s3:::[^/]*/.exec(resource) ?? [])),
    ]
    const given = ['--function-name', 'guarded', '--project', project, '--upload-bucket', 'auto']
    for (const flags of [['--dry-run'], []]) {
      world.proxy.clear()
      expect((await world.deploy([...given, ...flags])).exitCode).toBe(0)
      expect(refused(await policyOf(...own, ...flags))).toEqual([])
      expect(buckets()).toEqual([`s3:::wsgi-lambda-${ACCOUNT}-eu-west-1`])
    }
    expect(needed().map(({ action }) => action)).toEqual(expect.arrayContaining(['s3:CreateBucket', 's3:PutObject']))
    const previews = JSON.parse(await printed('permissions', '--previews', '--preview-role', ROLE, ...own)) as Policy
    expect(refused(previews)).not.toEqual([])
    expect(
      needed().filter(({ action, resource }) => action.startsWith('s3:') && allows(previews, { action, resource })),
    ).toEqual([])
    world.proxy.clear()
    const inputs = Object.entries(world.inputs).flatMap(([name, value]) =>
      name === 'role' ? [] : [`--${name}`, value],
    )
    const output = ['--output', join(world.folder, 'preview.zip')]
    const { exitCode } = await world.cli(
      ['preview', '--pr', '8', ...given, ...inputs, ...output, '--preview-role', ROLE, '--preview-database', 'none'],
      { env: { GITHUB_REPOSITORY_ID: '42', GITHUB_REPOSITORY: 'octocat/shop' } },
    )
    expect([exitCode, refused(previews)]).toEqual([0, []])
    expect(buckets()).toEqual([`s3:::wsgi-lambda-${ACCOUNT}-eu-west-1-previews`])
  })

  test('of one deployment is not for another function', async () => {
    const policy = await policyOf()
    const isAllowed = (name: string): boolean =>
      allows(policy, {
        action: 'lambda:UpdateFunctionCode',
        resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`,
      })
    expect(['guarded', 'guarded-too', 'other', 'guarde'].filter(isAllowed)).toEqual(['guarded'])
  })
})

describe('an account that is not allowed', () => {
  test('nothing is asked but whose the credentials are, and both are named', async () => {
    world.proxy.clear()
    const { exitCode, stderr } = await world.deploy([
      ...['--function-name', 'guarded', '--project', PROJECT, '--allowed-account-ids', '111111111111'],
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`of the account ${ACCOUNT}, and allowed-account-ids has 111111111111`)
    expect(world.operations()).toEqual(['GetCallerIdentity'])
  })

  test('the right one goes on', async () => {
    const { exitCode } = await world.deploy([
      ...['--function-name', 'guarded', '--project', PROJECT, '--allowed-account-ids', ACCOUNT, '--dry-run'],
    ])
    expect(exitCode).toBe(0)
  })
})

describe('bootstrap', () => {
  const repository = ['--repository', 'acme/shop']

  test('needs the repository', async () => {
    const { exitCode, stderr } = await world.cli(['bootstrap', '--function-name', 'shop'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--repository is missing')])
  })

  test('prints YAML, and the same as JSON', async () => {
    const yaml = await printed('bootstrap', ...repository)
    const template = parse(yaml) as Template
    expect(template).toEqual(JSON.parse(await printed('bootstrap', ...repository, '--json')))
    expect(Object.keys(template.Outputs)).toContain('DeployRoleArn')
  })

  test('is found right by cfn-lint', async () => {
    const venv = await ensureVenv('cfn-lint', [`cfn-lint==${CFN_LINT}`], world.python).catch(String)
    if (!venv.startsWith('/')) {
      notTried(`cfn-lint could not be installed: ${venv}`)
      return
    }
    const file = join(world.folder, 'bootstrap.yml')
    const databaseRole = `arn:aws:iam::${ACCOUNT}:role/shop-databases`
    const settings = [
      ...['--secrets', 'KEY=ssm:/shop/key', '--upload-bucket', 's3://uploads', '--dependencies-layer'],
      ...['--preview-database-admin', 'ssm:/shop/admin', '--preview-database-access', 'function'],
      ...['--database-role', databaseRole],
    ]
    await printed('bootstrap', ...repository, ...settings, '--environment', 'production', '--output', file)
    const linted = promisify(execFile)(join(venv, 'bin/cfn-lint'), ['--include-checks', 'I', '--', file])
    expect(await linted.catch((error: unknown) => error)).toMatchObject({ stdout: '', stderr: '' })
  })

  test('makes the roles', async () => {
    const answer = await cloudFormation('CreateStack', {
      StackName: 'deployments',
      TemplateBody: await printed('bootstrap', ...repository),
      'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
      // The emulator knows no identity providers as resources.
      'Parameters.member.1.ParameterKey': 'ProviderArn',
      'Parameters.member.1.ParameterValue': `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    })
    expect(answer).toContain('<StackId>')
    const stack = await cloudFormation('DescribeStacks', { StackName: 'deployments' })
    expect(stack).toContain('CREATE_COMPLETE')
    const outputs = [...stack.matchAll(/<OutputKey>(\w+)<\/OutputKey>\s*<OutputValue>([^<]+)/g)]
    expect(Object.fromEntries(outputs.map(([, key, value]) => [key, value]))).toMatchObject({
      DeployRoleArn: `arn:aws:iam::${ACCOUNT}:role/guarded-deploy`,
      PreviewRoleArn: `arn:aws:iam::${ACCOUNT}:role/guarded-previews`,
      ExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/guarded-execution`,
      PreviewExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/guarded-preview-execution`,
    })
  })
})

async function cloudFormation(action: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const credential = 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/cloudformation/aws4_request'
  const answer = await fetch(world.emulator.endpoint, {
    method: 'POST',
    headers: { authorization: `${credential}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...fields }),
  })
  return await answer.text()
}
