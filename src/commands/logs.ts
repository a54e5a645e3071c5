import { defaultLogGroup } from '../aws/function-options.ts'
import type { LambdaApi } from '../aws/lambda.ts'
import type { LogsApi } from '../aws/logs.ts'
import { type Problem, SettingsError, UserError } from '../errors.ts'
import { type FoundEvent, type LogSearch, searchLog } from '../remote/log-search.ts'
import type { Reporter } from '../report/reporter.ts'
import type { FunctionSettings } from '../settings/settings.ts'

export interface LogsArguments {
  readonly follow: boolean
  /** As in `10m`, or a moment in ISO 8601. */
  readonly since: string | undefined
  /** A version's number, an alias or `$LATEST`. */
  readonly version: string | undefined
  readonly requestId: string | undefined
  readonly filter: string | undefined
}

export interface LogsCollaborators {
  readonly lambda: Pick<LambdaApi, 'getVersion'>
  readonly logs: LogsApi
  readonly report: Reporter
  readonly wait: (milliseconds: number, until?: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Is given what was found, oldest first. */
  readonly print: (found: FoundEvent) => void
}

const STANDARD_SINCE = '10m'
const LOOK_EVERY_MILLISECONDS = 1500

/** Shows what a function has logged, and with `follow` what it logs until it is cancelled. */
export async function logs(
  given: LogsArguments,
  { functionName }: Pick<FunctionSettings, 'functionName'>,
  collaborators: LogsCollaborators,
): Promise<void> {
  const { report, wait, signal, print, now } = collaborators
  const since = sinceOf(given.since ?? STANDARD_SINCE, now())
  const search = { ...(await whereToSearch(given, functionName, collaborators)), since }
  const searching = searchLog({ ...search, requestId: given.requestId, text: given.filter }, collaborators.logs)
  const isOver = (): boolean => signal.aborted
  let found = 0
  let isTold = false
  try {
    do {
      const pages = searching()
      let page = await pages.next()
      for (; page.done !== true; page = await pages.next()) {
        page.value.forEach(print)
        found += page.value.length
      }
      if (!isTold && found === 0) report.notice(nothing(functionName, search, page.value, given))
      isTold = true
      if (given.follow) await wait(LOOK_EVERY_MILLISECONDS, signal)
    } while (given.follow && !isOver())
  } catch (error) {
    // Who follows a log ends it so.
    if (!given.follow || !isOver()) throw error
  }
}

/** Whose log it is. @throws UserError where there is no such function */
async function whereToSearch(
  { version }: LogsArguments,
  functionName: string,
  { lambda }: Pick<LogsCollaborators, 'lambda'>,
): Promise<Pick<LogSearch, 'group' | 'version'>> {
  const found = await lambda.getVersion(functionName, version)
  if (found) return { group: found.options.logGroup, version: version && found.version }
  // A version that was removed has its lines there still.
  const latest = version === undefined ? undefined : await lambda.getVersion(functionName)
  if (latest && /^\d+$/.test(version ?? '')) return { group: latest.options.logGroup, version }
  throw new UserError({
    title: `${functionName}${latest ? `:${version ?? ''}` : ''} does not exist`,
    detail: `Its log would be ${defaultLogGroup(functionName)}.`,
    hint: 'Check function-name, --version and the region.',
  })
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @throws SettingsError */
function sinceOf(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0)
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(moment)) return moment
  throw new SettingsError([
    {
      title: '--since is not valid',
      detail: `Given: ${JSON.stringify(text)}`,
      hint: 'Write 30s, 10m, 2h or 3d, or a moment as in 2026-11-23T09:00Z.',
    },
  ])
}

function nothing(
  functionName: string,
  { group, since }: Pick<LogSearch, 'group' | 'since'>,
  exists: boolean,
  { follow }: LogsArguments,
): Problem {
  if (!exists) {
    return {
      title: `${functionName} has not run yet`,
      detail: `There is no log group ${group}.`,
      hint: follow ? 'Its lines are shown as soon as it runs.' : 'The first invocation makes it.',
    }
  }
  return {
    title: `Nothing was found since ${new Date(since).toISOString()}`,
    hint: follow ? 'New lines are shown as they come.' : 'Look further back with --since, as in --since 2h.',
  }
}
