import { codeOf } from './failure.ts'
import { MARK_PATTERN, readMark, writeMark } from './mark.ts'
import { isOurs, MARK_TABLE, type MysqlState, readMysqlState, refuseForeign } from './mysql-state.ts'
import { mysqlGrantName, mysqlName, mysqlText } from './quote.ts'
import type { DatabasePlace, DatabaseServer, OwnDatabase, PrepareOptions } from './server.ts'
import type { Connect, Session } from './session.ts'

/**
 * Databases of MySQL and MariaDB. The marked database is there before its user and after it, so that every step can be repeated
 * after an end at any point.
 */
export async function mysqlServer(place: DatabasePlace, connect: Connect): Promise<DatabaseServer> {
  const session = await connect(place.database)
  return {
    place,
    prepare: (database, options) => prepare(session, database, options),
    remove: (database, options) => remove(session, database, options),
    list: (repositoryId) => list(session, repositoryId),
    close: () => session.close(),
  }
}

async function prepare(session: Session, database: OwnDatabase, options: PrepareOptions): Promise<'created' | 'there'> {
  const state = await readMysqlState(session, database)
  refuseForeign(state, database, options)
  const name = mysqlName(database.name)
  if (!state.isThere) await session.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  if (state.comment === undefined)
    await session.query(
      `CREATE TABLE ${name}.${mysqlName(MARK_TABLE)} (made_by VARCHAR(16)) COMMENT ${mysqlText(writeMark(database))}`,
    )
  await prepareUser(session, state, database, options.password)
  return state.hasUser ? 'there' : 'created'
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

async function remove(
  session: Session,
  database: OwnDatabase,
  options: Pick<PrepareOptions, 'isNamedByTags'>,
): Promise<'removed' | 'missing'> {
  const state = await readMysqlState(session, database)
  if (!isOurs(state, database, options)) return 'missing'
  if (state.comment !== undefined) {
    await session.query(`DROP USER IF EXISTS ${accountOf(database.user)}`)
    await endConnections(session, database.user)
  }
  await session.query(`DROP DATABASE IF EXISTS ${mysqlName(database.name)}`)
  return 'removed'
}

/** What they have locked could not be dropped. */
async function endConnections(session: Session, user: string): Promise<void> {
  const rows = await session.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [user])
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

async function list(session: Session, repositoryId: string): Promise<readonly OwnDatabase[]> {
  const rows = await session.query(
    `SELECT TABLE_SCHEMA AS name, TABLE_COMMENT AS comment FROM information_schema.TABLES
     WHERE TABLE_NAME = ? AND TABLE_COMMENT LIKE ? ORDER BY TABLE_SCHEMA`,
    [MARK_TABLE, MARK_PATTERN],
  )
  // A copy of a database has a copy of its mark.
  const found = rows.flatMap(({ name, comment }) => {
    const database = readMark(comment, 'mysql')
    return database !== undefined && database.name === name ? [database] : []
  })
  return found.filter(({ mark }) => mark.repositoryId === repositoryId)
}

function accountOf(user: string): string {
  return `${mysqlText(user)}@'%'`
}
