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

const OPTIONS = { template: undefined }
/** As docs/preview-databases.md has it. */
const FEW_RIGHTS = `
  CREATE USER 'preview_admin'@'%' IDENTIFIED BY 'admin-password';
  GRANT CREATE USER, PROCESS ON *.* TO 'preview_admin'@'%';
  GRANT SELECT ON mysql.* TO 'preview_admin'@'%';
  GRANT ALL PRIVILEGES ON \`%\\_pr\\_%\`.* TO 'preview_admin'@'%' WITH GRANT OPTION;
  GRANT CREATE, SELECT, INSERT, DELETE ON \`wsgi\\_lambda\`.* TO 'preview_admin'@'%';
  GRANT EXECUTE ON PROCEDURE mysql.rds_kill TO 'preview_admin'@'%';`
/** On RDS nobody may end connections of others but by this. */
const RDS_KILL = 'CREATE PROCEDURE mysql.rds_kill(IN thread BIGINT) KILL thread'
const OWNER = { host: 'github.com', repositoryId: '42', place: '123456789012/eu-west-1' }
const MARK = { ...OWNER, pr: 7, preview: 'shop' }

let postgres: Postgres
let mariadb: Mariadb | undefined
const sides = new Map<string, Side>()
const SIDES = [
  'superuser, database',
  'superuser, schema',
  'as on RDS, database',
  'as on RDS, schema',
  'MariaDB',
  'MariaDB, as on RDS',
]

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
  await query(RDS_KILL)
  await query(FEW_RIGHTS)
  for (const [name, address] of [
    ['MariaDB', url],
    ['MariaDB, as on RDS', url.replace(/\/\/.*@/, '//preview_admin:admin-password@')],
  ] as const)
    sides.set(name, {
      admin: await readAdminAddress(address),
      scope: 'database',
      snapshot: () => mariadbSnapshot(query),
      run: (sql) => query(sql),
    })
  // The database of marks is made with the first one, by an administrator with few rights too, and stays.
  const side = sideOf('MariaDB, as on RDS')
  await withServer(side, async (server) => {
    expect(await server.list(OWNER)).toEqual([])
    expect(await server.remove(ownOf(side))).toBe('missing')
    expect(await server.prepare(ownOf(side), { ...OPTIONS, password: 'first-of-all' })).toBe('created')
    expect(await server.remove(ownOf(side))).toBe('removed')
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
     UNION ALL SELECT 'mark', name, mark, '', '' FROM wsgi_lambda.marks
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
    if (admin.engine === 'postgresql') await session.query('RESET search_path')
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
        expect(await server.list(OWNER)).toEqual([own])
        for (const other of [{ repositoryId: '4' }, { host: 'git.example.com' }, { place: '123456789012/us-east-1' }])
          expect(await server.list({ ...OWNER, ...other })).toEqual([])
        expect(await server.remove(own)).toBe('removed')
        expect(await server.remove(own)).toBe('missing')
      })
      expect(await side.snapshot()).toBe(before)
    }),
    30_000,
  )

  test(
    'its user gets at nothing else',
    whenThere(name, async (side) => {
      const [own, other] = [ownOf(side, 'my_shop_pr_7'), { ...ownOf(side, 'myxshop_pr_7'), mark: { ...MARK, pr: 8 } }]
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, password: 'own-password' })
        await server.prepare(other, { ...OPTIONS, password: 'other-password' })
        await asApplication(side, other, 'other-password', ['CREATE TABLE theirs (n INTEGER)'])
        const attempts =
          side.scope === 'schema'
            ? [
                'SELECT * FROM myxshop_pr_7.theirs',
                'CREATE TABLE myxshop_pr_7.mine (n INTEGER)',
                'DROP SCHEMA myxshop_pr_7',
                'CREATE SCHEMA more',
              ]
            : side.admin.engine === 'mysql'
              ? [
                  'SELECT * FROM myxshop_pr_7.theirs',
                  'SELECT * FROM production.customers',
                  'DROP DATABASE myxshop_pr_7',
                  'CREATE DATABASE more',
                  'CREATE USER x',
                ]
              : [
                  'DROP DATABASE myxshop_pr_7',
                  'CREATE DATABASE more',
                  'CREATE ROLE x',
                  "COMMENT ON ROLE my_shop_pr_7 IS 'x'",
                ]
        for (const attempt of attempts)
          await expect(asApplication(side, own, 'own-password', [attempt])).rejects.toMatchObject({
            title: expect.stringMatching(/may not do what is needed|refuses/) as unknown,
          })
        if (side.scope === 'database' && side.admin.engine === 'postgresql')
          await expect(
            asApplication(side, { ...own, name: other.name }, 'own-password', ['SELECT 1']),
          ).rejects.toMatchObject({ detail: expect.stringContaining('permission denied for database') as unknown })
        for (const each of [own, other]) await server.remove(each)
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
          const isCutInRemove = await interrupted(side, at, when, (server) => server.remove(own))
          await withServer(side, async (server) => {
            await server.remove(own)
            expect(await server.list(OWNER)).toEqual([])
          })
          expect(await side.snapshot()).toBe(before)
          interruptions += Number(isCutInPrepare) + Number(isCutInRemove)
          isCut = isCutInPrepare || isCutInRemove
        }
      expect(interruptions).toBeGreaterThan(10)
    }),
    60_000,
  )

  test(
    'leaves alone what it has not made',
    whenThere(name, async (side) => {
      const own = ownOf(side)
      for (const [make, clean] of foreignThings(side)) {
        await side.run(make)
        const before = await side.snapshot()
        await withServer(side, async (server) => {
          await expect(server.prepare(own, { ...OPTIONS, password: 'p' })).rejects.toMatchObject({
            title: expect.stringMatching(/shop_pr_7 exists, and was not made for this preview$/) as unknown,
          })
          expect(await server.remove(own)).toBe('kept')
          expect(await server.list(OWNER)).toEqual([])
        })
        expect(await side.snapshot()).toBe(before)
        await side.run(clean)
      }
    }),
    30_000,
  )

  test(
    'leaves alone what it has made for another pull request',
    whenThere(name, async (side) => {
      const own = ownOf(side)
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, password: 'own-password' })
        const before = await side.snapshot()
        for (const mark of [
          { ...MARK, pr: 8 },
          { ...MARK, repositoryId: '43' },
          { ...MARK, preview: 'shop2' },
          { ...MARK, host: 'git.example.com' },
          { ...MARK, place: '123456789012/us-east-1' },
          { ...MARK, place: '210987654321/eu-west-1' },
        ]) {
          const other = { ...own, mark }
          await expect(server.prepare(other, { ...OPTIONS, password: 'other' })).rejects.toMatchObject({
            detail: expect.stringContaining(
              'made for pull request 7 of the repository with the number 42 of github.com, preview of shop in 123456789012/eu-west-1',
            ) as unknown,
          })
          expect(await server.remove(other)).toBe('kept')
        }
        expect(await side.snapshot()).toBe(before)
        await server.remove(own)
      })
    }),
    30_000,
  )

  test(
    'goes while it is in use',
    whenThere(name, async (side) => {
      const own = ownOf(side)
      const before = await side.snapshot()
      await withServer(side, (server) => server.prepare(own, { ...OPTIONS, password: 'own-password' }))
      const admin = await readAdminAddress(applicationAddress(side.admin, own, 'own-password'))
      const connect = admin.engine === 'mysql' ? mysqlConnect(admin) : postgresConnect(admin)
      const session = await connect(admin.database)
      if (admin.engine === 'postgresql') await session.query('RESET search_path')
      await session.query('CREATE TABLE t (n INTEGER)')
      await session.query('BEGIN')
      await session.query('SELECT * FROM t')
      await withServer(side, (server) => server.remove(own))
      await expect(session.query('SELECT * FROM t')).rejects.toMatchObject({ name: 'UserError' })
      await session.close().catch(() => undefined)
      expect(await side.snapshot()).toBe(before)
    }),
    30_000,
  )
})

test(
  'MariaDB: of an account of that name for another host, which is of somebody else, no connection is ended',
  whenThere('MariaDB', async (side) => {
    const own = ownOf(side)
    await withServer(side, (server) => server.prepare(own, { ...OPTIONS, password: 'own-password' }))
    await side.run("CREATE USER 'shop_pr_7'@'127.0.0.1' IDENTIFIED BY 'their-password'")
    const theirs = await readAdminAddress(applicationAddress(side.admin, own, 'their-password'))
    await withSession(mysqlConnect(theirs), '', async (session) => {
      await withServer(side, async (server) => {
        expect(await server.remove(own)).toBe('removed')
      })
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
    await side.run("DROP USER 'shop_pr_7'@'127.0.0.1'")
  }),
  30_000,
)

/** What others may have under the names of a preview, and how it goes again. */
function foreignThings({ admin, scope }: Side): readonly (readonly [string, string])[] {
  if (admin.engine === 'mysql')
    return [
      ['CREATE DATABASE shop_pr_7', 'DROP DATABASE shop_pr_7'],
      ['CREATE DATABASE shop_pr_7; CREATE TABLE shop_pr_7.t (n INT)', 'DROP DATABASE shop_pr_7'],
      ["CREATE USER 'shop_pr_7'@'%' IDENTIFIED BY 'theirs'", "DROP USER 'shop_pr_7'@'%'"],
    ]
  const what = scope === 'schema' ? 'SCHEMA' : 'DATABASE'
  return [
    [`CREATE ${what} shop_pr_7`, `DROP ${what} shop_pr_7`],
    ["CREATE ROLE shop_pr_7 LOGIN PASSWORD 'theirs'", 'DROP ROLE shop_pr_7'],
    [`CREATE ROLE shop_pr_7; COMMENT ON ROLE shop_pr_7 IS 'wsgi-lambda {"repository":42}'`, 'DROP ROLE shop_pr_7'],
  ]
}

describe('a template of PostgreSQL', () => {
  const TEMPLATE = `
    CREATE EXTENSION IF NOT EXISTS plpgsql;
    CREATE SCHEMA "Odd ""Name";
    CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN word AS text; CREATE TYPE pair AS (a int, b int);
    CREATE TABLE parts (id serial PRIMARY KEY, m mood, n integer GENERATED ALWAYS AS IDENTITY) PARTITION BY RANGE (id);
    CREATE TABLE "Odd ""Name"."T" (id bigserial, part integer);
    CREATE INDEX ON "Odd ""Name"."T" (part);
    CREATE VIEW seen AS SELECT 1 AS one; CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
    CREATE SEQUENCE alone;
    CREATE FUNCTION twice(n integer, OUT m integer) LANGUAGE sql AS 'SELECT n * 2';
    CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
    CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
    SELECT lo_create(4711);
    INSERT INTO "Odd ""Name"."T" (part) VALUES (1)`
  const MIGRATIONS = [
    'ALTER TABLE parts ADD COLUMN more text',
    'ALTER TABLE "Odd ""Name"."T" ADD COLUMN more text',
    'DROP INDEX "Odd ""Name"."T_part_idx"',
    "ALTER TYPE mood ADD VALUE 'bad'",
    'ALTER DOMAIN word SET NOT NULL',
    'ALTER TYPE pair ADD ATTRIBUTE c int',
    'DROP VIEW seen',
    'REFRESH MATERIALIZED VIEW kept',
    'ALTER SEQUENCE alone RESTART',
    'DROP FUNCTION twice',
    'DROP PROCEDURE nothing',
    'DROP AGGREGATE total(integer)',
    'CREATE TABLE fresh (n integer)',
    'CREATE TABLE "Odd ""Name".fresh (n integer)',
    'SELECT lo_unlink(4711)',
    'SELECT part FROM "Odd ""Name"."T"',
  ]

  test.each(['superuser, database', 'as on RDS, database'])(
    'is copied, and migrations may change all that it holds: %s',
    async (name) => {
      const side = sideOf(name)
      const template = 'Template of "shop"'
      const isRds = side.admin.user === 'rds'
      await postgres.query('postgres', `CREATE DATABASE "Template of ""shop""" ${isRds ? 'OWNER rds' : ''}`)
      await postgres.query(template, `${isRds ? 'SET ROLE rds;' : ''} ${TEMPLATE}`)
      const before = await side.snapshot()
      const own = ownOf(side)
      for (const at of [2, 3, 4, 5, 6, 7])
        await interrupted(side, at, 'after', (server) =>
          server.prepare(own, { ...OPTIONS, template, password: 'interrupted' }),
        )
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, template, password: 'own-password' })
        expect(await asApplication(side, own, 'own-password', MIGRATIONS)).toEqual([{ part: 1 }])
        expect(await server.prepare(own, { ...OPTIONS, template, password: 'own-password' })).toBe('there')
        await server.remove(own)
      })
      expect(await side.snapshot()).toBe(before)
      await postgres.query('postgres', 'DROP DATABASE "Template of ""shop"""')
    },
    60_000,
  )

  test.each(['superuser, database', 'as on RDS, database'])(
    'lends nobody the rights of the administrator: %s',
    async (name) => {
      const side = sideOf(name)
      const own = ownOf(side)
      const before = await side.snapshot()
      await withServer(side, async (server) => {
        const options = { ...OPTIONS, template: 'template1', password: 'own-password' }
        await server.prepare(own, options)
        // Its owner lets names be found elsewhere, and the copy look as if it had never been finished.
        await asApplication(side, own, 'own-password', [
          'CREATE SCHEMA trap',
          'CREATE TABLE trap.ran (who text)',
          `CREATE FUNCTION trap.spring() RETURNS boolean LANGUAGE plpgsql AS
         $$BEGIN INSERT INTO trap.ran VALUES (current_user); RETURN false; END$$`,
          'GRANT ALL ON SCHEMA trap TO PUBLIC',
          'GRANT ALL ON trap.ran TO PUBLIC',
          'CREATE VIEW trap.pg_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE trap.spring()',
          'GRANT SELECT ON trap.pg_namespace TO PUBLIC',
          'ALTER DATABASE shop_pr_7 SET search_path = trap, pg_catalog',
          'COMMENT ON DATABASE shop_pr_7 IS NULL',
        ])
        await server.prepare(own, options)
        expect(await postgres.query('shop_pr_7', 'SELECT who FROM trap.ran')).toBe('')
        await server.remove(own)
      })
      expect(await side.snapshot()).toBe(before)
    },
    30_000,
  )

  test('that the administrator may not copy is told, and what was begun goes', async () => {
    const side = sideOf('as on RDS, database')
    const before = await side.snapshot()
    await withServer(side, async (server) => {
      await expect(
        server.prepare(ownOf(side), { ...OPTIONS, template: 'production', password: 'p' }),
      ).rejects.toMatchObject({
        title: expect.stringMatching(/^The administrator on 127\.0\.0\.1:\d+ may not do what is needed$/) as unknown,
        detail: 'permission denied to copy database "production"',
      })
      await server.remove(ownOf(side))
    })
    expect(await side.snapshot()).toBe(before)
  }, 30_000)
})

test('no password reaches the log of PostgreSQL', async () => {
  const side = sideOf('as on RDS, database')
  await postgres.query('postgres', "ALTER SYSTEM SET log_statement = 'all'")
  await postgres.query('postgres', 'SELECT pg_reload_conf()')
  await withServer(side, async (server) => {
    await server.prepare(ownOf(side), { ...OPTIONS, password: 'never-in-a-log-1' })
    await server.prepare(ownOf(side), { ...OPTIONS, password: 'never-in-a-log-2' })
    await server.remove(ownOf(side))
  })
  await postgres.query('postgres', 'ALTER SYSTEM RESET log_statement')
  await postgres.query('postgres', 'SELECT pg_reload_conf()')
  expect(postgres.logs()).toContain('ALTER ROLE "shop_pr_7" LOGIN PASSWORD E\'SCRAM-SHA-256$4096:')
  expect(postgres.logs()).not.toContain('never-in-a-log')
}, 30_000)

describe('a database of MariaDB', () => {
  test(
    'goes whatever its user has done to it',
    whenThere('MariaDB', async (side) => {
      const before = await side.snapshot()
      const own = ownOf(side)
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, password: 'own-password' })
        for (const attempt of ['SELECT * FROM wsgi_lambda.marks', 'DELETE FROM wsgi_lambda.marks'])
          await expect(asApplication(side, own, 'own-password', [attempt])).rejects.toMatchObject({ name: 'UserError' })
        await asApplication(side, own, 'own-password', ['DROP DATABASE shop_pr_7'])
        expect(await server.prepare(own, { ...OPTIONS, password: 'own-password' })).toBe('created')
        await asApplication(side, own, 'own-password', ['CREATE TABLE t (n INT)', 'DROP DATABASE shop_pr_7'])
        expect(await server.list(OWNER)).toEqual([own])
        expect(await server.remove(own)).toBe('removed')
      })
      expect(await side.snapshot()).toBe(before)
    }),
    30_000,
  )

  test(
    'is known by a mark that names it',
    whenThere('MariaDB', async (side) => {
      const own = ownOf(side)
      await withServer(side, async (server) => {
        await server.prepare(own, { ...OPTIONS, password: 'own-password' })
        await side.run("INSERT INTO wsgi_lambda.marks SELECT 'production', mark FROM wsgi_lambda.marks")
        expect(await server.list(OWNER)).toEqual([own])
        await side.run("DELETE FROM wsgi_lambda.marks WHERE name = 'production'")
        await server.remove(own)
      })
    }),
    30_000,
  )
})

function sideOf(name: string): Side {
  const side = sides.get(name)
  if (side === undefined) throw new Error(`${name} was not started`)
  return side
}
