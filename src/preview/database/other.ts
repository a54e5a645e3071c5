import { UserError } from '../../errors.ts'
import type { PreviewTags } from '../tags.ts'

/** Nothing stays of these. */
const WITHOUT_REST: ReadonlySet<string> = new Set(['none', 'sqlite'])

/**
 * Only tags name what a preview has, and they name one database: where the settings come to ask for another one, the first would
 * stay for ever.
 * @param there the tags of the preview, where it exists
 * @param wanted as tags have it
 * @throws UserError
 */
export function refuseOther(
  there: Pick<PreviewTags, 'database' | 'functionName' | 'pull'> | undefined,
  wanted: string,
): void {
  if (there === undefined || WITHOUT_REST.has(there.database) || there.database === wanted) return
  const { functionName, pull, database } = there
  throw new UserError({
    title: `${functionName} has the database ${database}, and the settings now ask for ${wanted}`,
    detail: 'A preview keeps the kind of database that it was made with: by its tags that is removed.',
    hint: `Remove the preview first (wsgi-lambda destroy --pr ${pull}), and run this again; or close the pull request, and reopen it.`,
  })
}
