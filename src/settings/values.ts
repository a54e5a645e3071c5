import { closestMatch } from 'leven'
import * as v from 'valibot'
import type { Problem } from '../errors.ts'
import { camelCase, SETTING_NAMES, SETTINGS, type Setting, type SettingName, type Values } from './schema.ts'

/** Settings from one place, by their kebab-case names. Later sources win over earlier ones. */
export interface Source {
  readonly given: Readonly<Record<string, unknown>>
  /** How the user wrote it, for messages: `--memory`, `input memory`, `WSGI_LAMBDA_MEMORY`. */
  readonly nameOf: (setting: string) => string
}

export interface Checked {
  readonly values: Values
  /** Every mistake of every source. */
  readonly problems: readonly Problem[]
  /** How each given setting was written, by its name; wrong ones too. */
  readonly origins: ReadonlyMap<SettingName, string>
}

export function checkValues(sources: readonly Source[]): Checked {
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  const origins = new Map<SettingName, string>()
  for (const name of SETTING_NAMES) values[camelCase(name)] = (SETTINGS[name] as Setting).default
  for (const { given, nameOf } of sources) {
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue
      if (!isSettingName(name)) {
        problems.push(unknownSetting(name, nameOf))
        continue
      }
      origins.set(name, nameOf(name))
      const result = v.safeParse(SETTINGS[name].schema, value)
      // Variables of several sources add up: a stage or a flag changes some of them.
      if (result.success && name === 'environment')
        values[name] = { ...asRecord(values[name]), ...asRecord(result.output) }
      else if (result.success) values[camelCase(name)] = result.output
      else problems.push(mistake(nameOf(name), value, SETTINGS[name]))
    }
  }
  return { values: values as unknown as Values, problems, origins }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return value as Readonly<Record<string, unknown>>
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

function unknownSetting(name: string, nameOf: Source['nameOf']): Problem {
  return { title: `${nameOf(name)} is not a setting`, hint: suggestion(name, SETTING_NAMES, nameOf) }
}

/** The nearest known name, or all of them when none is near. */
export function suggestion(name: string, known: readonly string[], nameOf: (name: string) => string = String): string {
  const near = closestMatch(name, known, { maxDistance: Math.max(2, Math.floor(name.length / 3)) })
  return near === undefined ? `Known: ${known.join(', ')}.` : `Did you mean ${nameOf(near)}?`
}

/** @param name as the user wrote it */
export function mistake(name: string, value: unknown, setting: Setting): Problem {
  return {
    title: `${name} is not valid`,
    // The values of environment variables are never printed: they may be secrets.
    detail: setting === SETTINGS.environment ? undefined : `Given: ${JSON.stringify(value)}`,
    hint: `Allowed: ${setting.format}. Example: ${setting.example}`,
  }
}
