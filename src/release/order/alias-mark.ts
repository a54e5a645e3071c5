/** What the description of an alias says: how far its release has come, and where a rollback leads. */
export interface AliasMark {
  /**
   * `not-released`: its version has not proven itself, so nothing is "unchanged". `unfinished`: it serves, and commands after
   * traffic are still to run; a killed run is then gone on with.
   */
  readonly phase: 'not-released' | 'unfinished' | 'released'
  /** The versions that it served before, the last one first. */
  readonly before: readonly string[]
  /** The versions that rollbacks have taken traffic from, the last one first. */
  readonly left: readonly string[]
  /** Whether a version for commands belongs to it. */
  readonly hasCommands: boolean
  /** How long the first start of its version took, where its release has seen it. Nothing is decided by it. */
  readonly coldStartMs?: number | undefined
}

/** What is written: what is left out of it is not so. */
type Marked = Pick<AliasMark, 'phase' | 'before'> & Partial<AliasMark>

export const NOT_RELEASED: AliasMark = { phase: 'not-released', before: [], left: [], hasCommands: false }

const WORDS = {
  'not-released': 'wsgi-lambda: not released yet',
  unfinished: 'wsgi-lambda: commands after traffic are still to run',
  released: 'wsgi-lambda',
} as const
const COMMANDS = 'with a version for commands'
const BEFORE = 'served before: '
const LEFT = 'rolled back from: '
const STARTED = /^first start: (\d+) ms$/
const BETWEEN = '; '

/** As many as fit into a description with all that stands in front of them. */
const MOST_BEFORE = 10
export const MOST_LEFT = 5

export function aliasDescription({ phase, before, left = [], hasCommands = false, coldStartMs }: Marked): string {
  const parts = [
    WORDS[phase],
    ...(hasCommands ? [COMMANDS] : []),
    ...(before.length === 0 ? [] : [BEFORE + before.slice(0, MOST_BEFORE).join(' ')]),
    ...(left.length === 0 ? [] : [LEFT + left.slice(0, MOST_LEFT).join(' ')]),
    ...(coldStartMs === undefined ? [] : [`first start: ${Math.round(coldStartMs)} ms`]),
  ]
  return parts.join(BETWEEN)
}

/** What somebody else has written says nothing: the alias serves what it points to. */
export function readAliasMark(description: string): AliasMark {
  const [words, ...parts] = description.split(BETWEEN)
  const versionsAfter = (word: string): readonly string[] =>
    (parts.find((part) => part.startsWith(word)) ?? '').split(' ').filter((version) => /^\d+$/.test(version))
  const started = parts.flatMap((part) => STARTED.exec(part)?.[1] ?? [])[0]
  const phases = Object.keys(WORDS) as AliasMark['phase'][]
  return {
    phase: phases.find((phase) => WORDS[phase] === words) ?? 'released',
    before: versionsAfter(BEFORE),
    left: versionsAfter(LEFT),
    hasCommands: parts.includes(COMMANDS),
    coldStartMs: started === undefined ? undefined : Number(started),
  }
}

/** Whether a release of this program wrote it. */
export function isMarked(description: string): boolean {
  return Object.values<string>(WORDS).includes(description.split(BETWEEN)[0] ?? '')
}

/** Whether a version for commands belongs to an alias. */
export function hasCommands(alias: { readonly description: string } | undefined): boolean {
  return alias !== undefined && readAliasMark(alias.description).hasCommands
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
