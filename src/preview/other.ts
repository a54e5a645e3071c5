import { UserError } from '../errors.ts'
import type { PreviewTags } from './tags.ts'

/**
 * Only tags name what a preview has, and they name one database and one place of static files: where the settings come to ask for
 * others, the first would stay for ever.
 */
type There = Pick<PreviewTags, 'functionName' | 'pull'>

/** Nothing stays of these. */
const WITHOUT_REST: ReadonlySet<string> = new Set(['none', 'sqlite'])

/**
 * @param there the tags of the preview, where it exists
 * @param wanted as tags have it
 * @throws UserError
 */
export function refuseOtherDatabase(there: (There & Pick<PreviewTags, 'database'>) | undefined, wanted: string): void {
  if (there === undefined || WITHOUT_REST.has(there.database) || there.database === wanted) return
  throw keptAs(
    there,
    `${there.functionName} has the database ${there.database}, and the settings now ask for ${wanted}`,
  )
}

/** @throws UserError. A preview that gets no static files any more keeps the tag of those that it had. */
export function refuseOtherStatic(
  there: (There & Pick<PreviewTags, 'static'>) | undefined,
  wanted: string | undefined,
): void {
  if (there?.static === undefined || wanted === undefined || there.static === wanted) return
  throw keptAs(
    there,
    `${there.functionName} has its static files at ${there.static}, and the settings now ask for ${wanted}`,
  )
}

/** Whether the commands of `preview-seed` have run for these data, and not for others that it had before. */
export function isSeededWith(there: Pick<PreviewTags, 'database' | 'isSeeded'> | undefined, database: string): boolean {
  return there !== undefined && there.isSeeded && there.database === database
}

function keptAs({ pull }: There, title: string): UserError {
  return new UserError({
    title,
    detail: 'A preview keeps what it was made with: by its tags that is removed.',
    hint: `Remove the preview first (wsgi-lambda destroy --pr ${pull}), and run this again; or close the pull request, and reopen it.`,
  })
}
