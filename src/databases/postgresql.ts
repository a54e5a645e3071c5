import pg from 'pg'
import type { AdminAddress } from './address.ts'
import { databaseFailure } from './failure.ts'
import { begun, type Connect, type Row } from './session.ts'
import { tlsOptions } from './tls.ts'

/** A server that does not answer is given up after this; a private one swallows what is sent to it. */
const CONNECT_MS = 10_000
/**
 * Nobody waits for somebody else's locks for ever, nor for a template of any size. And whoever owns a database decides where the
 * administrator's names are looked for in it, unless we do (PostgreSQL, "Schemas", "Usage Patterns"): functions of a preview's
 * user would run with the administrator's rights.
 */
const SETTINGS =
  "SET search_path = pg_catalog, pg_temp; SET lock_timeout = '30s'; SET statement_timeout = '10min'; SET client_min_messages = 'error'"

/** @throws UserError for all that the server refuses */
export function postgresConnect(admin: AdminAddress): Connect {
  return async (database) => {
    const tls = await tlsOptions(admin)
    const { host, port, user, password } = admin
    const client = new pg.Client({
      ...{ host, port, user, password, database },
      application_name: 'wsgi-lambda',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      ssl: tls && {
        ca: tls.ca,
        rejectUnauthorized: tls.rejectUnauthorized,
        ...(!tls.verifiesHost && { checkServerIdentity: () => undefined }),
      },
    })
    // The server's end of a connection that nobody uses right now: the next query says so.
    client.on('error', () => undefined)
    const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (error) {
        throw databaseFailure(error, admin)
      }
    }
    const query = async (sql: string, values?: readonly (string | number)[]): Promise<readonly Row[]> => {
      const answer = await attempt(() => client.query<Row>(sql, values && [...values]))
      // Of several statements there are several answers, which its types leave out.
      const last = Array.isArray(answer) ? (answer as (typeof answer)[]).at(-1) : answer
      return last?.rows ?? []
    }
    await attempt(() => client.connect())
    return await begun({ query, close: () => client.end() }, SETTINGS)
  }
}
