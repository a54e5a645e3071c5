import type {
  ApplicationLogLevel,
  FunctionConfiguration as SdkConfiguration,
  SystemLogLevel,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda'

/** What a version keeps beside memory, timeout, role and variables, by the names of the settings. */
export interface FunctionOptions {
  /** Sorted, since their order says nothing. Empty outside of a VPC. */
  readonly vpcSubnets: readonly string[]
  readonly vpcSecurityGroups: readonly string[]
  /** Whether the VPC's dual-stack subnets are used with IPv6. No setting names it: it goes along with the others. */
  readonly vpcIpv6: boolean
  /** As `/mnt/NAME=ARN`. */
  readonly fileSystems: readonly string[]
  readonly tracing: 'active' | 'pass-through'
  /** MB. */
  readonly ephemeralStorage: number
  readonly snapStart: boolean
  readonly logFormat: 'text' | 'json'
  /** As Lambda writes it, in capitals; undefined with the format text. */
  readonly logLevel: string | undefined
  readonly systemLogLevel: string | undefined
  readonly logGroup: string
  /** An ARN; empty for AWS's own key. */
  readonly kmsKey: string
  /** An ARN; empty where there is none. */
  readonly deadLetterTarget: string
}

/** What Lambda says, with its defaults where it says nothing. */
export function readOptions(found: SdkConfiguration): FunctionOptions {
  const { VpcConfig: vpc, LoggingConfig: logging } = found
  return {
    vpcSubnets: (vpc?.SubnetIds ?? []).toSorted(),
    vpcSecurityGroups: (vpc?.SecurityGroupIds ?? []).toSorted(),
    vpcIpv6: vpc?.Ipv6AllowedForDualStack ?? false,
    fileSystems: (found.FileSystemConfigs ?? []).map(({ Arn = '', LocalMountPath = '' }) => `${LocalMountPath}=${Arn}`),
    tracing: found.TracingConfig?.Mode === 'Active' ? 'active' : 'pass-through',
    ephemeralStorage: found.EphemeralStorage?.Size ?? 512,
    snapStart: found.SnapStart?.ApplyOn === 'PublishedVersions',
    logFormat: logging?.LogFormat === 'JSON' ? 'json' : 'text',
    logLevel: logging?.ApplicationLogLevel,
    systemLogLevel: logging?.SystemLogLevel,
    logGroup: logging?.LogGroup ?? defaultLogGroup(found.FunctionName ?? ''),
    kmsKey: found.KMSKeyArn ?? '',
    deadLetterTarget: found.DeadLetterConfig?.TargetArn ?? '',
  }
}

/** Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs". */
export function defaultLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`
}

type OptionsRequest = Pick<
  UpdateFunctionConfigurationRequest,
  | 'VpcConfig'
  | 'FileSystemConfigs'
  | 'TracingConfig'
  | 'EphemeralStorage'
  | 'SnapStart'
  | 'LoggingConfig'
  | 'KMSKeyArn'
  | 'DeadLetterConfig'
>

/** The part of a request that sets options. What is undefined is not sent, and Lambda leaves it as it is. */
export function optionsRequest(options: Partial<FunctionOptions>): OptionsRequest {
  const { vpcSubnets, vpcSecurityGroups, vpcIpv6, fileSystems, tracing, ephemeralStorage, snapStart } = options
  const { kmsKey, deadLetterTarget } = options
  return {
    ...(vpcSubnets && {
      VpcConfig: {
        SubnetIds: [...vpcSubnets],
        SecurityGroupIds: [...(vpcSecurityGroups ?? [])],
        ...(vpcIpv6 === true && vpcSubnets.length > 0 ? { Ipv6AllowedForDualStack: true } : {}),
      },
    }),
    ...(fileSystems && { FileSystemConfigs: fileSystems.map(mountRequest) }),
    ...(tracing && { TracingConfig: { Mode: tracing === 'active' ? 'Active' : 'PassThrough' } }),
    ...(ephemeralStorage !== undefined && { EphemeralStorage: { Size: ephemeralStorage } }),
    ...(snapStart !== undefined && { SnapStart: { ApplyOn: snapStart ? 'PublishedVersions' : 'None' } }),
    ...loggingRequest(options),
    ...(kmsKey !== undefined && { KMSKeyArn: kmsKey }),
    ...(deadLetterTarget !== undefined && { DeadLetterConfig: { TargetArn: deadLetterTarget } }),
  }
}

function mountRequest(mount: string) {
  const [path = '', ...arn] = mount.split('=')
  return { Arn: arn.join('='), LocalMountPath: path }
}

function loggingRequest({ logFormat, logLevel, systemLogLevel, logGroup }: Partial<FunctionOptions>): OptionsRequest {
  if ([logFormat, logLevel, systemLogLevel, logGroup].every((part) => part === undefined)) return {}
  return {
    LoggingConfig: {
      LogFormat: logFormat === undefined ? undefined : logFormat === 'json' ? 'JSON' : 'Text',
      ApplicationLogLevel: logLevel as ApplicationLogLevel | undefined,
      SystemLogLevel: systemLogLevel as SystemLogLevel | undefined,
      LogGroup: logGroup,
    },
  }
}
