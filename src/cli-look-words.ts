import type { Command } from 'commander'
import { givenOptions, givenSettings } from './cli-flags.ts'
import { addCommand, FUNCTION_FLAGS, given, type Start } from './cli-words.ts'
import type { InspectArguments } from './commands/inspect.ts'
import type { LogsArguments } from './commands/logs.ts'
import { SETTING_NAMES, type SettingName } from './settings/schema.ts'

/** Of these words, `bootstrap` has a meaning of its own. */
const BOOTSTRAP_WORDS: ReadonlySet<string> = new Set(['environment', 'output'])
const INSPECT_FLAGS: readonly SettingName[] = [
  'output',
  'requirements',
  'runtime',
  'architecture',
  'environment',
  'builder',
  'python-bin',
  'base-image',
]

/** What only looks, or prints what somebody else sets up. */
export function addLookingCommands(program: Command, start: Start): void {
  addCommand(program, 'versions', 'List the published versions: when, by whom, of which commit.', FUNCTION_FLAGS, [
    'wsgi-lambda versions --function-name shop',
    'wsgi-lambda versions --function-name shop --json',
  ]).action((_flags: unknown, command: Command) => {
    start({ command: 'versions', ...given(command) })
  })

  addCommand(program, 'logs', 'Show what the deployed function has logged.', FUNCTION_FLAGS, [
    'wsgi-lambda logs --function-name shop --since 2h',
    'wsgi-lambda logs --function-name shop --follow',
    'wsgi-lambda logs --function-name shop --request-id 8f6c1f3a-5d0e-4b7a-9c55-0d2f3c1b7a11',
  ])
    .option('-f, --follow', 'go on with what is logged from now on; Ctrl-C ends it')
    .option('--since <TIME>', 'as in 30s, 10m, 2h, 3d or 2026-11-23T09:00Z (default: 10m)')
    .option('--version <VERSION>', 'the lines of one version: its number, an alias or $LATEST')
    .option('--request-id <ID>', 'the lines of one request')
    .option('--filter <TEXT>', 'the lines that have this text')
    .action((_flags: unknown, command: Command) => {
      const { follow, since, version, requestId, filter } = command.opts<Partial<LogsArguments>>()
      start({
        command: 'logs',
        ...given(command),
        logs: { since, version, requestId, filter, follow: follow === true },
      })
    })

  addCommand(program, 'inspect', 'Show what is in an artifact: sizes, reasons, bytecode, binaries.', INSPECT_FLAGS, [
    'wsgi-lambda inspect',
    'wsgi-lambda inspect --why sqlparse',
    'wsgi-lambda inspect build/app.zip --against build/before.zip',
    'wsgi-lambda inspect --imports',
  ])
    .argument('[ARTIFACT]', 'a zip for Lambda, of any program (default: the one that build writes)')
    .option('--against <FILE>', 'compare with another zip, the one before')
    .option('--why <NAME>', 'show which requirements a package is there for')
    .option('--imports', 'import the handler as Lambda will, and show where the time goes')
    .option('--module <NAME>', 'with --imports: another module than the handler')
    .action((artifact: string | undefined, _flags: unknown, command: Command) => {
      const { against, why, imports, module } = command.opts<Partial<InspectArguments>>()
      start({
        command: 'inspect',
        ...given(command),
        inspect: { artifact, against, why, imports: imports === true || module !== undefined, module },
      })
    })

  addCommand(
    program,
    'permissions',
    'Print the policy that a deployment with these settings needs. Asks AWS nothing.',
    SETTING_NAMES,
    [
      'wsgi-lambda permissions --stage production > policy.json',
      'AWS_REGION=eu-west-1 wsgi-lambda permissions --function-name shop --role arn:aws:iam::123456789012:role/shop-execution',
      'wsgi-lambda permissions --dry-run',
      'wsgi-lambda permissions --previews',
    ],
  )
    .option('--previews', 'the policy of what makes, removes and sweeps previews')
    .action((_flags: unknown, command: Command) => {
      const { previews = false } = command.opts<{ previews?: boolean }>()
      start({ command: 'permissions', ...given(command), previews })
    })

  addCommand(
    program,
    'bootstrap',
    "Print a CloudFormation template: GitHub's identity provider, and the roles of deployments and of the function.",
    SETTING_NAMES.filter((name) => !BOOTSTRAP_WORDS.has(name)),
    [
      'wsgi-lambda bootstrap --function-name shop --repository OWNER/shop > bootstrap.yml',
      'wsgi-lambda bootstrap --stage production --repository OWNER/shop --environment production --output bootstrap.yml',
    ],
  )
    .option('--repository <OWNER/NAME>', 'the repository whose workflows deploy (default: GITHUB_REPOSITORY)')
    .option('--environment <NAME>', 'the GitHub environment of the jobs that deploy')
    .option('--branch <NAME>', 'the branch of the jobs that deploy without an environment (default: main)')
    .option('--output <FILE>', 'write the template into a file')
    .action((_flags: unknown, command: Command) => {
      const { repository, environment, branch, output } = command.opts<Record<string, string | undefined>>()
      const settings = Object.entries(givenSettings(command)).filter(([name]) => !BOOTSTRAP_WORDS.has(name))
      start({
        command: 'bootstrap',
        flags: givenOptions(command),
        given: Object.fromEntries(settings),
        bootstrap: { repository, environment, branch },
        output,
      })
    })
}
