import { execFile } from 'node:child_process'
import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findMariadb, type Mariadb, startMariadb } from '../../scripts/environment/mariadb.ts'
import { type Postgres, startPostgres } from '../../scripts/environment/postgres.ts'
import { readAdminAddress } from '../../src/databases/address.ts'
import { openDatabaseServer } from '../../src/databases/open.ts'
import { notTried } from '../support/optional.ts'

/** What is looked at of the certificate of a server: PostgreSQL with one of its own for localhost, and servers without. */

const run = promisify(execFile)
let postgres: Postgres
let plain: Postgres
let mariadb: Mariadb | undefined
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
  await Promise.all([postgres.stop(), plain.stop(), mariadb?.stop(), rm(folder, { recursive: true })])
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

test('a wrong password and a port without a server are told', async () => {
  const wrong = plain.url.replace(/:[^:@]+@/, ':wrong@')
  expect(await outcome(wrong, '127.0.0.1', '')).toMatch(/does not let the administrator in$/)
  expect(await outcome('mysql://a:b@127.0.0.1:1/', '127.0.0.1', '')).toMatch(/cannot be reached from here$/)
  if (mariadb)
    expect(await outcome(mariadb.url.replace(/:[^:@]+@/, ':wrong@'), '127.0.0.1', '')).toMatch(
      /let the administrator in$/,
    )
})
