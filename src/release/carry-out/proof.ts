import type { FunctionUrl } from '../../aws/function-url.ts'
import { UserError } from '../../errors.ts'
import { parseCommandLine, remarksOn, runRemoteCommand } from '../../remote/command.ts'
import { linesOf } from '../../report/inert.ts'
import type { ProofStep } from '../proof.ts'
import type { Executors, RanCommand, Releasing } from '../releasing.ts'
import { type SmokeTarget, smoke } from '../smoke.ts'
import type { StepOf } from '../steps.ts'

export const proofExecutors: Executors<ProofStep> = {
  run: async (step, releasing) => {
    releasing.progress.commands.push(await run(step, releasing))
  },
  smoke: async ({ requests }, releasing) => {
    await smoke(requests, smokeTarget(releasing), releasing.with)
  },
}

async function run(
  { command, phase }: StepOf<'run'>,
  { progress: { version }, desired, with: { lambda, report, clock } }: Releasing,
): Promise<RanCommand> {
  const started = clock()
  const { functionName, configuration } = desired
  const where = { functionName, qualifier: version, timeoutSeconds: configuration.timeout }
  const parsed = parseCommandLine(command)
  const outcome = await runRemoteCommand(parsed, where, lambda)
  const { exitCode } = outcome
  const output = outcome.output.toString()
  for (const line of linesOf(output)) report.output(line)
  for (const remark of remarksOn(parsed, outcome)) report.notice(remark)
  if (exitCode !== 0) {
    throw new UserError({
      title: `${command} failed on version ${version} with exit code ${exitCode}`,
      detail: lastLines(output),
      output,
    })
  }
  return { command, phase, exitCode, seconds: Math.round(clock() - started) / 1000, output }
}

/** Enough of an output to see what went wrong: the log has all of it. */
function lastLines(output: string): string {
  return linesOf(output.trimEnd()).slice(-5).join('\n')
}

/** The new version, asked as its visitors will. */
export function smokeTarget({ desired, progress }: Releasing): SmokeTarget {
  const { functionName, configuration, smoke: settings } = desired
  const host = settings?.host ?? hostOf(progress.url)
  return { functionName, version: progress.version, host, timeoutSeconds: configuration.timeout }
}

/** Without a Function URL no address is known: a name that is a host and nothing else. */
function hostOf(url: FunctionUrl | undefined): string {
  return url ? new URL(url.address).host : 'localhost'
}
