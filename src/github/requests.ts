import { Octokit } from '@octokit/core'
import { paginateRest } from '@octokit/plugin-paginate-rest'
import { type Asked, GitHubError } from './errors.ts'
import { pauseBefore, type RequestFailure } from './patience.ts'

export interface ConnectionOptions {
  readonly token: string
  /** As in `GITHUB_API_URL`; GitHub Enterprise Server has its own. */
  readonly apiUrl: string
  /** This program's, for the user agent. */
  readonly version: string
  /** Ends early where the signal says so. */
  readonly wait: (milliseconds: number, until: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
}

const API_VERSION = '2022-11-28'
const LONGEST_ANSWER_MS = 5000
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const PagingOctokit = Octokit.plugin(paginateRest)

/** A connection that asks again where that helps, and gives each answer its time. */
export function connect({ token, apiUrl, version, wait, signal }: ConnectionOptions) {
  const octokit = new PagingOctokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: `wsgi-lambda/${version}`,
    request: { log: SILENT },
    log: SILENT,
  })
  octokit.hook.wrap('request', async (send, options) => {
    for (let attempt = 1; ; attempt += 1) {
      // What stands further in, such as what adds the token, sees only what is changed in place.
      options.headers['x-github-api-version'] = API_VERSION
      options.request = { ...options.request, signal: limited(signal, LONGEST_ANSWER_MS) }
      try {
        const response = await send(options)
        if (typeof response.data === 'string') throw new UnreadableAnswer(options.method, options.url)
        return response
      } catch (error) {
        signal.throwIfAborted()
        const failure = failureOf(error, options)
        const pause = failure && pauseBefore(failure, attempt, Date.now())
        if (pause === undefined) throw error
        await wait(pause, signal)
        signal.throwIfAborted()
      }
    }
  })

  /** @throws GitHubError for whatever GitHub or the way to it is to blame for; the signal's reason where that ended it */
  async function ask<T>(asked: Asked, work: (octokit: InstanceType<typeof PagingOctokit>) => Promise<T>): Promise<T> {
    try {
      return await work(octokit)
    } catch (error) {
      if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason
      const failure = failureOf(signal.aborted ? signal.reason : error, { method: '', url: '' })
      if (!failure) throw error
      throw new GitHubError({ ...failure, message: failure.message.replaceAll(token, '***') }, asked)
    }
  }
  return { ask }
}

/** Ends like a signal, and after so many milliseconds. */
export function limited(signal: AbortSignal, milliseconds: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)])
}

/** A page of a proxy, or an answer that was cut off. */
class UnreadableAnswer extends Error {
  readonly request: { readonly method: string; readonly url: string }
  constructor(method: string, url: string) {
    super('the answer is not JSON')
    this.request = { method, url }
  }
}

/** Of a RequestError of Octokit's, which has no response where none came. */
interface RequestErrorLike extends Error {
  readonly request: { readonly method: string; readonly url: string }
  readonly response?: { readonly status: number; readonly headers: RequestFailure['headers'] }
}

/** @returns undefined for what has nothing to do with a request: a defect of this program */
function failureOf(error: unknown, { method, url }: { method: string; url: string }): RequestFailure | undefined {
  if (isTimeout(error)) return { method, route: url, status: undefined, headers: {}, message: 'it took too long' }
  if (!(error instanceof Error) || !('request' in error)) return undefined
  const { message, response } = error as RequestErrorLike
  // Of the message: the address of the page in GitHub's reference says nothing that helps here.
  const words = message.replace(/ - https:\/\/docs\.github\.com\S*$/, '')
  // GraphQL says in an answer of success what it refuses.
  const status = error.name === 'GraphqlResponseError' ? 403 : response?.status
  return { method, route: url, status, headers: response?.headers ?? {}, message: words }
}

function isTimeout(reason: unknown): boolean {
  return (reason as Partial<Error> | undefined)?.name === 'TimeoutError'
}
