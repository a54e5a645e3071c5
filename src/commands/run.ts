import type { LambdaApi } from '../aws/lambda.ts'
import { type Problem, SettingsError, UserError } from '../errors.ts'
import { checkCommandTimes } from '../release/desired/command-times.ts'
import { type CommandCollaborators, remarksOn } from '../remote/command.ts'
import { parseCommandLine } from '../remote/command-line.ts'
import { UNKNOWN_RESULT } from '../remote/failure.ts'
import { lastLines } from '../remote/live.ts'
import { type CommandOutcome, exitStatus } from '../remote/protocol.ts'
import { runShown } from '../remote/run-shown.ts'
import type { FunctionSettings } from '../settings/settings.ts'
import { targetOf } from './remote.ts'

export interface RanLine {
  readonly command: string
  readonly exitCode: number
  readonly seconds: number
  readonly output: string
}

export interface RunResult {
  readonly functionName: string
  /** The alias or version that ran them. */
  readonly qualifier: string
  /** Those that were sent, the failed one last. */
  readonly commands: readonly RanLine[]
  /** Of the last one, as a process would have it. */
  readonly exitCode: number
  /** Why the last one failed. */
  readonly problem: Problem | undefined
}

/** Runs commands in the deployed function, line by line, until one fails. @throws UserError where none could be sent */
export async function run(
  text: string,
  settings: Pick<FunctionSettings, 'functionName' | 'alias' | 'region'>,
  collaborators: CommandCollaborators & { readonly lambda: LambdaApi },
): Promise<RunResult> {
  const { report, clock } = collaborators
  const lines = commandLines(text)
  const target = await targetOf(undefined, settings, collaborators)
  checkCommandTimes(lines, target.timeoutSeconds)
  const commands: RanLine[] = []
  const result = (exitCode: number, problem?: Problem): RunResult => {
    return { functionName: settings.functionName, qualifier: target.qualifier, commands, exitCode, problem }
  }
  for (const command of lines) {
    const started = clock()
    const ran = await report.phase(command, () => runLine(command)).catch(toProblem)
    if ('title' in ran) return result(UNKNOWN_RESULT, { ...ran, title: `${command}: ${ran.title}` })
    const output = ran.output.toString()
    const exitCode = exitStatus(ran)
    commands.push({ command, exitCode, seconds: Math.round(clock() - started) / 1000, output })
    if (exitCode === 0) continue
    return result(exitCode, {
      title: `${command} failed with exit code ${exitCode}`,
      detail: lastLines(output),
      output,
    })
  }
  return result(0)

  async function runLine(command: string): Promise<CommandOutcome> {
    const parsed = parseCommandLine(command)
    const outcome = await runShown(parsed, target, collaborators)
    for (const remark of remarksOn(parsed, outcome)) report.warning(remark)
    return outcome
  }
}

/** A command of which nobody knows how it ended is a result; anything else is no command's. */
function toProblem(error: unknown): Problem {
  if (error instanceof UserError && error.exitCode === UNKNOWN_RESULT) return error
  throw error
}

/** @throws SettingsError naming every line that is no command */
function commandLines(text: string): readonly string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const problems = lines.flatMap((line) => {
    try {
      parseCommandLine(line)
      return []
    } catch (error) {
      if (error instanceof UserError) return [error]
      throw error
    }
  })
  if (lines.length === 0) {
    problems.push(
      new UserError({ title: 'input run is missing', hint: 'Give it a command a line, as in: manage check' }),
    )
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return lines
}
