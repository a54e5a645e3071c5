import { Command } from 'commander'
import { addCommonFlags, addRemoteFlags, addSettingFlags, examples, isSwitch } from './cli-flags.ts'
import { addLookingCommands } from './cli-look-words.ts'
import { addPreviewCommands } from './cli-preview-words.ts'
import { addReleaseCommands } from './cli-release-words.ts'
import { addRemoteCommands } from './cli-remote-words.ts'
import { FUNCTION_FLAGS, type Start } from './cli-words.ts'
import { SETTING_NAMES, SETTINGS } from './settings/schema.ts'
import { VERSION } from './version.ts'

/** All words of the command line, and their help. @param start is called with the one that was given */
export function createProgram(start: Start): Command {
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

  addReleaseCommands(program, start)
  addPreviewCommands(program, start)
  addLookingCommands(program, start)
  addRemoteCommands(program, start)
  return program
}

/** `--migrate true` is how the action is told; here `true` is a word too many. */
function switchAdvice(text: string): string | undefined {
  if (!text.includes('too many arguments')) return undefined
  const words = process.argv.slice(2)
  const names = words.flatMap((word, index) => (/^(?:true|false)$/.test(word) ? [words[index - 1]?.slice(2)] : []))
  const name = names.find((each) => SETTING_NAMES.some((known) => known === each && isSwitch(SETTINGS[known])))
  return name === undefined ? undefined : `(Write --${name} or --no-${name}, without a word behind it.)\n`
}
