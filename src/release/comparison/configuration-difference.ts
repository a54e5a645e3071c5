import type { FunctionConfiguration, VersionState } from '../../aws/lambda.ts'
import type { SettingChange, VariableChanges } from '../../report/plan-facts.ts'
import { camelCase } from '../../settings/schema.ts'
import { differences } from '../plan/difference.ts'
import type { CurrentRelease } from '../state.ts'

const VARIABLE = /^(?:\w+ )?environment /

/** What differs in the configuration, with its values; a variable's value may be a secret, so of those there are names. */
export function configurationChanges(
  current: CurrentRelease,
  configuration: FunctionConfiguration,
): { configuration: readonly SettingChange[]; environment: VariableChanges } {
  const { served, latest } = current
  const before = served ?? latest
  return {
    configuration: before ? changesOf(before, latest, configuration) : settingsOf(configuration),
    environment: variableChanges(before?.environment ?? {}, configuration.environment),
  }
}

function changesOf(
  before: VersionState,
  latest: VersionState | undefined,
  configuration: FunctionConfiguration,
): SettingChange[] {
  // A published version has a description of its own, which says nothing about the function's.
  const compared = latest ? { ...before, version: '$LATEST', description: latest.description } : before
  return (
    differences(compared, configuration)
      .filter((name) => !VARIABLE.test(name))
      // A handler says what it is instead of.
      .map((name) => name.replace(/ .*$/, ''))
      .map((name) => ({ setting: name, before: shown(compared, name), after: shown(configuration, name) }))
  )
}

/** Of a function that does not exist yet. */
function settingsOf(configuration: FunctionConfiguration): SettingChange[] {
  return (['runtime', 'handler', 'role', 'memory', 'timeout'] as const).map((setting) => ({
    setting,
    before: undefined,
    after: shown(configuration, setting),
  }))
}

/** A setting's value by its name, wherever the configuration has it. */
function shown(configuration: object, setting: string): string | undefined {
  const name = camelCase(setting)
  const found = Object.entries(configuration).flatMap(([key, value]: [string, unknown]): [string, unknown][] =>
    key === 'options' && typeof value === 'object' && value !== null ? Object.entries(value) : [[key, value]],
  )
  const [, value] = found.find(([key]) => key === name) ?? []
  if (value === undefined || value === null) return undefined
  const list = (Array.isArray(value) ? value : [value]) as readonly unknown[]
  return list.map(wordsOf).join(', ') || undefined
}

/** Of a layer its ARN. */
function wordsOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'arn' in value) return String(value.arn)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

type Variables = Readonly<Record<string, string>>

function variableChanges(before: Variables, after: Variables): VariableChanges {
  const names = (variables: Variables, isListed: (name: string) => boolean): string[] =>
    Object.keys(variables).filter(isListed).toSorted()
  return {
    added: names(after, (name) => !Object.hasOwn(before, name)),
    changed: names(after, (name) => Object.hasOwn(before, name) && before[name] !== after[name]),
    removed: names(before, (name) => !Object.hasOwn(after, name)),
  }
}
