import type { FunctionUrl, InvokeMode } from '../aws/function-url.ts'
import type { AliasState, FunctionConfiguration, VersionState } from '../aws/lambda.ts'
import { fillAddress, needsAddress } from '../settings/address.ts'

/** What AWS has, as far as a release looks at it. */
export interface CurrentRelease {
  /** `$LATEST`: only where changes start from, never what "unchanged" is judged by. */
  readonly latest: VersionState | undefined
  readonly alias: AliasState | undefined
  /** The version that the alias serves. */
  readonly served: VersionState | undefined
  readonly url: FunctionUrl | undefined
  /** The policy of the alias, as JSON. */
  readonly policy: string | undefined
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
  readonly access: 'public' | 'iam' | 'none'
  /** What the code needs of the Function URL; undefined where that is left alone. */
  readonly invokeMode: InvokeMode | undefined
  readonly beforeTraffic: readonly string[]
  readonly afterTraffic: readonly string[]
  readonly smoke: { readonly path: string; readonly host: string | undefined } | undefined
  /** The layer of the dependencies; undefined where the code has them. */
  readonly layer: DesiredLayer | undefined
  /** Where the code is put first (`s3://BUCKET/KEY`), as it is too large for a request; undefined for the request itself. */
  readonly upload: string | undefined
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

/** Stands in the layers of a configuration for the one that is not published yet. No ARN looks like it. */
export const OWN_LAYER = '{{layer}}'

/** One thing to do, as data: the executor has no decisions left, and a dry run prints the same. */
export type Step =
  | { readonly kind: 'upload'; readonly address: string }
  | { readonly kind: 'publish-layer'; readonly name: string }
  | { readonly kind: 'create-function' }
  | { readonly kind: 'update-code' }
  | { readonly kind: 'update-configuration'; readonly changes: readonly string[] }
  | { readonly kind: 'publish' }
  | { readonly kind: 'create-alias' }
  | { readonly kind: 'create-url'; readonly invokeMode: InvokeMode }
  | { readonly kind: 'update-url' }
  | { readonly kind: 'change-mode'; readonly invokeMode: InvokeMode }
  | { readonly kind: 'fill-url' }
  | { readonly kind: 'run'; readonly phase: Phase; readonly command: string }
  | { readonly kind: 'smoke'; readonly path: string }
  | { readonly kind: 'move-alias' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'permit-url'; readonly statement: 'url' | 'invoke' }

export type Phase = 'before-traffic' | 'after-traffic'

/** The alias's description while the version that it points to has not proven itself: nothing is "unchanged" then. */
export const NOT_RELEASED = 'wsgi-lambda: not released yet'
/** The same while it serves already and the commands after traffic are still to run: a killed run is then gone on with. */
export const UNFINISHED = 'wsgi-lambda: commands after traffic are still to run'
export const RELEASED = 'wsgi-lambda'

/**
 * The steps from what is there to what should be, in the order that keeps traffic on the old version until the new one
 * has proven itself. Nothing to do is an empty list: code, configuration, alias and way in of the *served* version are
 * what should be. Otherwise the commands run, whatever an earlier run may have reached.
 */
export function planRelease(current: CurrentRelease, desired: DesiredRelease): readonly Step[] {
  const configuration = withAddress(desired.configuration, current.url?.address)
  // No version can be right whose environment lacks an address that there is not yet.
  const needsAddress = usesAddress(desired.configuration) && current.url === undefined
  const isServedVersionRight =
    current.served !== undefined && !needsAddress && matches(current.served, configuration, desired)
  const servesIt = isServedVersionRight && !isPending(current)
  const wayIn = wayInSteps(current, desired)
  const mode = modeSteps(current, desired)
  if (servesIt && wayIn.before.length === 0 && wayIn.last.length === 0 && mode.length === 0) return []
  return [
    // Where the alias is on the right version, the mode is wrong for it already.
    ...(isServedVersionRight ? mode : []),
    ...(isServedVersionRight ? [] : changeSteps(current.latest, configuration, desired)),
    // Where the address is written, it is that version which counts; an earlier one only makes the alias possible.
    ...(isServedVersionRight || (needsAddress && current.alias !== undefined) ? [] : [step('publish')]),
    ...wayIn.before,
    ...(needsAddress ? [step('fill-url')] : []),
    ...runSteps('before-traffic', desired.beforeTraffic),
    ...(desired.smoke ? [{ kind: 'smoke', path: desired.smoke.path } as const] : []),
    ...(isServedVersionRight ? [] : mode),
    ...(servesIt ? [] : [step('move-alias')]),
    ...wayIn.last,
    ...runSteps('after-traffic', desired.afterTraffic),
    ...(desired.afterTraffic.length > 0 && !servesIt ? [step('finish')] : []),
  ]
}

function step<
  K extends
    | 'create-function'
    | 'update-code'
    | 'publish'
    | 'create-alias'
    | 'update-url'
    | 'fill-url'
    | 'move-alias'
    | 'finish',
>(kind: K): { readonly kind: K } {
  return { kind }
}

function runSteps(phase: Phase, commands: readonly string[]): Step[] {
  return commands.map((command) => ({ kind: 'run', phase, command }))
}

function changeSteps(
  latest: VersionState | undefined,
  configuration: FunctionConfiguration,
  desired: DesiredRelease,
): Step[] {
  const upload: Step[] = desired.upload === undefined ? [] : [{ kind: 'upload', address: desired.upload }]
  const layer = layerSteps(desired)
  if (latest === undefined) return [...layer, ...upload, step('create-function')]
  const changes = differences(latest, configuration)
  // What Lambda shows may not be what it has then.
  const hasFailed = latest.lastUpdateStatus === 'Failed' || latest.state === 'Failed'
  if (hasFailed && changes.length === 0) changes.push('the same again, since the last update failed')
  return [
    ...layer,
    ...(hasCode(latest, desired.codeSha256, desired.architecture) && !hasFailed
      ? []
      : [...upload, step('update-code')]),
    ...(changes.length === 0 ? [] : [{ kind: 'update-configuration', changes } as const]),
  ]
}

/** A layer is published before a function can name it. */
function layerSteps({ layer }: DesiredRelease): Step[] {
  return layer === undefined || layer.arn !== undefined ? [] : [{ kind: 'publish-layer', name: layer.name }]
}

/** A URL needs its alias, so both are made before the version has proven itself, but nobody is permitted until then. */
function wayInSteps(
  { alias, url, policy }: CurrentRelease,
  { access, invokeMode = 'BUFFERED' }: DesiredRelease,
): { before: Step[]; last: Step[] } {
  if (access === 'none') return { before: [], last: [] }
  const authType = access === 'public' ? 'NONE' : 'AWS_IAM'
  const before: Step[] = [
    ...(alias === undefined ? [step('create-alias')] : []),
    ...(url === undefined ? [{ kind: 'create-url', invokeMode } as const] : []),
  ]
  const opened: Step[] = url !== undefined && url.authType !== authType ? [step('update-url')] : []
  const missing = access === 'public' ? missingStatements(policy) : []
  // Closing a public URL must not wait; opening one must.
  return access === 'iam'
    ? { before: [...before, ...opened], last: [] }
    : { before, last: [...opened, ...missing.map((statement) => ({ kind: 'permit-url', statement }) as const)] }
}

/**
 * Code and mode of the URL belong together: a whole answer reaches a browser as raw JSON where the URL streams, and a
 * streamed one with its head and eight NUL bytes in front where it does not. Between the two calls that change them visitors
 * get one or the other, whichever call is first. So they stand side by side, in both directions with the mode first: it is
 * the call that is made for the first time (a policy may not allow it yet), and where it is refused, nothing was wrong for
 * anybody. UpdateAlias has proven itself in every release before, and going back takes a second call.
 */
function modeSteps({ url }: CurrentRelease, { invokeMode }: DesiredRelease): Step[] {
  const isRight = url === undefined || invokeMode === undefined || url.invokeMode === invokeMode
  return isRight ? [] : [{ kind: 'change-mode', invokeMode }]
}

interface PolicyStatement {
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: string | readonly string[]
  /** By operator, then by key. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const CALL_URL = 'lambda:InvokeFunctionUrl'

/** A public URL needs two statements; whoever wrote them, they count. */
function missingStatements(policy: string | undefined): ('url' | 'invoke')[] {
  const everyone = statementsOf(policy).filter(isForEveryone)
  return [
    ...(everyone.some(speaksOf(CALL_URL)) ? [] : (['url'] as const)),
    ...(everyone.some(speaksOf('lambda:InvokeFunction')) ? [] : (['invoke'] as const)),
  ]
}

/** Whether the policy says who may call the URL, and that is not everyone. */
export function isRestricted(policy: string | undefined): boolean {
  const callers = statementsOf(policy).filter(speaksOf(CALL_URL))
  return callers.length > 0 && !callers.some(isForEveryone)
}

function statementsOf(policy: string | undefined): readonly PolicyStatement[] {
  const { Statement: statements = [] } = (policy === undefined ? {} : JSON.parse(policy)) as {
    Statement?: readonly PolicyStatement[]
  }
  return statements
}

function speaksOf(action: string): (statement: PolicyStatement) => boolean {
  return ({ Action }) => [Action].flat().includes(action)
}

function isForEveryone({ Effect, Principal, Condition }: PolicyStatement): boolean {
  return Effect === 'Allow' && /^"\*"$|^\{"AWS":"\*"\}$/.test(JSON.stringify(Principal)) && isMetByEveryone(Condition)
}

/** Whether every request to a public URL meets a condition. One that isn't known here may refuse some. */
function isMetByEveryone(condition: PolicyStatement['Condition'] = {}): boolean {
  const met: Readonly<Record<string, string>> = {
    'lambda:FunctionUrlAuthType': 'NONE',
    'lambda:InvokedViaFunctionUrl': 'true',
  }
  return Object.values(condition)
    .flatMap((keys) => Object.entries(keys))
    .every(([key, value]) => met[key] === String(value))
}

function isPending({ alias }: CurrentRelease): boolean {
  return alias?.description === NOT_RELEASED || alias?.description === UNFINISHED
}

function matches(
  version: VersionState,
  configuration: FunctionConfiguration,
  { codeSha256, architecture }: DesiredRelease,
): boolean {
  return hasCode(version, codeSha256, architecture) && differences(version, configuration).length === 0
}

function hasCode(version: VersionState, codeSha256: string, architecture: string): boolean {
  return version.codeSha256 === codeSha256 && version.architecture === architecture
}

/** What differs, by the settings' names; of variables only the names, since values may be secrets. */
export function differences(version: VersionState, configuration: FunctionConfiguration): string[] {
  const plain = (['runtime', 'handler', 'role', 'memory', 'timeout', 'description'] as const)
    // A published version has its own description, which says nothing about the function's.
    .filter((name) => name !== 'description' || version.version === '$LATEST')
    .filter((name) => version[name] !== configuration[name])
  const names = new Set([...Object.keys(version.environment), ...Object.keys(configuration.environment)])
  const variables = [...names].filter((name) => version.environment[name] !== configuration.environment[name])
  const layers = configuration.layers ?? version.layers.map(({ arn }) => arn)
  const areLayersSame = layers.join() === version.layers.map(({ arn }) => arn).join()
  return [...plain, ...(areLayersSame ? [] : ['layers']), ...variables.toSorted().map((name) => `environment ${name}`)]
}

export function usesAddress({ environment }: FunctionConfiguration): boolean {
  return needsAddress(environment)
}

/** The configuration with `{{url}}` filled in its environment. */
export function withAddress(configuration: FunctionConfiguration, address: string | undefined): FunctionConfiguration {
  return { ...configuration, environment: fillAddress(configuration.environment, address) }
}

/** The configuration with the layer that was published. */
export function withLayer(configuration: FunctionConfiguration, arn: string | undefined): FunctionConfiguration {
  const { layers } = configuration
  if (layers === undefined || arn === undefined) return configuration
  return { ...configuration, layers: layers.map((layer) => (layer === OWN_LAYER ? arn : layer)) }
}

/** One line for each step: for the console, the summary and a dry run. */
export function describeStep(step: Step, { functionName, alias, access }: DesiredRelease): string {
  switch (step.kind) {
    case 'upload':
      return `upload the code to ${step.address}`
    case 'publish-layer':
      return `publish a version of the layer ${step.name}, which has the dependencies`
    case 'create-function':
      return `create the function ${functionName}`
    case 'update-code':
      return 'update the code'
    case 'update-configuration':
      return `update the configuration: ${step.changes.join(', ')}`
    case 'publish':
      return 'publish a version and wait until it is active'
    case 'create-alias':
      return `create the alias ${alias}, which nobody is permitted to call yet`
    case 'create-url':
      return `create the Function URL (${[access, ...(step.invokeMode === 'BUFFERED' ? [] : [step.invokeMode])].join(', ')})`
    case 'update-url':
      return `change the Function URL to ${access}`
    case 'change-mode':
      return `change the invoke mode of the Function URL to ${step.invokeMode}`
    case 'fill-url':
      return 'write the address of the Function URL into the environment and publish again'
    case 'run':
      return `run ${step.phase === 'before-traffic' ? 'before' : 'after'} traffic moves: ${step.command}`
    case 'smoke':
      return `request ${step.path} from the new version`
    case 'move-alias':
      return `move the alias ${alias} to the new version`
    case 'finish':
      return 'mark the release as finished'
    case 'permit-url':
      return `permit everyone to ${step.statement === 'url' ? 'call the Function URL' : 'invoke the function through it'}`
  }
}
