import type { Problem } from '../errors.ts'
import { type Table, text, wholeNumber } from './kinds.ts'

/** Where static files are, as the function's own variable: another place is another configuration. */
export const STATIC_VARIABLE = 'WSGI_LAMBDA_STATIC'
/** What the application reads the address of its static files from. */
const STATIC_URL_VARIABLE = 'STATIC_URL'

const FOLDER = {
  format: 'a folder below the project',
  pattern: /^(?!\/|\.{1,2}(?:\/|$))(?!.*\/\.\.(?:\/|$))[^\\]+$/,
} as const

/** Settings of static files that a bucket has, and not the function. */
export const STATIC_SETTINGS = {
  static: text({
    description:
      "The S3 bucket and prefix for the application's static files, which are left out of the artifact then. {{stage}} is filled in.",
    format: 's3://BUCKET or s3://BUCKET/PREFIX',
    pattern:
      /^s3:\/\/(?:[a-z0-9]|\{\{\s*stage\s*\}\})(?:[a-z0-9.-]|\{\{\s*stage\s*\}\})*(?:\/(?:[^\s{}]|\{\{\s*stage\s*\}\})*)?$/,
    example: 's3://example-static/shop/{{stage}}',
    defaultText: 'the application serves them itself',
    placeholder: 'ADDRESS',
  }),
  'static-url': text({
    description: `Where visitors get them: the variable ${STATIC_URL_VARIABLE} of the function. {{stage}} is filled in.`,
    format: 'a path or an address that ends with /',
    pattern: /^(?:https?:\/\/[^\s/]+)?\/(?:\S*\/)?$/,
    example: 'https://static.example.org/{{stage}}/',
    defaultText: "the application's own",
    placeholder: 'URL',
  }),
  'static-root': text({
    ...FOLDER,
    description: 'The folder that collectstatic has filled already: it is not run then.',
    example: 'staticfiles',
    defaultText: "Django's STATIC_ROOT, and collectstatic is run on the artifact",
    placeholder: 'DIR',
  }),
  'static-folder': text({
    ...FOLDER,
    description: 'The folder of static files of an application that has no collectstatic, such as one of Flask.',
    example: 'bookshelf/static',
    placeholder: 'DIR',
  }),
  'static-keep': wholeNumber(0, 3650, 'days', {
    description: 'How long static files stay in the bucket after they were part of what is served.',
    example: '90',
    default: 30,
    placeholder: 'DAYS',
  }),
} as const

interface StaticSettings {
  readonly static: string | undefined
  readonly staticUrl: string | undefined
}

/** What the function's variables say of its static files. */
export function staticVariables({ static: address, staticUrl }: StaticSettings): Table {
  if (address === undefined) return {}
  return { [STATIC_VARIABLE]: address, ...(staticUrl !== undefined && { [STATIC_URL_VARIABLE]: staticUrl }) }
}

/** What does not fit together, each mistake on its own. */
export function staticContradictions(
  values: StaticSettings & {
    readonly staticRoot: string | undefined
    readonly staticFolder: string | undefined
    readonly environment: Table
    readonly handler: string
  },
): Problem[] {
  const { static: address, staticUrl, staticRoot, staticFolder, environment, handler } = values
  const alone = { 'static-url': staticUrl, 'static-root': staticRoot, 'static-folder': staticFolder }
  const names = address === undefined ? Object.entries(alone).filter(([, value]) => value !== undefined) : []
  const isAsked = address !== undefined && staticRoot === undefined && staticFolder === undefined
  return [
    ...names.map(([name]) => ({ title: `${name} is set, and static is not`, hint: `Set it, or remove ${name}.` })),
    ...(staticRoot !== undefined && staticFolder !== undefined
      ? [{ title: 'static-root and static-folder are both set', hint: 'Keep one: the files are in one folder.' }]
      : []),
    ...(staticUrl !== undefined && Object.hasOwn(environment, STATIC_URL_VARIABLE)
      ? [
          {
            title: `${STATIC_URL_VARIABLE} stands in environment, and static-url is set`,
            hint: 'Keep one of them: static-url is that variable.',
          },
        ]
      : []),
    ...(Object.hasOwn(environment, STATIC_VARIABLE)
      ? [{ title: `environment: ${STATIC_VARIABLE} is not valid`, hint: 'Write the setting static instead.' }]
      : []),
    ...(isAsked && handler === 'none'
      ? [
          {
            title: 'static is set, and with handler: none there is no application to collect from',
            hint: 'Name the folder of the files with static-folder.',
          },
        ]
      : []),
  ]
}
