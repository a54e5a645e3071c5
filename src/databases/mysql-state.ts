import { foreign, whose } from './foreign.ts'
import { marks, readMark } from './mark.ts'
import type { OwnDatabase, PrepareOptions } from './server.ts'
import type { Session } from './session.ts'

/**
 * Of the table in each database of ours. Its comment is the mark: so table and mark are made by one statement, and an application
 * that empties its tables leaves it.
 */
export const MARK_TABLE = '_wsgi_lambda_preview'

export interface MysqlState {
  readonly isThere: boolean
  /** Of the table that marks; undefined where there is none. */
  readonly comment: string | undefined
  readonly isEmpty: boolean
  readonly hasUser: boolean
}

export async function readMysqlState(session: Session, { name, user }: OwnDatabase): Promise<MysqlState> {
  const [schemas, objects, users] = [
    await session.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [name]),
    await session.query(
      `SELECT TABLE_NAME AS name, TABLE_COMMENT AS comment FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
       UNION ALL SELECT ROUTINE_NAME, NULL FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?`,
      [name, name],
    ),
    await session.query(`SELECT User AS name FROM mysql.user WHERE User = ? AND Host = '%'`, [user]),
  ]
  const marking = objects.find((object) => object['name'] === MARK_TABLE)
  return {
    isThere: schemas.length > 0,
    comment: typeof marking?.['comment'] === 'string' ? marking['comment'] : undefined,
    isEmpty: objects.length === 0,
    hasUser: users.length > 0,
  }
}

/** By its mark; or as what an end between creating and marking has left. */
export function isOurs(
  { isThere, comment, isEmpty }: MysqlState,
  database: OwnDatabase,
  { isNamedByTags }: Pick<PrepareOptions, 'isNamedByTags'>,
): boolean {
  if (!isThere) return false
  return readMark(comment, 'mysql') === undefined ? isEmpty && isNamedByTags : marks(comment, database)
}

/** @throws UserError for what stands there and is not ours */
export function refuseForeign(
  state: MysqlState,
  database: OwnDatabase,
  options: Pick<PrepareOptions, 'isNamedByTags'>,
): void {
  const { name, user } = database
  if (state.isThere && !isOurs(state, database, options))
    throw foreign(`The database ${name}`, whose(state.comment, 'mysql'))
  // A user has no mark: the marked database is what says whose it is.
  if (state.hasUser && state.comment === undefined) throw foreign(`The user ${user}`, 'Its database has no mark.')
}
