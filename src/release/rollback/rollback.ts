import type { AliasState } from '../../aws/lambda.ts'
import type { ListedVersion } from '../../aws/versions.ts'
import { UserError } from '../../errors.ts'
import { isMarked, readAliasMark, servedBefore } from '../order/alias-mark.ts'
import { readProvenance } from '../order/provenance.ts'
import { isDivided } from '../plan/traffic.ts'

/** Where a rollback leads. */
export interface RollbackTarget {
  readonly version: ListedVersion
  /** What the alias remembers then: the versions to which further rollbacks lead. */
  readonly before: readonly string[]
}

/**
 * The version that is named; without a name the one that was served before. Where traffic is divided, that is the version which it
 * moves away from; where the alias has no mark of ours, the next older release.
 * @param versions all of the function, the newest first
 * @throws UserError where there is none, or not that one
 */
export function rollbackTarget(
  alias: AliasState,
  versions: readonly ListedVersion[],
  named: string | undefined,
): RollbackTarget {
  const chosen = named ?? earlierVersion(alias, versions)
  if (chosen === undefined) {
    throw refused(
      `There is no earlier version to go back to: none is known that served before version ${alias.version}`,
    )
  }
  const version = versions.find((listed) => listed.version === chosen)
  if (version === undefined) throw refused(`Version ${chosen} does not exist, or was deleted`)
  if (readProvenance(version.description)?.kind === 'commands') {
    throw refused(`Version ${chosen} is for commands, and not for traffic`)
  }
  if (chosen === alias.version && !isDivided(alias)) throw refused(`Version ${chosen} is what is served already`)
  return { version, before: rememberedAfter(alias, chosen) }
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
