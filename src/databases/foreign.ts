import { UserError } from '../errors.ts'
import { readMark } from './mark.ts'
import type { Engine } from './server.ts'

/** The refusal to touch what was there before. */
export function foreign(what: string, detail: string): UserError {
  return new UserError({
    title: `${what} exists, and was not made for this preview`,
    detail,
    hint: 'It is left as it is. Rename or remove it, or let the function of the preview have another name.',
  })
}

export function whose(comment: string | null | undefined, engine: Engine): string {
  const made = readMark(comment, engine)
  if (made === undefined) return 'It has no mark of wsgi-lambda.'
  const { repositoryId, pr, preview } = made.mark
  return `It is marked as made for pull request ${pr} of the repository with the number ${repositoryId}, preview of ${preview}.`
}
