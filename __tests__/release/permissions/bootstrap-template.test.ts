import { describe, expect, test } from '@jest/globals'
import { bootstrap } from '../../../src/commands/bootstrap.ts'
import { type BootstrapOptions, bootstrapTemplate } from '../../../src/release/permissions/bootstrap-template.ts'
import { loadFunctionSettings } from '../../../src/settings/settings.ts'
import { folderWith } from '../../settings/project-folder.ts'

interface Role {
  readonly Properties: {
    readonly AssumeRolePolicyDocument: { readonly Statement: readonly [{ readonly Condition: object }] }
    readonly Policies: readonly [{ readonly PolicyDocument: { readonly Statement: readonly Statement[] } }]
  }
}
interface Statement {
  readonly Sid: string
  readonly Action: readonly string[]
  readonly Resource: unknown
}

const load = async (given: Readonly<Record<string, string | boolean>> = {}) => {
  const explicit = { given: { 'function-name': 'shop', ...given }, nameOf: String }
  return await loadFunctionSettings({ project: await folderWith({}), stage: undefined, environment: {}, explicit })
}
async function templateOf(
  given: Readonly<Record<string, string | boolean>> = {},
  options: Partial<BootstrapOptions> = {},
) {
  return bootstrapTemplate(await load(given), {
    ...{ repository: 'acme/shop', environment: undefined, branch: 'main' },
    ...options,
  })
}
async function roleOf(
  name: string,
  given: Readonly<Record<string, string | boolean>> = {},
  options: Partial<BootstrapOptions> = {},
) {
  const role = (await templateOf(given, options)).Resources[name] as Role
  return {
    trust: role.Properties.AssumeRolePolicyDocument.Statement[0].Condition,
    statements: role.Properties.Policies[0].PolicyDocument.Statement,
  }
}

describe('who may take a role', () => {
  test('deploying: jobs of the repository in the environment or on the branch, for AWS', async () => {
    expect((await roleOf('DeployRole')).trust).toEqual({
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: {
        'token.actions.githubusercontent.com:sub': [
          {
            'Fn::If': [
              'HasEnvironment',
              { 'Fn::Sub': 'repo:${GitHubRepository}:environment:${GitHubEnvironment}' },
              { Ref: 'AWS::NoValue' },
            ],
          },
          {
            'Fn::If': [
              'HasBranch',
              { 'Fn::Sub': 'repo:${GitHubRepository}:ref:refs/heads/${GitHubBranch}' },
              { Ref: 'AWS::NoValue' },
            ],
          },
        ],
      },
    })
  })

  test('previews: jobs of pull requests, and what sweeps them by a schedule', async () => {
    expect((await roleOf('PreviewRole')).trust).toMatchObject({
      StringLike: {
        'token.actions.githubusercontent.com:sub': [
          { 'Fn::Sub': 'repo:${GitHubRepository}:pull_request' },
          {
            'Fn::If': [
              'HasSweepBranch',
              { 'Fn::Sub': 'repo:${GitHubRepository}:ref:refs/heads/${SweepBranch}' },
              { Ref: 'AWS::NoValue' },
            ],
          },
        ],
      },
    })
  })

  test.each(['ExecutionRole', 'PreviewExecutionRole'])('%s: Lambda, for this account', async (name) => {
    expect((await roleOf(name)).trust).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } })
  })
})

describe('names of roles', () => {
  const namesFor = async (functionName: string) =>
    (await templateOf({ 'function-name': functionName })).Parameters['RoleNames']

  test.each([
    ['DeployRole', 'deploy'],
    ['PreviewRole', 'previews'],
    ['ExecutionRole', 'execution'],
    ['PreviewExecutionRole', 'preview-execution'],
  ])('%s: RoleNames-%s, or what CloudFormation makes', async (name, ending) => {
    const { Properties: properties } = (await templateOf()).Resources[name] as { readonly Properties: object }
    const named = { 'Fn::Sub': `\${RoleNames}-${ending}` }
    expect(properties).toMatchObject({ RoleName: { 'Fn::If': ['HasRoleNames', named, { Ref: 'AWS::NoValue' }] } })
  })

  test('begin with the name of the function, where all of them are no longer than IAM takes', async () => {
    const [longest, longer] = ['s'.repeat(46), 's'.repeat(47)]
    expect(await namesFor(longest)).toMatchObject({ Default: longest, MaxLength: 46 })
    expect(await namesFor(longer)).toMatchObject({ Default: '' })
  })
})

describe('the role of previews', () => {
  test('reaches functions of previews alone', async () => {
    const { statements } = await roleOf('PreviewRole', { 'dependencies-layer': true })
    const lambda = statements.filter(({ Action }) => Action.every((action) => action.startsWith('lambda:')))
    const named = lambda.filter(({ Sid }) => Sid !== 'ListLayerVersions')
    expect(named.length).toBeGreaterThan(2)
    for (const { Resource } of named) expect(JSON.stringify(Resource)).not.toMatch(/:shop(?!-pr-\*)/)
  })

  test('gives no function the role of production, whatever role is set', async () => {
    const { statements } = await roleOf('PreviewRole', { role: 'arn:aws:iam::123456789012:role/production' })
    expect(statements.filter(({ Action }) => Action.includes('iam:PassRole'))).toMatchObject([
      { Resource: [{ 'Fn::Sub': '${PreviewExecutionRole.Arn}' }] },
    ])
    expect(JSON.stringify(statements)).not.toMatch(/role\/production|\{ExecutionRole/)
  })

  test('reaches nothing else of production: neither roles and keys, nor its code and files', async () => {
    const given = {
      'command-role': 'arn:aws:iam::123456789012:role/migrations',
      'kms-key': 'arn:aws:kms:eu-west-1:123456789012:key/11112222-3333-4444-5555-666677778888',
      'upload-bucket': 's3://uploads/shop/',
      static: 's3://files',
      'vpc-subnets': 'subnet-0a1b2c3d',
      'vpc-security-groups': 'sg-0a1b2c3d',
      'file-systems': '/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d',
      'dead-letter-target': 'arn:aws:sqs:eu-west-1:123456789012:failed',
    }
    const statements = [
      ...(await roleOf('PreviewRole', given)).statements,
      ...(await roleOf('PreviewExecutionRole', given)).statements,
    ]
    const text = JSON.stringify(statements)
    expect(text).not.toMatch(/role\/migrations|11112222|access-point|:failed/)
    expect(text.match(/s3:::[^"]*\/[^"]*/g)).toEqual(['s3:::uploads/shop/previews/*', 's3:::files/pr-*/*'])
    expect(text).toContain('ec2:')
  })

  test('makes a bucket of its own for uploads, and has no right on that of production', async () => {
    const { statements } = await roleOf('PreviewRole', { 'upload-bucket': 'auto' })
    const text = JSON.stringify(statements)
    const bucket = 's3:::wsgi-lambda-${AWS::AccountId}-${AWS::Region}-previews'
    expect(new Set(text.match(/s3:::[^"]*/g))).toEqual(new Set([bucket, `${bucket}/shop/*`]))
    expect(text).toContain('s3:CreateBucket')
  })

  test('makes no roles, which could be given any rights', async () => {
    const { statements } = await roleOf('PreviewRole', { 'create-role': true })
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('iam:'))).toEqual([
      'iam:PassRole',
    ])
  })

  test('reads the secret of who may create databases, and its functions do not', async () => {
    const given = { 'preview-database-admin': 'ssm:/shop/admin', 'preview-secrets': 'KEY=ssm:/shop/preview/key' }
    const [job, own] = [await roleOf('PreviewRole', given), await roleOf('PreviewExecutionRole', given)].map((role) =>
      JSON.stringify(role).match(/parameter\/[\w/]+/g),
    )
    expect([job, own]).toEqual([['parameter/shop/admin'], ['parameter/shop/preview/key']])
  })

  test('and its functions make no log group: late lines would make it anew when it is removed', async () => {
    expect(JSON.stringify(await roleOf('ExecutionRole'))).toContain('logs:CreateLogGroup')
    const own = JSON.stringify(await roleOf('PreviewExecutionRole'))
    expect(own).toContain('logs:PutLogEvents')
    expect(own).not.toContain('logs:CreateLogGroup')
  })

  test('and its functions read no secrets of production', async () => {
    const secrets = 'KEY=ssm:/shop/key'
    expect(JSON.stringify(await roleOf('ExecutionRole', { secrets }))).toContain('parameter/shop/key')
    expect(JSON.stringify(await roleOf('PreviewExecutionRole', { secrets }))).not.toContain('ssm:')
  })
})

describe('the role for databases', () => {
  const given = {
    'preview-database-admin': 'secretsmanager:shop/preview/database-admin',
    'preview-database-access': 'function',
    secrets: 'KEY=ssm:/shop/key',
  }
  const databaseRole = { 'database-role': 'arn:aws:iam::123456789012:role/shop-databases' }

  test('is made where the settings name one, and reads the secret of the administrator alone', async () => {
    const { Resources: resources, Outputs: outputs } = await templateOf({ ...given, ...databaseRole })
    expect(Object.keys(outputs)).toContain('DatabaseRoleArn')
    const text = JSON.stringify(resources['DatabaseRole'])
    expect(text).toContain('secret:shop/preview/database-admin-??????')
    expect(text).toContain('"${RoleNames}-databases"')
    expect(text).not.toContain('parameter/shop/key')
    expect(JSON.stringify(resources['ExecutionRole'])).not.toContain('database-admin')
    expect(JSON.stringify(resources['PreviewRole'])).not.toContain('database-admin')
  })

  test('is given to the function by its deployment, and by nobody else', async () => {
    const { Resources: resources } = await templateOf({ ...given, ...databaseRole })
    const givers = Object.entries(resources).filter(([, each]) => JSON.stringify(each).includes('${DatabaseRole.Arn}'))
    expect(givers.map(([name]) => name)).toEqual(['DeployRole'])
    expect(JSON.stringify(resources)).not.toContain('123456789012')
  })

  test('outlives its replacement in the stack, as under another name, like all roles of functions', async () => {
    const { Resources: resources } = await templateOf({ ...given, ...databaseRole })
    const kept = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' }
    for (const name of ['ExecutionRole', 'PreviewExecutionRole', 'DatabaseRole'])
      expect(resources[name]).toMatchObject(kept)
    for (const name of ['DeployRole', 'PreviewRole']) expect(resources[name]).not.toMatchObject(kept)
  })

  test('is none else', async () => {
    const { Resources: resources, Outputs: outputs } = await templateOf(given)
    expect([resources['DatabaseRole'], outputs['DatabaseRoleArn']]).toEqual([undefined, undefined])
  })
})

test('a retention that never ends is no retention of a template', async () => {
  const { Parameters: parameters } = bootstrapTemplate(await load({ 'log-retention': 'never' }), {
    repository: 'acme/shop',
    environment: undefined,
    branch: 'main',
  })
  expect(parameters['LogRetention']).toMatchObject({ Default: '30' })
})

describe('the command', () => {
  const nothing = { repository: undefined, environment: undefined, branch: undefined }

  test.each([
    ['a repository', { repository: 'acme/shop' }, {}, ['acme/shop', '', 'main']],
    ['one with ids', { repository: 'acme@12/shop@34' }, {}, ['acme@12/shop@34', '', 'main']],
    ['that of the workflow', {}, { GITHUB_REPOSITORY: 'acme/shop' }, ['acme/shop', '', 'main']],
    ['an environment, and no branch', { repository: 'acme/shop', environment: 'live' }, {}, ['acme/shop', 'live', '']],
    ['both', { repository: 'acme/shop', environment: 'live', branch: 'v/*' }, {}, ['acme/shop', 'live', 'v/*']],
  ])('takes %s', async (_, given, variables, [repository, environment, branch]) => {
    expect(bootstrap({ ...nothing, ...given }, await load(), variables).Parameters).toMatchObject({
      GitHubRepository: { Default: repository },
      GitHubEnvironment: { Default: environment },
      GitHubBranch: { Default: branch },
    })
  })

  test.each([undefined, 'acme', 'acme/*', 'https://github.com/acme/shop'])('refuses %s', async (repository) => {
    const settings = await load()
    expect(() => bootstrap({ ...nothing, repository }, settings, {})).toThrow(/--repository is/)
  })
})
