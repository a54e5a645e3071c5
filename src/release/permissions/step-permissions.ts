import type { NeededPermission } from '../../report/plan-facts.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import type { Step } from '../plan/steps.ts'
import type { Place } from './grant.ts'
import { grantsOf } from './permissions.ts'
import { MAKE_BUCKET } from './permissions-code.ts'

const LOCK = ['lambda:CreateAlias', 'lambda:UpdateAlias'] as const
const OBJECTS = ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload', 's3:ListBucket'] as const
const CONFIGURE = [
  'lambda:UpdateFunctionConfiguration',
  'iam:PassRole',
  'ec2:*',
  'elasticfilesystem:*',
  'kms:CreateGrant',
  'kms:Encrypt',
] as const

/** What each kind of step calls; `SERVICE:*` stands for what Lambda does there with the rights of its caller. */
const ACTIONS: Readonly<Record<Step['kind'], readonly string[]>> = {
  // Who speaks with a database's server is none of IAM's business.
  prepare: [],
  'upload-static': [...OBJECTS],
  'tidy-static': [...OBJECTS, 's3:DeleteObject'],
  'make-bucket': [...MAKE_BUCKET],
  upload: [...OBJECTS, 'kms:GenerateDataKey', 'kms:Decrypt'],
  'publish-layer': ['lambda:PublishLayerVersion'],
  'create-function': ['lambda:CreateFunction', 'lambda:TagResource', 'lambda:GetLayerVersion', ...CONFIGURE],
  'update-code': ['lambda:UpdateFunctionCode'],
  'update-configuration': ['lambda:GetLayerVersion', ...CONFIGURE],
  publish: ['lambda:PublishVersion'],
  'fill-url': ['lambda:PublishVersion', ...CONFIGURE],
  'create-alias': ['lambda:CreateAlias'],
  'create-url': ['lambda:CreateFunctionUrlConfig'],
  'update-url': ['lambda:UpdateFunctionUrlConfig'],
  'change-mode': ['lambda:UpdateFunctionUrlConfig'],
  'set-cors': ['lambda:UpdateFunctionUrlConfig'],
  'permit-url': ['lambda:AddPermission'],
  run: ['lambda:InvokeFunction', 'logs:FilterLogEvents'],
  smoke: ['lambda:InvokeFunction'],
  'configure-commands': ['lambda:GetLayerVersion', ...CONFIGURE],
  'publish-commands': ['lambda:PublishVersion'],
  'point-commands': ['lambda:CreateAlias', 'lambda:UpdateAlias'],
  'retire-commands': ['lambda:UpdateAlias'],
  'publish-databases': ['lambda:PublishVersion', 'lambda:CreateAlias', 'lambda:UpdateAlias', ...CONFIGURE],
  provision: ['lambda:PutProvisionedConcurrencyConfig', 'lambda:GetProvisionedConcurrencyConfig'],
  unprovision: ['lambda:DeleteProvisionedConcurrencyConfig'],
  'clear-weights': ['lambda:UpdateAlias'],
  'check-alarms': ['cloudwatch:DescribeAlarms'],
  'shift-traffic': ['lambda:UpdateAlias', 'cloudwatch:DescribeAlarms'],
  'move-alias': ['lambda:UpdateAlias'],
  'mark-unfinished': ['lambda:UpdateAlias'],
  finish: ['lambda:UpdateAlias'],
  'create-role': ['iam:CreateRole', 'iam:TagRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
  'update-role': ['iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
  'create-log-group': ['logs:CreateLogGroup', 'logs:TagResource'],
  'set-log-retention': ['logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy'],
  'set-code-signing': ['lambda:PutFunctionCodeSigningConfig', 'lambda:DeleteFunctionCodeSigningConfig'],
  'reserve-concurrency': ['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'],
  'add-tags': ['lambda:TagResource'],
  'describe-function': [...CONFIGURE],
  prune: ['lambda:ListVersionsByFunction', 'lambda:ListAliases', 'lambda:DeleteFunction'],
}

/** What the credentials need for the steps of a plan, beside what reading takes: a plan that was made has read. */
export function stepPermissions(
  steps: readonly Step[],
  settings: FunctionSettings,
  place: Place,
): readonly NeededPermission[] {
  if (steps.length === 0) return []
  const needed = [...LOCK, ...steps.flatMap(actionsOf)]
  const isNeeded = (action: string): boolean =>
    needed.some((name) => name === action || name === `${serviceOf(action)}:*`)
  return grantsOf({ ...settings, dryRun: false }, place)
    .filter(({ isForReading }) => isForReading !== true)
    .map(({ why, actions, resources }) => ({ why, actions: actions.filter(isNeeded), resources }))
    .filter(({ actions }) => actions.length > 0)
}

function actionsOf(step: Step): readonly string[] {
  const isUploaded = step.kind === 'publish-layer' && step.upload !== undefined
  return [...ACTIONS[step.kind], ...(isUploaded ? ACTIONS.upload : [])]
}

function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'))
}

/** Where the function is, as its own name says; `otherwise` where it does not exist yet. */
export function placeOfFunction(arn: string | undefined, otherwise: Place): Place {
  const [, partition, region, account] = /^arn:([\w-]+):lambda:([\w-]+):(\d+):/.exec(arn ?? '') ?? []
  if (partition === undefined || region === undefined || account === undefined) return otherwise
  return { partition, region, account }
}
