import type { Problem } from '../errors.ts'
import { lines, table, text, wholeNumber } from './kinds.ts'
import { plainVariableMistakes, VARIABLE } from './secrets.ts'

/** A request that a new version has to answer, and how. */
export interface SmokeRequest {
  readonly path: string
  /** Which answers pass, both ends included. */
  readonly status: { readonly from: number; readonly to: number }
  /** What the body has to hold. */
  readonly text: string | undefined
}

/** A part of the traffic, for a time. */
export interface TrafficPortion {
  /** Of the traffic to the new version, 1 to 99. */
  readonly percent: number
  readonly seconds: number
}

/** Without a status: what an application answers that works, whatever it thinks of a request without cookies. */
const NO_FAILURE = { from: 0, to: 499 } as const

const SMOKE_LINE = /^(\/\S*)(?:\s+([1-5]xx|[1-5]\d\d(?:-[1-5]\d\d)?)(?:\s+(\S[^]*))?)?$/

const PORTION = /^([1-9]\d?)%\s+([1-9]\d{0,5})([smh])$/
const TRAFFIC = /^none$|^[1-9]\d?%\s+[1-9]\d{0,5}[smh](?:\s*,\s*[1-9]\d?%\s+[1-9]\d{0,5}[smh])*$/
/** What one deployment says to have no steps that the project's settings speak of. */
const AT_ONCE = 'none'
const SECONDS = { s: 1, m: 60, h: 3600 } as const
/** A job of GitHub's own machines ends after six hours. */
const LONGEST_SECONDS = 5 * 3600
/** CloudWatch API reference, "DescribeAlarms". */
const MOST_ALARMS = 100

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
  traffic: text({
    description:
      'Move traffic to the new version in steps, and back to the old one when an alarm or a smoke request fails meanwhile.',
    format: 'PERCENT% TIME, divided by commas, with rising percents (1 to 99) and times in s, m or h; or none',
    pattern: TRAFFIC,
    example: '10% 5m, 50% 5m',
    defaultText: 'all at once',
    placeholder: 'STEPS',
  }),
  'traffic-alarms': lines({
    description: 'CloudWatch alarms that move traffic back when one of them is in ALARM during those steps.',
    format: 'one name a line',
    example: 'shop-errors',
    default: [],
    placeholder: 'NAMES',
  }),
  'provisioned-concurrency': wholeNumber(0, 100_000, 'environments', {
    description:
      'Environments that are kept ready. They are ready on the new version before traffic gets there, and are removed from the old one then; 0 removes them.',
    example: '5',
    defaultText: 'left as it is',
    placeholder: 'COUNT',
  }),
  'command-timeout': wholeNumber(1, 900, 'seconds', {
    description:
      'How long a command before or after traffic, or a remote command, may take. This and the other settings of commands make a version of the same code for them alone.',
    example: '900',
    defaultText: 'as timeout',
    placeholder: 'SECONDS',
  }),
  'command-memory': wholeNumber(128, 10_240, 'MB', {
    description: 'Memory of the version for commands.',
    example: '2048',
    defaultText: 'as memory',
    placeholder: 'MB',
  }),
  'command-role': text({
    description: 'The execution role of the version for commands.',
    format: 'the ARN of an IAM role',
    pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    example: 'arn:aws:iam::123456789012:role/shop-migrations',
    defaultText: 'as role',
    placeholder: 'ARN',
  }),
  'command-environment': table({
    description:
      'Variables of the version for commands, over those of the function. {{stage}} and {{url}} are filled in.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: VARIABLE,
    mistakes: plainVariableMistakes,
    isConfidential: true,
    example: 'DATABASE_USER=owner',
    default: {},
    placeholder: 'LINES',
  }),
} as const

/** The steps of `traffic`, in order. */
export function parseTraffic(given = AT_ONCE): readonly TrafficPortion[] {
  if (given === AT_ONCE) return []
  return given.split(',').map((portion) => {
    const [, percent, time, unit = 's'] = PORTION.exec(portion.trim()) ?? []
    return { percent: Number(percent), seconds: Number(time) * SECONDS[unit as keyof typeof SECONDS] }
  })
}

/** What does not fit together, each mistake on its own. */
export function trafficContradictions({
  traffic,
  trafficAlarms,
  smoke,
}: {
  readonly traffic: string | undefined
  readonly trafficAlarms: readonly string[]
  readonly smoke: boolean
}): Problem[] {
  const portions = parseTraffic(traffic)
  const isRising = portions.every(({ percent }, index) => percent > (portions[index - 1]?.percent ?? 0))
  const seconds = portions.reduce((sum, portion) => sum + portion.seconds, 0)
  return [
    ...(isRising ? [] : [{ title: `traffic: ${traffic} does not rise`, hint: 'As in 10% 5m, 50% 5m.' }]),
    ...(seconds > LONGEST_SECONDS
      ? [
          {
            title: `traffic takes ${seconds} seconds, and ${LONGEST_SECONDS} are the most`,
            hint: 'Choose shorter steps.',
          },
        ]
      : []),
    ...(trafficAlarms.length > MOST_ALARMS
      ? [{ title: `traffic-alarms has ${trafficAlarms.length} names, and ${MOST_ALARMS} are the most` }]
      : []),
    ...(traffic === undefined && trafficAlarms.length > 0
      ? [
          {
            title: 'traffic-alarms is set, and traffic is not',
            hint: 'Alarms are watched while traffic moves in steps: set traffic, as in 10% 5m, or remove traffic-alarms.',
          },
        ]
      : []),
    ...(portions.length > 0 && trafficAlarms.length === 0 && !smoke
      ? [
          {
            title: 'traffic moves in steps, and nothing judges them',
            hint: 'Set traffic-alarms, or let smoke be on: its requests are sent during the steps.',
          },
        ]
      : []),
  ]
}

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
