import type { FunctionOptions } from './function-options.ts'
import type { Tags } from './tags.ts'

/** A function's settings and code as one version has them. */
export interface VersionState {
  readonly arn: string
  readonly version: string
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly architecture: string
  readonly memory: number
  /** Seconds. */
  readonly timeout: number
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  /** Why Lambda does not show the variables: they are encrypted with a key that the caller may not use. */
  readonly environmentProblem?: string | undefined
  readonly layers: readonly Layer[]
  readonly options: FunctionOptions
  readonly state: string
  readonly stateReason: string | undefined
  readonly lastUpdateStatus: string
  readonly lastUpdateReason: string | undefined
  /** Another one after each change. */
  readonly revisionId: string
}

/** One version of a layer, as a function uses it. */
export interface Layer {
  /** With the version's number. */
  readonly arn: string
  /** AWS does not tell how large it is unzipped. */
  readonly zipBytes: number
}

export interface FunctionConfiguration {
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly memory: number
  /** Seconds. */
  readonly timeout: number
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  /** The ARNs of versions, in the order in which they are laid over each other; undefined leaves them alone. */
  readonly layers: readonly string[] | undefined
  /** What is not among them is left alone. */
  readonly options: Partial<FunctionOptions>
}

/** What a function is created with that no version keeps. */
export interface BesideVersions {
  readonly tags: Tags
  /** An ARN. */
  readonly codeSigningConfig: string | undefined
}

/** Where an alias sends traffic. */
export interface AliasTarget {
  readonly version: string
  readonly description: string
  /** Other versions that get a part of the traffic, from 0 to 1; none where it is undefined. */
  readonly weights?: Readonly<Record<string, number>> | undefined
}

export interface AliasState extends AliasTarget {
  readonly arn: string
  readonly weights: Readonly<Record<string, number>>
  readonly revisionId: string
}

export interface Invocation {
  readonly payload: string
  /** `Unhandled` or `Handled` when the function itself failed. */
  readonly functionError: string | undefined
  /** The last 4 KB of the invocation's log. */
  readonly logTail: string
}

/** Exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface LambdaApi {
  /** Undefined when there is no such function or version. */
  getVersion(functionName: string, qualifier?: string): Promise<VersionState | undefined>
  createFunction(
    functionName: string,
    configuration: FunctionConfiguration,
    code: Code,
    beside?: BesideVersions,
  ): Promise<void>
  updateCode(functionName: string, code: Code): Promise<void>
  /** What is undefined stays as it is. */
  /** Not cancelled: it is what undoes. */
  updateConfiguration(functionName: string, configuration: Partial<FunctionConfiguration>): Promise<void>
  /** Refused by Lambda unless `$LATEST` is what was meant. @returns the version's number. */
  publish(functionName: string, codeSha256: string, description: string, revisionId?: string): Promise<string>
  /** Not cancelled: what undoes has to see where it is. */
  getAlias(functionName: string, alias: string): Promise<AliasState | undefined>
  createAlias(functionName: string, alias: string, target: AliasTarget): Promise<AliasState>
  /** With the revision that was read, so that nobody else's change is overwritten. Not cancelled: it is what undoes. */
  updateAlias(functionName: string, alias: string, target: AliasTarget, revisionId?: string): Promise<AliasState>
  /** The policy document of the alias as JSON, or undefined when it has none. */
  getPolicy(functionName: string, alias: string): Promise<string | undefined>
  permitUrl(functionName: string, alias: string, statement: 'url' | 'invoke'): Promise<void>
  /** Sent once: a repeated Invoke could run a migration twice. @throws when the answer did not come. */
  invoke(
    functionName: string,
    qualifier: string,
    payload: string,
    timeoutSeconds: number,
    clientContext?: ClientContext,
  ): Promise<Invocation>
}

/** What the caller of Invoke says of itself, beside the event; at most 3583 bytes as JSON in base64. */
export interface ClientContext {
  readonly custom: Readonly<Record<string, string>>
}

/** The zip itself, or where it lies in a bucket of the function's region. */
export type Code = { readonly architecture: string } & (
  | { readonly zip: Uint8Array }
  | { readonly object: { readonly bucket: string; readonly key: string } }
)
