import { parseBucketAddress, previewUploads } from '../../aws/bucket-address.ts'
import { defaultLogGroup } from '../../aws/function-options.ts'
import { OUR_TAG } from '../../aws/tags.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { roleNameOf } from '../current-aside.ts'
import { layerNameOf } from '../desired/desired-layers.ts'
import { databasesAlias } from '../plan/database-version.ts'
import { type Condition, functionArns, type Grant, type Place } from './grant.ts'
import { grantsOf, type Policy, policyOf } from './permissions.ts'
import { secretStatements } from './role-policy.ts'

/** Numbers of pull requests have at most so many digits. */
const LONGEST_ENDING = '-pr-9999999'
/** Lambda API reference, CreateFunction. */
const LONGEST_NAME = 64
/** What is left of a longer name before its hash. */
const KEPT_CHARACTERS = LONGEST_NAME - LONGEST_ENDING.length - '-01234567'.length

/** The names of a function's previews, where `*` stands for what differs. */
export function previewNames(functionName: string): string {
  const isShortened = functionName.length + LONGEST_ENDING.length > LONGEST_NAME
  return isShortened ? `${functionName.slice(0, KEPT_CHARACTERS)}*-pr-*` : `${functionName}-pr-*`
}

/** What makes, updates and removes previews, and sweeps them: what a job for a pull request needs, and the nightly one. */
export function previewPolicy(settings: FunctionSettings, place: Place): Policy {
  return policyOf(previewGrants(settings, place))
}

/** The same, by what it is for. */
export function previewGrants(settings: FunctionSettings, place: Place): readonly Grant[] {
  const own = previewSettings(settings)
  if (settings.dryRun) return [...grantsOf(own, place), ...findGrants(own, place)]
  return [
    ...grantsOf(own, place),
    ...findGrants(own, place),
    ...removalGrants(own, place),
    ...layerRemovalGrants(own, place),
    ...roleRemovalGrants(own, place),
    ...databaseGrants(settings, place),
  ]
}

/**
 * The settings of all previews. Pull requests decide what runs in one. So nothing of the function's own is left to them: neither
 * roles, keys, secrets and files, nor the place where its code and static files lie; theirs is below it or beside it.
 */
export function previewSettings(settings: FunctionSettings): FunctionSettings {
  const { previewConcurrency, previewRole, logRetention = '7', keepVersions } = settings
  return {
    ...settings,
    ...{ functionName: previewNames(settings.functionName), manage: 'all', tags: { ...settings.tags, ...OUR_TAG } },
    ...{ role: previewRole, createRole: settings.createRole && previewRole === undefined, commandRole: undefined },
    databaseRole: undefined,
    ...{ kmsKey: undefined, secrets: settings.previewSecrets, logGroup: undefined, logRetention },
    ...{ fileSystems: undefined, deadLetterTarget: undefined, provisionedConcurrency: undefined },
    ...{ trafficAlarms: [], keepVersions: keepVersions || 1 },
    functionUrl: settings.functionUrl ?? 'public',
    reservedConcurrency: previewConcurrency === 'none' ? undefined : previewConcurrency,
    beforeTraffic: [...settings.beforeTraffic, ...settings.previewSeed],
    static: previewStatics(settings.static),
    uploadBucket: settings.uploadBucket && previewUploads(settings.uploadBucket, settings.functionName),
  }
}

/** Each preview has a prefix beside that of the function. */
function previewStatics(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const { name, prefix } = parseBucketAddress(address)
  return prefix === '' ? `s3://${name}/pr-*` : `s3://${name}/${prefix.replace(/\/+$/, '')}-pr-*`
}

/** Only what has our tag is removed, whatever it is called (Lambda developer guide, "Using attribute-based access control"). */
const TAGGED: Condition = {
  StringEquals: Object.fromEntries(Object.entries(OUR_TAG).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
}

function findGrants(settings: FunctionSettings, place: Place): Grant[] {
  return [
    {
      sid: 'FindPreviews',
      why: 'find previews by their tags',
      actions: ['tag:GetResources'],
      // Service authorization reference, "Amazon Resource Group Tagging API": this action knows no resources.
      resources: ['*'],
      isForReading: true,
    },
    {
      sid: 'ReadLogTags',
      why: 'see whose a log group is',
      actions: ['logs:ListTagsForResource'],
      resources: logGroupArns(settings, place),
      isForReading: true,
    },
    ...staticSearchGrants(settings, place),
  ]
}

/** @param settings of previews, whose static files are below prefixes that a number ends */
function staticSearchGrants({ static: address }: FunctionSettings, { partition }: Place): Grant[] {
  if (address === undefined) return []
  const { name, prefix } = parseBucketAddress(address)
  return [
    {
      sid: 'FindStaticFiles',
      why: 'find static files whose preview is gone',
      actions: ['s3:ListBucket'],
      resources: [`arn:${partition}:s3:::${name}`],
      condition: { StringEquals: { 's3:prefix': prefix.replace(/\*\/$/, '') } },
      isForReading: true,
    },
  ]
}

function removalGrants(settings: FunctionSettings, place: Place): Grant[] {
  const [own = ''] = functionArns(settings, place)
  return [
    {
      sid: 'RemovePreview',
      why: 'remove a preview, which its tags say to be ours',
      actions: ['lambda:DeleteFunction'],
      resources: [own],
      condition: TAGGED,
    },
    {
      sid: 'RemoveLogGroup',
      why: 'remove its log',
      actions: ['logs:DeleteLogGroup'],
      resources: logGroupArns(settings, place),
    },
  ]
}

function logGroupArns({ functionName }: FunctionSettings, { partition, region, account }: Place): readonly string[] {
  const arn = `arn:${partition}:logs:${region}:${account}:log-group:${defaultLogGroup(functionName)}`
  return [arn, `${arn}:*`]
}

/** @param settings of previews */
function layerRemovalGrants({ dependenciesLayer, functionName }: FunctionSettings, place: Place): Grant[] {
  if (!dependenciesLayer) return []
  const { partition, region, account } = place
  return [
    {
      sid: 'ListLayers',
      why: 'find layers whose preview is gone',
      actions: ['lambda:ListLayers'],
      // Service authorization reference, "AWS Lambda": this action knows no resources.
      resources: ['*'],
    },
    {
      sid: 'RemoveLayer',
      why: 'remove the layer of its dependencies, which can have no tags',
      actions: ['lambda:DeleteLayerVersion'],
      resources: [`arn:${partition}:lambda:${region}:${account}:layer:${layerNameOf(functionName)}:*`],
    },
  ]
}

/** @param settings of previews */
function roleRemovalGrants({ createRole, functionName }: FunctionSettings, { partition, account }: Place): Grant[] {
  if (!createRole) return []
  const resources = [`arn:${partition}:iam::${account}:role/${roleNameOf(functionName)}`]
  return [
    {
      sid: 'ListRoles',
      why: 'find roles whose preview is gone',
      actions: ['iam:ListRoles'],
      // It can be allowed for all of them only (Service authorization reference, "AWS Identity and Access Management").
      resources: ['*'],
    },
    {
      sid: 'RemoveRole',
      why: 'remove the role that was made for a preview',
      actions: [
        ...['iam:ListRolePolicies', 'iam:ListAttachedRolePolicies'],
        ...['iam:DeleteRolePolicy', 'iam:DetachRolePolicy', 'iam:DeleteRole'],
      ],
      resources,
      condition: TAGGED,
    },
  ]
}

/** @param settings of the function itself: its administrator's secret is for the job, never for a preview */
function databaseGrants(settings: FunctionSettings, place: Place): Grant[] {
  const { previewDatabaseAdmin: admin, previewDatabaseAccess: access } = settings
  if (admin === undefined || !/^(?:ssm|secretsmanager|arn):/.test(admin)) return []
  if (access === 'function') {
    return [
      {
        sid: 'AskMainFunction',
        why: 'let the function, which alone may read the secret, create and remove databases',
        actions: ['lambda:InvokeFunction'],
        resources: functionArns(settings, place)
          .slice(0, 1)
          .map((arn) => `${arn}:${databasesAlias(settings.alias)}`),
      },
    ]
  }
  return secretStatements({ secrets: { admin } }, place).map(({ Action, Resource }) => ({
    sid: 'ReadDatabaseAdmin',
    why: 'create a database for a preview, and remove it',
    // A machine reads one at a time, a function all of them at once.
    actions: Action.map((action) => (action === 'ssm:GetParameters' ? 'ssm:GetParameter' : action)),
    resources: [Resource].flat(),
  }))
}
