import { SettingsError } from './errors.ts'
import { decide } from './preview/decide.ts'
import type { RunEvent } from './preview/pull.ts'
import { AUTO, COMMANDS } from './settings/action-contract.ts'
import { suggestion } from './settings/suggestion.ts'

/** What the action is given beside settings: what to do, where, and for whom. */

export type ActionCommand = (typeof COMMANDS)[number]

/** Inputs besides the settings. */
const OWN_INPUTS: ReadonlySet<string> = new Set(['command', 'project', 'stage', 'to', 'run', 'pr', 'github-token'])

/** The command that is given, or what the event asks for. */
export function resolveCommand(
  given: string | undefined,
  event: RunEvent,
): { readonly command: ActionCommand | 'none'; readonly why?: string } {
  if (given === undefined || given === AUTO) {
    const { command, why } = decide(event, COMMANDS)
    return { command: command as ActionCommand | 'none', why }
  }
  const command = COMMANDS.find((name) => name === given)
  if (command) return { command }
  const allowed = [AUTO, ...COMMANDS]
  throw new SettingsError([
    {
      title: 'input command is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: `Allowed: ${allowed.join(', ')}. ${suggestion(given, allowed)}`,
    },
  ])
}

/** The number of a pull request that somebody names. */
export function readPull(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,15}$/.test(given)) return Number(given)
  throw new SettingsError([
    {
      title: 'input pr is not valid',
      detail: `Given: ${JSON.stringify(given)}`,
      hint: 'Allowed: the number of a pull request, as in 7',
    },
  ])
}

/** The inputs that are settings, by name; unknown ones too, so that a typing mistake is reported with the others. */
export function readSettings(environment: Readonly<Record<string, string>>): Record<string, string> {
  const inputs = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('INPUT_') && value.trim() !== ''
      ? [[name.slice('INPUT_'.length).toLowerCase(), value] as const]
      : [],
  )
  return Object.fromEntries(inputs.filter(([name]) => !OWN_INPUTS.has(name)))
}
