import { UserError } from '../errors.ts'
import type { BuildSettings } from '../settings/settings.ts'
import { normalise } from './files.ts'

export type GroupSettings = Pick<BuildSettings, 'groups' | 'withoutGroups' | 'onlyGroups' | 'extras'>

/** What a manifest has to choose from; all names are normalised. */
export interface Choices {
  /** Its path. */
  readonly manifest: string
  readonly groups: readonly string[]
  /** Groups that its tool installs when nobody says anything. */
  readonly defaultGroups: readonly string[]
  readonly extras: readonly string[]
}

export interface Chosen {
  /** Whether the project's own dependencies are installed, and not only groups. */
  readonly hasMain: boolean
  readonly groups: readonly string[]
  readonly extras: readonly string[]
  readonly groupsLeftOut: readonly string[]
}

/** Groups that nobody deploys, by how their names start. */
const DEVELOPMENT = /^(?:dev|test|lint|doc|typ(?:e|ing)|format|bench|coverage|ci$|qa$)/

/** @throws UserError (exit code 2) that names every group and extra that does not exist */
export function chooseGroups(choices: Choices, settings: GroupSettings): Chosen {
  const [groups, without, only, extras] = [
    settings.groups,
    settings.withoutGroups,
    settings.onlyGroups,
    settings.extras,
  ].map((names) => names.map(normalise)) as [string[], string[], string[], string[]]
  const { manifest } = choices
  refuseUnknown([...groups, ...without, ...only], choices.groups, (unknown) => `${manifest} has no group ${unknown}`)
  refuseUnknown(extras, choices.extras, (unknown) => `${manifest} has no extra ${unknown}`)
  if (only.length > 0 && extras.length > 0) {
    throw new UserError(
      {
        title: 'extras and only-groups exclude each other',
        detail: "Extras add to the project's own dependencies, which only-groups leaves out.",
        hint: 'Use groups instead of only-groups, or leave extras out.',
      },
      { exitCode: 2 },
    )
  }
  const usual = choices.defaultGroups.filter((name) => !DEVELOPMENT.test(name))
  const wanted = new Set(only.length > 0 ? only : [...usual, ...groups])
  for (const name of without) wanted.delete(name)
  return {
    hasMain: only.length === 0,
    groups: choices.groups.filter((name) => wanted.has(name)),
    extras,
    groupsLeftOut: choices.groups.filter((name) => !wanted.has(name)),
  }
}

function refuseUnknown(names: readonly string[], known: readonly string[], title: (unknown: string) => string): void {
  const unknown = [...new Set(names)].filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  const hint = known.length > 0 ? `There are: ${known.join(', ')}.` : 'It has none at all.'
  throw new UserError({ title: title(unknown.join(', ')), hint }, { exitCode: 2 })
}
