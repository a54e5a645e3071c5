import * as v from 'valibot'
import type { Problem } from '../errors.ts'
import type { Mistake, Table } from './kinds.ts'
import { camelCase, SETTING_NAMES, SETTINGS, type Setting, type SettingName, type Values } from './schema.ts'
import { suggestion } from './suggestion.ts'

/** Settings from one place, by their kebab-case names. Later sources win over earlier ones. */
export interface Source {
  readonly given: Readonly<Record<string, unknown>>
  /** How the user wrote it, for messages: `--memory`, `input memory`, `WSGI_LAMBDA_MEMORY`. */
  readonly nameOf: (setting: string) => string
  /** Where it stands, for an annotation. */
  readonly locationOf?: (setting: string) => Problem['location']
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
  for (const { given, nameOf, locationOf } of sources) {
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) continue
      const report = (found: readonly Problem[]): void => {
        problems.push(...found.map((problem) => ({ ...problem, location: locationOf?.(name) })))
      }
      if (!isSettingName(name)) {
        report([unknownSetting(name, nameOf)])
        continue
      }
      origins.set(name, nameOf(name))
      const setting: Setting = SETTINGS[name]
      const key = camelCase(name)
      const result = v.safeParse(setting.schema, value)
      if (!result.success) {
        report([mistake(nameOf(name), value, setting)])
        // What a source before this one says is not what anybody wants any more.
        values[key] = setting.default
        continue
      }
      if (setting.mistakes) {
        const table = result.output as Table
        report(entryProblems(nameOf(name), setting.mistakes(table)))
        // Tables of several sources add up: a stage or a flag changes some entries.
        values[key] = { ...(values[key] as Table), ...table }
      } else values[key] = result.output
    }
  }
  return { values: values as unknown as Values, problems, origins }
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

function unknownSetting(name: string, nameOf: Source['nameOf']): Problem {
  return { title: `${nameOf(name)} is not a setting`, hint: suggestion(name, SETTING_NAMES, nameOf) }
}

/** @param name as the user wrote it */
export function mistake(name: string, value: unknown, setting: Setting): Problem {
  return {
    title: `${name} is not valid`,
    detail: setting.isConfidential ? undefined : `Given: ${JSON.stringify(value)}`,
    hint: `Allowed: ${setting.format}. Example: ${setting.example}`,
  }
}

function entryProblems(name: string, mistakes: readonly Mistake[]): Problem[] {
  return mistakes.map(({ entry, detail, hint }) => ({
    title: `${name}: ${entry} is not valid`,
    detail,
    hint,
  }))
}
