import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { AdminAddress } from './address.ts'
import { databaseFailure } from './failure.ts'
import { begun, type Connect, type Session } from './session.ts'
import { tlsOptions } from './tls.ts'

const CONNECT_MS = 10_000
/** Quoting of texts relies on the mode; and by default locks are waited for a day or a year. */
const SETTINGS = "SET SESSION sql_mode = '', SESSION lock_wait_timeout = 30, SESSION innodb_lock_wait_timeout = 30"

/** @throws UserError for all that the server refuses */
export function mysqlConnect(admin: AdminAddress): Connect {
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw databaseFailure(error, admin)
    }
  }
  return async (database) => {
    const tls = await tlsOptions(admin)
    const { host, port, user, password } = admin
    const connection = await attempt(() =>
      createConnection({
        ...{ host, port, user, password },
        ...(database !== '' && { database }),
        connectTimeout: CONNECT_MS,
        enableKeepAlive: true,
        charset: 'utf8mb4',
        ...(tls && {
          ssl: {
            ...(tls.ca.length > 0 && { ca: tls.ca }),
            rejectUnauthorized: tls.rejectUnauthorized,
            verifyIdentity: tls.verifiesHost,
          },
        }),
      }),
    )
    connection.on('error', () => undefined)
    const query: Session['query'] = async (sql, values) => {
      const [rows] = await attempt(() => connection.query<RowDataPacket[]>(sql, values && [...values]))
      return Array.isArray(rows) ? rows : []
    }
    return await begun({ query, close: () => connection.end() }, SETTINGS)
  }
}
