import { type Command, Option } from 'commander'
import { givenOptions } from './cli-flags.ts'
import { addCommand, FUNCTION_FLAGS, given, numberOf, type Start } from './cli-words.ts'
import { BUILD_SETTING_NAMES, RELEASE_SETTING_NAMES, type SettingName } from './settings/schema.ts'

const ROLLBACK_FLAGS: readonly SettingName[] = [
  ...FUNCTION_FLAGS,
  'smoke',
  'smoke-path',
  'smoke-requests',
  'smoke-host',
  'lock-wait',
]
/** A plan is a dry run, always. */
const PLAN_FLAGS = RELEASE_SETTING_NAMES.filter((name) => name !== 'dry-run')

/** From a project to the version that is served, and back. */
export function addReleaseCommands(program: Command, start: Start): void {
  addCommand(program, 'build', 'Build the project into a zip for Lambda.', BUILD_SETTING_NAMES, [
    'wsgi-lambda build',
    'wsgi-lambda build --project examples/django --output build/app.zip --runtime python3.13',
    'wsgi-lambda build --builder host --json',
  ]).action((_flags: unknown, command: Command) => {
    start({ command: 'build', ...given(command) })
  })

  addCommand(
    program,
    'deploy',
    'Build the project and release it: commands before traffic, alias last.',
    RELEASE_SETTING_NAMES,
    [
      'wsgi-lambda deploy --function-name shop --role arn:aws:iam::123456789012:role/shop-execution --migrate',
      'wsgi-lambda deploy --stage production --dry-run',
      "wsgi-lambda deploy --function-name shop --before-traffic 'manage migrate --noinput' --environment DEBUG=0",
    ],
  )
    .option('--no-follow', 'show the output of commands when they have ended')
    .action((_flags: unknown, command: Command) => {
      start({ command: 'deploy', ...given(command) })
    })

  addCommand(program, 'plan', 'Build the project and show what a deployment would change.', PLAN_FLAGS, [
    'wsgi-lambda plan --stage production',
    'wsgi-lambda plan --function-name shop --artifact build/app.zip --json',
    'wsgi-lambda plan --function-name shop --detailed-exitcode',
  ])
    .option('--detailed-exitcode', 'end with 3 where something would change')
    .action((_flags: unknown, command: Command) => {
      const isDetailed = givenOptions(command)['detailedExitcode'] === true
      start({ command: 'plan', ...given(command), isDetailed })
    })

  addCommand(program, 'rollback', 'Point the alias back at the version that was served before.', ROLLBACK_FLAGS, [
    'wsgi-lambda rollback --function-name shop',
    'wsgi-lambda rollback --function-name shop --to 7',
  ])
    .addOption(
      new Option('--to <VERSION>', 'the version to go back to (default: the one before)').argParser(
        numberOf('version'),
      ),
    )
    .action((_flags: unknown, command: Command) => {
      const { to } = command.opts<{ to?: string }>()
      start({ command: 'rollback', ...given(command), to })
    })
}
