import { codeOf } from './failure.ts'
import { listMysqlMarks, markMysql, unmarkMysql } from './mysql-marks.ts'
import { isOurs, type MysqlState, readMysqlState, refuseForeign } from './mysql-state.ts'
import { mysqlGrantName, mysqlName, mysqlText } from './quote.ts'
import type { DatabasePlace, DatabaseServer, OwnDatabase, Removed } from './server.ts'
import type { Connect, Session } from './session.ts'

/**
 * Databases of MySQL and MariaDB. The mark is there before database and user and after them, so that every step can be repeated
 * after an end at any point.
 */
export async function mysqlServer(place: DatabasePlace, connect: Connect): Promise<DatabaseServer> {
  const session = await connect(place.database)
  return {
    place,
    prepare: (database, { password }) => prepare(session, database, password),
    remove: (database) => remove(session, database),
    list: (owner) => listMysqlMarks(session, owner),
    close: () => session.close(),
  }
}

async function prepare(session: Session, database: OwnDatabase, password: string): Promise<'created' | 'there'> {
  const state = await readMysqlState(session, database)
  refuseForeign(state, database)
  if (!isOurs(state, database)) await markMysql(session, database)
  if (!state.hasDatabase) await session.query(`CREATE DATABASE ${mysqlName(database.name)} CHARACTER SET utf8mb4`)
  await prepareUser(session, state, database, password)
  return state.hasDatabase && state.hasUser ? 'there' : 'created'
}

/** Both servers keep passwords out of their logs themselves: they write such statements anew. */
async function prepareUser(
  session: Session,
  { hasUser }: MysqlState,
  { name, user }: OwnDatabase,
  password: string,
): Promise<void> {
  const account = accountOf(user)
  await session.query(`${hasUser ? 'ALTER' : 'CREATE'} USER ${account} IDENTIFIED BY ${mysqlText(password)}`)
  await session.query(`GRANT ALL PRIVILEGES ON ${mysqlGrantName(name)}.* TO ${account}`)
}

async function remove(session: Session, database: OwnDatabase): Promise<Removed> {
  const state = await readMysqlState(session, database)
  if (!isOurs(state, database)) return state.hasDatabase || state.hasUser ? 'kept' : 'missing'
  await session.query(`DROP USER IF EXISTS ${accountOf(database.user)}`)
  await endConnections(session, database)
  await session.query(`DROP DATABASE IF EXISTS ${mysqlName(database.name)}`)
  await unmarkMysql(session, database)
  return 'removed'
}

/**
 * What they have locked could not be dropped. Of what account they are, no server says: where another one of that name is left,
 * for other hosts, which somebody else has made, only those go that use the database.
 */
const CONNECTIONS = `SELECT ID AS id FROM information_schema.PROCESSLIST
  WHERE USER = ? AND (DB = ? OR NOT EXISTS (SELECT 1 FROM mysql.user WHERE User = ?))`

async function endConnections(session: Session, { name, user }: OwnDatabase): Promise<void> {
  const rows = await session.query(CONNECTIONS, [user, name, user])
  for (const { id } of rows) {
    const connection = Number(id)
    const isEnded = await attempt(session, `KILL ${connection}`)
    // RDS user guide, "Ending a session or query". Where that does not help either, dropping says that somebody has locked it.
    if (!isEnded) await attempt(session, `CALL mysql.rds_kill(${connection})`)
  }
}

const DENIED = /^ER_(?:KILL_DENIED_ERROR|SPECIFIC_ACCESS_DENIED_ERROR|SP_DOES_NOT_EXIST|PROCACCESS_DENIED_ERROR)$/

/** @returns whether it was allowed; a connection may have ended meanwhile */
async function attempt(session: Session, statement: string): Promise<boolean> {
  try {
    await session.query(statement)
    return true
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (code === 'ER_NO_SUCH_THREAD') return true
    if (DENIED.test(code)) return false
    throw error
  }
}

function accountOf(user: string): string {
  return `${mysqlText(user)}@'%'`
}
