import { RELEASES, staticFilesOf } from './application.ts'
import type { Contents } from './buckets.ts'
import type { Ended } from './bundle.ts'
import { type Case, hasStaticFiles } from './cases.ts'
import type { Combination } from './combinations.ts'
import type { Serving } from './ground.ts'

/** What a visitor of the Function URL gets; undefined where there is no URL yet. */
export interface Visit {
  readonly status: number
  readonly told: { readonly code?: string; readonly configuration?: string; readonly site?: string }
}

/** Where a function stands after a run of the program. */
export interface Standing {
  readonly serving: Serving | undefined
  readonly visit: Visit | undefined
  readonly contents: Contents
  /** What commands have written in all runs so far. */
  readonly notes: readonly string[]
}

export interface Run {
  readonly ended: Ended
  readonly standing: Standing
  /** What commands have written in this run. */
  readonly notes: readonly string[]
  /** Operations that could change something. */
  readonly writes: readonly string[]
}

const EXIT_CODES: Readonly<Record<Combination['mishap']['ending'], readonly (number | undefined)[]>> = {
  good: [0],
  'good or failed': [0, 1],
  failed: [1],
  killed: [undefined],
  cancelled: [130, 0], // too late
}

/** What is wrong after the run that met the mishap. */
export function problemsOfFirst(combination: Combination, run: Run): readonly string[] {
  const { case: which, mishap } = combination
  const { from, to } = which
  const { exitCode, stderr } = run.ended
  const { serving } = run.standing
  const hasTold = serving !== undefined && new RegExp(`version ${serving.version}\\b`).test(lastWords(stderr))
  return [
    ...(EXIT_CODES[mishap.ending].includes(exitCode)
      ? []
      : [`ended with ${exitCode ?? 'a signal'}: ${lastWords(stderr)}`]),
    ...problemsOfAny(run),
    ...(mishap.takesBucket ? [] : problemsOfFiles(which, run.standing)),
    ...problemsOfParts(combination, run.standing),
    ...(mishap.ending === 'failed' && serving?.configuration !== from && from !== undefined
      ? ['the alias has moved']
      : []),
    ...(exitCode === 0 ? problemsOfGood(to, run) : []),
    ...(exitCode === 1 ? problemsOfMessage(stderr) : []),
    ...(exitCode === 1 && from !== undefined && serving?.configuration !== from && !hasTold
      ? [`the alias is on version ${serving?.version}, and the message does not say so: ${lastWords(stderr)}`]
      : []),
    ...(from !== undefined && serving === undefined ? ['the alias is gone'] : []),
    ...(serving !== undefined && ![from, to].includes(serving.configuration as typeof to)
      ? [`the alias serves release ${serving.configuration}`]
      : []),
    ...(from !== undefined && run.standing.visit?.status !== 200
      ? [`visitors get ${run.standing.visit?.status ?? 'nothing'}`]
      : []),
    ...(mishap.ending !== 'killed' && exitCode !== 1 && Object.keys(serving?.weights ?? {}).length > 0
      ? ['traffic is divided']
      : []),
  ]
}

/** What is wrong after the next run, in which all goes well. */
export function problemsOfSecond(combination: Combination, run: Run): readonly string[] {
  const { exitCode, stderr } = run.ended
  if (exitCode !== 0) return [`the next run ends with ${exitCode ?? 'a signal'}: ${lastWords(stderr)}`]
  const { case: which } = combination
  const problems = [
    ...problemsOfAny(run),
    ...problemsOfFiles(which, run.standing),
    ...problemsOfParts(combination, run.standing),
    ...problemsOfGood(which.to, run),
  ]
  return problems.map((problem) => `after the next run, ${problem}`)
}

/** What is wrong with a run that has nothing to do. */
export function problemsOfLast({ ended: { exitCode, stdout, stderr }, writes, notes }: Run): readonly string[] {
  if (exitCode !== 0) return [`the last run ends with ${exitCode ?? 'a signal'}: ${lastWords(stderr)}`]
  return [
    ...((JSON.parse(stdout) as { changed: boolean }).changed ? ['the last run still finds something to do'] : []),
    ...(writes.length > 0 ? [`the last run calls ${writes.join(', ')}`] : []),
    ...(notes.length > 0 ? [`the last run runs ${notes.join(', ')}`] : []),
  ]
}

/** What must hold however a run ended. */
function problemsOfAny({ standing: { serving, visit, notes: all }, notes }: Run): readonly string[] {
  const doubled = notes.filter((note, index) => notes.indexOf(note) !== index)
  const isSeen = visit?.status === 200
  const isMarked = serving !== undefined && !serving.description.includes('not released yet')
  const isProven = serving !== undefined && hasRun(all, 'before', serving.release)
  return [
    ...doubled.map((note) => `a command ran twice: ${note}`),
    ...(serving !== undefined && serving.release !== serving.configuration
      ? [`the alias serves code ${serving.release} with configuration ${serving.configuration}`]
      : []),
    ...((isMarked || isSeen) && !isProven ? [`version ${serving?.version} serves, and has not been proven`] : []),
    ...(visit !== undefined && ![200, 403].includes(visit.status) ? [`visitors get ${visit.status}`] : []),
    ...(isSeen && (visit.told.code !== serving?.release || visit.told.configuration !== serving?.configuration)
      ? [`visitors get ${JSON.stringify(visit.told)}`]
      : []),
    ...(isSeen && !visit.told.site?.startsWith('https://') ? [`visitors get the site ${visit.told.site}`] : []),
  ]
}

/** What a page of the served release names is there, whichever that is. */
function problemsOfFiles(which: Case, { serving, contents }: Standing): readonly string[] {
  const served = hasStaticFiles(which) ? RELEASES.find((release) => release === serving?.release) : undefined
  return Object.entries(served === undefined ? {} : staticFilesOf(served))
    .filter(([path, text]) => contents.texts.get(`site/${path}`) !== text)
    .map(([path]) => `the bucket does not have ${path}, which release ${served} needs`)
}

/** Whoever was killed, or may do nothing any more, cannot tidy up. */
function problemsOfParts({ mishap: { ending } }: Combination, { contents }: Standing): readonly string[] {
  if (ending === 'killed' || ending === 'good or failed') return []
  return contents.unfinished.map((key) => `parts of an upload are left over: ${key}`)
}

function problemsOfGood(to: string, { standing: { serving, visit, notes: all } }: Run): readonly string[] {
  return [
    ...(serving?.configuration === to ? [] : [`the alias serves release ${serving?.configuration ?? 'nothing'}`]),
    ...(Object.keys(serving?.weights ?? {}).length > 0 ? ['traffic is divided'] : []),
    ...(visit?.status === 200 ? [] : [`visitors get ${visit?.status ?? 'nothing'}`]),
    ...(serving === undefined || /^wsgi-lambda(?:;|$)/.test(serving.description)
      ? []
      : [`the alias is marked "${serving.description}"`]),
    ...(serving === undefined || hasRun(all, 'after', to) ? [] : ['the command after traffic has not run']),
  ]
}

/** On the version itself, or on the one for commands that has its code. */
function hasRun(notes: readonly string[], phase: 'before' | 'after', release: string): boolean {
  return notes.some((note) => note.startsWith(`${phase} ${release} `))
}

function problemsOfMessage(stderr: string): readonly string[] {
  if (stderr.includes('defect of wsgi-lambda')) return [`it calls itself a defect: ${lastWords(stderr)}`]
  const message = stderr.slice(Math.max(0, stderr.indexOf('✖')))
  const hasAdvice = stderr.includes('✖') && message.trim().split('\n').length > 1
  return hasAdvice ? [] : [`the message gives no advice: ${lastWords(stderr)}`]
}

function lastWords(stderr: string): string {
  const start = stderr.lastIndexOf('✖')
  return (start < 0 ? stderr.slice(-400) : stderr.slice(start)).trim().replaceAll(/\s*\n\s*/g, ' | ')
}
