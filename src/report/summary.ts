import type { Problem } from '../errors.ts'
import { address, code, details, escape, fence, table } from './markdown.ts'
import type { PlanFacts } from './plan-facts.ts'
import { differenceSections } from './plan-text.ts'
import { megabytes } from './size.ts'

/** What a job summary says of a deployment. */
export interface DeploymentFacts {
  readonly functionName: string
  readonly version: string
  readonly alias: string
  readonly url: string | undefined
  readonly changed: boolean
  readonly isDryRun: boolean
  readonly runtime: string
  readonly zipBytes: number
  readonly unzippedBytes: number
  readonly plan: readonly string[]
  /** Against what was served before. */
  readonly difference: PlanFacts
  /** Of the new version, where the platform tells it. */
  readonly coldStartMs: number | undefined
  readonly commands: readonly {
    readonly command: string
    readonly phase: string
    readonly exitCode: number
    readonly seconds: number
    readonly output: string
  }[]
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly zipBytes: number
    readonly unzippedBytes: number
  }[]
}

const LARGEST = 10
/** Of an output: GitHub shows nothing at all of a step whose summary is over 1 MiB. The log has all of it. */
const LONGEST_OUTPUT = 60_000

/** GitHub-flavoured Markdown. Text of others is escaped or stands in a fence that it cannot close. */
export function deploymentSummary(facts: DeploymentFacts): string {
  const { functionName, version, alias, url, changed, isDryRun } = facts
  const outcome = isDryRun ? 'would be changed' : changed ? 'deployed' : 'unchanged'
  const rows: [string, string][] = [
    ['Function', code(functionName)],
    ['Version', `${code(version || '–')} (alias ${code(alias)})`],
    ...(url === undefined ? [] : [['URL', address(url)] as [string, string]]),
    ['Runtime', code(facts.runtime)],
    ...(facts.coldStartMs === undefined
      ? []
      : [['Cold start', `${Math.round(facts.coldStartMs)} ms`] as [string, string]]),
    ['Size', `${megabytes(facts.zipBytes)} (${megabytes(facts.unzippedBytes)} unzipped)`],
  ]
  return [
    `### ${code(functionName)}: ${outcome}`,
    table(['', ''], rows),
    facts.plan.length === 0
      ? ''
      : details(
          isDryRun ? 'What would be done' : 'What was done',
          fence(facts.plan.map((line, index) => `${index + 1}. ${line}`).join('\n')),
        ),
    // What was permitted needs no words.
    ...differenceSections({ ...facts.difference, ...(!isDryRun && { permissions: [] }) }).map(({ heading, lines }) =>
      details(escape(heading), fence(lines.join('\n'))),
    ),
    ...facts.commands.map(({ command, phase, exitCode, seconds, output }) =>
      details(
        `${escape(phase)} (exit code ${exitCode}, ${seconds.toFixed(1)} s)`,
        fence(`$ ${command}\n${endOf(output)}`),
      ),
    ),
    packagesSection(facts.packages),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** What a job summary says of a way back. */
export function rollbackSummary({
  function: { name, alias, version, url },
  from,
  published,
  provenance,
}: RollbackFacts): string {
  const { commit, actor } = provenance ?? {}
  const rows: [string, string][] = [
    ['Alias', code(alias)],
    ['Version', `${code(from)} → ${code(version)}`],
    ['Published', [escape(published), actor === undefined ? '' : `by ${code(actor)}`].filter(Boolean).join(' ')],
    ...(commit === undefined ? [] : [['Commit', code(commit)] as [string, string]]),
    ...(url === undefined ? [] : [['URL', address(url)] as [string, string]]),
  ]
  return [
    `### ${code(name)}: rolled back`,
    table(['', ''], rows),
    'What migrations have done to a database is not reversed.',
  ].join('\n\n')
}

interface RollbackFacts {
  readonly function: {
    readonly name: string
    readonly alias: string
    readonly version: string
    readonly url: string | undefined
  }
  readonly from: string
  readonly published: string
  readonly provenance: { readonly commit: string | undefined; readonly actor: string | undefined } | undefined
}

/** What a job summary says of commands that were run, and of the one that failed. */
export function runSummary({ functionName, qualifier, commands, exitCode, problem }: RunFacts): string {
  const sections = commands.map(({ command, exitCode: ended, seconds, output }) =>
    details(
      `${escape(command)} (exit code ${ended}, ${seconds.toFixed(1)} s)`,
      fence(`$ ${command}\n${endOf(output)}`),
    ),
  )
  const failure = problem && fence([problem.title, problem.detail, problem.hint].filter(Boolean).join('\n\n'))
  const outcome = problem === undefined ? 'done' : `failed (exit code ${exitCode})`
  return [`### ${code(`${functionName}:${qualifier}`)}: ${outcome}`, failure, ...sections].filter(Boolean).join('\n\n')
}

interface RunFacts {
  readonly functionName: string
  readonly qualifier: string
  readonly commands: readonly {
    readonly command: string
    readonly exitCode: number
    readonly seconds: number
    readonly output: string
  }[]
  readonly exitCode: number
  readonly problem: Problem | undefined
}

/** What a job summary says of a step that failed. */
export function failureSummary(problems: readonly Problem[]): string {
  const sections = problems.map(({ title, detail, output = detail, hint }) =>
    fence([title, output && endOf(output), hint].filter(Boolean).join('\n\n')),
  )
  return ['### wsgi-lambda failed', ...sections].join('\n\n')
}

function packagesSection(packages: DeploymentFacts['packages']): string {
  if (packages.length === 0) return ''
  const largest = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes).slice(0, LARGEST)
  const rows = largest.map(({ name, version, zipBytes, unzippedBytes }) => [
    code(`${name} ${version}`),
    megabytes(zipBytes),
    megabytes(unzippedBytes),
  ])
  return details(`Size by package (${packages.length})`, table(['Package', 'Zipped', 'Unzipped'], rows))
}

function endOf(output: string): string {
  const whole = output.trimEnd()
  return whole.length > LONGEST_OUTPUT ? `[… the log has all of it]\n${whole.slice(-LONGEST_OUTPUT)}` : whole
}
