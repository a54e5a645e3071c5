import type { InvokeMode } from '../../aws/function-url.ts'
import { UserError } from '../../errors.ts'
import type { FunctionSettings } from '../../settings/settings.ts'
import { readAliasMark } from '../order/alias-mark.ts'
import { isRestricted } from '../plan/way-in.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** Who may call the Function URL; `none` leaves it alone, whatever it is. */
export function desiredAccess(settings: FunctionSettings, current: CurrentRelease): DesiredRelease['access'] {
  return askedAccess(settings) ?? ownAccess(current)
}

/** Where the configuration is somebody else's, the way in is too. */
function askedAccess({ manage, functionUrl }: FunctionSettings): DesiredRelease['access'] | undefined {
  return manage === 'code' ? 'none' : functionUrl
}

/**
 * The mode of the Function URL that code needs which streams, or does not; undefined where the URL is left alone.
 * @throws UserError where nothing would stream, or answers would reach visitors in a shape that is not meant for them.
 */
export function desiredInvokeMode(
  settings: FunctionSettings,
  streaming: boolean,
  current: CurrentRelease,
): InvokeMode | undefined {
  const { functionName } = settings
  const { url } = current
  const invokeMode = streaming ? 'RESPONSE_STREAM' : 'BUFFERED'
  if (url === undefined && streaming && desiredAccess(settings, current) === 'none') {
    throw new UserError(
      {
        title: `streaming is on, but ${functionName} has no Function URL: nothing would be streamed`,
        hint: 'Set function-url to public or iam, or remove streaming.',
      },
      { exitCode: 2 },
    )
  }
  if (askedAccess(settings) !== 'none') return invokeMode
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

/**
 * The way in when nobody set one: a new function gets a public URL, one that exists keeps what it has, also where its
 * policy lets only some in. A first deployment that was ended before its URL goes on to the URL.
 */
function ownAccess({ latest, alias, url, policy, isOnlyCreated }: CurrentRelease): DesiredRelease['access'] {
  if (url?.authType === 'AWS_IAM') return 'iam'
  if (url) return isRestricted(policy) ? 'none' : 'public'
  const isUnreleased = alias !== undefined && readAliasMark(alias.description).phase === 'not-released'
  return latest === undefined || isOnlyCreated || isUnreleased ? 'public' : 'none'
}
