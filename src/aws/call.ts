import { adviceFor, isBusy, isNotFound } from './errors.ts'

const BUSY_ATTEMPTS = 6

/** What a client of ours is made with. `version` is this program's, for the user agent. */
export interface ClientOptions {
  readonly version: string
  readonly wait: (milliseconds: number) => Promise<void>
  readonly signal: AbortSignal
}

/** `action` is as IAM names it, without the service: `PublishVersion`. */
export interface Caller {
  /** One call, repeated while another change of the function is going on. @throws UserError where advice is possible. */
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
    for (let attempt = 1; ; attempt++) {
      try {
        return await send()
      } catch (error) {
        if (!isBusy(error) || attempt === BUSY_ATTEMPTS)
          throw adviceFor(error, { action: `${service}:${action}`, resource, ...(arnOf && { arn: arnOf(resource) }) })
        await wait(250 * 2 ** attempt)
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
