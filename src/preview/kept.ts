import { UserError } from '../errors.ts'
import { type PreviewTags, readTags, writeTags } from './tags.ts'

/** What a removal goes by, and the setting that says it. */
const SETTINGS = {
  databaseAdmin: 'preview-database-admin',
  database: 'preview-database',
  static: 'static',
} as const satisfies Partial<Record<keyof PreviewTags, string>>

/**
 * Only tags say later what there is to remove, and by whom: what they would read back as something else is refused before
 * anything is made.
 * @throws UserError
 */
export function refuseUnkept(tags: PreviewTags): void {
  const back = readTags(tags.functionName, writeTags(tags))
  const parts = Object.entries(SETTINGS) as [keyof typeof SETTINGS, string][]
  const lost = parts.find(([part]) => back?.[part] !== tags[part])
  if (lost === undefined) return
  const [part, setting] = lost
  throw new UserError({
    title: `${setting} cannot be kept in a tag`,
    detail: `By its tags a preview is removed. They hold at most 256 characters, letters, digits and _ . : / = + - @ alone. It is: ${tags[part]}`,
    hint:
      part === 'databaseAdmin'
        ? `Give the secret that ${setting} names, and its key, a name of these characters alone; in place of a long ARN, write secretsmanager:NAME.`
        : `Give ${setting} a shorter value, of these characters alone.`,
  })
}
