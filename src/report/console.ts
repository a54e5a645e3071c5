import type picocolors from 'picocolors'
import type { Problem } from '../errors.ts'
import { type Beat, createHeartbeat } from './heartbeat.ts'
import { inert, linesOf, withoutCommand } from './inert.ts'
import { explanation } from './problem.ts'
import type { Reporter } from './reporter.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

export interface ConsoleOptions {
  /** Where lines go: standard output, or standard error when the output is one JSON object. */
  readonly write: (text: string) => void
  /** A terminal shows what is going on in one line that is replaced. */
  readonly isTerminal: boolean
  readonly verbosity: 'quiet' | 'normal' | 'verbose'
  readonly colors: Colors
  /** Milliseconds. */
  readonly clock: () => number
  readonly beat?: Beat
}

const CLEAR_LINE = '\r\u001b[2K'

export function consoleReporter({ write, isTerminal, verbosity, colors, clock, beat }: ConsoleOptions): Reporter {
  const isQuiet = verbosity === 'quiet'
  let live = ''
  const clear = (): void => {
    if (live !== '') write(CLEAR_LINE)
    live = ''
  }
  const writeLine = (line: string): void => {
    clear()
    write(`${line}\n`)
  }
  const showLive = (text: string): void => {
    clear()
    live = text
    write(colors.dim(`  … ${harmless(text)}`))
  }
  const heartbeat = createHeartbeat((text) => {
    if (isQuiet) return
    if (isTerminal) showLive(text)
    else writeLine(colors.dim(`  … ${harmless(text)}`))
  }, beat)
  const print = (line: string): void => {
    heartbeat.said(true)
    writeLine(line)
  }
  const show = (mark: string, paint: (text: string) => string, problem: Problem): void => {
    print(paint(`${mark} ${harmless(problem.title)}`))
    for (const line of explanation(problem).flatMap(linesOf)) print(`  ${harmless(line)}`)
  }
  return {
    phase: async (title, work) => {
      const started = clock()
      if (!isQuiet) print(colors.bold(`▸ ${harmless(title)}`))
      try {
        const result = await heartbeat.during(title, work)
        if (!isQuiet) print(colors.dim(`  ${((clock() - started) / 1000).toFixed(1)} s`))
        return result
      } finally {
        clear() // An error that follows has a line of its own.
      }
    },
    info: (line) => {
      if (!isQuiet) print(`  ${harmless(line)}`)
    },
    debug: (line) => {
      if (verbosity !== 'verbose') return
      heartbeat.said(false)
      writeLine(colors.dim(`  ${harmless(line)}`))
    },
    notice: (problem) => {
      if (!isQuiet) show('i', colors.cyan, problem)
    },
    warning: (problem) => {
      show('!', colors.yellow, problem)
    },
    output: (line) => {
      heartbeat.said(false)
      if (!isQuiet) writeLine(`  ${colors.dim('│')} ${harmless(line)}`)
    },
    progress: (text) => {
      heartbeat.doing(text)
      if (isTerminal && !isQuiet) showLive(text)
    },
  }
}

/** The program may run in a step of a workflow, where the runner reads what it prints, indented or not. */
const harmless = (line: string): string => withoutCommand(inert(line))

/** How an error looks on a console: every problem with its detail and hint. */
export function formatProblems(problems: readonly Problem[], colors: Colors): string {
  const formatted = problems.map((problem) => {
    const lines = explanation(problem)
      .flatMap(linesOf)
      .map((line) => `  ${harmless(line)}\n`)
    return `${colors.red('✖')} ${colors.bold(harmless(problem.title))}\n${lines.join('')}`
  })
  return formatted.join('\n')
}
