import { foreign } from './foreign.ts'
import { marks } from './mark.ts'
import type { OwnDatabase } from './server.ts'
import type { Session } from './session.ts'

/** A thing that has an owner and a comment. */
interface Owned {
  readonly owner: string
  readonly comment: string | null
}

/** What the server has under the names of a database. */
export interface PostgresState {
  /** As 160004. */
  readonly version: number
  /** The administrator's own database. */
  readonly here: string
  readonly isSuperuser: boolean
  readonly role: { readonly comment: string | null } | undefined
  /** The database or the schema. */
  readonly place: Owned | undefined
}

/** PostgreSQL, "pg_database" and "pg_namespace". */
const PLACES = {
  database: `SELECT pg_get_userbyid(datdba) AS owner, shobj_description(oid, 'pg_database') AS comment
    FROM pg_database WHERE datname = $2`,
  schema: `SELECT pg_get_userbyid(nspowner) AS owner, obj_description(oid, 'pg_namespace') AS comment
    FROM pg_namespace WHERE nspname = $2`,
} as const

export async function readState(session: Session, { scope, name, user }: OwnDatabase): Promise<PostgresState> {
  const [row = {}] = await session.query(
    `SELECT current_setting('server_version_num')::int AS version, current_database() AS here,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
       r.oid IS NOT NULL AS has_role, shobj_description(r.oid, 'pg_authid') AS role_comment,
       p.owner IS NOT NULL AS has_place, p.owner, p.comment
     FROM (SELECT 1) AS always
     LEFT JOIN pg_roles AS r ON r.rolname = $1
     LEFT JOIN (${PLACES[scope]}) AS p ON true`,
    [user, name],
  )
  const { version, here, is_superuser: isSuperuser, has_role: hasRole, has_place: hasPlace } = row
  return {
    version: Number(version),
    here: String(here),
    isSuperuser: isSuperuser === true,
    role: hasRole === true ? { comment: row['role_comment'] as string | null } : undefined,
    place: hasPlace === true ? { owner: String(row['owner']), comment: row['comment'] as string | null } : undefined,
  }
}

export function isOurRole({ role }: PostgresState, database: OwnDatabase): boolean {
  return role !== undefined && marks(role.comment, database)
}

/** By its mark, or as the property of a role with our mark: nothing can be created and commented on in one step. */
export function isOurPlace(state: PostgresState, database: OwnDatabase): boolean {
  const { place } = state
  if (place === undefined) return false
  return marks(place.comment, database) || (isOurRole(state, database) && place.owner === database.user)
}

/** @throws UserError for what stands there and is not ours */
export function refuseForeign(state: PostgresState, database: OwnDatabase): void {
  const { role, place } = state
  const { scope, name, user } = database
  if (place !== undefined && !isOurPlace(state, database))
    throw foreign(`The ${scope} ${name}`, place.comment, database, place.owner)
  if (role !== undefined && !isOurRole(state, database)) throw foreign(`The role ${user}`, role.comment, database)
}
