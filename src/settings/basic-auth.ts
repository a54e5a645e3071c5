import { createHash, pbkdf2Sync } from 'node:crypto'
import type { Problem } from '../errors.ts'
import { lines, type Table, text } from './kinds.ts'

/** The function's variable for it: runtime/wsgi_lambda/access.py. */
export const BASIC_AUTH_VARIABLE = 'WSGI_LAMBDA_BASIC_AUTH'

/** Takes the protection away. */
export const NONE = 'none'

/** About 3 ms of a processor, once for each environment: the password is hard to guess, or no number would be enough. */
const ROUNDS = 10_000

export const USER_AND_PASSWORD = {
  format: 'USER:PASSWORD, the password with 8 characters or more; or none',
  // RFC 7617, 2: no control characters, and no colon in the user.
  pattern: /^(?:none|[^:\p{Cc}]+:[^\p{Cc}]{8,})$/u,
  isConfidential: true,
  example: 'team:correct-horse-battery-staple',
  placeholder: 'USER:PASSWORD',
} as const

/** Who may see what is deployed. */
export const BASIC_AUTH_SETTINGS = {
  'basic-auth': text({
    ...USER_AND_PASSWORD,
    description:
      'Lets in only who knows this user and password; search engines are told to keep nothing. The function gets a hash.',
    defaultText: "the function's own, none for a new one",
  }),
  'basic-auth-except': lines({
    description: 'Paths that everybody may request all the same, such as a health check.',
    format: 'one a line, each a whole path that starts with /, without a query',
    each: /^\/[^\s?#]*$/,
    example: '/health',
    default: [],
    placeholder: 'PATHS',
  }),
} as const

interface BasicAuthSettings {
  readonly basicAuth: string | undefined
  readonly basicAuthExcept: readonly string[]
}

/**
 * What the function's variables say of it. They go by the settings and the function's name alone, so that the same settings
 * are the same configuration; and functions with one password have different hashes.
 */
export function basicAuthVariables({
  basicAuth,
  basicAuthExcept,
  functionName,
}: BasicAuthSettings & { readonly functionName: string }): Table {
  if (basicAuth === undefined || basicAuth === NONE) return {}
  // Not of the password: a hash of it that is quick to try would be no secret.
  const salt = sha256(`wsgi-lambda basic-auth ${functionName}`).toString('hex').slice(0, 32)
  const key = sha256(pbkdf2Sync(basicAuth, salt, ROUNDS, 32, 'sha256')).toString('hex')
  const except = basicAuthExcept.toSorted()
  const value = { rounds: ROUNDS, salt, key, ...(except.length > 0 && { except }) }
  return { [BASIC_AUTH_VARIABLE]: JSON.stringify(value) }
}

function sha256(content: string | Buffer): Buffer {
  return createHash('sha256').update(content).digest()
}

/** The header `Authorization` of who is let in (RFC 7617, 2); undefined where everybody is. */
export function authorizationOf({ basicAuth }: Pick<BasicAuthSettings, 'basicAuth'>): string | undefined {
  if (basicAuth === undefined || basicAuth === NONE) return undefined
  return `Basic ${Buffer.from(basicAuth).toString('base64')}`
}

/**
 * What does not fit together, each mistake on its own.
 * @param name of the setting that says it
 */
export function basicAuthContradictions(
  values: {
    readonly basicAuth: string | undefined
    readonly functionUrl: string | undefined
    readonly handler: string
  },
  name: 'basic-auth' | 'preview-basic-auth' = 'basic-auth',
): Problem[] {
  const isProtected = values.basicAuth !== undefined && values.basicAuth !== NONE
  return [
    ...(isProtected && values.functionUrl === 'iam'
      ? [
          {
            title: `${name} is set, and function-url is iam`,
            hint: 'Keep one of the two: both are said in the same header of a request.',
          },
        ]
      : []),
    ...(isProtected && values.handler === NONE
      ? [
          {
            title: `${name} is set, and with handler: none there is no handler that could ask for it`,
            hint: `Remove ${name}, or let the artifact have the handler.`,
          },
        ]
      : []),
  ]
}
