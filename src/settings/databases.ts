import type { Problem } from '../errors.ts'
import { text } from './kinds.ts'

/** The function's variable that makes a version one for databases: runtime/wsgi_lambda/databases/. */
export const DATABASES_VARIABLE = 'WSGI_LAMBDA_DATABASES'
/** In that version: the only database that it copies. Whoever asks it would else get a copy of any. */
export const TEMPLATE_VARIABLE = 'WSGI_LAMBDA_DATABASES_TEMPLATE'

/** Who makes databases for previews, where only a function reaches their server. */
export const DATABASE_SETTINGS = {
  'database-role': text({
    description:
      'The role of a version for databases alone, which makes and removes those of previews. It may read preview-database-admin, and the application is not imported there. With preview-database-access: function.',
    format: 'the ARN of an IAM role',
    pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    example: 'arn:aws:iam::123456789012:role/shop-databases',
    placeholder: 'ARN',
  }),
} as const

/** What does not fit together, each mistake on its own. */
export function databaseContradictions(values: {
  readonly databaseRole: string | undefined
  readonly previewDatabaseAccess: string
  readonly previewDatabaseAdmin: string | undefined
  readonly handler: string
}): Problem[] {
  if (values.databaseRole === undefined) return []
  const problem = (what: string, hint: string): Problem => ({ title: `database-role is set, and ${what}`, hint })
  return [
    ...(values.previewDatabaseAccess === 'function'
      ? []
      : [
          problem(
            'preview-database-access is runner',
            'Set it to function, or remove database-role: nobody would use that version.',
          ),
        ]),
    ...(values.previewDatabaseAdmin === undefined
      ? [problem('preview-database-admin is not', 'Name the secret that the role may read.')]
      : []),
    ...(values.handler === 'none'
      ? [
          problem(
            'handler is none',
            'The version for databases answers by the handler of wsgi-lambda: remove one of the two.',
          ),
        ]
      : []),
  ]
}
