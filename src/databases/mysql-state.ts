import { foreign } from './foreign.ts'
import { marks } from './mark.ts'
import { readMysqlMark } from './mysql-marks.ts'
import type { OwnDatabase } from './server.ts'
import type { Session } from './session.ts'

/** What the server has under the names of a database. */
export interface MysqlState {
  /** Undefined where there is none. */
  readonly mark: string | undefined
  readonly hasDatabase: boolean
  readonly hasUser: boolean
}

export async function readMysqlState(session: Session, { name, user }: OwnDatabase): Promise<MysqlState> {
  const mark = await readMysqlMark(session, name)
  const schemas = await session.query(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?',
    [name],
  )
  const users = await session.query(`SELECT User AS name FROM mysql.user WHERE User = ? AND Host = '%'`, [user])
  return { mark, hasDatabase: schemas.length > 0, hasUser: users.length > 0 }
}

/** The mark is there before database and user, and after them. */
export function isOurs({ mark }: MysqlState, database: OwnDatabase): boolean {
  return marks(mark, database)
}

/** @throws UserError for what stands there and is not ours */
export function refuseForeign(state: MysqlState, database: OwnDatabase): void {
  if (isOurs(state, database)) return
  const { mark, hasDatabase, hasUser } = state
  if (hasDatabase || mark !== undefined) throw foreign(`The database ${database.name}`, mark, database)
  if (hasUser) throw foreign(`The user ${database.user}`, undefined, database)
}
