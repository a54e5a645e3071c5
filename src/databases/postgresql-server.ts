import { isMarkedFor, MARK_PATTERN, marks, readMark, writeMark } from './mark.ts'
import { isOurPlace, isOurRole, type PostgresState, readState, refuseForeign } from './postgresql-state.ts'
import { handOver } from './postgresql-template.ts'
import { postgresName, postgresText } from './quote.ts'
import { scramVerifier } from './scram.ts'
import type { DatabasePlace, DatabaseServer, MarkOwner, OwnDatabase, PrepareOptions, Removed } from './server.ts'
import { type Connect, type Session, withSession } from './session.ts'

/**
 * Databases of PostgreSQL. The role is made first and removed last, and created with its mark in one transaction: what it owns is
 * ours. A database has its mark when it is finished. So every step can be repeated after an end at any point.
 */
export async function postgresServer(place: DatabasePlace, connect: Connect): Promise<DatabaseServer> {
  const session = await connect(place.database)
  return {
    place,
    prepare: (database, options) => prepare(session, connect, database, options),
    remove: (database) => remove(session, database),
    list: (owner) => list(session, owner),
    close: () => session.close(),
  }
}

async function prepare(
  session: Session,
  connect: Connect,
  database: OwnDatabase,
  { password, template }: PrepareOptions,
): Promise<'created' | 'there'> {
  const state = await readState(session, database)
  refuseForeign(state, database)
  await prepareRole(session, state, database, await scramVerifier(password))
  const isFinished = marks(state.place?.comment, database)
  if (isFinished && state.place?.owner === database.user) return 'there'
  if (database.scope === 'schema') await createSchema(session, state, database)
  else await createDatabase(session, connect, state, database, template)
  return isFinished ? 'there' : 'created'
}

/** Without NOINHERIT: until PostgreSQL 15 the owner of a database would not own its schema public then. */
async function prepareRole(
  session: Session,
  state: PostgresState,
  database: OwnDatabase,
  verifier: string,
): Promise<void> {
  const role = postgresName(database.user)
  const options = `LOGIN PASSWORD ${postgresText(verifier)}`
  if (state.role !== undefined) {
    await session.query(`ALTER ROLE ${role} ${options}`)
    return
  }
  await inOneTransaction(session, [
    `CREATE ROLE ${role} ${options}`,
    `COMMENT ON ROLE ${role} IS ${postgresText(writeMark(database))}`,
    ...membership(state, role),
  ])
}

/** RDS's administrator is no superuser, and gives things only to roles that it is a member of. */
function membership({ isSuperuser }: PostgresState, role: string): string[] {
  return isSuperuser ? [] : [`GRANT ${role} TO CURRENT_USER`]
}

async function createSchema(session: Session, state: PostgresState, database: OwnDatabase): Promise<void> {
  const [schema, role] = [postgresName(database.name), postgresName(database.user)]
  await inOneTransaction(session, [
    ...membership(state, role),
    state.place === undefined
      ? `CREATE SCHEMA ${schema} AUTHORIZATION ${role}`
      : `ALTER SCHEMA ${schema} OWNER TO ${role}`,
    `ALTER ROLE ${role} SET search_path = ${schema}`,
    `COMMENT ON SCHEMA ${schema} IS ${postgresText(writeMark(database))}`,
    // Where everybody may not, as in the databases that this program makes.
    ...((await mayConnect(session, database.user))
      ? []
      : [`GRANT CONNECT ON DATABASE ${postgresName(state.here)} TO ${role}`]),
  ])
}

async function mayConnect(session: Session, user: string): Promise<boolean> {
  const [row] = await session.query(`SELECT has_database_privilege($1, current_database(), 'CONNECT') AS may`, [user])
  return row?.['may'] === true
}

async function createDatabase(
  session: Session,
  connect: Connect,
  state: PostgresState,
  database: OwnDatabase,
  template: string | undefined,
): Promise<void> {
  const [name, role] = [postgresName(database.name), postgresName(database.user)]
  if (state.place === undefined) {
    const copy = template === undefined ? '' : ` TEMPLATE ${postgresName(template)}`
    await session.query(`CREATE DATABASE ${name} OWNER ${role}${copy}`)
  } else if (state.place.owner !== database.user) await session.query(`ALTER DATABASE ${name} OWNER TO ${role}`)
  if (template !== undefined) await withSession(connect, database.name, (inside) => handOver(inside, database.user))
  await inOneTransaction(session, [
    `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`,
    `COMMENT ON DATABASE ${name} IS ${postgresText(writeMark(database))}`,
  ])
}

async function remove(session: Session, database: OwnDatabase): Promise<Removed> {
  const state = await readState(session, database)
  const [hasPlace, hasRole] = [isOurPlace(state, database), isOurRole(state, database)]
  if (!hasPlace && !hasRole) return state.place || state.role ? 'kept' : 'missing'
  const [name, role] = [postgresName(database.name), postgresName(database.user)]
  if (hasRole) {
    // Or it would come back with its next request, before the database is gone.
    await inOneTransaction(session, [`ALTER ROLE ${role} NOLOGIN`, ...membership(state, role)])
    await endConnections(session, 'usename', database.user)
  }
  if (hasPlace && database.scope === 'schema') await session.query(`DROP SCHEMA ${name} CASCADE`)
  if (hasPlace && database.scope === 'database') await dropDatabase(session, state, database)
  if (hasRole) await inOneTransaction(session, [`DROP OWNED BY ${role} CASCADE`, `DROP ROLE ${role}`])
  return 'removed'
}

const FORCE_SINCE = 130_000

async function dropDatabase(session: Session, { version }: PostgresState, { name }: OwnDatabase): Promise<void> {
  const [database, hasForce] = [postgresName(name), version >= FORCE_SINCE]
  if (!hasForce) await endConnections(session, 'datname', name)
  await session.query(`DROP DATABASE ${database}${hasForce ? ' WITH (FORCE)' : ''}`)
}

async function endConnections(session: Session, column: 'usename' | 'datname', value: string): Promise<void> {
  await session.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${column} = $1`, [value])
}

/** By the roles, which are there first and last. */
async function list(session: Session, owner: MarkOwner): Promise<readonly OwnDatabase[]> {
  const rows = await session.query(
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles
     WHERE shobj_description(oid, 'pg_authid') LIKE $1 ORDER BY rolname`,
    [MARK_PATTERN],
  )
  const found = rows.flatMap(({ comment }) => readMark(comment, 'postgresql') ?? [])
  return found.filter((database) => isMarkedFor(database, owner))
}

/** PostgreSQL, "Multiple Statements in a Simple Query". */
async function inOneTransaction(session: Session, statements: readonly string[]): Promise<void> {
  await session.query(statements.join(';\n'))
}
