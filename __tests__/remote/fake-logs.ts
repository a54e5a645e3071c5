import type { LogEvent, LogQuery, LogsApi } from '../../src/aws/logs.ts'

export interface FakeLogs extends LogsApi {
  readonly queries: LogQuery[]
  /** One event a message, a millisecond apart; the group is there from then on. */
  put(stream: string, ...messages: readonly string[]): void
  /** Thrown by every query while it is set. */
  failure: Error | undefined
  /** Called before each query. */
  onRead: (count: number) => void
}

/** CloudWatch Logs with one group, in memory. A page has two events. */
export function fakeLogs(group = '/aws/lambda/shop', start = Date.now()): FakeLogs {
  let events: LogEvent[] | undefined
  const queries: LogQuery[] = []
  const fake: FakeLogs = {
    queries,
    failure: undefined,
    onRead: () => undefined,
    put: (stream, ...messages) => {
      events ??= []
      for (const message of messages) {
        events.push({ id: `e${events.length}`, at: start + events.length, stream, message })
      }
    },
    read: async (query, next) => {
      queries.push(query)
      fake.onRead(queries.length)
      await Promise.resolve()
      if (fake.failure !== undefined) throw fake.failure
      if (events === undefined || query.group !== group) return undefined
      const { since, text, streams } = query
      const found = events.filter(
        ({ at, stream, message }) => at >= since && message.includes(text ?? '') && (streams?.includes(stream) ?? true),
      )
      const from = Number(next ?? 0)
      const to = from + 2
      return { events: found.slice(from, to), next: to < found.length ? String(to) : undefined }
    },
  }
  return fake
}
