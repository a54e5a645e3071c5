import type { Mariadb } from '../environment/mariadb.ts'
import type { Postgres } from '../environment/postgres.ts'
import type { Entry } from './inventory.ts'

const IN_POSTGRES = `
SELECT 'database ' || datname, oid, datdba, shobj_description(oid, 'pg_database'), datacl::text FROM pg_database
UNION ALL SELECT 'database role ' || rolname, oid, rolcanlogin::int, shobj_description(oid, 'pg_authid'), rolpassword
  FROM pg_authid
UNION ALL SELECT 'schema ' || nspname, oid, nspowner, obj_description(oid, 'pg_namespace'), nspacl::text
  FROM pg_namespace WHERE nspname NOT LIKE 'pg_t%'
UNION ALL SELECT 'membership in ' || roleid::regrole || ' of ' || member::regrole, oid, 0, '', '' FROM pg_auth_members`

export async function databasesOfPostgres({ query }: Postgres): Promise<readonly Entry[]> {
  const rows = await query('postgres', IN_POSTGRES)
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const [name = '', ...rest] = row.split('|')
      return [name, rest.join('|')] as const
    })
}

const IN_MARIADB = `
SELECT CONCAT('MySQL database ', SCHEMA_NAME), DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA
UNION ALL SELECT CONCAT('MySQL user ', User, '@', Host), authentication_string FROM mysql.user
UNION ALL SELECT CONCAT('MySQL rights on ', Db, ' of ', User, '@', Host), Create_priv FROM mysql.db
UNION ALL SELECT CONCAT('MySQL table ', TABLE_SCHEMA, '.', TABLE_NAME), TABLE_COMMENT FROM information_schema.TABLES
  WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`

const MARKED_IN_MARIADB = "SELECT CONCAT('MySQL mark of ', name), mark FROM wsgi_lambda.marks"

export async function databasesOfMariadb({ query }: Mariadb): Promise<readonly Entry[]> {
  const rows = await query(IN_MARIADB)
  // The first preview makes it.
  const hasMarks = rows.some(([name]) => name === 'MySQL table wsgi_lambda.marks')
  const all = [...rows, ...(hasMarks ? await query(MARKED_IN_MARIADB) : [])]
  return all.map(([name = '', ...rest]) => [name, rest.join('|')] as const)
}
