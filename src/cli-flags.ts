import { type Command, Option } from 'commander'
import type { CommonFlags } from './cli-invocation.ts'
import { camelCase, SETTING_NAMES, SETTINGS, type Setting, type SettingName } from './settings/schema.ts'

/** Flags of the command line: those that many commands have, and one for each setting. */

export function addCommonFlags(command: Command): void {
  command
    .option('--project <DIR>', 'the folder that holds the application (default: ".")')
    .option('--stage <NAME>', 'overlay [tool.wsgi-lambda.stages.NAME]')
    .option('--json', 'print one JSON object on standard output, everything else on standard error')
    .option('-q, --quiet', 'print results and problems only')
    .option('--verbose', 'print details, and the stack of a defect')
    .option('--no-color', 'no colours (also: NO_COLOR)')
}

export function addRemoteFlags(command: Command): void {
  command
    .option('--qualifier <NAME>', 'the alias or version that runs a remote command (default: the alias)')
    .addOption(
      new Option(
        '--env <NAME=VALUE>',
        'a variable for a remote command; NAME alone takes its value from here (repeatable)',
      ).argParser(collected),
    )
    .option('--follow', 'show the output of a remote command while it runs (default: on a terminal)')
    .option('--no-follow', 'show it when the command has ended')
    .option('-i, --stdin', 'send standard input, read to its end, to a remote command')
}

/** Of an option that may be repeated, every value. */
function collected(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

export function addSettingFlags(command: Command, names: readonly SettingName[]): void {
  for (const name of names) {
    const setting: Setting = SETTINGS[name]
    if (isSwitch(setting)) {
      // Both words are known, so that a flag can take back what a file says; the help shows those that change something.
      const { default: isOn, without = `Turn --${name} off.` } = setting
      command.addOption(new Option(`--${name}`, setting.description).hideHelp(isOn === true))
      command.addOption(new Option(`--no-${name}`, without).hideHelp(isOn === false))
      continue
    }
    const option = new Option(
      `--${name} <${setting.placeholder ?? 'VALUE'}>`,
      setting.description + formatHint(setting),
    )
    // `--no-deploy NAMES` is a setting's own name, and not the opposite of one.
    option.negate = false
    if (takesLines(name)) option.argParser(collected)
    command.addOption(option)
  }
}

export function isSwitch({ format }: Setting): boolean {
  return format === 'true, false'
}

/** Settings of several lines are given by repeating the flag. */
function takesLines(name: SettingName): boolean {
  return /\ba line\b/.test(SETTINGS[name].format)
}

function formatHint(setting: Setting): string {
  const text = setting.defaultText ?? (typeof setting.default === 'string' ? setting.default : undefined)
  return ` (${setting.format}${text === undefined ? '' : `; default: ${text}`})`
}

export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`
}

/** The options that were given, before or after the command's name; no defaults. What stands after it counts more. */
export function givenOptions(command: Command): CommonFlags & Readonly<Record<string, unknown>> {
  const outer = command.parent ? givenOptions(command.parent) : {}
  const own = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli')
  return { ...outer, ...Object.fromEntries(own) }
}

/** The settings among them, by their names. */
export function givenSettings(command: Command): Record<string, unknown> {
  const options = givenOptions(command)
  const given: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const value = options[camelCase(name)]
    if (value === undefined) continue
    // One value may have several lines, as an input of the action has.
    given[name] = Array.isArray(value) ? value.join('\n') : value
  }
  return given
}
