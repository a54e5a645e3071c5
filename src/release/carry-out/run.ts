import { UserError } from '../../errors.ts'
import { logGroupOf, remarksOn } from '../../remote/command.ts'
import { parseCommandLine } from '../../remote/command-line.ts'
import { lastLines } from '../../remote/live.ts'
import { runShown } from '../../remote/run-shown.ts'
import type { StepOf } from '../plan/steps.ts'
import { commandTarget, type RanCommand, type Releasing } from '../releasing.ts'

/** What a command ends with that the runtime ended shortly before its time was over. */
const OUT_OF_TIME = 124

/** Runs a command of before- or after-traffic, once. @throws UserError unless it succeeded */
export async function run({ command, phase }: StepOf<'run'>, releasing: Releasing): Promise<RanCommand> {
  const { progress, with: collaborators } = releasing
  const { lambda, report, clock } = collaborators
  const { functionName } = releasing.desired
  const { qualifier, timeoutSeconds } = commandTarget(releasing)
  const started = clock()
  const parsed = parseCommandLine(command)
  const target = {
    ...{ functionName, qualifier, timeoutSeconds },
    logGroup: () => logGroupOf(functionName, qualifier, lambda),
  }
  progress.begun.push(command)
  const outcome = await runShown(parsed, target, collaborators).catch((error: unknown) => {
    throw named(command, error)
  })
  const { exitCode } = outcome
  const output = outcome.output.toString()
  for (const remark of remarksOn(parsed, outcome)) report.notice(remark)
  if (exitCode !== 0) {
    throw new UserError({
      title: `${command} failed on version ${qualifier} with exit code ${exitCode}`,
      detail: lastLines(output),
      hint: exitCode === OUT_OF_TIME ? moreTime(parsed.timeoutSeconds) : undefined,
      output,
    })
  }
  return { command, phase, exitCode, seconds: Math.round(clock() - started) / 1000, output }
}

/** Which of several commands it was. */
function named(command: string, error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const { title, detail, hint, output, exitCode } = error
  return new UserError({ title: `${command}: ${title}`, detail, hint, output }, { exitCode, cause: error })
}

function moreTime(own: number | undefined): string {
  return own === undefined
    ? 'It ran out of time: the lines above are how far it came. Give the function more with timeout, or commands alone with command-timeout.'
    : `It ran out of its own ${own} seconds: the lines above are how far it came. Give it more in front of its line, as in timeout=600.`
}
