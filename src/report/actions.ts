import { relative } from 'node:path'
import * as core from '@actions/core'
import type { Problem } from '../errors.ts'
import { type Beat, createHeartbeat } from './heartbeat.ts'
import { inert, linesOf, withoutCommand } from './inert.ts'
import { escape } from './markdown.ts'
import { explanation } from './problem.ts'
import type { Reporter } from './reporter.ts'
import { secretsIn, spellingsOf, withoutSecrets } from './secrets.ts'

/**
 * The log of a GitHub workflow. Text of others gets a prefix, so that no line of it is a workflow command; the runner
 * also knows commands that start with `##[`.
 */
export function actionsReporter({
  workspace,
  project,
  clock,
  beat,
}: {
  workspace: string
  project: string
  clock: () => number
  beat?: Beat
}): Reporter {
  const write = (line: string): void => {
    core.info(withoutCommand(inert(line)))
  }
  const heartbeat = createHeartbeat((text) => {
    write(`… ${text}`)
  }, beat)
  const print = (line: string): void => {
    heartbeat.said(true)
    write(line)
  }
  const annotate = (problem: Problem, level: 'notice' | 'warning'): void => {
    heartbeat.said(true)
    core[level](annotationText(problem), annotationPlace(problem, { workspace, project }))
  }
  return {
    phase: async (title, work) => {
      const started = clock()
      core.startGroup(inert(title))
      try {
        const result = await heartbeat.during(title, work)
        print(`${title}: ${((clock() - started) / 1000).toFixed(1)} s`)
        return result
      } finally {
        core.endGroup()
      }
    },
    info: print,
    debug: (line) => {
      core.debug(inert(line))
    },
    notice: (problem) => {
      annotate(problem, 'notice')
    },
    warning: (problem) => {
      annotate(problem, 'warning')
    },
    output: (line) => {
      heartbeat.said(false)
      write(`│ ${line}`)
    },
    progress: (text) => {
      heartbeat.doing(text)
    },
  }
}

const secrets = new Set<string>()

/**
 * From here on the runner shows asterisks instead of these variables' secrets, in the log, in messages of annotations and
 * in the summary. Titles of annotations it shows as they are: there it is done here.
 */
export function mask(variables: Readonly<Record<string, string>>): void {
  for (const secret of secretsIn(variables)) {
    const spellings = spellingsOf(secret)
    for (const spelling of spellings) secrets.add(spelling)
    // The summary has it in Markdown's spelling.
    for (const spelling of new Set([...spellings, escape(secret)])) core.setSecret(spelling)
  }
}

/** All that is masked so far, and from now on: a comment shows what no log does. */
export function maskedSecrets(): readonly string[] {
  return [...secrets]
}

function annotationTitle(title: string): string {
  return withoutSecrets(inert(title), secrets)
}

/** The error annotation of a failed step; the whole explanation stands in the log as well, since annotations fold. */
export function annotateError(problem: Problem, place: { workspace: string; project: string }): void {
  core.error(annotationText(problem), annotationPlace(problem, place))
}

function annotationText(problem: Problem): string {
  return [problem.title, ...explanation(problem)].flatMap(linesOf).map(inert).join('\n')
}

function annotationPlace(
  { title, location }: Problem,
  { workspace, project }: { workspace: string; project: string },
): core.AnnotationProperties {
  if (!location) return { title: annotationTitle(title) }
  return {
    title: annotationTitle(title),
    file: inert(relative(workspace, `${project}/${location.file}`)),
    startLine: location.line,
  }
}
