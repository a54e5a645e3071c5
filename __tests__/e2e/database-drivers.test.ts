import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { findMariadb, type Mariadb, startMariadb } from '../../scripts/environment/mariadb.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { findPythons } from '../../scripts/environment/pythons.ts'
import type { LambdaApi } from '../../src/aws/lambda.ts'
import { readAdminAddress } from '../../src/databases/address.ts'
import { openDatabaseServer } from '../../src/databases/open.ts'
import type { DatabaseServer, OwnDatabase } from '../../src/databases/server.ts'
import { applicationAddress } from '../../src/preview/database/address.ts'
import { openByFunction } from '../../src/preview/database/by-function.ts'
import { recordingReporter } from '../report/recording.ts'
import { notTried } from '../support/optional.ts'
import { machineVariables, REPOSITORY } from '../support/world.ts'

/** What the function's handler does on real servers, with each driver that an application may bring. */

const run = promisify(execFile)
const DRIVERS = {
  postgresql: { psycopg: 'psycopg[binary]==3.2.13', psycopg2: 'psycopg2-binary==2.9.11', pg8000: 'pg8000==1.31.5' },
  mysql: { pymysql: 'PyMySQL==1.1.2', mysql: 'mysql-connector-python==9.5.0' },
} as const
const ALL = [...Object.keys(DRIVERS.postgresql), ...Object.keys(DRIVERS.mysql), 'MySQLdb']
const HANDLER = `
import json, os, sys, types
class OnlyOne:
    def find_spec(self, name, path=None, target=None):
        if name in ${JSON.stringify(ALL)} and name != os.environ["DRIVER"]:
            raise ImportError(name)
sys.meta_path.insert(0, OnlyOne())
from wsgi_lambda import databases, secrets
secrets.value_of = lambda reference: reference
context = types.SimpleNamespace(client_context={"custom": {"wsgi-lambda": "1"}}, aws_request_id="1",
                                invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:shop:live-databases")
reply = databases.handler(json.loads(sys.argv[1]), context)
print(json.dumps(reply), file=sys.__stderr__)
`
const OPTIONS = { password: 'Password1', template: undefined }
const OWNER = { host: 'github.com', repositoryId: '42', place: '123456789012/eu-west-1' }

let folder: string
let python: string
let postgres: Postgres
let mariadb: Mariadb | undefined
let pull = 0

jest.setTimeout(60_000)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-drivers-'))
  const installed = await findMariadb()
  ;[postgres, mariadb] = await Promise.all([startPostgres(), installed && startMariadb(installed), installDrivers()])
  await postgres.query('postgres', "CREATE ROLE rds LOGIN CREATEDB CREATEROLE PASSWORD 'rds-password'")
  await postgres.query('postgres', 'CREATE DATABASE previews OWNER rds')
  const template = await postgres.createDatabase('template')
  await postgres.query('template', 'CREATE TABLE orders (id serial); INSERT INTO orders DEFAULT VALUES')
  await postgres.query('template', 'ALTER TABLE orders OWNER TO rds')
  await postgres.query('postgres', 'ALTER DATABASE template OWNER TO rds')
  expect(template).toContain('/template')
}, 240_000)

afterAll(async () => {
  await Promise.all([postgres.stop(), mariadb?.stop()])
  await rm(folder, { recursive: true, force: true })
})

async function installDrivers(): Promise<void> {
  const [found] = (await findPythons()).toSorted((a, b) => Number(b.minor === '3.13') - Number(a.minor === '3.13'))
  if (!found) throw new Error('This test needs Python 3.10 or newer, and none was found.')
  python = join(folder, 'venv/bin/python')
  await run(found.path, ['-m', 'venv', join(folder, 'venv')])
  const wanted = Object.values(DRIVERS).flatMap((drivers) => Object.values(drivers))
  await run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', ...wanted],
    {
      env: machineVariables(),
    },
  )
  expect(existsSync(python)).toBe(true)
}

/** The handler in a process of its own, as Lambda runs it for one event. */
async function byHandler(admin: string, driver: string): Promise<DatabaseServer> {
  const invoke: LambdaApi['invoke'] = async (_, __, payload) => {
    const env = {
      ...{ DRIVER: driver, PYTHONPATH: join(REPOSITORY, 'runtime'), PYTHONDONTWRITEBYTECODE: '1' },
      ...{ AWS_LAMBDA_FUNCTION_NAME: 'shop', WSGI_LAMBDA_DATABASES: admin, WSGI_LAMBDA_DATABASES_TEMPLATE: 'template' },
    }
    const { stdout, stderr } = await run(python, ['-c', HANDLER, payload], { env })
    expect(stdout).not.toContain(OPTIONS.password)
    return { payload: stderr, functionError: undefined, logTail: stdout }
  }
  const pacing = { wait: () => Promise.resolve(), clock: () => 0, signal: new AbortController().signal }
  return await openByFunction(
    { base: 'shop', alias: 'live' },
    { lambda: { invoke }, report: recordingReporter(), ...pacing },
  )
}

const byRunner = async (admin: string): Promise<DatabaseServer> =>
  await openDatabaseServer(await readAdminAddress(admin))

/** What one test leaves is not in the way of another. */
const nextPull = (): number => (pull += 1)

function own(engine: OwnDatabase['engine'], scope: OwnDatabase['scope'], pr: number): OwnDatabase {
  const name = `shop_pr_${pr}`
  return { engine, scope, name, user: name, mark: { ...OWNER, pr, preview: 'shop' } }
}

async function snapshot(): Promise<string> {
  return await postgres.query(
    'previews',
    `SELECT 'role', rolname FROM pg_roles UNION ALL SELECT 'database', datname FROM pg_database
     UNION ALL SELECT 'schema', nspname FROM pg_namespace ORDER BY 1, 2`,
  )
}

describe.each([
  ['psycopg', 'superuser'],
  ['psycopg', 'as on RDS'],
  ['psycopg2', 'as on RDS'],
  ['pg8000', 'as on RDS'],
])('%s on PostgreSQL, %s', (driver, who) => {
  test.each(['database', 'schema'] as const)('a %s is made as a runner makes it, and removed', async (scope) => {
    const url = postgres.url.replace(/\/postgres$/, '/previews')
    const admin = who === 'superuser' ? url : url.replace(/\/\/.*@/, '//rds:rds-password@')
    const [before, database] = [await snapshot(), own('postgresql', scope, nextPull())]
    const server = await byHandler(admin, driver)
    await using runner = disposing(await byRunner(admin))
    expect(await server.prepare(database, OPTIONS)).toBe('created')
    // Each knows the other's.
    expect(await runner.prepare(database, OPTIONS)).toBe('there')
    expect(await server.prepare(database, OPTIONS)).toBe('there')
    expect([await server.list(OWNER), await runner.list(OWNER)]).toEqual([[database], [database]])
    const address = applicationAddress(server.place, database, OPTIONS.password)
    const table = await run(python, ['-c', INSIDE, address])
    expect(table.stdout.trim()).toBe(
      `${database.user} ${scope === 'schema' ? `previews ${database.name}` : `${database.name} public`}`,
    )
    expect(await server.remove(database)).toBe('removed')
    expect(await server.remove(database)).toBe('missing')
    expect(await snapshot()).toBe(before)
    await runner.prepare(database, OPTIONS)
    expect(await server.remove(database)).toBe('removed')
    expect(await snapshot()).toBe(before)
  })
})

describe.each(Object.keys(DRIVERS.postgresql))('%s on PostgreSQL', (driver) => {
  test('a copy of a template belongs to its user', async () => {
    const admin = postgres.url.replace(/\/\/.*@/, '//rds:rds-password@').replace(/\/postgres$/, '/previews')
    const database = own('postgresql', 'database', nextPull())
    const server = await byHandler(admin, driver)
    expect(await server.prepare(database, { ...OPTIONS, template: 'template' })).toBe('created')
    const sql = 'SELECT tableowner, (SELECT count(*) FROM orders) FROM pg_tables WHERE tablename = $$orders$$'
    expect((await postgres.query(database.name, sql)).trim()).toBe(`${database.user}|1`)
    expect(await server.remove(database)).toBe('removed')
  })
})

/** As the application: makes a table, and says where. */
const INSIDE = `
import sys, psycopg
with psycopg.connect(sys.argv[1]) as connection:
    connection.execute("CREATE TABLE inside (id int)")
    row = connection.execute("SELECT current_user, current_database(), schemaname FROM pg_tables WHERE tablename = 'inside'").fetchone()
    print(*row)
`

describe.each(Object.keys(DRIVERS.mysql))('%s on MariaDB', (driver) => {
  test('a database is made as a runner makes it, and removed', async () => {
    if (!mariadb) {
      notTried('MariaDB is not installed.')
      return
    }
    const { url, query } = mariadb
    const names = async () =>
      await query(
        // The database of marks is made with the first one, and stays.
        "SELECT User FROM mysql.user UNION ALL SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME <> 'wsgi_lambda' ORDER BY 1",
      )
    const [before, database] = [await names(), own('mysql', 'database', nextPull())]
    const server = await byHandler(url, driver)
    await using runner = disposing(await byRunner(url))
    expect(await server.prepare(database, OPTIONS)).toBe('created')
    expect(await runner.prepare(database, OPTIONS)).toBe('there')
    expect(await server.prepare(database, OPTIONS)).toBe('there')
    expect([await server.list(OWNER), await runner.list(OWNER)]).toEqual([[database], [database]])
    expect(await server.remove(database)).toBe('removed')
    expect(await server.remove(database)).toBe('missing')
    expect(await names()).toEqual(before)
  })
})

function disposing(server: DatabaseServer): DatabaseServer & AsyncDisposable {
  return { ...server, [Symbol.asyncDispose]: () => server.close() }
}
