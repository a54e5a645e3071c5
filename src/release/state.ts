import type { Cors } from '../aws/cors.ts'
import type { FunctionUrl, InvokeMode } from '../aws/function-url.ts'
import type { AliasState, FunctionConfiguration, VersionState } from '../aws/lambda.ts'
import type { ProvisionedConcurrency } from '../aws/provisioned.ts'
import type { SmokeRequest, TrafficPortion } from '../settings/traffic.ts'
import type { CurrentAside, DesiredAside } from './aside-state.ts'

/** What AWS has, as far as a release looks at it. */
export interface CurrentRelease {
  /** `$LATEST`: only where changes start from, never what "unchanged" is judged by. */
  readonly latest: VersionState | undefined
  readonly alias: AliasState | undefined
  /** Whether this program has made the function, and was ended before it was released for the first time. */
  readonly isOnlyCreated: boolean
  /** The version that the alias serves. */
  readonly served: VersionState | undefined
  readonly url: FunctionUrl | undefined
  /** The policy of the alias, as JSON. */
  readonly policy: string | undefined
  readonly aside: CurrentAside
  /** The version for commands, where it was looked at. */
  readonly commands: VersionState | undefined
  /** The version for databases, where it was looked at. */
  readonly databases?: VersionState | undefined
  /** Where it was looked at. */
  readonly provisioned: readonly ProvisionedConcurrency[]
}

/** Traffic in steps, as it is asked for. */
export interface DesiredTraffic {
  readonly portions: readonly TrafficPortion[]
  /** Names of CloudWatch alarms. */
  readonly alarms: readonly string[]
}

/** What the new version is asked before visitors ask it. */
export interface DesiredSmoke {
  readonly requests: readonly SmokeRequest[]
  readonly host: string | undefined
  /** The header `Authorization`, where the version asks for one. */
  readonly authorization?: string | undefined
}

/** What should be there. */
export interface DesiredRelease {
  readonly functionName: string
  readonly alias: string
  /** Base64. */
  readonly codeSha256: string
  readonly architecture: string
  /** Values of the environment may hold `{{url}}`. */
  readonly configuration: FunctionConfiguration
  /** That of the version for commands; undefined where they run on the one for requests. */
  readonly commands: FunctionConfiguration | undefined
  /** That of the version for databases; undefined for none. */
  readonly databases?: FunctionConfiguration | undefined
  readonly aside: DesiredAside
  /** `code`: the configuration is somebody else's, and is not written. */
  readonly manage: 'all' | 'code'
  readonly access: 'public' | 'iam' | 'none'
  /** What the code needs of the Function URL; undefined where that is left alone. */
  readonly invokeMode: InvokeMode | undefined
  /** What the Function URL says to browsers about other sites; undefined where that is left alone. */
  readonly cors: Cors | undefined
  readonly beforeTraffic: readonly string[]
  readonly afterTraffic: readonly string[]
  readonly smoke: DesiredSmoke | undefined
  readonly traffic: DesiredTraffic
  /** Environments that are kept ready; undefined where they are left alone. */
  readonly provisioned: number | undefined
  /** How many released versions stay; 0 for all. */
  readonly keepVersions: number
  /** The layer of the dependencies; undefined where the code has them. */
  readonly layer: DesiredLayer | undefined
  /** Where the code is put first (`s3://BUCKET/KEY`), as it is too large for a request; undefined for the request itself. */
  readonly upload: string | undefined
  /** The bucket of this program, where it is missing or was not finished; undefined where it is ready, or there is none. */
  readonly ownBucket?: DesiredBucket | undefined
  /** Static files that a bucket has; undefined where the application serves them. */
  readonly statics?: DesiredStatics | undefined
  /** What has to be prepared before commands run, in words; undefined for nothing. */
  readonly preparation?: string | undefined
}

/** A bucket that has to be made before something can be put into it. */
export interface DesiredBucket {
  readonly name: string
  /** It was created, and the rest is missing. */
  readonly isThere: boolean
}

/** Static files, as far as a plan speaks of them. */
export interface DesiredStatics {
  readonly address: string
  readonly files: number
  readonly bytes: number
}

/** A layer that a release makes where nobody has it yet. */
export interface DesiredLayer {
  readonly name: string
  /** Base64. */
  readonly codeSha256: string
  /** Of the version that has the content already. */
  readonly arn: string | undefined
  /** Where it is put first (`s3://BUCKET/KEY`); undefined for the request itself. */
  readonly upload: string | undefined
}

export type Phase = 'before-traffic' | 'after-traffic'

/** Stands in the layers of a configuration for the one that is not published yet. No ARN looks like it. */
export const OWN_LAYER = '{{layer}}'
