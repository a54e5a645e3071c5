import { linesOf } from '../report/inert.ts'
import { type CommandCollaborators, type CommandTarget, runRemoteCommand } from './command.ts'
import { unshown } from './live.ts'
import type { CommandOutcome, RemoteCommand } from './protocol.ts'

/** Runs one command, once, and reports each line of its output: while it runs where its log may be read, the rest at its end. */
export async function runShown(
  command: RemoteCommand,
  target: CommandTarget,
  collaborators: CommandCollaborators,
): Promise<CommandOutcome> {
  const show = (line: string): void => {
    collaborators.report.output(line)
  }
  const { outcome, shown } = await runRemoteCommand(command, target, collaborators, show)
  for (const line of linesOf(unshown(outcome.output, shown).toString())) show(line)
  return outcome
}
