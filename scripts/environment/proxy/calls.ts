import type { ServerResponse } from 'node:http'
import type { Protocol } from './names.ts'

/** A request that arrived. */
export interface Call {
  readonly operation: string // 'UpdateAlias'; 'FunctionUrl' for a request to a function's URL; 'GET /path' where unknown
  readonly protocol: Protocol
  readonly at: number // milliseconds since 1970
  readonly method: string
  readonly path: string // with the query
  readonly functionName?: string | undefined
  readonly qualifier?: string | undefined
  /** When it was answered. */
  readonly until?: number
  readonly status?: number // of the answer; absent while it is outstanding, and when the connection was dropped
}

/** The calls since the beginning, or since they were forgotten. */
export interface CallLog {
  /** @param outgoing its answer, which is waited for */
  readonly add: (call: Omit<Call, 'at' | 'until' | 'status'>, outgoing: ServerResponse) => void
  readonly calls: () => readonly Call[]
  readonly forget: () => void
}

export function createCallLog(): CallLog {
  let calls: Call[] = []
  return {
    add: (arrived, outgoing) => {
      const log = calls
      const index = log.push({ ...arrived, at: now() }) - 1
      outgoing.once('finish', () => {
        const call = log[index]
        if (call !== undefined) log[index] = { ...call, status: outgoing.statusCode, until: now() }
      })
    },
    calls: () => [...calls],
    forget: () => {
      calls = []
    },
  }
}

/** Finer than `Date.now()`: calls of one round are a millisecond apart. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
