import { NO_CORS } from '../../src/aws/cors.ts'
import { type FunctionOptions, readOptions } from '../../src/aws/function-options.ts'
import type { FunctionUrl } from '../../src/aws/function-url.ts'
import type { AliasState, VersionState } from '../../src/aws/lambda.ts'
import { NOT_LOOKED_AT, NOTHING_ASIDE } from '../../src/release/aside-state.ts'
import { aliasDescription } from '../../src/release/order/alias-mark.ts'
import type { RoleNeeds } from '../../src/release/permissions/role-policy.ts'
import type { CurrentRelease, DesiredRelease } from '../../src/release/state.ts'
import { smokeRequestsOf } from '../../src/settings/traffic.ts'

/** Plain values that the tests of releases start from. */

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:shop'
/** Descriptions of an alias. */
export const NOT_RELEASED = aliasDescription({ phase: 'not-released', before: [] })
export const UNFINISHED = aliasDescription({ phase: 'unfinished', before: [] })
export const RELEASED = aliasDescription({ phase: 'released', before: [] })
/** The same, once version 1 was served. */
export const UNFINISHED_AFTER_1 = aliasDescription({ phase: 'unfinished', before: ['1'] })
export const RELEASED_AFTER_1 = aliasDescription({ phase: 'released', before: ['1'] })
export const ROLE = 'arn:aws:iam::123456789012:role/shop'

/** What Lambda says of a function for which nobody has set anything. */
export const options: FunctionOptions = readOptions({ FunctionName: 'shop' })

export const version7: VersionState = {
  arn: `${ARN}:7`,
  version: '7',
  codeSha256: 'old',
  runtime: 'python3.13',
  handler: 'wsgi_handler.handler',
  role: ROLE,
  architecture: 'x86_64',
  memory: 512,
  timeout: 30,
  description: 'commit abc',
  environment: { DEBUG: '0' },
  layers: [],
  options,
  state: 'Active',
  stateReason: undefined,
  lastUpdateStatus: 'Successful',
  lastUpdateReason: undefined,
  revisionId: 'r1',
}
export const latest: VersionState = { ...version7, arn: ARN, version: '$LATEST', description: 'The shop' }
export const alias: AliasState = {
  arn: `${ARN}:live`,
  version: '7',
  description: RELEASED,
  weights: {},
  revisionId: 'r1',
}
export const url: FunctionUrl = {
  address: 'https://abc.lambda-url.eu-west-1.on.aws/',
  authType: 'NONE',
  invokeMode: 'BUFFERED',
  cors: NO_CORS,
}

export const urlStatement = {
  Sid: 'wsgi-lambda-url',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunctionUrl',
  Resource: `${ARN}:live`,
  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
}
export const invokeStatement = {
  Sid: 'wsgi-lambda-url-invoke',
  Effect: 'Allow',
  Principal: '*',
  Action: 'lambda:InvokeFunction',
  Resource: `${ARN}:live`,
  Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
}
export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })
}

/** A released function: the alias serves version 7, and everyone may call it. */
export const current: CurrentRelease = {
  latest,
  alias,
  isOnlyCreated: false,
  served: version7,
  url,
  policy: policy(urlStatement, invokeStatement),
  aside: NOT_LOOKED_AT,
  provisioned: [],
  commands: undefined,
}
export const nothing: CurrentRelease = {
  latest: undefined,
  alias: undefined,
  isOnlyCreated: false,
  served: undefined,
  url: undefined,
  policy: undefined,
  aside: NOT_LOOKED_AT,
  provisioned: [],
  commands: undefined,
}

/** What `current` already has. */
export const same: DesiredRelease = {
  functionName: 'shop',
  alias: 'live',
  codeSha256: 'old',
  architecture: 'x86_64',
  configuration: {
    runtime: 'python3.13',
    handler: 'wsgi_handler.handler',
    role: ROLE,
    memory: 512,
    timeout: 30,
    description: 'The shop',
    environment: { DEBUG: '0' },
    layers: undefined,
    options: {},
  },
  aside: NOTHING_ASIDE,
  manage: 'all',
  access: 'public',
  invokeMode: 'BUFFERED',
  cors: undefined,
  beforeTraffic: ['manage migrate --noinput'],
  afterTraffic: ['manage clearsessions'],
  smoke: { requests: smokeRequestsOf({ smokePath: '/', smokeRequests: [] }), host: undefined },
  traffic: { portions: [], alarms: [] },
  provisioned: undefined,
  keepVersions: 0,
  commands: undefined,
  upload: undefined,
  layer: undefined,
}

/** The same with other settings of the function. */
export function configured(changes: Partial<DesiredRelease['configuration']>, desired = same): DesiredRelease {
  return { ...desired, configuration: { ...desired.configuration, ...changes } }
}

/** The role of a function that needs nothing but its log. */
export const leastNeeds: RoleNeeds = {
  functionName: 'shop',
  logGroup: '/aws/lambda/shop',
  makesLogGroup: true,
  secrets: {},
  isInVpc: false,
  fileSystems: [],
  isTraced: false,
  deadLetterTarget: '',
  kmsKey: '',
}
