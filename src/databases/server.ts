/** What a database says of whom it was made for. */
export interface Mark extends MarkOwner {
  readonly pr: number
  /** The function that the preview is one of. */
  readonly preview: string
}

/** Whose it is: of which repository, and where the function is that has it. */
export interface MarkOwner {
  /** Of the repository, as in `github.com`. */
  readonly host: string
  /** The number of the repository, which stays where its name changes. */
  readonly repositoryId: string
  /** `ACCOUNT/REGION`. */
  readonly place: string
}

export type Engine = 'postgresql' | 'mysql'

/** A database (or a schema of the administrator's database) and the one user who may use it. */
export interface OwnDatabase {
  readonly engine: Engine
  readonly scope: 'database' | 'schema'
  readonly name: string
  readonly user: string
  readonly mark: Mark
}

/** How a server is reached, without who may do so. */
export interface DatabasePlace {
  readonly engine: Engine
  readonly host: string
  readonly port: number
  /** The administrator's own. */
  readonly database: string
  /** As in an address; undefined where nothing was said. */
  readonly sslMode: SslMode | undefined
  /** What the address says of TLS in the words of MySQL's drivers, such as `ssl_ca`: an application's driver reads it too. */
  readonly driverParameters?: readonly DriverParameter[]
}

export type DriverParameter = readonly [name: string, value: string]

/** libpq, "SSL Support": whether there is TLS, and what of the server's certificate is looked at. */
export type SslMode = (typeof SSL_MODES)[number]
export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const

export interface PrepareOptions {
  /** Of its user, from now on. */
  readonly password: string
  /** A database of PostgreSQL that a new one is a copy of. */
  readonly template: string | undefined
}

/** `kept`: something of that name is there, and its mark does not say that it is this one. */
export type Removed = 'removed' | 'missing' | 'kept'

/** An administrator's connection to a server of databases. Every failure is a UserError where advice is possible. */
export interface DatabaseServer {
  readonly place: DatabasePlace
  /**
   * Creates what is missing, gives the user this password, and marks all as ours.
   * @throws UserError where something of that name is not ours; then nothing was changed
   */
  prepare(database: OwnDatabase, options: PrepareOptions): Promise<'created' | 'there'>
  /** Leaves alone what is not ours. */
  remove(database: OwnDatabase): Promise<Removed>
  /** Databases and schemas that are marked as this owner's, also such that are not finished. */
  list(owner: MarkOwner): Promise<readonly OwnDatabase[]>
  close(): Promise<void>
}
