import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import {
  addCommonFlags,
  addRemoteFlags,
  addSettingFlags,
  examples,
  givenOptions,
  givenSettings,
  isSwitch,
} from './cli-flags.ts'
import type { Invocation } from './cli-run.ts'
import type { InspectArguments } from './commands/inspect.ts'
import type { LogsArguments } from './commands/logs.ts'
import type { RemoteArguments } from './commands/remote.ts'
import {
  BUILD_SETTING_NAMES,
  RELEASE_SETTING_NAMES,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
} from './settings/schema.ts'
import { VERSION } from './version.ts'

/**
 * The command line. This file only knows words; what a command does is loaded when one is run, so that help and
 * mistakes are answered at once.
 */

const FUNCTION_FLAGS: readonly SettingName[] = ['function-name', 'alias']
/** A plan is a dry run, always. */
const ROLLBACK_FLAGS: readonly SettingName[] = [
  ...FUNCTION_FLAGS,
  'smoke',
  'smoke-path',
  'smoke-requests',
  'smoke-host',
  'lock-wait',
]
const REMOVAL_FLAGS: readonly SettingName[] = [
  ...FUNCTION_FLAGS,
  'before-destroy',
  'preview-database-admin',
  'preview-database-access',
  'preview-database-delete',
  'comment',
  'github-environment',
  'lock-wait',
  'allowed-account-ids',
]
const PLAN_FLAGS = RELEASE_SETTING_NAMES.filter((name) => name !== 'dry-run')
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

const COMMAND_TEXT: Readonly<Record<RemoteArguments['kind'], string>> = {
  manage: 'the command as one text, split like a shell does',
  flask: 'the command as one text, split like a shell does',
  exec: 'the code',
  shell: 'a line for /bin/sh',
}

function createProgram(start: (invocation: Invocation) => void): Command {
  const program = new Command('wsgi-lambda')
    .description('Django, Flask and any WSGI application on AWS Lambda: build, deploy, migrate before traffic moves.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .enablePositionalOptions()
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .configureOutput({
      outputError: (text, write) => {
        write(text + (switchAdvice(text) ?? ''))
      },
    })
    .exitOverride()
  addCommonFlags(program)
  addSettingFlags(program, FUNCTION_FLAGS)
  addRemoteFlags(program)
  program.addHelpText(
    'after',
    examples([
      'wsgi-lambda build',
      'wsgi-lambda deploy --function-name shop --migrate',
      'wsgi-lambda --function-name shop manage showmigrations',
    ]),
  )

  addCommand(program, 'build', 'Build the project into a zip for Lambda.', BUILD_SETTING_NAMES, [
    'wsgi-lambda build',
    'wsgi-lambda build --project examples/django --output build/app.zip --runtime python3.13',
    'wsgi-lambda build --builder host --json',
  ]).action((_flags: unknown, command: Command) => {
    start({ command: 'build', flags: givenOptions(command), given: givenSettings(command) })
  })

  addCommand(
    program,
    'deploy',
    'Build the project and release it: commands before traffic, alias last.',
    RELEASE_SETTING_NAMES,
    [
      'wsgi-lambda deploy --function-name shop --role arn:aws:iam::123456789012:role/shop --migrate',
      'wsgi-lambda deploy --stage production --dry-run',
      "wsgi-lambda deploy --function-name shop --before-traffic 'manage migrate --noinput' --environment DEBUG=0",
    ],
  )
    .option('--no-follow', 'show the output of commands when they have ended')
    .action((_flags: unknown, command: Command) => {
      start({ command: 'deploy', flags: givenOptions(command), given: givenSettings(command) })
    })

  addCommand(program, 'plan', 'Build the project and show what a deployment would change.', PLAN_FLAGS, [
    'wsgi-lambda plan --stage production',
    'wsgi-lambda plan --function-name shop --artifact build/app.zip --json',
    'wsgi-lambda plan --function-name shop --detailed-exitcode',
  ])
    .option('--detailed-exitcode', 'end with 3 where something would change')
    .action((_flags: unknown, command: Command) => {
      start({
        command: 'plan',
        flags: givenOptions(command),
        given: givenSettings(command),
        isDetailed: givenOptions(command)['detailedExitcode'] === true,
      })
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
      start({ command: 'rollback', flags: givenOptions(command), given: givenSettings(command), to })
    })

  addCommand(
    program,
    'preview',
    'Release a running copy for a pull request, or bring it to its newest commit.',
    SETTING_NAMES,
    [
      'wsgi-lambda preview --function-name shop --pr 7 --create-role',
      'wsgi-lambda preview --function-name shop --preview-role arn:aws:iam::123456789012:role/shop-preview --pr 7 --json',
    ],
  )
    .addOption(pullOption())
    .action((_flags: unknown, command: Command) => {
      start({ command: 'preview', flags: givenOptions(command), given: givenSettings(command), pull: pullOf(command) })
    })

  addCommand(
    program,
    'destroy',
    'Remove the previews of a pull request. Reads no project.',
    [...REMOVAL_FLAGS, 'dry-run'],
    ['wsgi-lambda destroy --pr 7', 'wsgi-lambda destroy --function-name shop --pr 7 --json'],
  )
    .addOption(pullOption())
    .action((_flags: unknown, command: Command) => {
      start({ command: 'destroy', flags: givenOptions(command), given: givenSettings(command), pull: pullOf(command) })
    })

  addCommand(
    program,
    'sweep',
    'Remove previews of closed pull requests, expired ones, and what is left over. Reads no project.',
    [...REMOVAL_FLAGS, 'dry-run'],
    ['wsgi-lambda sweep --dry-run', 'wsgi-lambda sweep --json'],
  ).action((_flags: unknown, command: Command) => {
    start({ command: 'sweep', flags: givenOptions(command), given: givenSettings(command) })
  })

  addCommand(program, 'versions', 'List the published versions: when, by whom, of which commit.', FUNCTION_FLAGS, [
    'wsgi-lambda versions --function-name shop',
    'wsgi-lambda versions --function-name shop --json',
  ]).action((_flags: unknown, command: Command) => {
    start({ command: 'versions', flags: givenOptions(command), given: givenSettings(command) })
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
      const given = { since, version, requestId, filter, follow: follow === true }
      start({ command: 'logs', flags: givenOptions(command), given: givenSettings(command), logs: given })
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
        flags: givenOptions(command),
        given: givenSettings(command),
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
      'AWS_REGION=eu-west-1 wsgi-lambda permissions --function-name shop --role arn:aws:iam::123456789012:role/shop',
      'wsgi-lambda permissions --dry-run',
      'wsgi-lambda permissions --previews',
    ],
  )
    .option('--previews', 'the policy of what makes, removes and sweeps previews')
    .action((_flags: unknown, command: Command) => {
      const { previews = false } = command.opts<{ previews?: boolean }>()
      start({ command: 'permissions', flags: givenOptions(command), given: givenSettings(command), previews })
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
      const given = Object.entries(givenSettings(command)).filter(([name]) => !BOOTSTRAP_WORDS.has(name))
      start({
        command: 'bootstrap',
        flags: givenOptions(command),
        given: Object.fromEntries(given),
        bootstrap: { repository, environment, branch },
        output,
      })
    })

  addRemoteCommand(program, start, 'manage', [], 'Run a Django management command in the deployed function.', [
    'wsgi-lambda --function-name shop manage showmigrations',
    'wsgi-lambda --function-name shop --qualifier 7 manage migrate --noinput',
    "wsgi-lambda --function-name shop manage -c 'migrate --noinput'",
  ])
  addRemoteCommand(program, start, 'flask', [], 'Run a command of the Flask application in the deployed function.', [
    'wsgi-lambda --function-name shop flask init-db',
    "wsgi-lambda --function-name shop flask -c 'seed --count 3'",
  ])
  addRemoteCommand(program, start, 'exec', [], 'Run Python code in the deployed function.', [
    "wsgi-lambda --function-name shop exec -c 'print(1 + 1)'",
    'wsgi-lambda --function-name shop exec -f script.py',
  ])
  addRemoteCommand(program, start, 'shell', ['command'], 'Run a line of shell in the deployed function.', [
    "wsgi-lambda --function-name shop shell -c 'ls -l'",
    'wsgi-lambda --function-name shop shell ls -l',
  ])
  return program
}

function addCommand(
  program: Command,
  name: string,
  description: string,
  settings: readonly SettingName[],
  lines: readonly string[],
): Command {
  const command = program.command(name).description(description).helpOption('-h, --help', 'show help')
  addCommonFlags(command)
  addSettingFlags(command, settings)
  return command.addHelpText('after', examples(lines))
}

function addRemoteCommand(
  program: Command,
  start: (invocation: Invocation) => void,
  name: RemoteArguments['kind'],
  aliases: readonly string[],
  description: string,
  lines: readonly string[],
): void {
  const takesFile = name === 'exec' || name === 'shell'
  const command = program
    .command(name)
    .aliases(aliases)
    .description(`${description} Everything after the options below is passed on as it is.`)
    .helpOption('-h, --help', 'show help')
    .usage(`[options] ${takesFile ? '[-c TEXT | -f FILE]' : '[-c TEXT]'} [arguments...]`)
    .option('-c, --command <TEXT>', COMMAND_TEXT[name])
    .addOption(
      // Known everywhere, so that manage and flask can say that they take none.
      new Option('-f, --file <FILE>', 'a local file that is sent and run; - for standard input').hideHelp(!takesFile),
    )
    .argument('[arguments...]', 'passed on')
    .passThroughOptions()
    .allowUnknownOption()
  addCommonFlags(command)
  addSettingFlags(command, FUNCTION_FLAGS)
  addRemoteFlags(command)
  command.addHelpText('after', examples(lines)).action((passed: string[], _flags: unknown, self: Command) => {
    const { command: text, file } = self.opts<{ command?: string; file?: string }>()
    const environment = [program, self].flatMap((each) => each.opts<{ env?: string[] }>().env ?? [])
    const sendsInput = givenOptions(self)['stdin'] === true
    start({
      command: 'remote',
      flags: givenOptions(self),
      given: givenSettings(self),
      remote: { kind: name, text, file, arguments: passed, environment, sendsInput },
    })
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

/** As AWS counts versions, and GitHub pull requests. */
function numberOf(what: string): (value: string) => string {
  return (value) => {
    if (/^[1-9]\d{0,15}$/.test(value)) return value
    throw new InvalidArgumentError(`It is the number of a ${what}, as in 7.`)
  }
}

/** `--migrate true` is how the action is told; here `true` is a word too many. */
function switchAdvice(text: string): string | undefined {
  if (!text.includes('too many arguments')) return undefined
  const words = process.argv.slice(2)
  const names = words.flatMap((word, index) => (/^(?:true|false)$/.test(word) ? [words[index - 1]?.slice(2)] : []))
  const name = names.find((each) => SETTING_NAMES.some((known) => known === each && isSwitch(SETTINGS[known])))
  return name === undefined ? undefined : `(Write --${name} or --no-${name}, without a word behind it.)\n`
}

/** Who reads JSON gets it for a mistake in the words too; commander has said it on standard error. */
function usageProblem({ code, message }: CommanderError): { title: string; hint?: string } {
  if (code === 'commander.help') return { title: 'A command is missing' }
  const [title = '', ...hint] = message.replace(/^error: /, '').split('\n')
  return { title, ...(hint.length > 0 ? { hint: hint.join(' ') } : {}) }
}

async function main(): Promise<void> {
  // Whoever reads may stop reading (`| head`): what is done goes on, and is only no longer told.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  let invocation: Invocation | undefined
  const program = createProgram((started) => {
    invocation = started
  })
  try {
    program.parse()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ error: [usageProblem(error)] }, null, 2)}\n`)
    }
    process.exitCode = 2
    return
  }
  if (!invocation) return
  const { run } = await import('./cli-run.ts')
  process.exitCode = await run(invocation)
}

void main()
