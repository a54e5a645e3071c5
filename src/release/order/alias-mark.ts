/** What the description of an alias says: how far its release has come, and where a rollback leads. */
export interface AliasMark {
  /**
   * `not-released`: its version has not proven itself, so nothing is "unchanged". `unfinished`: it serves, and commands after
   * traffic are still to run; a killed run is then gone on with.
   */
  readonly phase: 'not-released' | 'unfinished' | 'released'
  /** The versions that it served before, the last one first. */
  readonly before: readonly string[]
}

export const NOT_RELEASED: AliasMark = { phase: 'not-released', before: [] }

const WORDS = {
  'not-released': 'wsgi-lambda: not released yet',
  unfinished: 'wsgi-lambda: commands after traffic are still to run',
  released: 'wsgi-lambda',
} as const
const BEFORE = '; served before: '

/** As many as fit into a description with all that stands in front of them. */
const MOST_BEFORE = 10

export function aliasDescription({ phase, before }: AliasMark): string {
  return WORDS[phase] + (before.length === 0 ? '' : BEFORE + before.slice(0, MOST_BEFORE).join(' '))
}

/** What somebody else has written says nothing: the alias serves what it points to. */
export function readAliasMark(description: string): AliasMark {
  const [words, before = ''] = description.split(BEFORE)
  const phases = Object.keys(WORDS) as AliasMark['phase'][]
  return {
    phase: phases.find((phase) => WORDS[phase] === words) ?? 'released',
    before: before.split(' ').filter((version) => /^\d+$/.test(version)),
  }
}

/** Whether a release of this program wrote it. */
export function isMarked(description: string): boolean {
  return Object.values<string>(WORDS).includes(description.split(BEFORE)[0] ?? '')
}

/** What was served before, once an alias has moved on from where it is. */
export function servedBefore(
  alias: { readonly version: string; readonly description: string } | undefined,
  next: string,
): readonly string[] {
  if (alias === undefined) return []
  const { phase, before } = readAliasMark(alias.description)
  const all = phase === 'not-released' || alias.version === next ? before : [alias.version, ...before]
  return [...new Set(all)].filter((version) => version !== next)
}
