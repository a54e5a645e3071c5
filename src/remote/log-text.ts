import type { Colors } from '../report/console.ts'
import { inert, withoutCommand } from '../report/inert.ts'
import type { LogLine, Metrics } from './log-line.ts'
import type { FoundEvent } from './log-search.ts'

/** How found events look on a console, each with its time, its request and its level. The day stands in front of its first. */
export function logText(colors: Colors): (found: FoundEvent) => string {
  let day = ''
  return ({ event, line, requestId }) => {
    const shown = shownOf(line)
    if (shown === undefined) return ''
    const [date = '', time = ''] = new Date(event.at).toISOString().replace('Z', '').split('T')
    const heading = date === day ? '' : `${colors.bold(date)}\n`
    day = date
    const head = `${time} ${inert(requestId.slice(0, 8)).padEnd(8)} `
    const lines = shown.text.split(/\r\n?|\n/).map((each) => inert(each))
    const paint = painter(shown.level, colors)
    const body = lines.map((each, index) =>
      index === 0 ? colors.dim(head) + paint(each) : ' '.repeat(head.length) + paint(each),
    )
    return `${heading}${body.map(withoutCommand).join('\n')}\n`
  }
}

/** What `--json` prints of an event. */
export function logRecord({ event, line, requestId }: FoundEvent): Readonly<Record<string, unknown>> {
  const level = line.kind === 'message' ? line.level : undefined
  const message = line.kind === 'message' || line.kind === 'printed' ? line.text : event.message
  const [, version] = /\[([^\]]+)\]/.exec(event.stream) ?? []
  return {
    timestamp: new Date(event.at).toISOString(),
    ...{ kind: line.kind, level, requestId: requestId || undefined, version, stream: event.stream, message },
    ...(line.kind === 'report' ? { metrics: line.metrics, status: line.status } : {}),
  }
}

interface Shown {
  readonly level: string
  readonly text: string
}

/** Undefined for what says nothing that another line does not say. */
function shownOf(line: LogLine): Shown | undefined {
  switch (line.kind) {
    case 'start':
      return { level: 'PLATFORM', text: `▸ version ${line.version}` }
    case 'report': {
      const text = `■ ${[...(isSuccess(line.status) ? [] : [line.status]), ...metricsText(line.metrics)].join(', ')}`
      return { level: isSuccess(line.status) ? 'PLATFORM' : 'ERROR', text }
    }
    case 'end':
      return undefined
    case 'init':
      return /^(?:INIT_START|platform\.initStart)/.test(line.text)
        ? { level: 'PLATFORM', text: '▸ a process starts' }
        : undefined
    case 'message': {
      const logger = line.logger === '' ? '' : `${line.logger}: `
      return { level: line.level, text: `${line.level.padEnd(5)} ${logger}${line.text}` }
    }
    case 'printed':
      return { level: '', text: line.text }
  }
}

function isSuccess(status: string): boolean {
  return status === 'success'
}

function metricsText({ duration, init, memory, usedMemory }: Metrics): string[] {
  return [
    ...(duration === undefined ? [] : [`${duration} ms`]),
    ...(init === undefined ? [] : [`${init} ms to start`]),
    ...(memory === undefined ? [] : [`${usedMemory ?? '?'} of ${memory} MB`]),
  ]
}

function painter(level: string, colors: Colors): (text: string) => string {
  if (/^(?:ERROR|CRITICAL|FATAL)$/i.test(level)) return colors.red
  if (/^WARN/i.test(level)) return colors.yellow
  if (/^(?:PLATFORM|DEBUG|TRACE)$/i.test(level)) return colors.dim
  return (text) => text
}
