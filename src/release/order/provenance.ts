import { createHash } from 'node:crypto'
import { LIMITS } from '../../platform/limits.ts'
import type { Run } from '../../settings/run.ts'

/**
 * What a version's description says of it, for people and for this program: by it a version is known as ours, what it is for,
 * and whether it is newer than another.
 */
export interface Provenance extends Pick<Run, 'commit' | 'hasChanges' | 'committedAt' | 'actor' | 'workflow'> {
  /** What the version is for: the traffic, commands of a release, or databases of previews. */
  readonly kind: 'release' | 'commands' | 'databases'
  /** Whether it streams what it answers to a Function URL. */
  readonly streams: boolean
}

/** At most 256 characters: what is too long becomes shorter, least needed first. */
export function versionDescription(provenance: Provenance): string {
  const { commit, actor, workflow } = provenance
  const short = { ...provenance, workflow: workflow && { ...workflow, name: shortName(workflow.name) } }
  const shorter = { ...short, commit: commit?.slice(0, 12) }
  const shortest = { ...shorter, actor: actor?.slice(0, 60) }
  const written = [provenance, short, shorter, shortest].map(write)
  return written.find((text) => text.length <= LIMITS.descriptionCharacters) ?? write({ ...shortest, actor: undefined })
}

const CHANGES = ' with changes'

function write({ kind, commit, hasChanges, actor, committedAt, workflow, streams }: Provenance): string {
  const parts = [
    `wsgi-lambda ${kind}`,
    commit && `commit ${plain(commit)}${hasChanges ? CHANGES : ''}`,
    actor && `by ${plain(actor)}`,
    committedAt && `committed ${plain(committedAt)}`,
    workflow && `run ${workflow.number} of ${plain(workflow.name)}`,
    streams && 'streaming',
  ]
  return parts.filter(Boolean).join('; ')
}

/** Undefined for a version that this program has not made. */
export function readProvenance(description: string): Provenance | undefined {
  const [head = '', ...parts] = description.split('; ')
  const kind = /^wsgi-lambda (release|commands|databases)$/.exec(head)?.[1] as Provenance['kind'] | undefined
  if (kind === undefined) return undefined
  const after = (word: string): string | undefined =>
    parts.find((part) => part.startsWith(`${word} `))?.slice(word.length + 1)
  const [, number, name = ''] = /^(\d+) of ([^]*)$/.exec(after('run') ?? '') ?? []
  const commit = after('commit')
  return {
    kind,
    streams: parts.includes('streaming'),
    commit: commit?.replace(CHANGES, ''),
    hasChanges: commit?.endsWith(CHANGES) === true,
    actor: after('by'),
    committedAt: after('committed'),
    workflow: number === undefined ? undefined : { name, number: Number(number) },
  }
}

export function isSameWorkflow(one: string, other: string): boolean {
  return shortName(one) === shortName(other)
}

/** A name that is short already stays as it is. */
function shortName(name: string): string {
  return name.startsWith('~') ? name : `~${createHash('sha256').update(plain(name)).digest('hex').slice(0, 12)}`
}

function plain(text: string): string {
  return text.replaceAll(/[;\p{C}]/gu, ' ').trim()
}
