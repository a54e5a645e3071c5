import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { DatabasePlace, DriverParameter, Engine, SslMode } from './server.ts'
import { SSL_MODES } from './server.ts'

/** Who administers which server, and how it is reached. */
export interface AdminAddress extends DatabasePlace {
  readonly user: string
  readonly password: string
  /** Certificates (PEM) that are trusted instead of all known ones. */
  readonly trusted: string | undefined
}

/** By the beginning of what people and AWS call them, such as `aurora-postgresql` or `mysql+pymysql`. */
const ENGINES: readonly (readonly [RegExp, Engine])[] = [
  [/^(?:aurora-)?postgres(?:ql)?(?:\+\w+)?$/i, 'postgresql'],
  [/^(?:(?:aurora-)?mysql|aurora|mariadb)(?:\+\w+)?$/i, 'mysql'],
]
const DEFAULTS = {
  postgresql: { port: 5432, database: 'postgres' },
  mysql: { port: 3306, database: '' },
} as const

/** The names of MySQL's own programs beside those of libpq. */
const SSL_SYNONYMS: Readonly<Record<string, SslMode>> = {
  disabled: 'disable',
  required: 'require',
  verify_ca: 'verify-ca',
  verify_identity: 'verify-full',
}

/**
 * Reads `postgresql://…`, `mysql://…`, or the JSON object that RDS and Secrets Manager's rotation keep.
 * @throws UserError which repeats nothing of what was given: it is a secret
 */
export async function readAdminAddress(text: string): Promise<AdminAddress> {
  const given = text.trim()
  return given.startsWith('{') ? fromSecret(given) : await fromUrl(given)
}

/** AWS Secrets Manager user guide, "JSON structure of AWS Secrets Manager database credential secrets". */
async function fromSecret(text: string): Promise<AdminAddress> {
  const secret = parsedObject(text)
  const field = (...names: readonly string[]): string => {
    const value = names.map((name) => secret[name]).find((found) => found !== undefined && found !== null)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const missing = ['username', 'password', 'host', 'engine'].filter((name) => field(name) === '')
  if (missing.length > 0)
    throw wrong(
      `It has no ${missing.join(', no ')}. A secret that RDS itself manages has a username and a password only.`,
      'Store host and engine (postgres or mysql) beside them, in a secret of your own, or store an address: postgresql://USER:PASSWORD@HOST/DATABASE.',
    )
  return await completed({
    engine: engineOf(field('engine')),
    host: field('host'),
    port: field('port'),
    user: field('username'),
    password: field('password'),
    database: field('dbname', 'database'),
    sslMode: field('sslmode'),
    sslRootFile: field('sslrootcert'),
    driverParameters: [],
  })
}

const CERTIFICATES = ['ssl_ca', 'ssl-ca']
/**
 * How mysqlclient, PyMySQL, Connector/Python, dj-database-url and SQLAlchemy name what an application may know. The administrator's
 * own certificate, its key and the key's password are not among it.
 */
const FOR_APPLICATIONS = [
  ...CERTIFICATES,
  'ssl_mode',
  'ssl_verify_cert',
  'ssl_verify_identity',
  'ssl_check_hostname',
  'ssl_disabled',
]

/** A file of this machine alone is none of a function's; where no certificates are handed on, `ssl_mode` does not ask for them. */
function driverParametersOf(url: URL): DriverParameter[] {
  const named = [...url.searchParams].filter(
    ([name, value]) => FOR_APPLICATIONS.includes(name) && !(CERTIFICATES.includes(name) && value.startsWith('/')),
  )
  if (named.some(([name]) => CERTIFICATES.includes(name))) return named
  return named.map(([name, value]) => [name, name === 'ssl_mode' && /^verify/i.test(value) ? 'REQUIRED' : value])
}

async function fromUrl(text: string): Promise<AdminAddress> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '')
    throw wrong(
      'It is no address.',
      'In a password, characters such as / # ? @ are written by their codes: %2F %23 %3F %40.',
    )
  const parameter = (...names: readonly string[]): string =>
    names.map((name) => url.searchParams.get(name)).find((value) => value !== null) ?? ''
  return await completed({
    engine: engineOf(url.protocol.slice(0, -1)),
    host: decoded(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
    sslMode: parameter('sslmode', 'ssl-mode', 'ssl_mode'),
    sslRootFile: parameter('sslrootcert', 'ssl-ca', 'ssl_ca'),
    driverParameters: driverParametersOf(url),
  })
}

interface Given extends Pick<AdminAddress, 'engine' | 'host' | 'user' | 'password' | 'database' | 'driverParameters'> {
  readonly port: string
  readonly sslMode: string
  readonly sslRootFile: string
}

async function completed({ sslMode, sslRootFile, ...given }: Given): Promise<AdminAddress> {
  const { port, database } = DEFAULTS[given.engine]
  if (given.user === '') throw wrong('It has no user.', 'Write it as in postgresql://USER:PASSWORD@HOST/DATABASE.')
  return {
    ...given,
    port: Number(given.port) || port,
    database: given.database || database,
    sslMode: sslModeOf(sslMode),
    trusted: sslRootFile === '' || sslRootFile === 'system' ? undefined : await certificates(sslRootFile),
  }
}

function sslModeOf(given: string): SslMode | undefined {
  if (given === '') return undefined
  const lower = given.toLowerCase()
  const mode = SSL_SYNONYMS[lower] ?? SSL_MODES.find((known) => known === lower)
  if (mode === undefined) throw wrong('Its sslmode is not known.', `Allowed: ${SSL_MODES.join(', ')}.`)
  return mode
}

async function certificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw wrong(
      `Its sslrootcert cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a file with certificates (PEM) that this machine has.',
    )
  }
}

function engineOf(name: string): Engine {
  const known = ENGINES.find(([pattern]) => pattern.test(name))
  if (!known)
    throw wrong('It is neither of PostgreSQL nor of MySQL or MariaDB.', 'Start it with postgresql:// or mysql://.')
  return known[1]
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    throw wrong('It starts like a JSON object, and is none.', 'Store what RDS keeps: username, password, host, engine.')
  }
}

/** A password that was not encoded may hold a lonely %. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function wrong(detail: string, hint: string): UserError {
  return new UserError({ title: 'preview-database-admin does not say which server it is', detail, hint })
}
