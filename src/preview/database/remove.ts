import type { Removed } from '../../databases/server.ts'
import { UserError } from '../../errors.ts'
import type { RemovalSettings } from '../../settings/removal.ts'
import type { PreviewTags } from '../tags.ts'
import { readDatabase } from './choice.ts'
import { deleteByHook, type HookCollaborators } from './hooks.ts'
import { GIVEN, openServer, type ServerCollaborators, withServer } from './open.ts'

/** Removes the data that a preview has for itself. To be repeated without harm. @throws UserError */
export async function removePreviewDatabase(
  tags: PreviewTags,
  {
    previewDatabaseAdmin: given,
    previewDatabaseDelete: line,
  }: Pick<RemovalSettings, 'previewDatabaseAdmin' | 'previewDatabaseDelete'>,
  collaborators: ServerCollaborators & HookCollaborators,
): Promise<Removed> {
  const choice = readDatabase(tags.database, tags)
  if (choice.kind === 'command') {
    if (line === undefined) throw missingSetting('preview-database-delete', 'It was made by preview-database-create.')
    await deleteByHook(line, tags, collaborators)
    return 'removed'
  }
  if (choice.kind !== 'server') return 'missing'
  const admin = tags.databaseAdmin === GIVEN || tags.databaseAdmin === undefined ? given : tags.databaseAdmin
  if (admin === undefined) throw missingSetting('preview-database-admin', 'It was an address, which no tag keeps.')
  const access = tags.databaseAccess ?? 'runner'
  const open = () => openServer({ admin, access, base: tags.base }, collaborators)
  return await withServer(open, async (server) => {
    const { engine = server.place.engine, own } = choice
    if (engine !== server.place.engine)
      throw new UserError({
        title: `The database of ${tags.functionName} is one of ${engine}, and the server is one of ${server.place.engine}`,
        hint: 'preview-database-admin names another server now: remove the database by hand, and the tag with its name.',
      })
    return await server.remove({ ...own, engine })
  })
}

function missingSetting(setting: string, detail: string): UserError {
  return new UserError({
    title: `The database of the preview cannot be removed without ${setting}`,
    detail,
    hint: `Give ${setting} to this command too.`,
  })
}
