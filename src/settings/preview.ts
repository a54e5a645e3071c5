import type { Problem } from '../errors.ts'
import { basicAuthContradictions, USER_AND_PASSWORD } from './basic-auth.ts'
import { lines, oneOf, table, text, trueOrFalse, wholeNumber } from './kinds.ts'
import { plainVariableMistakes, REFERENCES, secretMistakes, VARIABLE } from './secrets.ts'

/** What starts with the word of a remote command, as in `before-traffic`. */
const REMOTE_COMMANDS = {
  format: 'one a line, each starting with manage, flask, exec or shell; timeout=SECONDS may stand in front (1 to 900)',
  each: /^(?:timeout=(?:[1-9]\d?|[1-8]\d\d|900)\s+)?(?:manage|flask|exec|shell|command)(?:\s|$)/,
} as const

const ROLE = {
  format: 'the ARN of an IAM role',
  pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  placeholder: 'ARN',
} as const

/** Settings of previews: one running copy of the application for each pull request. */
export const PREVIEW_SETTINGS = {
  'preview-role': text({
    ...ROLE,
    description: 'The execution role of previews. They never get `role`; create-role makes one for each.',
    example: 'arn:aws:iam::123456789012:role/shop-preview-execution',
  }),
  'preview-environment': table({
    description:
      'Variables of previews, over those of environment. {{pr}} (its number), {{preview}} (its name), {{url}}, {{host}} and {{origin}} (its address) are filled in.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: VARIABLE,
    mistakes: plainVariableMistakes,
    isConfidential: true,
    example: 'ALLOWED_HOSTS={{host}}',
    default: {},
    placeholder: 'LINES',
  }),
  'preview-secrets': table({
    description: 'Variables that previews read from Systems Manager or Secrets Manager. They never get `secrets`.',
    format: `VARIABLE=REFERENCE, one a line, or a JSON object; a reference is ${REFERENCES}`,
    mistakes: secretMistakes,
    isConfidential: true,
    example: 'SECRET_KEY=ssm:/shop/preview/secret-key',
    default: {},
    placeholder: 'LINES',
  }),
  'preview-label': text({
    description: 'Only pull requests with this label get a preview.',
    example: 'preview',
    defaultText: 'all pull requests get one',
    placeholder: 'LABEL',
  }),
  'preview-drafts': trueOrFalse({
    description: 'Whether draft pull requests get a preview; else they get one once they are ready for review.',
    example: 'false',
    default: true,
  }),
  'preview-basic-auth': text({
    ...USER_AND_PASSWORD,
    description: 'Lets into previews only who knows this user and password; none lets in everybody.',
    defaultText: 'that of basic-auth',
  }),
  'preview-expires': wholeNumber(1, 365, 'days', {
    description: 'How long after its last deployment a preview is removed by sweep.',
    example: '3',
    default: 7,
    placeholder: 'DAYS',
  }),
  'preview-limit': wholeNumber(0, 1000, 'previews', {
    description: 'How many previews of the function there may be at once; 0 for any number.',
    example: '5',
    default: 20,
    placeholder: 'NUMBER',
  }),
  'preview-concurrency': text({
    description:
      "How many requests a preview may handle at once, out of the account's reserve: a limit of what it may cost.",
    format: 'a whole number from 1, or none',
    pattern: /^(?:none|[1-9]\d{0,5})$/,
    example: '2',
    default: 'none',
    placeholder: 'NUMBER',
  }),
  'preview-database': oneOf(['none', 'database', 'schema', 'sqlite'], {
    description:
      'What data a preview has of its own: a database or a schema on the server of preview-database-admin, a file that is gone with its environment (sqlite), or none.',
    example: 'schema',
    defaultText: 'database where preview-database-admin is set, else none',
    placeholder: 'KIND',
  }),
  'preview-database-admin': text({
    description:
      'Who may create databases: a reference to a secret with an address, or with what RDS keeps in its secrets; or the address itself.',
    format: `${REFERENCES}; or postgresql://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE`,
    pattern: /^(?:ssm:|secretsmanager:|arn:[\w-]+:(?:ssm|secretsmanager):|(?:postgres|postgresql|mysql):\/\/)\S+$/,
    isConfidential: true,
    example: 'secretsmanager:shop/preview/database-admin',
    placeholder: 'REFERENCE',
  }),
  'preview-database-access': oneOf(['runner', 'function'], {
    description:
      'Who reaches that server: this machine, or only the main function (see database-role), which then creates and removes databases.',
    example: 'function',
    default: 'runner',
    placeholder: 'WHO',
  }),
  'preview-database-template': text({
    description: 'A database of PostgreSQL that a new one is a copy of.',
    format: 'the name of a database',
    pattern: /^[^\s"';\\]{1,63}$/,
    example: 'shop_template',
    defaultText: 'an empty database',
    placeholder: 'NAME',
  }),
  'preview-database-variable': text({
    description: 'The variable that a preview finds the address of its database in.',
    format: 'the name of a variable',
    pattern: VARIABLE,
    example: 'DATABASE_URL',
    default: 'DATABASE_URL',
    placeholder: 'NAME',
  }),
  'preview-database-create': text({
    description:
      'A line of shell that makes the database instead, such as a branch of Neon, and prints its address last. It finds WSGI_LAMBDA_PR and WSGI_LAMBDA_PREVIEW in its environment.',
    example: './scripts/neon-branch.sh create "$WSGI_LAMBDA_PREVIEW"',
    placeholder: 'LINE',
  }),
  'preview-database-delete': text({
    description: 'A line of shell that removes what preview-database-create has made.',
    example: './scripts/neon-branch.sh delete "$WSGI_LAMBDA_PREVIEW"',
    placeholder: 'LINE',
  }),
  'preview-seed': lines({
    ...REMOTE_COMMANDS,
    description: 'Commands that run once, when the database of a preview is new, after those before traffic.',
    example: 'manage loaddata demo',
    default: [],
    placeholder: 'COMMANDS',
  }),
  'before-destroy': lines({
    ...REMOTE_COMMANDS,
    description: 'Commands that run in a preview before it is removed. One that fails is only reported.',
    example: 'manage remove_search_index',
    default: [],
    placeholder: 'COMMANDS',
  }),
  comment: trueOrFalse({
    description:
      'Tell in a comment of the pull request how its preview is; with true, the action tells of a deployment too.',
    example: 'false',
    defaultText: 'true for previews, false for deployments',
  }),
  'github-environment': text({
    description: "The environment of GitHub's deployments that previews are shown as; none turns that off.",
    example: 'review',
    default: 'preview',
    placeholder: 'NAME',
  }),
} as const

interface PreviewValues {
  readonly previewDatabase: string | undefined
  readonly previewDatabaseAdmin: string | undefined
  readonly previewDatabaseAccess: string
  readonly previewDatabaseTemplate: string | undefined
  readonly previewDatabaseCreate: string | undefined
  readonly previewDatabaseDelete: string | undefined
}

interface PreviewAccess {
  readonly previewBasicAuth: string | undefined
  readonly functionUrl: string | undefined
  readonly handler: string
}

const problem = (title: string, hint: string): Problem => ({ title, hint })

/** What previews lack. Asked where one is made: a secret of the workflow's need not be there wherever else the settings are read. */
export function previewGaps(values: PreviewValues & PreviewAccess): Problem[] {
  const { previewDatabase: kind, previewDatabaseAdmin: admin } = values
  const { previewDatabaseCreate: create, previewDatabaseDelete: remove } = values
  return [
    ...basicAuthContradictions({ ...values, basicAuth: values.previewBasicAuth }, 'preview-basic-auth'),
    ...(isOnServer(kind) && admin === undefined && create === undefined
      ? [
          problem(
            `preview-database is ${kind}, and preview-database-admin is not set`,
            'Name who may create databases.',
          ),
        ]
      : []),
    ...((create === undefined) !== (remove === undefined)
      ? [
          problem(
            create === undefined
              ? 'preview-database-delete is set without preview-database-create'
              : 'preview-database-create is set without preview-database-delete',
            'Set both: what is made for a pull request is removed with it.',
          ),
        ]
      : []),
  ]
}

/** What does not fit together, each mistake on its own. */
export function previewContradictions(values: PreviewValues): Problem[] {
  const { previewDatabase: kind, previewDatabaseAdmin: admin, previewDatabaseTemplate: template } = values
  const isMysql = admin?.startsWith('mysql:') ?? false
  return [
    ...(values.previewDatabaseCreate !== undefined && (admin !== undefined || isOnServer(kind))
      ? [
          problem(
            'preview-database-create is set beside preview-database or preview-database-admin',
            'Keep one of the two ways to a database.',
          ),
        ]
      : []),
    ...(template !== undefined && (kind === 'schema' || isMysql)
      ? [
          problem(
            'preview-database-template is set, and only a database of PostgreSQL can be a copy of another',
            'Fill the database with preview-seed instead.',
          ),
        ]
      : []),
    ...(kind === 'schema' && isMysql
      ? [
          problem(
            'preview-database is schema, and MySQL has no schemas beside databases',
            'Set preview-database to database.',
          ),
        ]
      : []),
    ...(values.previewDatabaseAccess === 'function' && /^(?:postgres|postgresql|mysql):/.test(admin ?? '')
      ? [
          problem(
            'preview-database-access is function, and preview-database-admin is an address',
            'Store the address in Secrets Manager or Parameter Store, and name it: the function reads it itself.',
          ),
        ]
      : []),
  ]
}

function isOnServer(kind: string | undefined): kind is 'database' | 'schema' {
  return kind === 'database' || kind === 'schema'
}
