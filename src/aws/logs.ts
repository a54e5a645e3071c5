import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { ClientOptions } from './call.ts'
import { clientConfig } from './client-config.ts'
import { adviceFor, isNotFound } from './errors.ts'

/** One line that a function has logged. */
export interface LogEvent {
  /** The same event has the same name in each answer. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** One environment's: its invocations stand one after the other. */
  readonly stream: string
  /** Without the end of its line. */
  readonly message: string
}

export interface LogQuery {
  readonly group: string
  /** Milliseconds since 1970. */
  readonly since: number
  /** What the message has, as it is written. */
  readonly text?: string | undefined
  readonly streams?: readonly string[] | undefined
}

export interface LogPage {
  /** Oldest first; may be none while there is a next page. */
  readonly events: readonly LogEvent[]
  readonly next: string | undefined
}

export interface LogsApi {
  /** Undefined where there is no such group, or no such stream. @throws UserError where advice is possible. */
  read(query: LogQuery, next?: string): Promise<LogPage | undefined>
}

/** The client is loaded with the first call: most commands end before there is anything to read. */
export function createLogsApi({ version, signal }: ClientOptions): LogsApi {
  const opening = once(async () => {
    const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    return { client: new CloudWatchLogsClient(clientConfig(version)), FilterLogEventsCommand }
  })
  return {
    read: async ({ group, since, text, streams }, next) => {
      const { client, FilterLogEventsCommand } = await opening()
      try {
        const found = await client.send(
          new FilterLogEventsCommand({
            logGroupName: group,
            startTime: Math.max(0, Math.floor(since)),
            filterPattern: text && patternOf(text),
            logStreamNames: streams && [...streams],
            nextToken: next,
          }),
          { abortSignal: signal },
        )
        return pageOf(found)
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw adviceFor(error, {
          action: 'logs:FilterLogEvents',
          resource: group,
          arn: `arn:aws:logs:*:*:log-group:${group}:*`,
        })
      }
    },
  }
}

/** Everything that a query finds now; undefined where there is no such group. */
export async function readAll(logs: LogsApi, query: LogQuery): Promise<readonly LogEvent[] | undefined> {
  const events: LogEvent[] = []
  let next: string | undefined
  do {
    const page = await logs.read(query, next)
    if (page === undefined) return undefined
    events.push(...page.events)
    next = page.next
  } while (next !== undefined)
  return events
}

/** A text as a phrase (CloudWatch Logs user guide, "Filter pattern syntax"). */
function patternOf(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function pageOf({ events = [], nextToken }: FilterLogEventsCommandOutput): LogPage {
  // Emulators may leave out the name of an event: the same text of the same moment is then told apart by its turn.
  const turns = new Map<string, number>()
  const nameOf = (place: string): string => {
    const turn = (turns.get(place) ?? 0) + 1
    turns.set(place, turn)
    return `${place} ${turn}`
  }
  return {
    events: events.map(({ eventId, timestamp = 0, logStreamName = '', message = '' }) => ({
      id: eventId ?? nameOf(`${logStreamName} ${timestamp} ${message}`),
      at: timestamp,
      stream: logStreamName,
      message: message.replace(/\r?\n$/, ''),
    })),
    next: nextToken,
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
