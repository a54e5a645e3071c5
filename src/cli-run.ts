import picocolors from 'picocolors'
import { carryOut } from './cli-commands.ts'
import type { Invocation } from './cli-invocation.ts'
import { createRun } from './cli-wiring.ts'
import type { Problem } from './errors.ts'
import { useProxies } from './platform/proxies.ts'
import { UNKNOWN_RESULT } from './remote/failure.ts'
import { consoleReporter, formatProblems } from './report/console.ts'
import { inert, inertJson, linesOf, withoutPasswords } from './report/inert.ts'
import { problemsOf } from './report/problem.ts'
import { definedVariables } from './settings/environment.ts'

/** Commands whose standard output is for other programs. */
const HAS_OWN_OUTPUT: ReadonlySet<Invocation['command']> = new Set(['logs', 'remote', 'permissions', 'bootstrap'])

/** Ended by Ctrl-C: 128 + SIGINT, as shells count. */
const CANCELLED = 130

/** Runs a command. @returns the exit code. */
export async function run(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  // `engines` of package.json says which Node is supported: the SDK need not say it to every user.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const environment = definedVariables(process.env)
  const isJson = flags.json === true
  const hasColors =
    flags.color !== false &&
    environment['NO_COLOR'] === undefined &&
    (environment['FORCE_COLOR'] !== undefined || process.stderr.isTTY)
  const colors = picocolors.createColors(hasColors)
  // Standard output has what a remote command printed, or a document, and nothing else.
  const out = isJson || HAS_OWN_OUTPUT.has(invocation.command) ? process.stderr : process.stdout
  const clock = (): number => performance.now()
  const report = consoleReporter({
    write: (text) => out.write(text),
    isTerminal: out.isTTY,
    verbosity: flags.quiet === true ? 'quiet' : flags.verbose === true ? 'verbose' : 'normal',
    colors,
    clock,
  })
  const unused = useProxies(environment)
  if (unused) report.notice(unused)
  const print = (value: unknown): void => {
    process.stdout.write(`${inertJson(value)}\n`)
  }
  const isFollowing = invocation.command === 'logs' && invocation.logs.follow
  const cancellation = cancelOnSignals(() => {
    if (!isFollowing) process.stderr.write('\nCancelled: cleaning up. Once more to stop at once.\n')
  })
  const { signal } = cancellation
  try {
    const cli = createRun(invocation, { environment, report, clock, signal })
    return await carryOut(invocation, cli, { isJson, hasColors, colors, print })
  } catch (error) {
    if (signal.aborted) return CANCELLED
    const { problems, exitCode, stack } = problemsOf(error)
    if (isJson) print({ error: problems.map(asPlainText) })
    process.stderr.write(formatProblems(problems, colors))
    if (stack !== undefined && flags.verbose === true) process.stderr.write(`${linesOf(stack).map(inert).join('\n')}\n`)
    // Of a remote command, anything but a wrong argument means that nobody knows how it ended.
    return invocation.command === 'remote' && exitCode !== 2 ? UNKNOWN_RESULT : exitCode
  } finally {
    cancellation.stop()
  }
}

/** JSON escapes what would harm a terminal, but not a password that a program quoted in an address. */
function asPlainText({ title, detail, hint }: Problem): Problem {
  const shown = (text: string | undefined) => text && withoutPasswords(text)
  return { title: withoutPasswords(title), detail: shown(detail), hint: shown(hint) }
}

/** The first Ctrl-C lets the work clean up after itself; the second one ends the program. */
function cancelOnSignals(announce: () => void): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(CANCELLED)
    announce()
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, cancel)
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) process.off(name, cancel)
    },
  }
}
