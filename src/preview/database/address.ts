import { randomInt } from 'node:crypto'
import type { DatabasePlace, OwnDatabase } from '../../databases/server.ts'

export const SQLITE_ADDRESS = 'sqlite:////tmp/preview.sqlite3'

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const PASSWORD_LENGTH = 40

/** 238 bits; letters and digits, which nothing has to quote or encode. One of each kind, for servers that look. */
export function newPassword(): string {
  for (;;) {
    const password = Array.from({ length: PASSWORD_LENGTH }, () =>
      CHARACTERS.charAt(randomInt(CHARACTERS.length)),
    ).join('')
    if (/[A-Z]/.test(password) && /[a-z]/.test(password) && /\d/.test(password)) return password
  }
}

/** Where the application finds its database, as dj-database-url, SQLAlchemy and libpq read it. */
export function applicationAddress(place: DatabasePlace, own: OwnDatabase, password: string): string {
  const { engine, host, port } = place
  const isSchema = own.scope === 'schema'
  const server = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const user = `${encodeURIComponent(own.user)}:${encodeURIComponent(password)}`
  const parameters = engine === 'postgresql' ? postgresParameters(place, own) : mysqlParameters(place)
  const database = encodeURIComponent(isSchema ? place.database : own.name)
  return `${engine}://${user}@${server}/${database}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`
}

/**
 * libpq's names. The certificates of verify-… are files of this machine, which a function does not have: it encrypts, which is what
 * it can be told to without them.
 */
function postgresParameters({ sslMode }: DatabasePlace, { scope, name }: OwnDatabase): string[] {
  return [
    ...(scope === 'schema' ? [`options=${encodeURIComponent(`-csearch_path=${name}`)}`] : []),
    ...(sslMode === undefined ? [] : [`sslmode=${sslMode === 'disable' ? 'disable' : 'require'}`]),
  ]
}

/** The words of the administrator's address alone: no name is known to all drivers, and an unknown one keeps them from connecting. */
function mysqlParameters({ driverParameters = [] }: DatabasePlace): string[] {
  return driverParameters.map((parameter) => parameter.map(encodeURIComponent).join('='))
}

/** The password of an address that `applicationAddress` made for this user; undefined for any other. */
export function passwordIn(address: string | undefined, user: string): string | undefined {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.username !== user || url.password === '') return undefined
  return decodeURIComponent(url.password)
}
