import { defaultLogGroup } from '../../aws/function-options.ts'
import { NONE } from '../../settings/function.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import type { Place } from './grant.ts'
import { deployPolicy } from './permissions.ts'
import { previewPolicy, previewSettings } from './preview-permissions.ts'
import { type RoleNeeds, roleStatements } from './role-policy.ts'

/** Whose jobs may deploy. */
export interface BootstrapOptions {
  /** As in `OWNER/NAME`, or with the ids that never change, `OWNER@1/NAME@2`. */
  readonly repository: string
  /** Jobs that name this environment of GitHub; undefined for none. */
  readonly environment: string | undefined
  /** Jobs on this branch that name no environment; undefined for none. */
  readonly branch: string | undefined
}

/** A CloudFormation template, as plain data. */
export interface Template {
  readonly AWSTemplateFormatVersion: '2010-09-09'
  readonly Description: string
  readonly Parameters: Readonly<Record<string, object>>
  readonly Rules: Readonly<Record<string, object>>
  readonly Conditions: Readonly<Record<string, object>>
  readonly Resources: Readonly<Record<string, object>>
  readonly Outputs: Readonly<Record<string, object>>
}

const ISSUER = 'token.actions.githubusercontent.com'
const AUDIENCE = 'sts.amazonaws.com'
/** CloudFormation fills these in. As it writes them itself they have colons, which divide the parts of an ARN. */
const HERE: Place = { partition: '${Partition}', region: '${Region}', account: '${AccountId}' }
const RETENTION_DAYS = '30'
/** IAM: names of roles have 64 characters at most. */
const LONGEST_START = 64 - '-preview-execution'.length

/**
 * GitHub's identity provider, and who may take which role: what runs on the branch or in the environment deploys the function,
 * what runs for a pull request only functions of previews. Each function has an execution role of its own.
 */
export function bootstrapTemplate(settings: FunctionSettings, options: BootstrapOptions): Template {
  const { functionName } = settings
  const previews = {
    ...settings,
    ...{ dryRun: false, createRole: false, previewRole: '${PreviewExecutionRole.Arn}' },
  }
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Deployments of the Lambda function ${functionName} from GitHub Actions, without stored keys`,
    Parameters: parameters(options, settings),
    Rules: {
      SomebodyMayDeploy: {
        Assertions: [
          {
            Assert: { 'Fn::Not': [{ 'Fn::And': [isEmpty('GitHubEnvironment'), isEmpty('GitHubBranch')] }] },
            AssertDescription: 'Set GitHubEnvironment or GitHubBranch.',
          },
        ],
      },
    },
    Conditions: {
      CreatesProvider: isEmpty('ProviderArn'),
      CreatesLogGroup: { 'Fn::Equals': [{ Ref: 'CreateLogGroup' }, 'true'] },
      HasEnvironment: { 'Fn::Not': [isEmpty('GitHubEnvironment')] },
      HasBranch: { 'Fn::Not': [isEmpty('GitHubBranch')] },
      HasSweepBranch: { 'Fn::Not': [isEmpty('SweepBranch')] },
      HasRoleNames: { 'Fn::Not': [isEmpty('RoleNames')] },
      HasBoundary: { 'Fn::Not': [isEmpty('PermissionsBoundary')] },
    },
    Resources: {
      GitHubProvider: {
        Type: 'AWS::IAM::OIDCProvider',
        Condition: 'CreatesProvider',
        // Roles of other repositories may rely on it by then.
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { Url: `https://${ISSUER}`, ClientIdList: [AUDIENCE] },
      },
      DeployRole: role(
        'deploy',
        `Deploys ${functionName}`,
        gitHubTrust([
          whereIs('HasEnvironment', 'repo:${GitHubRepository}:environment:${GitHubEnvironment}'),
          whereIs('HasBranch', 'repo:${GitHubRepository}:ref:refs/heads/${GitHubBranch}'),
        ]),
        deployPolicy({ ...settings, ...ownRoles(settings), createRole: false, dryRun: false }, HERE),
      ),
      PreviewRole: role(
        'previews',
        `Makes, removes and sweeps previews of ${functionName}, and nothing else`,
        gitHubTrust([
          { 'Fn::Sub': 'repo:${GitHubRepository}:pull_request' },
          // What runs by a schedule runs on the default branch.
          whereIs('HasSweepBranch', 'repo:${GitHubRepository}:ref:refs/heads/${SweepBranch}'),
        ]),
        previewPolicy(previews, HERE),
      ),
      ExecutionRole: roleOfFunctions('execution', `Runs ${functionName}`, {
        Version: '2012-10-17',
        Statement: roleStatements(needsOf(settings, { makesLogGroup: true }), HERE),
      }),
      PreviewExecutionRole: roleOfFunctions('preview-execution', `Runs previews of ${functionName}`, {
        Version: '2012-10-17',
        Statement: roleStatements(needsOf(previewSettings(previews), { makesLogGroup: false }), HERE),
      }),
      ...(settings.databaseRole !== undefined && { DatabaseRole: databaseRole(settings) }),
      LogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Condition: 'CreatesLogGroup',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { LogGroupName: logGroupOf(settings), RetentionInDays: { Ref: 'LogRetention' } },
      },
    },
    Outputs: {
      DeployRoleArn: output('role-to-assume of the job that deploys', { 'Fn::GetAtt': ['DeployRole', 'Arn'] }),
      PreviewRoleArn: output('role-to-assume of the jobs that make, remove and sweep previews', {
        'Fn::GetAtt': ['PreviewRole', 'Arn'],
      }),
      ExecutionRoleArn: output('The setting role', { 'Fn::GetAtt': ['ExecutionRole', 'Arn'] }),
      PreviewExecutionRoleArn: output('The setting preview-role', {
        'Fn::GetAtt': ['PreviewExecutionRole', 'Arn'],
      }),
      ...(settings.databaseRole !== undefined && {
        DatabaseRoleArn: output('The setting database-role', { 'Fn::GetAtt': ['DatabaseRole', 'Arn'] }),
      }),
      ProviderArn: output('The identity provider, for stacks of other functions', PROVIDER),
    },
  }
}

/** Those that the function gets from the template, whatever the settings call them. */
function ownRoles({ databaseRole: given }: FunctionSettings): Pick<FunctionSettings, 'role' | 'databaseRole'> {
  return { role: '${ExecutionRole.Arn}', databaseRole: given === undefined ? undefined : '${DatabaseRole.Arn}' }
}

/** Of the secrets it reads that of the administrator alone. */
function databaseRole(settings: FunctionSettings): object {
  const secrets = { admin: settings.previewDatabaseAdmin ?? '' }
  return roleOfFunctions('databases', `Makes and removes databases of previews of ${settings.functionName}`, {
    Version: '2012-10-17',
    Statement: roleStatements(needsOf({ ...settings, secrets }, { makesLogGroup: true }), HERE),
  })
}

const PROVIDER = { 'Fn::If': ['CreatesProvider', { Ref: 'GitHubProvider' }, { Ref: 'ProviderArn' }] }

/** IAM user guide, "The confused deputy problem". */
const LAMBDA_TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ],
}

/** GitHub documentation, "Configuring OpenID Connect in Amazon Web Services". */
function gitHubTrust(subjects: readonly object[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${ISSUER}:aud`]: AUDIENCE },
          StringLike: { [`${ISSUER}:sub`]: subjects },
        },
      },
    ],
  }
}

function parameters(
  { repository, environment = '', branch = '' }: BootstrapOptions,
  { functionName, logRetention = RETENTION_DAYS }: FunctionSettings,
): Template['Parameters'] {
  return {
    GitHubRepository: {
      Type: 'String',
      Default: repository,
      AllowedPattern: '^[\\w.-]+(@\\d+)?/[\\w.-]+(@\\d+)?$',
      Description: 'OWNER/NAME; OWNER@ID/NAME@ID where the tokens of the repository have ids in their subject.',
    },
    GitHubEnvironment: {
      Type: 'String',
      Default: environment,
      AllowedPattern: '^[^*?]*$',
      Description: 'Jobs that name this environment deploy; empty for none.',
    },
    GitHubBranch: {
      Type: 'String',
      Default: branch,
      Description: 'Jobs on this branch that name no environment deploy, as in main or release/*; empty for none.',
    },
    SweepBranch: {
      Type: 'String',
      Default: 'main',
      AllowedPattern: '^[^*?]*$',
      Description: 'Jobs on this branch, the default one, sweep previews by a schedule; empty for none.',
    },
    ProviderArn: {
      Type: 'String',
      Default: '',
      Description: `The provider of https://${ISSUER}, where the account has it already; empty to create it.`,
    },
    PermissionsBoundary: {
      Type: 'String',
      Default: '',
      Description: 'The ARN of a policy that bounds all roles here; empty for none.',
    },
    RoleNames: {
      Type: 'String',
      Default: functionName.length > LONGEST_START ? '' : functionName,
      AllowedPattern: '^[\\w+=,.@-]*$',
      MaxLength: LONGEST_START,
      Description:
        'What the names of the roles begin with, as in NAME-deploy; empty for names that CloudFormation makes.',
    },
    CreateLogGroup: {
      Type: 'String',
      Default: 'true',
      AllowedValues: ['true', 'false'],
      Description: 'Set false where the function has run before: its log group is there then.',
    },
    LogRetention: {
      Type: 'Number',
      Default: logRetention === 'never' ? RETENTION_DAYS : logRetention,
      Description: 'How many days log lines are kept.',
    },
  }
}

function role(ending: string, description: string, trust: object, policy: object): object {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: whereIs('HasRoleNames', `\${RoleNames}-${ending}`),
      Description: description,
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: { 'Fn::If': ['HasBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }] },
      Policies: [{ PolicyName: 'wsgi-lambda', PolicyDocument: substituted(policy) }],
      Tags: [{ Key: 'managed-by', Value: 'wsgi-lambda' }],
    },
  }
}

/** Functions have it until they are deployed with the one that replaces it, as under another name. */
function roleOfFunctions(ending: string, description: string, policy: object): object {
  return { ...role(ending, description, LAMBDA_TRUST, policy), DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' }
}

function needsOf(settings: FunctionSettings, logging: Pick<RoleNeeds, 'makesLogGroup'>): RoleNeeds {
  const { functionName, secrets, vpcSubnets = [], fileSystems = [], tracing, deadLetterTarget, kmsKey } = settings
  return {
    functionName,
    ...{ logGroup: logGroupOf(settings), ...logging },
    secrets,
    isInVpc: vpcSubnets.length > 0,
    fileSystems,
    isTraced: tracing === 'active',
    deadLetterTarget: given(deadLetterTarget),
    kmsKey: given(kmsKey),
  }
}

function given(setting: string | undefined): string {
  return setting === undefined || setting === NONE ? '' : setting
}

function logGroupOf({ logGroup, functionName }: FunctionSettings): string {
  return logGroup ?? defaultLogGroup(functionName)
}

/** Texts with references become calls of Fn::Sub. */
function substituted(value: unknown): unknown {
  if (typeof value === 'string') {
    const text = value.replace(/\$\{(Partition|Region|AccountId)\}/g, '${AWS::$1}')
    return text.includes('${') ? { 'Fn::Sub': text } : text
  }
  if (Array.isArray(value)) return value.map(substituted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, substituted(each)]))
}

function isEmpty(parameter: string): object {
  return { 'Fn::Equals': [{ Ref: parameter }, ''] }
}

function whereIs(condition: string, text: string): object {
  return { 'Fn::If': [condition, { 'Fn::Sub': text }, { Ref: 'AWS::NoValue' }] }
}

function output(description: string, value: object): object {
  return { Description: description, Value: value }
}
