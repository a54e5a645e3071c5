import type { InvokeMode } from '../aws/function-url.ts'
import type { FunctionConfiguration } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { LIMITS } from '../platform/limits.ts'
import { needsAddress } from '../settings/address.ts'
import type { Table } from '../settings/kinds.ts'
import { SECRETS_VARIABLE } from '../settings/secrets.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { smokeRequestsOf } from '../settings/traffic.ts'
import { readAliasMark } from './alias-mark.ts'
import { type CurrentRelease, type DesiredLayer, type DesiredRelease, OWN_LAYER } from './state.ts'
import { isRestricted } from './way-in.ts'

const HANDLER = 'wsgi_handler.handler'
const NEW_FUNCTION = { memory: 512, timeout: 30, description: '' } as const
const MIGRATE = 'manage migrate --noinput'

/** The code that is to be released. */
export interface ReleasedCode {
  /** Base64. */
  readonly codeSha256: string
  readonly runtime: string
  readonly architecture: string
  /** Whether it streams what it answers to a Function URL. */
  readonly streaming: boolean
  /** Where it is put first: `s3://BUCKET/KEY`; undefined for the request itself. */
  readonly upload: string | undefined
  /** Of the dependencies, where they are not in it. */
  readonly layer: DesiredLayer | undefined
}

/** What the settings ask for, over what the function already has: what nobody set stays as it is. @throws UserError */
export function desiredRelease(
  settings: FunctionSettings,
  code: ReleasedCode,
  current: CurrentRelease,
): DesiredRelease {
  return {
    functionName: settings.functionName,
    alias: settings.alias,
    codeSha256: code.codeSha256,
    architecture: code.architecture,
    configuration: {
      ...desiredConfiguration(settings, current),
      runtime: code.runtime,
      layers: desiredLayers(settings.functionName, code.layer, current),
    },
    access: settings.functionUrl ?? ownAccess(current),
    invokeMode: desiredInvokeMode(settings, code.streaming, current),
    beforeTraffic: [...(settings.migrate ? [MIGRATE] : []), ...settings.beforeTraffic],
    afterTraffic: settings.afterTraffic,
    layer: code.layer,
    upload: code.upload,
    smoke: settings.smoke ? { requests: smokeRequestsOf(settings), host: settings.smokeHost } : undefined,
  }
}

/**
 * The mode of the Function URL that code needs which streams, or does not; undefined where the URL is left alone.
 * @throws UserError where nothing would stream, or answers would reach visitors in a shape that is not meant for them.
 */
export function desiredInvokeMode(
  { functionName, functionUrl }: FunctionSettings,
  streaming: boolean,
  current: CurrentRelease,
): InvokeMode | undefined {
  const { url } = current
  const invokeMode = streaming ? 'RESPONSE_STREAM' : 'BUFFERED'
  if (url === undefined && streaming && (functionUrl ?? ownAccess(current)) === 'none') {
    throw new UserError(
      {
        title: `streaming is on, but ${functionName} has no Function URL: nothing would be streamed`,
        hint: 'Set function-url to public or iam, or remove streaming.',
      },
      { exitCode: 2 },
    )
  }
  if (functionUrl !== 'none') return invokeMode
  if (url !== undefined && url.invokeMode !== invokeMode) {
    throw new UserError(
      {
        title: `streaming is ${streaming ? 'on' : 'off'}, and function-url: none leaves the Function URL in the mode ${url.invokeMode}`,
        detail: 'Visitors would get answers in a shape that is meant for Lambda.',
        hint: `Set function-url to public or iam, turn streaming ${streaming ? 'off' : 'on'}, or change the mode of the URL to ${invokeMode} together with the code.`,
      },
      { exitCode: 2 },
    )
  }
  return undefined
}

/** The part that needs no code. @throws UserError when something is missing, before anything is built. */
export function desiredConfiguration(
  settings: FunctionSettings,
  current: CurrentRelease,
): Omit<FunctionConfiguration, 'runtime' | 'layers'> {
  const own = current.latest
  const role = settings.role ?? own?.role
  if (role === undefined) {
    throw new UserError(
      {
        title: `The function ${settings.functionName} does not exist, and role is missing`,
        hint: 'To create it, set role to the ARN of an execution role, as in arn:aws:iam::123456789012:role/shop. If it should exist, check function-name and the region.',
      },
      { exitCode: 2 },
    )
  }
  const environment = desiredEnvironment(settings, own?.environment ?? {})
  const access = settings.functionUrl ?? ownAccess(current)
  if (access === 'none' && current.url === undefined && needsAddress(environment)) {
    throw new UserError(
      {
        title: 'The environment uses {{url}}, but there is no Function URL',
        hint: 'Set function-url to public or iam, or write the address out.',
      },
      { exitCode: 2 },
    )
  }
  const environmentBytes = Buffer.byteLength(JSON.stringify(environment))
  if (environmentBytes > LIMITS.environmentBytes) {
    throw new UserError(
      {
        title: `The environment is too large: ${environmentBytes} bytes, and Lambda takes ${LIMITS.environmentBytes}`,
        detail: `Variables: ${Object.keys(environment).join(', ')}`,
        hint: 'Keep long values in Secrets Manager or Parameter Store; environment-strategy: replace drops variables that only the function has.',
      },
      { exitCode: 2 },
    )
  }
  return {
    handler: HANDLER,
    role,
    memory: settings.memory ?? own?.memory ?? NEW_FUNCTION.memory,
    timeout: settings.timeout ?? own?.timeout ?? NEW_FUNCTION.timeout,
    description: settings.description ?? own?.description ?? NEW_FUNCTION.description,
    environment,
  }
}

/** The layer of a function's dependencies, of which versions are never removed: the function's older versions need them. */
export function layerNameOf(functionName: string): string {
  return `${functionName}-dependencies`
}

/**
 * The user's own layers stay, in their order; the dependencies are laid over them. Undefined where there is nothing to change:
 * whoever writes layers needs a right on each of them. @throws UserError where they are too many
 */
function desiredLayers(
  functionName: string,
  layer: DesiredLayer | undefined,
  { latest }: CurrentRelease,
): readonly string[] | undefined {
  const before = (latest?.layers ?? []).map(({ arn }) => arn)
  const others = before.filter((arn) => !arn.includes(`:layer:${layerNameOf(functionName)}:`))
  if (layer === undefined) return others.length === before.length ? undefined : others
  const layers = [...others, layer.arn ?? OWN_LAYER]
  if (layers.length <= LIMITS.layers) return layers
  throw new UserError(
    {
      title: `${functionName} has ${others.length} layers, and Lambda takes ${LIMITS.layers} with the one of the dependencies`,
      hint: 'Remove one of them, or dependencies-layer.',
    },
    { exitCode: 2 },
  )
}

/**
 * Variables that only the function has stay, but for what `secrets` speaks of: neither the plain value of a variable that is a
 * secret now, nor references that no setting has any more.
 */
function desiredEnvironment({ environmentStrategy, environment, secrets }: FunctionSettings, own: Table): Table {
  const names = Object.keys(secrets).toSorted()
  const kept = Object.entries(own).filter(
    ([name]) => environmentStrategy === 'merge' && name !== SECRETS_VARIABLE && !names.includes(name),
  )
  const references = Object.fromEntries(names.map((name) => [name, secrets[name]]))
  return {
    ...Object.fromEntries(kept),
    ...environment,
    ...(names.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(references) }),
  }
}

/**
 * The way in when nobody set one: a new function gets a public URL, one that exists keeps what it has, also where its
 * policy lets only some in. A deployment that was ended between its alias and its URL goes on to the URL.
 */
function ownAccess({ latest, alias, url, policy }: CurrentRelease): DesiredRelease['access'] {
  if (url?.authType === 'AWS_IAM') return 'iam'
  if (url) return isRestricted(policy) ? 'none' : 'public'
  const isUnreleased = alias !== undefined && readAliasMark(alias.description).phase === 'not-released'
  return latest === undefined || isUnreleased ? 'public' : 'none'
}
