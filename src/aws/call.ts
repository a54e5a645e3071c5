import type { Reporter } from '../report/reporter.ts'
import { adviceFor, isBusy, isNotFound, isThrottled } from './errors.ts'

/** A function in a VPC is busy for minutes; and an account that is throttled for so long has another problem. */
const MOST_PATIENCE_MS = 300_000
const LONGEST_PAUSE_MS = 10_000

/** What a client of ours is made with. `version` is this program's, for the user agent. */
export interface ClientOptions {
  readonly version: string
  /** @param because what is waited for, for people */
  readonly wait: (milliseconds: number, because?: string) => Promise<void>
  readonly signal: AbortSignal
}

/** What is shown where a wait is long enough to be noticed. */
export function shownWait(wait: (milliseconds: number) => Promise<void>, report: Reporter): ClientOptions['wait'] {
  return async (milliseconds, because) => {
    if (because !== undefined && milliseconds >= 1000) report.progress(because)
    await wait(milliseconds)
  }
}

/** `action` is as IAM names it, without the service: `PublishVersion`. */
export interface Caller {
  /** One call, repeated while another change of the function is going on, or AWS asks for less haste. @throws UserError where advice is possible. */
  readonly call: <T>(action: string, resource: string, send: () => Promise<T>) => Promise<T>
  /** The same, with undefined for what does not exist. */
  readonly find: <T>(action: string, resource: string, send: () => Promise<T>) => Promise<T | undefined>
}

/**
 * @param arnOf what a statement of a policy names for a resource. Default: the function of that name
 * @param service as IAM names it, in front of its actions
 */
export function createCaller(
  wait: ClientOptions['wait'],
  arnOf?: (resource: string) => string,
  service = 'lambda',
): Caller {
  const call: Caller['call'] = async (action, resource, send) => {
    for (let pause = 500, waited = 0; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await send()
      } catch (error) {
        const isPassing = isBusy(error) || isThrottled(error)
        if (!isPassing || waited >= MOST_PATIENCE_MS)
          throw adviceFor(error, { action: `${service}:${action}`, resource, ...(arnOf && { arn: arnOf(resource) }) })
        const why = isBusy(error) ? 'another change goes on' : 'AWS asks for less haste'
        await wait(pause, `waiting with ${action} of ${resource}: ${why} (${Math.round(waited / 1000)} s)`)
        waited += pause
      }
    }
  }
  return {
    call,
    find: async (action, resource, send) => {
      try {
        return await call(action, resource, send)
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
  }
}
