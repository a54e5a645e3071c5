import { type Command, InvalidArgumentError } from 'commander'
import { addCommonFlags, addSettingFlags, examples, givenOptions, givenSettings } from './cli-flags.ts'
import type { Invocation } from './cli-invocation.ts'
import type { SettingName } from './settings/schema.ts'

/** What the words of all commands are made of. */

/** Called with the command line that was parsed. */
export type Start = (invocation: Invocation) => void

export const FUNCTION_FLAGS: readonly SettingName[] = ['function-name', 'alias']

export function addCommand(
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

/** Of every command line. */
export function given(command: Command): Pick<Invocation, 'flags' | 'given'> {
  return { flags: givenOptions(command), given: givenSettings(command) }
}

/** As AWS counts versions, and GitHub pull requests. */
export function numberOf(what: string): (value: string) => string {
  return (value) => {
    if (/^[1-9]\d{0,15}$/.test(value)) return value
    throw new InvalidArgumentError(`It is the number of a ${what}, as in 7.`)
  }
}
