import type { Cors } from '../../aws/cors.ts'
import type { InvokeMode } from '../../aws/function-url.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** How the alias is reached. */
export type WayInStep =
  | { readonly kind: 'create-alias' }
  | { readonly kind: 'create-url'; readonly invokeMode: InvokeMode }
  | { readonly kind: 'update-url' }
  | { readonly kind: 'change-mode'; readonly invokeMode: InvokeMode }
  | { readonly kind: 'set-cors' }
  | { readonly kind: 'permit-url'; readonly statement: 'url' | 'invoke' }

/** A URL needs its alias, so both are made before the version has proven itself, but nobody is permitted until then. */
export function wayInSteps(
  { alias, url, policy }: CurrentRelease,
  { access, invokeMode = 'BUFFERED' }: DesiredRelease,
): { before: WayInStep[]; last: WayInStep[] } {
  if (access === 'none') return { before: [], last: [] }
  const authType = access === 'public' ? 'NONE' : 'AWS_IAM'
  const before: WayInStep[] = [
    ...(alias === undefined ? [{ kind: 'create-alias' } as const] : []),
    ...(url === undefined ? [{ kind: 'create-url', invokeMode } as const] : []),
  ]
  const opened: WayInStep[] = url !== undefined && url.authType !== authType ? [{ kind: 'update-url' }] : []
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
export function modeSteps({ url }: CurrentRelease, { invokeMode }: DesiredRelease): WayInStep[] {
  const isRight = url === undefined || invokeMode === undefined || url.invokeMode === invokeMode
  return isRight ? [] : [{ kind: 'change-mode', invokeMode }]
}

/** It is beside the versions, as what a function has. A URL that is made gets it with the request that makes it. */
export function corsSteps({ url }: CurrentRelease, { access, cors }: DesiredRelease): WayInStep[] {
  if (cors === undefined || access === 'none' || url === undefined || areSameCors(url.cors, cors)) return []
  return [{ kind: 'set-cors' }]
}

function areSameCors(one: Cors, other: Cors): boolean {
  const listed = (names: readonly string[]): string =>
    names
      .map((name) => name.toLowerCase())
      .toSorted()
      .join()
  return (
    (['origins', 'methods', 'headers', 'exposedHeaders'] as const).every(
      (list) => listed(one[list]) === listed(other[list]),
    ) &&
    one.credentials === other.credentials &&
    one.maxAge === other.maxAge
  )
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
export function missingStatements(policy: string | undefined): ('url' | 'invoke')[] {
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
