import type { Mistake, Table } from './kinds.ts'
import { suggestion } from './suggestion.ts'

/**
 * The table of events that are no HTTP requests, as runtime/wsgi_lambda/routes.py reads it. Whatever that refuses is refused
 * here, where it costs nothing.
 */
const SOURCES = [
  'schedule',
  'sqs',
  'sns',
  's3',
  'dynamodb',
  'kinesis',
  'eventbridge',
  'cognito',
  'logs',
  'kafka',
  'mq',
  'websocket',
  'warmer',
  'json',
] as const

/** These wait for what a function returns, and a command returns nothing. */
const WAITING: readonly string[] = ['cognito', 'websocket']

const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*'
const FUNCTION = new RegExp(`^${NAME}(?:\\.${NAME})*:${NAME}(?:\\.${NAME})*$`, 'u')
const COMMAND = /^\s*(?:manage|flask)(?:\s|$)/
/** A name behind it, and each quote has its end. */
const WHOLE_COMMAND = /^\s*\w+\s+(?=\S)(?:[^'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")*$/
const ALLOWED_TARGETS = 'Allowed: module:function, manage NAME [ARGUMENTS] or flask NAME [ARGUMENTS].'

/** What is wrong with the table, entry by entry. */
export function eventMistakes(events: Table): readonly Mistake[] {
  return Object.entries(events).flatMap(([key, target]) => {
    const detail = `Given: ${JSON.stringify(key)} = ${JSON.stringify(target)}`
    const hints = [keyHint(key), targetHint(key, target)]
    return hints.flatMap((hint) => (hint === undefined ? [] : [{ entry: JSON.stringify(key), detail, hint }]))
  })
}

/** What to write instead; undefined where the key is right. */
function keyHint(key: string): string | undefined {
  const arn = /(?:^|:)arn:[\w-]*:(\w+):.*?([^:/]+)$/.exec(key)
  if (arn) return `A name is never an ARN. Write ${sourceOf(arn[1] ?? '')}:${arn[2] ?? ''}, or the source alone.`
  const [, source = '', colon = '', name = ''] = /^([^:]*)(:?)([^]*)$/.exec(key) ?? []
  if (!SOURCES.some((known) => known === source)) {
    return `A key is SOURCE or SOURCE:NAME, as in sqs:orders. ${suggestion(source, SOURCES)}`
  }
  if (source === 'warmer' && colon !== '') return 'warmer has no names: write it alone.'
  if (key === 'json:_serverless-wsgi') return 'That is the key of remote commands.'
  if (colon !== '' && (name === '' || name !== name.trim())) {
    return `A name stands right behind the colon. For all of them write ${source} alone.`
  }
  return undefined
}

/** How a key names the service of an ARN. */
function sourceOf(service: string): string {
  const others: Readonly<Record<string, string>> = { events: 'schedule', scheduler: 'schedule' }
  return others[service] ?? SOURCES.find((known) => known === service) ?? 'SOURCE'
}

function targetHint(key: string, target: string): string | undefined {
  if (COMMAND.test(target)) {
    if (!WHOLE_COMMAND.test(target)) return `${ALLOWED_TARGETS} A quote needs its end.`
    const source = key.split(':', 1)[0] ?? ''
    return WAITING.includes(source) ? `${source} waits for an answer, which only module:function gives.` : undefined
  }
  if (FUNCTION.test(target)) return undefined
  if (FUNCTION.test(target.replace(/\(\)$/, ''))) return `A function is named, not called: ${target.slice(0, -2)}`
  const dotted = target.replace(/\.(\w+)$/, ':$1')
  if (FUNCTION.test(dotted)) return `A colon stands in front of the function: ${dotted}`
  if (/^(?:exec|shell|command)(?:\s|$)/.test(target)) return `${ALLOWED_TARGETS} exec and shell are for people.`
  return /^[a-z][\w-]*(?:\s|$)/.test(target) ? `${ALLOWED_TARGETS} Did you mean manage ${target}?` : ALLOWED_TARGETS
}
