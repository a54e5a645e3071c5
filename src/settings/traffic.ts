import { lines } from './kinds.ts'

/** A request that a new version has to answer, and how. */
export interface SmokeRequest {
  readonly path: string
  /** Which answers pass, both ends included. */
  readonly status: { readonly from: number; readonly to: number }
  /** What the body has to hold. */
  readonly text: string | undefined
}

/** Without a status: what an application answers that works, whatever it thinks of a request without cookies. */
const NO_FAILURE = { from: 0, to: 499 } as const

const SMOKE_LINE = /^(\/\S*)(?:\s+([1-5]xx|[1-5]\d\d(?:-[1-5]\d\d)?)(?:\s+(\S[^]*))?)?$/

/** Settings of how a new version proves itself, and of how traffic gets to it. */
export const TRAFFIC_SETTINGS = {
  'smoke-requests': lines({
    description:
      'More than one request, and what is expected of each: a status, and a text that the body holds. Without a status, anything below 500 passes.',
    format: 'PATH, PATH STATUS or PATH STATUS TEXT, one a line; a status is 200, 2xx or 200-399',
    each: SMOKE_LINE,
    example: '/login 200 Sign in',
    default: [],
    placeholder: 'LINES',
  }),
} as const

/** A line of `smoke-requests`. */
export function parseSmokeRequest(line: string): SmokeRequest {
  const [, path = line, status, text] = SMOKE_LINE.exec(line) ?? []
  return { path, status: status === undefined ? NO_FAILURE : rangeOf(status), text: text?.trimEnd() }
}

/** What is requested: `smoke-path` is one request, and beside others only counts where somebody chose it. */
export function smokeRequestsOf({
  smokePath,
  smokeRequests,
}: {
  readonly smokePath: string
  readonly smokeRequests: readonly string[]
}): readonly SmokeRequest[] {
  const isOwnPath = smokeRequests.length === 0 || smokePath !== '/'
  return [
    ...(isOwnPath ? [{ path: smokePath, status: NO_FAILURE, text: undefined }] : []),
    ...smokeRequests.map(parseSmokeRequest),
  ]
}

function rangeOf(status: string): SmokeRequest['status'] {
  if (status.endsWith('xx')) return { from: Number(status[0]) * 100, to: Number(status[0]) * 100 + 99 }
  const [one = 0, other = one] = status.split('-').map(Number)
  return { from: Math.min(one, other), to: Math.max(one, other) }
}
