import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findMariadb, type InstalledMariadb, type Mariadb, startMariadb } from '../../scripts/environment/mariadb.ts'
import { userForServers } from '../../scripts/environment/nobody.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { readAdminAddress } from '../../src/databases/address.ts'
import { openDatabaseServer } from '../../src/databases/open.ts'
import type { OwnDatabase } from '../../src/databases/server.ts'
import { applicationAddress } from '../../src/preview/database/address.ts'
import { notTried } from '../support/optional.ts'

/** What is looked at of the certificate of a server: PostgreSQL with one of its own for localhost, and servers without. */

const run = promisify(execFile)
let postgres: Postgres
let plain: Postgres
let mariadb: Mariadb | undefined
let secure: Mariadb | undefined
let folder = ''
let hasCertificate = false

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-tls-'))
  const installed = await findMariadb()
  ;[postgres, plain, mariadb] = await Promise.all([
    startPostgres(),
    startPostgres(),
    installed && startMariadb(installed),
  ])
  hasCertificate = await makeCertificate()
  if (!hasCertificate) return
  if (installed) secure = await startSecure(installed)
  const data = (await postgres.query('postgres', 'SHOW data_directory')).trim()
  const { uid, gid } = await stat(data)
  for (const name of ['server.key', 'server.crt']) {
    await writeFile(join(data, name), await readFile(join(folder, name)), { mode: 0o600 })
    await chown(join(data, name), uid, gid)
  }
  await postgres.query('postgres', 'ALTER SYSTEM SET ssl = on')
  await postgres.query('postgres', 'SELECT pg_reload_conf()')
  await postgres.query('postgres', 'SELECT pg_sleep(0.5)')
}, 60_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), plain.stop(), mariadb?.stop(), secure?.stop(), rm(folder, { recursive: true })])
})

async function makeCertificate(): Promise<boolean> {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  const files = ['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')]
  try {
    await run('openssl', [...args, ...files, '-addext', 'subjectAltName=DNS:localhost'])
    return true
  } catch {
    return false
  }
}

/** A server that refuses whoever comes without TLS. */
async function startSecure(installed: InstalledMariadb): Promise<Mariadb> {
  const own = await mkdtemp(join(folder, 'mariadb-'))
  const user = await userForServers()
  const [key, certificate] = [join(own, 'server.key'), join(own, 'server.crt')]
  for (const file of [key, certificate]) await writeFile(file, await readFile(join(folder, basename(file))))
  if (user) for (const path of [own, key, certificate]) await chown(path, user.uid, user.gid)
  await chmod(folder, 0o755)
  const server = await startMariadb(installed, [`--ssl-cert=${certificate}`, `--ssl-key=${key}`])
  await server.query('SET GLOBAL require_secure_transport = ON')
  return server
}

/** How it ends to connect: `connected`, or the title of what is told. */
async function outcome(url: string, host: string, parameters: string): Promise<string> {
  const address = `${url.replace('127.0.0.1', host)}?${parameters.replace('ROOT', join(folder, 'server.crt'))}`
  try {
    const server = await openDatabaseServer(await readAdminAddress(address))
    await server.close()
    return 'connected'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const UNTRUSTED = /^The certificate of the database server \S+ is not trusted$/

test.each([
  ['localhost', 'sslmode=disable', /^connected$/],
  ['localhost', 'sslmode=require', /^connected$/],
  ['localhost', 'sslmode=verify-ca', UNTRUSTED],
  ['localhost', 'sslmode=verify-full', UNTRUSTED],
  ['localhost', 'sslmode=verify-full&sslrootcert=ROOT', /^connected$/],
  ['127.0.0.1', 'sslmode=verify-full&sslrootcert=ROOT', UNTRUSTED],
  ['127.0.0.1', 'sslmode=verify-ca&sslrootcert=ROOT', /^connected$/],
])('PostgreSQL at %s with %s', async (host, parameters, expected) => {
  if (hasCertificate) expect(await outcome(postgres.url, host, parameters)).toMatch(expected)
  else notTried('openssl is not installed, which makes the certificate')
})

test('a server without TLS says so', async () => {
  expect(await outcome(plain.url, '127.0.0.1', 'sslmode=require')).toMatch(/^The database server \S+ has no TLS$/)
  if (mariadb === undefined) notTried('MariaDB is not installed (Debian: mariadb-server-core)')
  else
    expect(await outcome(mariadb.url, '127.0.0.1', 'sslmode=require')).toMatch(/^The database server \S+ has no TLS$/)
})

describe('MariaDB that demands TLS', () => {
  const OWN: OwnDatabase = {
    ...{ engine: 'mysql', scope: 'database', name: 'shop_pr_7', user: 'shop_pr_7' },
    mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' },
  }

  test.each([
    ['localhost', 'ssl_mode=REQUIRED', 'ssl_mode=REQUIRED'],
    ['localhost', 'ssl_mode=VERIFY_IDENTITY&sslrootcert=ROOT', 'ssl_mode=REQUIRED'],
    ['localhost', 'ssl_mode=REQUIRED&ssl_check_hostname=false', 'ssl_mode=REQUIRED&ssl_check_hostname=false'],
  ])('lets the application in by its address, at %s with %s', async (host, parameters, expected) => {
    if (secure === undefined) {
      notTried('MariaDB (Debian: mariadb-server-core) or openssl is not installed')
      return
    }
    const given = `${secure.url.replace('127.0.0.1', host)}?${parameters.replace('ROOT', join(folder, 'server.crt'))}`
    const admin = await openDatabaseServer(await readAdminAddress(given))
    await admin.prepare(OWN, { password: 'Password1', template: undefined })
    const address = applicationAddress(admin.place, OWN, 'Password1')
    await admin.close()
    expect(new URL(address).search).toBe(`?${expected}`)
    expect(await outcome(address.replace(/\?.*$/, ''), host, expected)).toBe('connected')
    expect(await outcome(address.replace(/\?.*$/, ''), host, 'sslmode=disable')).not.toBe('connected')
  })
})

test('a wrong password and a port without a server are told', async () => {
  const wrong = plain.url.replace(/:[^:@]+@/, ':wrong@')
  expect(await outcome(wrong, '127.0.0.1', '')).toMatch(/does not let the administrator in$/)
  expect(await outcome('mysql://a:b@127.0.0.1:1/', '127.0.0.1', '')).toMatch(/cannot be reached from here$/)
  if (mariadb)
    expect(await outcome(mariadb.url.replace(/:[^:@]+@/, ':wrong@'), '127.0.0.1', '')).toMatch(
      /let the administrator in$/,
    )
})
