import type { Problem } from '../errors.ts'
import { type DeploymentFacts, outcomeOf, rowsOf } from './deployment-facts.ts'
import { importsSection } from './import-section.ts'
import { address, code, details, facts as factsTable, fence } from './markdown.ts'
import { differenceSections } from './plan-text.ts'
import { inRegion } from './region.ts'
import { packagesSection } from './size-section.ts'
import { endOf, fitting } from './summary-size.ts'

export type { DeploymentFacts } from './deployment-facts.ts'

/** GitHub-flavoured Markdown. Text of others is escaped or stands in a fence that it cannot close. */
export function deploymentSummary(facts: DeploymentFacts): string {
  return fitting((longestOutput) => deploymentText(facts, longestOutput))
}

/** @param longestOutput characters of each output, of which the end is shown */
export function deploymentText(facts: DeploymentFacts, longestOutput: number): string {
  return [
    `### ${inRegion(code(facts.functionName), facts.region)}: ${outcomeOf(facts)}`,
    factsTable(rowsOf(facts)),
    planSection(facts),
    // What was permitted needs no words.
    ...differenceSections({ ...facts.difference, ...(!facts.isDryRun && { permissions: [] }) }).map(
      ({ heading, lines }) => details(inWords(heading), fence(lines.join('\n'))),
    ),
    ...facts.commands.map(({ command, phase, exitCode, seconds, output }) =>
      details(
        `${code(command)} ${code(phase)} (exit code ${exitCode}, ${seconds.toFixed(1)} s)`,
        fence(`$ ${command}\n${endOf(output, longestOutput)}`),
      ),
    ),
    packagesSection(facts),
    facts.imports && importsSection(facts.imports, firstStart(facts)),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** Of what was imported, on Lambda. */
function firstStart({ changed, isDryRun, coldStartMs, difference }: DeploymentFacts): string | undefined {
  const isServed = !changed && !isDryRun
  const known = isServed ? difference.servedColdStartMs : coldStartMs
  return known === undefined ? undefined : `cold start ${Math.round(known)} ms`
}

function planSection({ plan, isDryRun }: DeploymentFacts): string {
  if (plan.length === 0) return ''
  const lines = plan.map((line, index) => `${index + 1}. ${line}`)
  return details(isDryRun ? 'What would be done' : 'What was done', fence(lines.join('\n')))
}

/** A heading names a version, which is a number unless somebody has planted another thing. */
function inWords(heading: string): string {
  const [, version = '1'] = /version ([^]*?)(?: has not)?$/.exec(heading) ?? []
  return /^(?:\d+|–)$/.test(version) ? heading.replace(/^./, (letter) => letter.toUpperCase()) : code(heading)
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
    ['Published', [code(published), actor === undefined ? '' : `by ${code(actor)}`].filter(Boolean).join(' ')],
    ...(commit === undefined ? [] : [['Commit', code(commit)] as [string, string]]),
    ...(url === undefined ? [] : [['URL', address(url)] as [string, string]]),
  ]
  return [
    `### ${code(name)}: rolled back`,
    factsTable(rows),
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
export function runSummary(facts: RunFacts): string {
  return fitting((longestOutput) => runText(facts, longestOutput))
}

function runText({ functionName, qualifier, commands, exitCode, problem }: RunFacts, longestOutput: number): string {
  const sections = commands.map(({ command, exitCode: ended, seconds, output }) =>
    details(
      `${code(command)} (exit code ${ended}, ${seconds.toFixed(1)} s)`,
      fence(`$ ${command}\n${endOf(output, longestOutput)}`),
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
  return fitting((longestOutput) => {
    const sections = problems.map(({ title, detail, output = detail, hint }) =>
      fence([title, output && endOf(output, longestOutput), hint].filter(Boolean).join('\n\n')),
    )
    return ['### wsgi-lambda failed', ...sections].join('\n\n')
  })
}
