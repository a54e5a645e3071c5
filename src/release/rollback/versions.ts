import type { ListedVersion, NamedAlias } from '../../aws/versions.ts'
import { LOCK_ALIAS } from '../order/lock.ts'
import { type Provenance, readProvenance } from '../order/provenance.ts'

/** One version of a function, and what is known of it. */
export interface VersionFacts extends Omit<ListedVersion, 'description'> {
  /** Whether the alias of the settings sends all or most of its traffic there. */
  readonly serves: boolean
  /** Those that send traffic there, with their share. */
  readonly aliases: readonly { readonly name: string; readonly share: number }[]
  /** Undefined where something else has published it. */
  readonly provenance: Provenance | undefined
  /** As it was published, where it was something else that did. */
  readonly description: string | undefined
}

/** The versions of a function, the newest first. */
export function describeVersions(
  versions: readonly ListedVersion[],
  aliases: readonly NamedAlias[],
  served: string,
): readonly VersionFacts[] {
  return versions.map(({ description, ...listed }) => {
    const provenance = readProvenance(description)
    const pointing = aliases
      .filter(({ name }) => name !== LOCK_ALIAS)
      .map((alias) => ({ name: alias.name, share: shareOf(alias, listed.version) }))
      .filter(({ share }) => share > 0)
    return {
      ...listed,
      serves: aliases.some(({ name, version }) => name === served && version === listed.version),
      aliases: pointing,
      provenance,
      description: provenance === undefined ? description : undefined,
    }
  })
}

/** From 0 to 1. */
function shareOf({ version, weights }: NamedAlias, of: string): number {
  if (version !== of) return weights[of] ?? 0
  return 1 - Object.values(weights).reduce((sum, weight) => sum + weight, 0)
}
