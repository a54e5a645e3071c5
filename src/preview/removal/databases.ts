import { inParallel } from '../../artifact/parallel.ts'
import type { PreviewApi } from '../../aws/previews.ts'
import type { DatabaseServer, OwnDatabase, Removed } from '../../databases/server.ts'
import type { Problem } from '../../errors.ts'
import { problemsOf } from '../../report/problem.ts'
import type { RemovalSettings } from '../../settings/removal.ts'
import { hasOwnNames } from '../database/names.ts'
import { GIVEN, type ServerAccess, withServer } from '../database/open.ts'
import { type PreviewOwner, previewName } from '../identity.ts'
import type { PreviewTags } from '../tags.ts'

export type OpenServer = (access: ServerAccess) => Promise<DatabaseServer>

/** A database whose mark names repository and place, and whose function is not there. */
export interface OrphanedDatabase {
  readonly database: OwnDatabase
  readonly access: ServerAccess
  readonly functionName: string
}

export interface FoundDatabases {
  readonly orphans: readonly OrphanedDatabase[]
  /** Servers that could not be asked. */
  readonly problems: readonly Problem[]
}

const AT_ONCE = 4

/** The servers that previews have their databases on, by their tags and by the settings: each once. */
export function serversOf(
  previews: readonly PreviewTags[],
  { previewDatabaseAdmin: given, previewDatabaseAccess: access, functionName }: RemovalSettings,
): readonly ServerAccess[] {
  const named = previews.flatMap(({ databaseAdmin, databaseAccess = 'runner', base }) => {
    const admin = databaseAdmin === GIVEN ? given : databaseAdmin
    return admin === undefined ? [] : [{ admin, access: databaseAccess, base }]
  })
  const isByFunction = access === 'function'
  const own =
    given === undefined || (isByFunction && functionName === undefined)
      ? []
      : [{ admin: given, access: isByFunction ? 'function' : 'runner', base: functionName ?? '' } as const]
  // A function of its own looks after its own databases only; whoever asks from here sees those of all.
  const keyOf = ({ admin, access: way, base }: ServerAccess): string =>
    [admin, way, way === 'function' && base].join(' ')
  return [...new Map([...own, ...named].map((server) => [keyOf(server), server])).values()]
}

/** Databases are made after their functions: one without is left over. */
export async function orphanedDatabases(
  owner: PreviewOwner,
  servers: readonly ServerAccess[],
  there: ReadonlySet<string>,
  { api, openServer }: { readonly api: Pick<PreviewApi, 'readFunction'>; readonly openServer: OpenServer },
): Promise<FoundDatabases> {
  const listed = await inParallel(servers, AT_ONCE, async (access) => {
    try {
      return {
        access,
        databases: await withServer(
          () => openServer(access),
          (server) => server.list(owner),
        ),
      }
    } catch (error) {
      return { access, databases: [], problems: problemsOf(error).problems }
    }
  })
  const all = listed.flatMap(({ access, databases }) =>
    databases.filter(hasOwnNames).map((database) => ({
      database,
      access,
      functionName: previewName(database.mark.preview, database.mark.pr),
    })),
  )
  const left = all.filter(({ functionName }) => !there.has(functionName))
  const orphans = await inParallel(left, AT_ONCE, async (orphan) =>
    (await api.readFunction(orphan.functionName)) === undefined ? [orphan] : [],
  )
  return { orphans: orphans.flat(), problems: listed.flatMap(({ problems = [] }) => problems) }
}

export async function removeOrphanedDatabase(
  { database, access }: OrphanedDatabase,
  openServer: OpenServer,
): Promise<Removed> {
  return await withServer(
    () => openServer(access),
    (server) => server.remove(database),
  )
}
