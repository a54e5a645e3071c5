import { UserError } from '../errors.ts'
import { readMark } from './mark.ts'
import type { Mark, OwnDatabase } from './server.ts'

/**
 * The refusal to touch what was there before.
 * @param comment its mark, where it has one
 * @param owner who else it belongs to, as the server says
 */
export function foreign(
  what: string,
  comment: string | null | undefined,
  database: OwnDatabase,
  owner?: string,
): UserError {
  const made = readMark(comment, database.engine)?.mark
  const says = made === undefined ? 'It has no mark of wsgi-lambda.' : `It is marked as made for ${markText(made)}.`
  return new UserError({
    title: `${what} exists, and was not made for this preview`,
    detail: owner === undefined ? says : `It belongs to ${owner}. ${says}`,
    hint:
      made !== undefined && made.place !== database.mark.place
        ? `It is left as it is. Previews in several regions or accounts need a server of databases in each, or a function-name of their own, as in function-name: ${made.preview}-{{stage}} with a stage for each.`
        : 'It is left as it is. Rename or remove it, or let the function of the preview have another name.',
  })
}

function markText({ pr, repositoryId, host, preview, place }: Mark): string {
  return `pull request ${pr} of the repository with the number ${repositoryId} of ${host}, preview of ${preview} in ${place}`
}
