import { linesOf } from '../report/inert.ts'
import { type CommandCollaborators, type CommandTarget, runRemoteCommand } from './command.ts'
import { unshown } from './live.ts'
import type { CommandOutcome, RemoteCommand } from './protocol.ts'

interface ShowingCollaborators extends CommandCollaborators {
  /** Whether lines are shown while the command runs. Default: they are. */
  readonly follows?: boolean
}

/** Runs one command, once, and reports each line of its output: while it runs where its log may be read, the rest at its end. */
export async function runShown(
  command: RemoteCommand,
  target: CommandTarget,
  collaborators: ShowingCollaborators,
): Promise<CommandOutcome> {
  const show = (line: string): void => {
    collaborators.report.output(line)
  }
  const { outcome, shown } = await runRemoteCommand(
    command,
    target,
    collaborators,
    collaborators.follows === false ? undefined : show,
  )
  for (const line of linesOf(unshown(outcome.output, shown).toString())) show(line)
  return outcome
}
