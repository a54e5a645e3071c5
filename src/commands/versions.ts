import type { VersionsApi } from '../aws/versions.ts'
import { UserError } from '../errors.ts'
import type { Provenance } from '../release/order/provenance.ts'
import { describeVersions, type VersionFacts } from '../release/rollback/versions.ts'
import { inert, withoutCommand } from '../report/inert.ts'
import { megabytes } from '../report/size.ts'
import { alignedLines } from '../report/table.ts'
import { theRegion } from '../settings/region.ts'
import type { FunctionSettings } from '../settings/settings.ts'

/** What `versions --json` prints. */
export interface Versions {
  readonly function: { readonly name: string; readonly alias: string; readonly version: string | undefined }
  readonly versions: readonly VersionFacts[]
}

/** What was published of a function, the newest first. */
export async function versions({ functionName, alias, region }: FunctionSettings, api: VersionsApi): Promise<Versions> {
  const listed = await api.list(functionName)
  if (listed === undefined) {
    throw new UserError({
      title: `The function ${functionName} does not exist`,
      hint: `Check function-name and ${theRegion({ region })}, or deploy it first.`,
    })
  }
  const facts = describeVersions(listed, await api.listAliases(functionName), alias)
  return {
    function: { name: functionName, alias, version: facts.find(({ serves }) => serves)?.version },
    versions: facts,
  }
}

/** For a console; what is served has a star. */
export function versionsText({ versions: all }: Versions): string {
  if (all.length === 0) return 'Nothing was published yet.\n'
  const rows = all.map((facts) => {
    const { version, published, zipBytes, serves, aliases, provenance, description } = facts
    return [
      `${serves ? '*' : ' '} ${version}`,
      published.slice(0, 16).replace('T', ' '),
      provenance?.actor ?? '',
      provenance === undefined ? (description ?? '').slice(0, 40) : commitOf(provenance),
      megabytes(zipBytes),
      [aliases.map(nameAndShare).join(', '), provenance?.kind === 'commands' ? '(for commands)' : ''].join(' ').trim(),
    ]
  })
  const head = ['  version', 'published (UTC)', 'by', 'commit', 'size', 'aliases']
  // Whoever may publish a version writes what it says of itself.
  const shown = rows.map((row) => row.map((cell) => withoutCommand(inert(cell))))
  return `${alignedLines([head, ...shown], ['left', 'left', 'left', 'left', 'right', 'left']).join('\n')}\n`
}

function commitOf({ commit = '', hasChanges }: Pick<Provenance, 'commit' | 'hasChanges'>): string {
  return commit.slice(0, 12) + (hasChanges ? ' with changes' : '')
}

function nameAndShare({ name, share }: VersionFacts['aliases'][number]): string {
  return share === 1 ? name : `${name} ${Math.round(share * 100)}%`
}
