import type { AlarmApi } from '../aws/alarms.ts'
import type { AsideApis } from '../aws/aside.ts'
import type { FunctionUrl, FunctionUrlApi } from '../aws/function-url.ts'
import type { AliasState, Code, FunctionConfiguration } from '../aws/lambda.ts'
import type { LogsApi } from '../aws/logs.ts'
import type { ProvisionedApi } from '../aws/provisioned.ts'
import type { VersionsApi } from '../aws/versions.ts'
import type { ReleaseLock } from './order/lock.ts'
import { withAddress, withLayer, withRole } from './plan/difference.ts'
import type { Preparation } from './plan/preparation.ts'
import type { StaticsOfRelease } from './plan/statics.ts'
import type { Step } from './plan/steps.ts'
import type { CurrentRelease, DesiredRelease, Phase } from './state.ts'
import type { Waiting } from './wait.ts'

export interface RanCommand {
  readonly command: string
  readonly phase: Phase
  readonly exitCode: number
  readonly seconds: number
  readonly output: string
}

export interface ApplyOptions {
  readonly current: CurrentRelease
  readonly desired: DesiredRelease
  readonly code: Code
  /** Makes the bucket that the plan names. */
  readonly makeBucket: () => Promise<void>
  /** Puts the code where it is read from, where the plan says so. */
  readonly upload: () => Promise<void>
  /** Publishes the layer that the plan names. @returns the ARN of its version */
  readonly publishLayer: () => Promise<string>
  /** Where a bucket has the static files. */
  readonly statics?: StaticsOfRelease | undefined
  /** What the plan prepares. */
  readonly preparation?: Preparation | undefined
  /** Of the published version: where it comes from. */
  readonly versionDescription: string
  readonly commandsDescription: string
  readonly databasesDescription: string
  readonly lock: ReleaseLock
}

/** Whom a release speaks with. */
export interface ReleaseCollaborators extends Waiting {
  readonly urls: FunctionUrlApi
  readonly alarms: AlarmApi
  readonly provisioned: ProvisionedApi
  readonly aside: AsideApis
  readonly logs: LogsApi
  readonly versions: VersionsApi
  /** Whether the output of commands is shown while they run. Default: it is. */
  readonly follows?: boolean
}

/** Where a release stands while its steps are carried out. */
export interface Progress {
  version: string
  /** Where commands run; undefined for the version that is released. */
  commandVersion: string | undefined
  /** Whether an alias names a version for commands. */
  hasCommands: boolean
  /** The ARN of the version that was published. */
  layer: string | undefined
  /** The ARN of the role that was made. */
  role: string | undefined
  alias: AliasState | undefined
  url: FunctionUrl | undefined
  hasMoved: boolean
  /** These are set before the call: a call without an answer may have done it. */
  mayHaveMoved: boolean
  mayHaveShifted: boolean
  mayHaveProvisioned: boolean
  mayHaveChangedMode: boolean
  mayHaveOpenedUrl: boolean
  mayBeConfiguredForCommands: boolean
  mayHavePointedCommands: boolean
  mayHavePrepared: boolean
  /** Commands that were sent, whatever became of them. */
  readonly begun: string[]
  readonly commands: RanCommand[]
  /** Milliseconds; undefined where the platform tells none. */
  coldStartMs: number | undefined
}

/** All that a step needs to be carried out. */
export interface Releasing extends ApplyOptions {
  readonly progress: Progress
  readonly with: ReleaseCollaborators
}

/** For each kind of step how it is carried out. */
export type Executors<S extends Step> = {
  readonly [K in S['kind']]: (step: Extract<S, { readonly kind: K }>, releasing: Releasing) => Promise<void>
}

/** With what is known only now: the address of the URL, the version of the layer. */
export function configurationNow(releasing: Releasing): FunctionConfiguration {
  return completed(releasing.desired.configuration, releasing)
}

/** The same of the version for commands. */
export function commandConfigurationNow(releasing: Releasing): FunctionConfiguration | undefined {
  const { commands } = releasing.desired
  return commands && completed(commands, releasing)
}

/** The same of the version for databases. @throws Error where none is wanted */
export function databaseConfigurationNow(releasing: Releasing): FunctionConfiguration {
  const { databases } = releasing.desired
  if (databases === undefined) throw new Error('no version for databases was asked for')
  return completed(databases, releasing)
}

function completed(configuration: FunctionConfiguration, { progress }: Releasing): FunctionConfiguration {
  return withRole(withLayer(withAddress(configuration, progress.url?.address), progress.layer), progress.role)
}

/** Where commands run, and how long one may take. */
export function commandTarget({ desired, progress }: Releasing): {
  readonly qualifier: string
  readonly timeoutSeconds: number
} {
  const { configuration, commands } = desired
  const { commandVersion, version } = progress
  if (commandVersion === undefined) return { qualifier: version, timeoutSeconds: configuration.timeout }
  return { qualifier: commandVersion, timeoutSeconds: (commands ?? configuration).timeout }
}
