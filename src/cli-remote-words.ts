import { type Command, Option } from 'commander'
import { addCommonFlags, addRemoteFlags, addSettingFlags, examples, givenOptions } from './cli-flags.ts'
import { FUNCTION_FLAGS, given, type Start } from './cli-words.ts'
import type { RemoteArguments } from './commands/remote.ts'

const COMMAND_TEXT: Readonly<Record<RemoteArguments['kind'], string>> = {
  manage: 'the command as one text, split like a shell does',
  flask: 'the command as one text, split like a shell does',
  exec: 'the code',
  shell: 'a line for /bin/sh',
}

/** What runs in the deployed function. */
export function addRemoteCommands(program: Command, start: Start): void {
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
}

function addRemoteCommand(
  program: Command,
  start: Start,
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
      ...given(self),
      remote: { kind: name, text, file, arguments: passed, environment, sendsInput },
    })
  })
}
