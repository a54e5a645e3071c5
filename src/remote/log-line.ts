import { parseJson } from './protocol.ts'

/** What a line of a function's log is. */
export type LogLine =
  | { readonly kind: 'start'; readonly requestId: string; readonly version: string }
  | { readonly kind: 'end'; readonly requestId: string }
  | { readonly kind: 'report'; readonly requestId: string; readonly metrics: Metrics; readonly status: string }
  /** Lambda's own, about a process that begins. */
  | { readonly kind: 'init'; readonly text: string }
  /** Of a logger, and what Lambda says when an invocation failed. */
  | {
      readonly kind: 'message'
      readonly level: string
      readonly requestId: string
      readonly logger: string
      readonly text: string
    }
  /** Printed as it is. */
  | { readonly kind: 'printed'; readonly text: string }

/** Milliseconds and MB; undefined where the platform does not tell. */
export interface Metrics {
  readonly duration: number | undefined
  readonly init: number | undefined
  readonly memory: number | undefined
  readonly usedMemory: number | undefined
}

/**
 * Reads a line in either format of Lambda's (developer guide, "Lambda function logs": text; "JSON log format", and the
 * schemas of the Telemetry API for what starts with `platform.`).
 */
export function readLogLine(message: string): LogLine {
  return (message.startsWith('{') ? fromJson(message) : fromText(message)) ?? { kind: 'printed', text: message }
}

/** Of a request. Words of Lambda's stand in the printed lines of others too: with a UUID hardly ever. */
const ID = '([\\da-f]{8}-[\\da-f-]{27})'
const START = new RegExp(`^START RequestId: ${ID} Version: (\\S+)`)
const END = new RegExp(`^END RequestId: ${ID}`)
const REPORT = new RegExp(`^REPORT RequestId: ${ID}\\s`)
const LOGGED = /^\[(\w+)\]\t\S+Z\t([^\t]*)\t([^]*)$/
const TIMED_OUT = new RegExp(`^\\S+Z ${ID} (Task timed out after .*)$`)
const EXITED = new RegExp(`^(?:RequestId: ${ID} )(Error: .*)$`)

function fromText(message: string): LogLine | undefined {
  const [, started, version = ''] = START.exec(message) ?? []
  if (started !== undefined) return { kind: 'start', requestId: started, version }
  const [, ended] = END.exec(message) ?? []
  if (ended !== undefined) return { kind: 'end', requestId: ended }
  const [, reported] = REPORT.exec(message) ?? []
  if (reported !== undefined) return textReport(reported, message)
  if (/^(?:INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT|EXTENSION|LOGS) /.test(message)) {
    return { kind: 'init', text: message }
  }
  const [, level = '', loggedFor = '', text = ''] = LOGGED.exec(message) ?? []
  if (level !== '') return { kind: 'message', level, requestId: loggedFor, logger: '', text }
  const [, failed, why = ''] = TIMED_OUT.exec(message) ?? EXITED.exec(message) ?? []
  return failed === undefined
    ? undefined
    : { kind: 'message', level: 'ERROR', requestId: failed, logger: '', text: why }
}

function textReport(requestId: string, message: string): LogLine {
  const field = (name: string): number | undefined => {
    const [, value] = new RegExp(`(?:^|\\t)${name}: ([\\d.]+)`).exec(message) ?? []
    return value === undefined ? undefined : Number(value)
  }
  const metrics = {
    duration: field('(?:REPORT RequestId: \\S+\\s+)?Duration'),
    init: field('Init Duration') ?? field('Restore Duration'),
    memory: field('Memory Size'),
    usedMemory: field('Max Memory Used'),
  }
  const [, status = 'success'] = /\tStatus: (\w+)/.exec(message) ?? []
  return { kind: 'report', requestId, metrics, status }
}

type Fields = Readonly<Record<string, unknown>>

function fromJson(message: string): LogLine | undefined {
  const fields = fieldsOf(parseJson(message))
  if (fields === undefined) return undefined
  const { type, message: text, level, logger, stackTrace } = fields
  if (typeof type === 'string' && type.startsWith('platform.'))
    return platformLine(type, fieldsOf(fields['record']) ?? {})
  if (typeof level !== 'string' || text === undefined) return undefined
  const trace = Array.isArray(stackTrace) ? stackTrace.map((line) => String(line).trimEnd()) : []
  const error = [fields['errorType'], fields['errorMessage']].filter((part) => typeof part === 'string').join(': ')
  const shown = typeof text === 'string' ? text : JSON.stringify(text)
  return {
    kind: 'message',
    level,
    requestId: textOf(fields['requestId'] ?? fields['AWSRequestId']),
    logger: textOf(logger),
    text: [shown, ...trace, ...(error === '' || trace.some((line) => line.includes(error)) ? [] : [error])].join('\n'),
  }
}

function platformLine(type: string, record: Fields): LogLine {
  const requestId = textOf(record['requestId'])
  if (type === 'platform.start') return { kind: 'start', requestId, version: textOf(record['version']) }
  if (type === 'platform.runtimeDone') return { kind: 'end', requestId }
  if (type !== 'platform.report') return { kind: 'init', text: type }
  const given = fieldsOf(record['metrics']) ?? {}
  const number = (name: string): number | undefined => {
    const value = given[name]
    return typeof value === 'number' ? value : undefined
  }
  const metrics = {
    duration: number('durationMs'),
    init: number('initDurationMs') ?? number('restoreDurationMs'),
    memory: number('memorySizeMB'),
    usedMemory: number('maxMemoryUsedMB'),
  }
  return { kind: 'report', requestId, metrics, status: textOf(record['status']) || 'success' }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
