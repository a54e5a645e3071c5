import { type Command, Option } from 'commander'
import { addCommand, given, numberOf, type Start } from './cli-words.ts'
import { REMOVAL_SETTINGS } from './settings/removal.ts'
import { SETTING_NAMES } from './settings/schema.ts'

/** What is done for pull requests. */
export function addPreviewCommands(program: Command, start: Start): void {
  addCommand(
    program,
    'preview',
    'Release a running copy for a pull request, or bring it to its newest commit. Where that is closed: remove the copy and its database.',
    SETTING_NAMES,
    [
      'wsgi-lambda preview --function-name shop --pr 7 --create-role',
      'wsgi-lambda preview --function-name shop --preview-role arn:aws:iam::123456789012:role/shop-preview-execution --pr 7 --json',
    ],
  )
    .addOption(pullOption())
    .action((_flags: unknown, command: Command) => {
      start({ command: 'preview', ...given(command), pull: pullOf(command) })
    })

  addCommand(program, 'destroy', 'Remove the previews of a pull request. Reads no project.', REMOVAL_SETTINGS, [
    'wsgi-lambda destroy --pr 7',
    'wsgi-lambda destroy --function-name shop --pr 7 --json',
  ])
    .addOption(pullOption())
    .action((_flags: unknown, command: Command) => {
      start({ command: 'destroy', ...given(command), pull: pullOf(command) })
    })

  addCommand(
    program,
    'sweep',
    'Remove previews of closed pull requests, expired ones, and what is left over. Reads no project.',
    REMOVAL_SETTINGS,
    ['wsgi-lambda sweep --dry-run', 'wsgi-lambda sweep --json'],
  ).action((_flags: unknown, command: Command) => {
    start({ command: 'sweep', ...given(command) })
  })
}

function pullOption(): Option {
  const text = 'the number of the pull request (default: that of the run)'
  return new Option('--pr <NUMBER>', text).argParser(numberOf('pull request'))
}

function pullOf(command: Command): number | undefined {
  const { pr } = command.opts<{ pr?: string }>()
  return pr === undefined ? undefined : Number(pr)
}
