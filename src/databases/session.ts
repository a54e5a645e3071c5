/** A connection to one database of a server. */
export interface Session {
  /** The rows of the only, or the last, statement. Several of PostgreSQL's in one text are one transaction. */
  query(sql: string, values?: readonly (string | number)[]): Promise<readonly Row[]>
  close(): Promise<void>
}

export type Row = Readonly<Record<string, unknown>>

export type Connect = (database: string) => Promise<Session>

/** With what every statement relies on; one that the server does not take is closed again. */
export async function begun(session: Session, settings: string): Promise<Session> {
  try {
    await session.query(settings)
    return session
  } catch (error) {
    await session.close().catch(() => undefined)
    throw error
  }
}

/** A connection for one piece of work, which closes it. */
export async function withSession<T>(
  connect: Connect,
  database: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await connect(database)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
