import { randomBytes } from 'node:crypto'
import { access, chown, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { userForServers } from './nobody.ts'
import { startService, withFreePort } from './service.ts'

/** A MariaDB server of its own on 127.0.0.1, with password authentication. */
export interface Mariadb {
  readonly url: string // mysql://USER:PASSWORD@127.0.0.1:PORT/
  /** The rows as texts; none of several statements. @param address default: the administrator's */
  readonly query: (sql: string, address?: string) => Promise<readonly (readonly string[])[]>
  readonly stop: () => Promise<void>
}

const USER = 'wsgi'
/** By distribution and version. */
const TABLES = ['/usr/share/mysql', '/usr/share/mariadb']

// $0 is the server, $1 the folder with its tables, what follows $3 more options. What mariadb-install-db does, which needs another
// package than the server's own. Nothing has to survive a power cut, so nothing waits for the disk.
const START = `
mkdir "$2/data" && {
  printf 'CREATE DATABASE mysql;\\nUSE mysql;\\n'
  cat "$1/mysql_system_tables.sql" "$1/mysql_performance_tables.sql" "$1/mysql_system_tables_data.sql"
} | "$0" --no-defaults --bootstrap --datadir="$2/data" --skip-log-bin --tmpdir="$2" --innodb-log-file-size=16M >&2 &&
server="$0" folder="$2" port="$3" && shift 3 &&
exec "$server" --no-defaults --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" --socket="$folder/socket" --pid-file="$folder/pid" \\
  --init-file="$folder/init.sql" --skip-name-resolve --skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \\
  --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --tmpdir="$folder" "$@"`

/** A server that is installed, and the SQL that makes its tables. */
export interface InstalledMariadb {
  readonly server: string
  readonly tables: string
}

/** Where this machine has the server: Debian's package mariadb-server-core. Undefined where it is not installed. */
export async function findMariadb(): Promise<InstalledMariadb | undefined> {
  // Not everybody's PATH has the folder of servers.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const server = await firstThere(folders.map((folder) => join(folder, 'mariadbd')))
  const script = await firstThere(TABLES.map((folder) => join(folder, 'mysql_system_tables.sql')))
  return server === undefined || script === undefined ? undefined : { server, tables: dirname(script) }
}

/** @param more options of the server */
export async function startMariadb(
  { server, tables }: InstalledMariadb,
  more: readonly string[] = [],
): Promise<Mariadb> {
  const password = randomBytes(12).toString('hex')
  const user = await userForServers()
  return withFreePort(async (port) => {
    const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-mariadb-'))
    const init = join(folder, 'init.sql')
    await writeFile(
      init,
      `CREATE OR REPLACE USER '${USER}'@'%' IDENTIFIED BY '${password}';\n` +
        `GRANT ALL PRIVILEGES ON *.* TO '${USER}'@'%' WITH GRANT OPTION;\n` +
        `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';\n`,
      { mode: 0o600 },
    )
    if (user !== undefined) for (const path of [folder, init]) await chown(path, user.uid, user.gid)
    const url = `mysql://${USER}:${password}@127.0.0.1:${port}/`
    const query: Mariadb['query'] = async (sql, address = url) => {
      const connection = await createConnection({ uri: address, multipleStatements: true, rowsAsArray: true })
      try {
        const [rows] = await connection.query<RowDataPacket[][]>(sql)
        return Array.isArray(rows) ? rows.filter(Array.isArray).map((row) => row.map(String)) : []
      } finally {
        await connection.end()
      }
    }
    const service = await startService({
      name: 'MariaDB',
      command: ['/bin/sh', '-c', START, server, tables, folder, String(port), ...more],
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: folder, TMPDIR: folder, LC_ALL: 'C', TZ: 'UTC' },
      folder,
      user,
      isReady: async () => (await query('SELECT 1')).length === 1,
    })
    return { url, query, stop: service.stop }
  })
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      await access(path)
      return path
    } catch {
      // the next one
    }
  }
  return undefined
}
