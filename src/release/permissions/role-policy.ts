import type { Table } from '../../settings/kinds.ts'

/** What the policy of an execution role depends on. */
export interface RoleNeeds {
  readonly functionName: string
  readonly logGroup: string
  /** Whether Lambda makes the log group, with this role: what it logs late would make one anew that is removed. */
  readonly makesLogGroup: boolean
  /** References by the variables that they are for. */
  readonly secrets: Table
  readonly isInVpc: boolean
  /** As `/mnt/NAME=ARN`. */
  readonly fileSystems: readonly string[]
  readonly isTraced: boolean
  /** ARNs; empty where there is none. */
  readonly deadLetterTarget: string
  readonly kmsKey: string
}

/** Where a function is. */
export interface Place {
  readonly partition: string
  readonly region: string
  readonly account: string
}

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** @param arn of the function */
export function placeOfArn(arn: string): Place {
  const [, partition = '', , region = '', account = ''] = arn.split(':')
  return { partition, region, account }
}

/** Who may take the role: Lambda, for this account's functions (IAM user guide, "The confused deputy problem"). */
export function trustPolicy(account: string): string {
  return document({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  })
}

/**
 * Least privilege: what this function needs with these settings. What the policy allows already stays, since the version that is
 * served, and those that one can go back to, may still need it. The same text where nothing is missing.
 * @param present the policy that the role has, as JSON
 */
export function rolePolicy(needs: RoleNeeds, place: Place, present: string | undefined): string {
  const kept = present === undefined ? [] : statementsOf(present)
  const wanted = roleStatements(needs, place)
  const grown = kept.map((statement) => {
    const more = wanted.find(({ Sid }) => Sid === statement.Sid)
    return more ? union(statement, more) : statement
  })
  return document(...grown, ...wanted.filter(({ Sid }) => !kept.some((statement) => statement.Sid === Sid)))
}

function statementsOf(policy: string): readonly Statement[] {
  const { Statement: statements } = JSON.parse(policy) as { Statement?: Statement | Statement[] }
  return [statements ?? []].flat()
}

/** Of two statements, key by key: lists and texts as one list, where they are not the same. */
function union(present: unknown, more: unknown): unknown {
  if (present === undefined || JSON.stringify(present) === JSON.stringify(more)) return more
  if (!isTable(present) || !isTable(more)) return [...new Set([present, more].flat())]
  const keys = Object.keys({ ...present, ...more })
  return Object.fromEntries(
    keys.map((key) => [key, more[key] === undefined ? present[key] : union(present[key], more[key])]),
  )
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** Each by its Sid, which tells of two policies what belongs together. */
export function roleStatements(needs: RoleNeeds, place: Place): readonly Statement[] {
  const { isTraced, deadLetterTarget, kmsKey } = needs
  return [
    logStatement(needs, place),
    ...secretStatements(needs, place),
    ...(kmsKey === '' ? [] : [allow('Variables', ['kms:Decrypt'], kmsKey)]),
    ...(needs.isInVpc ? networkStatements(needs, place) : []),
    ...fileSystemStatements(needs, place),
    // X-Ray has no resources of which a policy could name one (Service authorization reference, "AWS X-Ray").
    ...(isTraced ? [allow('Tracing', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')] : []),
    ...(deadLetterTarget === ''
      ? []
      : [
          allow(
            'DeadLetters',
            [deadLetterTarget.split(':')[2] === 'sns' ? 'sns:Publish' : 'sqs:SendMessage'],
            deadLetterTarget,
          ),
        ]),
  ]
}

function logStatement({ logGroup, makesLogGroup }: RoleNeeds, { partition, region, account }: Place): Statement {
  const arn = `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}`
  const actions = [...(makesLogGroup ? ['logs:CreateLogGroup'] : []), 'logs:CreateLogStream', 'logs:PutLogEvents']
  return allow('Logs', actions, [arn, `${arn}:*`])
}

/** What reads secrets, as a function does: those of a service all at once. */
export function secretStatements({ secrets }: Pick<RoleNeeds, 'secrets'>, place: Place): Statement[] {
  const references = Object.values(secrets).map((reference) => reference.replace(/#[^]*$/, ''))
  const arns = references.flatMap((reference) => resourcesOf(reference, place))
  const of = (service: string): string[] => [...new Set(arns.filter((arn) => arn.split(':')[2] === service).toSorted())]
  const parameters = of('ssm')
  const values = of('secretsmanager')
  return [
    ...(parameters.length === 0 ? [] : [allow('Parameters', ['ssm:GetParameters'], parameters)]),
    ...(values.length === 0 ? [] : [allow('Secrets', ['secretsmanager:GetSecretValue'], values)]),
  ]
}

/** What a policy names for a reference. Secrets Manager ends its ARNs with six characters, which nobody has to write. */
function resourcesOf(reference: string, { partition, region, account }: Place): string[] {
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`
  const kind = reference.slice(0, reference.indexOf(':'))
  const name = reference.slice(kind.length + 1)
  // Of a parameter's version or label a policy knows nothing.
  if (kind === 'ssm') return [arn('ssm', `parameter/${name.replace(/:.*$/, '').replace(/^\//, '')}`)]
  if (kind === 'secretsmanager') return [arn('secretsmanager', `secret:${name}-??????`)]
  if (reference.split(':')[2] === 'ssm') return [reference.split(':').slice(0, 6).join(':')]
  return [reference, `${reference}-??????`]
}

/**
 * Lambda makes the network interfaces with the role of the function, whose own code has no business with them (Lambda
 * developer guide, "Giving Lambda functions access to resources in an Amazon VPC").
 */
function networkStatements({ functionName }: RoleNeeds, { partition, region, account }: Place): Statement[] {
  const actions = [
    ...['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
    ...['ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
  ]
  const own = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`
  return [
    allow('Network', actions, '*'),
    {
      Sid: 'NotFromTheCode',
      Effect: 'Deny',
      Action: actions,
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    },
  ]
}

function fileSystemStatements({ fileSystems }: RoleNeeds, { partition, region, account }: Place): Statement[] {
  if (fileSystems.length === 0) return []
  const accessPoints = fileSystems.map((mount) => mount.slice(mount.indexOf('=') + 1))
  const anyFileSystem = `arn:${partition}:elasticfilesystem:${region}:${account}:file-system/*`
  return [
    {
      ...allow('Files', ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'], anyFileSystem),
      Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoints } },
    },
  ]
}

function allow(sid: string, actions: readonly string[], resource: string | readonly string[]): Statement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resource }
}
