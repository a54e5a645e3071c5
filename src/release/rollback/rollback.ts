import type { AliasState } from '../../aws/lambda.ts'
import type { ListedVersion, NamedAlias } from '../../aws/versions.ts'
import { UserError } from '../../errors.ts'
import { isMarked, MOST_LEFT, readAliasMark, servedBefore } from '../order/alias-mark.ts'
import { readProvenance } from '../order/provenance.ts'
import { isDivided } from '../plan/traffic.ts'

/** Where a rollback leads. */
export interface RollbackTarget {
  readonly version: ListedVersion
  /** What the alias remembers then: the versions to which further rollbacks lead. */
  readonly before: readonly string[]
  /** The versions that rollbacks have taken traffic from. */
  readonly left: readonly string[]
  /** Whether it is known that the version has served. */
  readonly hasServed: boolean
}

/**
 * The version that is named; without a name the one that was served before. Where traffic is divided, that is the version which it
 * moves away from; where the alias has no mark of ours, the next older release.
 * @param versions all of the function, the newest first
 * @param aliases all of the function; undefined where they are not known
 * @throws UserError where there is none, or not that one: what was released and never served has failed to prove itself
 */
export function rollbackTarget(
  alias: AliasState,
  versions: readonly ListedVersion[],
  named: string | undefined,
  aliases: readonly Pick<NamedAlias, 'version' | 'description' | 'weights'>[] | undefined,
): RollbackTarget {
  const chosen = named ?? earlierVersion(alias, versions)
  if (chosen === undefined) {
    throw refused(
      `There is no earlier version to go back to: none is known that served before version ${alias.version}`,
    )
  }
  const version = versions.find((listed) => listed.version === chosen)
  if (version === undefined) throw refused(`Version ${chosen} does not exist, or was deleted`)
  const kind = readProvenance(version.description)?.kind ?? 'release'
  if (kind !== 'release') {
    throw refused(`Version ${chosen} is for ${kind}, and not for traffic`)
  }
  if (chosen === alias.version && !isDivided(alias)) throw refused(`Version ${chosen} is what is served already`)
  const hasServed = [alias, ...(aliases ?? [])].some((one) => served(one).includes(chosen))
  if (!hasServed && aliases !== undefined && wouldBeKnown(alias, version)) {
    throw new UserError({
      title: `Version ${chosen} has never served: its release was not finished`,
      detail: 'Its migrations or its smoke request may have failed.',
      hint: 'Nothing was changed. Deploy its commit again, which runs them; the command versions lists what there is.',
    })
  }
  const before = rememberedAfter(alias, chosen)
  return { version, before, left: leftAfter(alias, [chosen, ...before]), hasServed }
}

/** What an alias knows to have served, and what it serves. */
function served({ version, description, weights }: Pick<NamedAlias, 'version' | 'description' | 'weights'>): string[] {
  const { before, left } = readAliasMark(description)
  return [version, ...Object.keys(weights), ...before, ...left]
}

/**
 * The mark of an alias has what has served since the oldest version in it, as far as releases of this program go; what was
 * served earlier is not known, nor what somebody else has published.
 */
function wouldBeKnown(alias: AliasState, { version, description }: ListedVersion): boolean {
  const { left } = readAliasMark(alias.description)
  const oldest = Math.min(...served(alias).map(Number))
  const isOurs = readProvenance(description) !== undefined && isMarked(alias.description)
  return isOurs && left.length < MOST_LEFT && Number(version) > oldest
}

/** What has served and is not where a further rollback leads: one can go forward to it again. */
function leftAfter(alias: AliasState, remembered: readonly string[]): readonly string[] {
  const { phase, before, left } = readAliasMark(alias.description)
  const all = [...(phase === 'not-released' ? [] : [alias.version]), ...before, ...left]
  return [...new Set(all)].filter((version) => !remembered.includes(version))
}

function earlierVersion(alias: AliasState, versions: readonly ListedVersion[]): string | undefined {
  if (isDivided(alias)) return alias.version
  const remembered = readAliasMark(alias.description).before.find((number) =>
    versions.some(({ version }) => version === number),
  )
  // What was released and never served has failed to prove itself.
  if (remembered !== undefined || isMarked(alias.description)) return remembered
  const older = versions.filter(({ version }) => Number(version) < Number(alias.version))
  return older.find(({ description }) => readProvenance(description)?.kind === 'release')?.version
}

/** Going back twice leads further back, and not to where the first one came from. */
function rememberedAfter(alias: AliasState, chosen: string): readonly string[] {
  const { before } = readAliasMark(alias.description)
  const place = before.indexOf(chosen)
  if (place >= 0) return before.slice(place + 1)
  if (Number(chosen) < Number(alias.version)) return before.filter((number) => Number(number) < Number(chosen))
  return servedBefore(alias, chosen)
}

function refused(title: string): UserError {
  return new UserError({
    title,
    hint: 'Nothing was changed. The command versions lists what there is; --to names one.',
  })
}
