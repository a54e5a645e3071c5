import { describe, expect, test } from '@jest/globals'
import {
  placeOfArn,
  type RoleNeeds,
  rolePolicy,
  roleStatements,
  trustPolicy,
} from '../../../src/release/permissions/role-policy.ts'
import { leastNeeds } from '../releases.ts'

const place = { partition: 'aws', region: 'eu-west-1', account: '123456789012' }
const logs = {
  Sid: 'Logs',
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [
    'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop',
    'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop:*',
  ],
}
const allow = (sid: string, action: readonly string[], resource: unknown) => ({
  Sid: sid,
  Effect: 'Allow',
  Action: action,
  Resource: resource,
})
const network = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]
const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter'
const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret'
const accessPoint = 'arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1'

describe('what the role of a function may do', () => {
  test.each<[string, Partial<RoleNeeds>, readonly unknown[]]>([
    ['its own log group, and nothing more', {}, []],
    [
      'another log group',
      { logGroup: '/shop' },
      [
        {
          ...logs,
          Resource: logs.Resource.map((arn) => arn.replace('/aws/lambda/shop', '/shop')),
        },
      ],
    ],
    [
      'a log group that the deployment makes, into which it writes alone',
      { makesLogGroup: false },
      [{ ...logs, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }],
    ],
    [
      'parameters, without their versions and keys',
      { secrets: { A: 'ssm:/shop/key', B: 'ssm:plain:3', C: 'ssm:/shop/key#a', D: `${parameter}/other:2#b` } },
      [
        allow(
          'Parameters',
          ['ssm:GetParameters'],
          [`${parameter}/other`, `${parameter}/plain`, `${parameter}/shop/key`],
        ),
      ],
    ],
    [
      'secrets, whose ARNs end with what nobody has to know',
      { secrets: { A: 'secretsmanager:shop/db#url', B: `${secret}:other-Ab12Cd` } },
      [
        allow(
          'Secrets',
          ['secretsmanager:GetSecretValue'],
          [`${secret}:other-Ab12Cd`, `${secret}:other-Ab12Cd-??????`, `${secret}:shop/db-??????`],
        ),
      ],
    ],
    ['the key of its variables', { kmsKey: 'arn:k' }, [allow('Variables', ['kms:Decrypt'], 'arn:k')]],
    [
      'network interfaces, which the code itself may not touch',
      { isInVpc: true },
      [
        allow('Network', network, '*'),
        {
          Sid: 'NotFromTheCode',
          Effect: 'Deny',
          Action: network,
          Resource: '*',
          Condition: {
            ArnEquals: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:shop' },
          },
        },
      ],
    ],
    [
      'a file system, through its access point',
      { fileSystems: [`/mnt/media=${accessPoint}`] },
      [
        {
          ...allow(
            'Files',
            ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
            'arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/*',
          ),
          Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': [accessPoint] } },
        },
      ],
    ],
    ['traces', { isTraced: true }, [allow('Tracing', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')]],
    [
      'a queue',
      { deadLetterTarget: 'arn:aws:sqs:eu-west-1:1:failed' },
      [allow('DeadLetters', ['sqs:SendMessage'], 'arn:aws:sqs:eu-west-1:1:failed')],
    ],
    [
      'a topic',
      { deadLetterTarget: 'arn:aws:sns:eu-west-1:1:failed' },
      [allow('DeadLetters', ['sns:Publish'], 'arn:aws:sns:eu-west-1:1:failed')],
    ],
  ])('%s', (_, needs, statements) => {
    const isOther = needs.logGroup !== undefined || needs.makesLogGroup !== undefined
    const expected = isOther ? statements : [logs, ...statements]
    expect(roleStatements({ ...leastNeeds, ...needs }, place)).toEqual(expected)
  })

  test('in another partition', () => {
    const china = placeOfArn('arn:aws-cn:lambda:cn-north-1:123456789012:function:shop')
    expect(china).toEqual({ partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' })
    expect(rolePolicy({ ...leastNeeds, secrets: { A: 'ssm:/k' } }, china, undefined)).not.toMatch(/arn:aws:/)
  })
})

describe('what the role may do already', () => {
  const withKey = { ...leastNeeds, secrets: { A: 'ssm:/old' }, fileSystems: [`/mnt/media=${accessPoint}`] }
  const present = rolePolicy(withKey, place, undefined)

  test('is left as it is, to the letter, where nothing is missing', () => {
    expect(rolePolicy(withKey, place, present)).toBe(present)
    expect(rolePolicy(leastNeeds, place, present)).toBe(present)
  })

  test('stays where more is needed: versions that are still called need it', () => {
    const other = `${accessPoint}2`
    const grown = rolePolicy(
      { ...leastNeeds, secrets: { A: 'ssm:/new' }, isTraced: true, fileSystems: [`/mnt/media=${other}`] },
      place,
      present,
    )
    const { Statement: statements } = JSON.parse(grown) as { Statement: readonly { Sid: string }[] }
    expect(statements).toEqual([
      logs,
      allow('Parameters', ['ssm:GetParameters'], [`${parameter}/old`, `${parameter}/new`]),
      expect.objectContaining({
        Sid: 'Files',
        Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': [accessPoint, other] } },
      }),
      expect.objectContaining({ Sid: 'Tracing' }),
    ])
    expect(rolePolicy(withKey, place, grown)).toBe(grown)
  })

  test('stays where a person has added to it', () => {
    const own = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
    const edited = JSON.stringify({ Version: '2012-10-17', Statement: own })
    const { Statement: statements } = JSON.parse(rolePolicy(leastNeeds, place, edited)) as {
      Statement: readonly unknown[]
    }
    expect(statements).toEqual([own, logs])
  })
})

test('only Lambda takes the role, for functions of this account', () => {
  expect(JSON.parse(trustPolicy('123456789012'))).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ],
  })
})
