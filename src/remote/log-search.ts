import type { LogEvent, LogQuery, LogsApi } from '../aws/logs.ts'
import { type LogLine, readLogLine } from './log-line.ts'

/** Which lines of a log are meant. */
export interface LogSearch {
  readonly group: string
  /** Milliseconds since 1970. */
  readonly since: number
  /** The number of a version, or `$LATEST`. */
  readonly version?: string | undefined
  readonly requestId?: string | undefined
  /** What the line has, as it is written. */
  readonly text?: string | undefined
}

/** An event, read, and with the request that it belongs to as far as that is known. */
export interface FoundEvent {
  readonly event: LogEvent
  readonly line: LogLine
  readonly requestId: string
}

/** Finds what is new with each call: first what there is, then what has come. Undefined where there is no such group. */
export type Searching = () => AsyncGenerator<readonly FoundEvent[], boolean>

/** An event may come into sight after a later one. */
const OVERLAP_MILLISECONDS = 5000

/** @returns a search that can be asked again; each time it gives pages, and whether there is such a group */
export function searchLog(search: LogSearch, logs: LogsApi): Searching {
  const { group, version, requestId, text } = search
  const seen = new Set<string>()
  const requests = new Map<string, string>()
  let from = search.since

  /** Of the lines of a request only some have its id, but all are in its stream. */
  async function streamsOfRequest(id: string): Promise<{ exists: boolean; streams: readonly string[] }> {
    const streams = new Set<string>()
    let next: string | undefined
    do {
      const page = await logs.read({ group, since: search.since, text: id }, next)
      if (page === undefined) return { exists: false, streams: [] }
      for (const { stream } of page.events) streams.add(stream)
      next = page.next
    } while (next !== undefined)
    return { exists: true, streams: [...streams] }
  }

  function found(event: LogEvent): FoundEvent {
    const line = readLogLine(event.message)
    const own = 'requestId' in line ? line.requestId : ''
    const current = own === '' ? (requests.get(event.stream) ?? '') : own
    if (line.kind === 'report' || line.kind === 'init') requests.delete(event.stream)
    else if (own !== '') requests.set(event.stream, own)
    return { event, line, requestId: line.kind === 'init' ? '' : current }
  }

  function isMeant({ event, requestId: id }: FoundEvent): boolean {
    return (
      (version === undefined || event.stream.includes(`[${version}]`)) &&
      (requestId === undefined || id === requestId) &&
      event.message.includes(text ?? '')
    )
  }

  return async function* () {
    let query: LogQuery = { group, since: from, text }
    if (requestId !== undefined) {
      const { exists, streams } = await streamsOfRequest(requestId)
      if (!exists || streams.length === 0) return exists
      query = { group, since: from, streams }
    }
    let next: string | undefined
    do {
      const page = await logs.read(query, next)
      if (page === undefined) return false
      const fresh = page.events.filter(({ id }) => !seen.has(id))
      for (const { id, at } of fresh) {
        seen.add(id)
        from = Math.max(from, at - OVERLAP_MILLISECONDS)
      }
      yield fresh.map(found).filter(isMeant)
      next = page.next
    } while (next !== undefined)
    return true
  }
}
