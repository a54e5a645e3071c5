import type { ListedVersion, NamedAlias } from '../../aws/versions.ts'
import { readAliasMark } from '../order/alias-mark.ts'
import { type Provenance, readProvenance } from '../order/provenance.ts'
import type { CurrentRelease, DesiredRelease } from '../state.ts'

/** What is left behind by earlier releases. */
export interface PruneStep {
  readonly kind: 'prune'
  readonly keep: number
}

/** Versions are counted up: with fewer than are kept there is nothing to look for. */
export function pruneSteps({ served }: CurrentRelease, { keepVersions }: DesiredRelease): PruneStep[] {
  if (keepVersions === 0 || Number(served?.version ?? 0) < keepVersions) return []
  return [{ kind: 'prune', keep: keepVersions }]
}

/** A command may still run on a version that was just replaced, and a release that goes on may need its own. */
const COMMANDS_LAST_MS = 3_600_000

/**
 * Versions of ours that nobody needs any more, the oldest first: releases that are not among the newest, and versions for
 * commands of releases that are over. Never one that an alias sends anything to, nor those that it served last: releases that
 * have failed are versions too, and many of them would push out all that one can go back to.
 * @param versions all of the function, the newest first
 */
export function prunable(
  versions: readonly ListedVersion[],
  aliases: readonly NamedAlias[],
  keep: number,
): readonly string[] {
  const needed = new Set(
    aliases.flatMap(({ version, weights, description }) => [
      version,
      ...Object.keys(weights),
      ...readAliasMark(description).before.slice(0, Math.max(1, keep - 1)),
    ]),
  )
  const ofKind = (kind: Provenance['kind']): readonly ListedVersion[] =>
    versions.filter(({ description }) => readProvenance(description)?.kind === kind)
  const newest = Date.parse(versions[0]?.published ?? '')
  // It is in use until the next one takes its place.
  const isOver = (_: ListedVersion, index: number, all: readonly ListedVersion[]): boolean =>
    Date.parse(all[index - 1]?.published ?? '') < newest - COMMANDS_LAST_MS
  return [...ofKind('release').slice(keep), ...ofKind('commands').filter(isOver), ...ofKind('databases').filter(isOver)]
    .map(({ version }) => version)
    .filter((version) => !needed.has(version))
    .toSorted((a, b) => Number(a) - Number(b))
}
