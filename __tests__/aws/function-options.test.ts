import { describe, expect, test } from '@jest/globals'
import { type FunctionOptions, optionsRequest, readOptions } from '../../src/aws/function-options.ts'

const none: FunctionOptions = {
  vpcSubnets: [],
  vpcSecurityGroups: [],
  vpcIpv6: false,
  fileSystems: [],
  tracing: 'pass-through',
  ephemeralStorage: 512,
  snapStart: false,
  logFormat: 'text',
  logLevel: undefined,
  systemLogLevel: undefined,
  logGroup: '/aws/lambda/shop',
  kmsKey: '',
  deadLetterTarget: '',
}
const mount = 'arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1'

describe('what Lambda says and takes', () => {
  test.each<[string, Parameters<typeof readOptions>[0], Partial<FunctionOptions>]>([
    [
      'a VPC',
      { VpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'], SecurityGroupIds: ['sg-a'] } },
      { vpcSubnets: ['subnet-a', 'subnet-b'], vpcSecurityGroups: ['sg-a'], vpcIpv6: false },
    ],
    [
      'a VPC with IPv6',
      { VpcConfig: { SubnetIds: ['subnet-a'], SecurityGroupIds: ['sg-a'], Ipv6AllowedForDualStack: true } },
      { vpcSubnets: ['subnet-a'], vpcSecurityGroups: ['sg-a'], vpcIpv6: true },
    ],
    [
      'a VPC that a function was taken out of',
      { VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } },
      { vpcSubnets: [], vpcSecurityGroups: [], vpcIpv6: false },
    ],
    [
      'a file system',
      { FileSystemConfigs: [{ Arn: mount, LocalMountPath: '/mnt/media' }] },
      { fileSystems: [`/mnt/media=${mount}`] },
    ],
    ['no file system', { FileSystemConfigs: [] }, { fileSystems: [] }],
    ['tracing', { TracingConfig: { Mode: 'Active' } }, { tracing: 'active' }],
    ['no tracing of its own', { TracingConfig: { Mode: 'PassThrough' } }, { tracing: 'pass-through' }],
    ['storage', { EphemeralStorage: { Size: 1024 } }, { ephemeralStorage: 1024 }],
    ['SnapStart', { SnapStart: { ApplyOn: 'PublishedVersions' } }, { snapStart: true }],
    ['no SnapStart', { SnapStart: { ApplyOn: 'None' } }, { snapStart: false }],
    [
      'logs',
      {
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', SystemLogLevel: 'INFO', LogGroup: '/shop' },
      },
      { logFormat: 'json', logLevel: 'WARN', systemLogLevel: 'INFO', logGroup: '/shop' },
    ],
    [
      'logs as text',
      { LoggingConfig: { LogFormat: 'Text', LogGroup: '/shop' } },
      { logFormat: 'text', logLevel: undefined, systemLogLevel: undefined, logGroup: '/shop' },
    ],
    ['a key', { KMSKeyArn: 'arn:key' }, { kmsKey: 'arn:key' }],
    ['a target', { DeadLetterConfig: { TargetArn: 'arn:queue' } }, { deadLetterTarget: 'arn:queue' }],
  ])('%s', (_, said, options) => {
    expect(readOptions({ FunctionName: 'shop', ...said })).toEqual({ ...none, ...options })
    expect(optionsRequest(options)).toEqual(said)
  })

  test('nothing that was not set is sent', () => {
    expect(optionsRequest({})).toEqual({})
  })

  test('an empty text takes away a key and a target', () => {
    const taken = { KMSKeyArn: '', DeadLetterConfig: { TargetArn: '' } }
    expect(optionsRequest({ kmsKey: '', deadLetterTarget: '' })).toEqual(taken)
  })

  test('the order of subnets and security groups says nothing', () => {
    const vpc = { SubnetIds: ['subnet-b', 'subnet-a'], SecurityGroupIds: ['sg-b', 'sg-a'] }
    expect(readOptions({ VpcConfig: vpc })).toMatchObject({
      vpcSubnets: ['subnet-a', 'subnet-b'],
      vpcSecurityGroups: ['sg-a', 'sg-b'],
    })
  })
})
