import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findMariadb, type Mariadb, startMariadb } from '../../scripts/environment/mariadb.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { type AdminAddress, readAdminAddress } from '../../src/databases/address.ts'
import { mysqlConnect } from '../../src/databases/mysql.ts'
import { mysqlServer } from '../../src/databases/mysql-server.ts'
import { openDatabaseServer } from '../../src/databases/open.ts'
import { postgresConnect } from '../../src/databases/postgresql.ts'
import { postgresServer } from '../../src/databases/postgresql-server.ts'
import type { DatabaseServer, OwnDatabase } from '../../src/databases/server.ts'
import { type Connect, withSession } from '../../src/databases/session.ts'
import { applicationAddress } from '../../src/preview/database/address.ts'
import { notTried } from '../support/optional.ts'

/** Databases of previews on real servers: PostgreSQL with two kinds of administrators, and MariaDB. */

/** One kind of server, administrator and scope. */
interface Side {
  readonly admin: AdminAddress
  readonly scope: OwnDatabase['scope']
  /** All that there is of databases, schemas, users and their passwords, as the server's own superuser sees it. */
  readonly snapshot: () => Promise<string>
  /** By hand, as the server's own superuser. */
  readonly run: (sql: string) => Promise<unknown>
}

const OPTIONS = { template: undefined, isNamedByTags: true }
const MARK = { repositoryId: '42', pr: 7, preview: 'shop' }

let postgres: Postgres
let mariadb: Mariadb | undefined
const sides = new Map<string, Side>()
const SIDES = ['superuser, database', 'superuser, schema', 'as on RDS, database', 'as on RDS, schema', 'MariaDB']

beforeAll(async () => {
  const installed = await findMariadb()
  ;[postgres, mariadb] = await Promise.all([startPostgres(), installed && startMariadb(installed)])
  await postgres.query('postgres', "CREATE ROLE rds LOGIN CREATEDB CREATEROLE PASSWORD 'rds-password'")
  await postgres.query('postgres', 'CREATE DATABASE previews OWNER rds')
  await postgres.query('postgres', 'CREATE DATABASE production')
  await postgres.query('production', "CREATE TABLE customers AS SELECT 'secret' AS name")
  const own = postgres.url.replace(/\/postgres$/, '/previews')
  const rds = own.replace(/\/\/.*@/, '//rds:rds-password@')
  for (const [who, url] of [
    ['superuser', own],
    ['as on RDS', rds],
  ] as const)
    for (const scope of ['database', 'schema'] as const)
      sides.set(`${who}, ${scope}`, {
        admin: await readAdminAddress(url),
        scope,
        snapshot: postgresSnapshot,
        run: (sql) => postgres.query('previews', sql),
      })
  if (!mariadb) return
  const { url, query } = mariadb
  await query("CREATE DATABASE production; CREATE TABLE production.customers AS SELECT 'secret' AS name")
  sides.set('MariaDB', {
    admin: await readAdminAddress(url),
    scope: 'database',
    snapshot: () => mariadbSnapshot(query),
    run: (sql) => query(sql),
  })
}, 60_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), mariadb?.stop()])
})

async function postgresSnapshot(): Promise<string> {
  return await postgres.query(
    'previews',
    `SELECT 'role', rolname, rolcanlogin::text, rolpassword, shobj_description(oid, 'pg_authid') FROM pg_authid
     UNION ALL SELECT 'database', datname, pg_get_userbyid(datdba), datacl::text, shobj_description(oid, 'pg_database') FROM pg_database
     UNION ALL SELECT 'schema', nspname, pg_get_userbyid(nspowner), nspacl::text, obj_description(oid, 'pg_namespace')
       FROM pg_namespace WHERE nspname !~ '^pg_'
     UNION ALL SELECT 'member', roleid::text, member::text, '', '' FROM pg_auth_members WHERE roleid >= 16384
     ORDER BY 1, 2, 3`,
  )
}

async function mariadbSnapshot(query: Mariadb['query']): Promise<string> {
  const rows = await query(
    `SELECT 'user', User, Host, authentication_string, '' FROM mysql.user
     UNION ALL SELECT 'database', SCHEMA_NAME, '', '', '' FROM information_schema.SCHEMATA
     UNION ALL SELECT 'table', TABLE_SCHEMA, TABLE_NAME, TABLE_COMMENT, '' FROM information_schema.TABLES
       WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
     UNION ALL SELECT 'grant', Db, User, Host, '' FROM mysql.db ORDER BY 1, 2, 3`,
  )
  return rows.map((row) => row.join('|')).join('\n')
}

function ownOf({ admin, scope }: Side, name = 'shop_pr_7'): OwnDatabase {
  return { engine: admin.engine, scope, name, user: name, mark: MARK }
}

async function serverWith({ admin }: Side, wrap: (connect: Connect) => Connect): Promise<DatabaseServer> {
  return admin.engine === 'mysql'
    ? await mysqlServer(admin, wrap(mysqlConnect(admin)))
    : await postgresServer(admin, wrap(postgresConnect(admin)))
}

async function withServer<T>(side: Side, work: (server: DatabaseServer) => Promise<T>): Promise<T> {
  const server = await openDatabaseServer(side.admin)
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}

/** The connection breaks at the n-th statement: before it has reached the server, or before its answer has come. */
function breaking(at: number, when: 'before' | 'after'): { wrap: (connect: Connect) => Connect; count: () => number } {
  let count = 0
  const wrap =
    (connect: Connect): Connect =>
    async (database) => {
      const session = await connect(database)
      return {
        ...session,
        query: async (sql, values) => {
          const isLast = count++ === at
          if (isLast && when === 'before') throw new Error('broken')
          const rows = await session.query(sql, values)
          if (isLast) throw new Error('broken')
          return rows
        },
      }
    }
  return { wrap, count: () => count }
}

/** @returns whether it was interrupted */
async function interrupted(
  side: Side,
  at: number,
  when: 'before' | 'after',
  work: (server: DatabaseServer) => Promise<unknown>,
): Promise<boolean> {
  const { wrap, count } = breaking(at, when)
  const server = await serverWith(side, wrap)
  await work(server).catch((error: unknown) => {
    expect(error).toMatchObject({ message: 'broken' })
  })
  await server.close()
  return count() > at
}

/** What the application does with the address that it gets. */
async function asApplication(side: Side, own: OwnDatabase, password: string, statements: readonly string[]) {
  const admin = await readAdminAddress(applicationAddress(side.admin, own, password))
  const connect = admin.engine === 'mysql' ? mysqlConnect(admin) : postgresConnect(admin)
  return await withSession(connect, admin.database, async (session) => {
    let rows: readonly unknown[] = []
    for (const statement of statements) rows = await session.query(statement)
    return rows
  })
}

function whenThere(name: string, work: (side: Side) => Promise<void>): () => Promise<void> {
  return async () => {
    const side = sides.get(name)
    if (side === undefined) notTried('MariaDB is not installed (Debian: mariadb-server-core)')
    else await work(side)
  }
}

describe.each(SIDES)('%s', (name) => {
  test(
    'is created, is there, has a new password each time, and goes without trace',
    whenThere(name, async (side) => {
      const before = await side.snapshot()
      const own = ownOf(side)
      await withServer(side, async (server) => {
        expect(await server.prepare(own, { ...OPTIONS, password: 'first-password' })).toBe('created')
        await asApplication(side, own, 'first-password', ['CREATE TABLE t (n INTEGER)', 'INSERT INTO t VALUES (5)'])
        expect(await server.prepare(own, { ...OPTIONS, password: 'second-password' })).toBe('there')
        await expect(asApplication(side, own, 'first-password', ['SELECT 1'])).rejects.toMatchObject({
          title: expect.stringContaining('does not let the administrator in') as unknown,
        })
        expect(await asApplication(side, own, 'second-password', ['SELECT n FROM t'])).toEqual([{ n: 5 }])
        expect(await server.list('42')).toEqual([own])
        expect(await server.list('4')).toEqual([])
        expect(await server.remove(own, OPTIONS)).toBe('removed')
        expect(await server.remove(own, OPTIONS)).toBe('missing')
      })
      expect(await side.snapshot()).toBe(before)
    }),
    30_000,
  )

  test(
    'its user gets at nothing else',
    whenThere(name, async (side) => {
      const [own, other] = [ownOf(side), { ...ownOf(side, 'shopxpr_7'), mark: { ...MARK, pr: 8 } }]
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, password: 'own-password' })
        await server.prepare(other, { ...OPTIONS, password: 'other-password' })
        await asApplication(side, other, 'other-password', ['CREATE TABLE theirs (n INTEGER)'])
        const attempts =
          side.scope === 'schema'
            ? [
                'SELECT * FROM shopxpr_7.theirs',
                'CREATE TABLE shopxpr_7.mine (n INTEGER)',
                'DROP SCHEMA shopxpr_7',
                'CREATE SCHEMA more',
              ]
            : side.admin.engine === 'mysql'
              ? [
                  'SELECT * FROM shopxpr_7.theirs',
                  'SELECT * FROM production.customers',
                  'DROP DATABASE shopxpr_7',
                  'CREATE DATABASE more',
                  'CREATE USER x',
                ]
              : ['DROP DATABASE shopxpr_7', 'CREATE DATABASE more', 'CREATE ROLE x', "COMMENT ON ROLE shop_pr_7 IS 'x'"]
        for (const attempt of attempts)
          await expect(asApplication(side, own, 'own-password', [attempt])).rejects.toMatchObject({
            title: expect.stringMatching(/may not do what is needed|refuses/) as unknown,
          })
        if (side.scope === 'database' && side.admin.engine === 'postgresql')
          await expect(
            asApplication(side, { ...own, name: other.name }, 'own-password', ['SELECT 1']),
          ).rejects.toMatchObject({ detail: expect.stringContaining('permission denied for database') as unknown })
        for (const each of [own, other]) await server.remove(each, OPTIONS)
      })
    }),
    30_000,
  )

  test(
    'ends well whenever it is interrupted',
    whenThere(name, async (side) => {
      const before = await side.snapshot()
      const own = ownOf(side)
      let interruptions = 0
      for (const when of ['before', 'after'] as const)
        for (let at = 0, isCut = true; isCut; at++) {
          const isCutInPrepare = await interrupted(side, at, when, (server) =>
            server.prepare(own, { ...OPTIONS, password: 'interrupted' }),
          )
          if (at % 2 === 0) {
            await withServer(side, (server) => server.prepare(own, { ...OPTIONS, password: 'whole-password' }))
            await asApplication(side, own, 'whole-password', ['CREATE TABLE t (n INTEGER)'])
          }
          const isCutInRemove = await interrupted(side, at, when, (server) => server.remove(own, OPTIONS))
          await withServer(side, async (server) => {
            await server.remove(own, OPTIONS)
            expect(await server.list('42')).toEqual([])
          })
          expect(await side.snapshot()).toBe(before)
          interruptions += Number(isCutInPrepare) + Number(isCutInRemove)
          isCut = isCutInPrepare || isCutInRemove
        }
      expect(interruptions).toBeGreaterThan(10)
    }),
    60_000,
  )
})
