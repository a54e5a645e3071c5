/** How a request failed. */
export interface RequestFailure {
  readonly method: string
  /** As in the reference: `/repos/{owner}/{repo}/pulls`, or filled in. */
  readonly route: string
  /** Undefined where no answer came. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | number | undefined>>
  /** In GitHub's words, or those of the network. */
  readonly message: string
}

const MOST_ATTEMPTS = 3
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5000

/**
 * Milliseconds until a request is sent again; undefined where that would not help, or would take too long.
 * GitHub's "Best practices for using the REST API", "Handle rate limit errors appropriately".
 * @param attempt how many there were
 * @param now in milliseconds of the epoch
 */
export function pauseBefore(failure: RequestFailure, attempt: number, now: number): number | undefined {
  if (attempt >= MOST_ATTEMPTS) return undefined
  const asked = askedPause(failure, now)
  if (isLimited(failure)) return asked !== undefined && asked <= LONGEST_PAUSE_MS ? asked : undefined
  if (!mayHaveHappened(failure)) return undefined
  // A comment that is there twice is seen by everybody: who creates one looks whether it is there.
  if (failure.method === 'POST' && failure.route.endsWith('/comments')) return undefined
  const pause = asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1)
  return pause <= LONGEST_PAUSE_MS ? pause : undefined
}

/** Whether nobody can say if GitHub did what it was asked. */
export function mayHaveHappened({ status }: RequestFailure): boolean {
  return status === undefined || status >= 500
}

/** The primary limit, counted by the hour, and the secondary ones, for what comes too fast. Both come as 403 or 429. */
export function isLimited({ status, headers, message }: RequestFailure): boolean {
  if (status === 429) return true
  if (status !== 403) return false
  return (
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /\brate limit|abuse detection/i.test(message)
  )
}

function askedPause({ headers }: RequestFailure, now: number): number | undefined {
  const after = secondsOf(headers['retry-after'])
  if (after !== undefined) return after * 1000
  const reset = secondsOf(headers['x-ratelimit-reset'])
  if (String(headers['x-ratelimit-remaining']) !== '0' || reset === undefined) return undefined
  return Math.max(0, reset * 1000 - now)
}

function secondsOf(header: string | number | undefined): number | undefined {
  return /^\d+$/.test(String(header)) ? Number(header) : undefined
}
