import { type Problem, UserError } from '../errors.ts'
import type { DatabasePlace } from './server.ts'

/** What is told of errors of PostgreSQL ("PostgreSQL Error Codes"), MySQL ("Server Error Message Reference") and Node. */
interface Advice {
  readonly codes: RegExp
  /** What the message says. Anything where absent. */
  readonly says?: RegExp
  /** `$server` is filled in. */
  readonly title: string
  readonly hint: string
}

const BY_FUNCTION =
  'A database in a private network cannot be reached from a runner: set preview-database-access: function, so that the main function does it. Otherwise check host, port and firewall.'

const ADVICE: readonly Advice[] = [
  {
    codes:
      /^(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ECONNRESET|PROTOCOL_CONNECTION_LOST)$/,
    title: 'The database server $server cannot be reached from here',
    hint: BY_FUNCTION,
  },
  {
    codes: /^$/,
    says: /timeout expired|connection timeout|terminated unexpectedly|connection is closed|ECONNREFUSED/i,
    title: 'The database server $server cannot be reached from here',
    hint: BY_FUNCTION,
  },
  {
    codes: /^(?:|HANDSHAKE_NO_SSL_SUPPORT)$/,
    says: /does not support (?:SSL|secure)/i,
    title: 'The database server $server has no TLS',
    hint: 'Add ?sslmode=disable to its address where nobody else can listen, as in a network of containers.',
  },
  {
    codes: /CERT|SIGNATURE|ISSUER|^ERR_TLS|^HANDSHAKE_SSL_ERROR$/,
    title: 'The certificate of the database server $server is not trusted',
    hint: 'Add ?sslrootcert=FILE with the certificates of its authority to the address; sslmode=require encrypts without looking at the certificate.',
  },
  {
    codes: /^28000$/,
    says: /no encryption|SSL off/i,
    title: 'The database server $server takes connections with TLS only',
    hint: 'Add ?sslmode=require (or verify-full) to its address.',
  },
  {
    codes: /^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|ER_HOST_NOT_PRIVILEGED|ER_NOT_SUPPORTED_AUTH_MODE)$/,
    title: 'The database server $server does not let the administrator in',
    hint: 'Check user and password in preview-database-admin: after a rotation the secret has new ones.',
  },
  {
    codes: /^(?:3D000|ER_BAD_DB_ERROR)$/,
    title: 'A database does not exist on $server',
    hint: 'Check the database in preview-database-admin, and preview-database-template.',
  },
  {
    codes:
      /^(?:42501|ER_DBACCESS_DENIED_ERROR|ER_SPECIFIC_ACCESS_DENIED_ERROR|ER_TABLEACCESS_DENIED_ERROR|ER_CANNOT_USER)$/,
    title: 'The administrator on $server may not do what is needed',
    hint: 'PostgreSQL: ALTER ROLE … CREATEDB CREATEROLE, and it has to own the template and what is in it (and, for schemas, to have CREATE on its database). MySQL: CREATE, DROP, CREATE USER, all rights on the databases WITH GRANT OPTION, and CREATE, SELECT, INSERT and DELETE on wsgi_lambda.*.',
  },
  {
    codes: /^(?:53300|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS)$/,
    title: 'The database server $server has no connection left',
    hint: 'Run again later; fewer previews at once (preview-limit, preview-concurrency) need fewer connections.',
  },
  {
    codes: /^55006$/,
    title: 'A database on $server is in use by somebody else',
    hint: 'A template is copied while nobody is connected to it, and a database is removed when nobody else is: close those connections, and run again.',
  },
  {
    codes: /^2BP01$/,
    title: 'The user of a preview still has something in another database on $server',
    hint: 'The message names the database: remove it there by hand (DROP OWNED BY …), and run again.',
  },
  {
    codes: /^(?:55P03|ER_LOCK_WAIT_TIMEOUT)$/,
    title: 'Somebody else has locked what is needed on $server',
    hint: 'Run again when their transaction has ended.',
  },
]

/** An error of a client as an instruction; a UserError as it is. No statement is repeated: it may hold a password. */
export function databaseFailure(error: unknown, { engine, host, port }: DatabasePlace): unknown {
  if (!isError(error) || error instanceof UserError) return error
  const server = `${host}:${port}`
  const { code = '', detail } = error as Error & { code?: string; detail?: string }
  const message = [error.message || code, detail].filter(Boolean).join(' ')
  const row = ADVICE.find(({ codes, says }) => codes.test(code) && says?.test(message) !== false)
  const problem: Problem = row
    ? { title: row.title.replace('$server', server), detail: message, hint: row.hint }
    : {
        title: `${engine === 'mysql' ? 'MySQL' : 'PostgreSQL'} on ${server} refuses (${code || error.name})`,
        detail: message,
      }
  return new UserError(problem, { cause: error })
}

/** What the server called its refusal, also where it was translated. */
export function codeOf(error: unknown): string | undefined {
  if (!isError(error)) return undefined
  const { code } = error as NodeJS.ErrnoException
  return code ?? codeOf(error.cause)
}

/** Also of another realm, as Node's own are where tests run. */
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error
}
