import { type Cors, NO_CORS } from '../aws/cors.ts'
import type { Problem } from '../errors.ts'
import { listOrNone } from './function.ts'
import { lines, trueOrFalse, wholeNumber } from './kinds.ts'

const HEADER = { format: 'names of headers, one a line, or *', each: /^(?:\*|[\w!#$%&'*+.^`|~-]+)$/ } as const

/** What the Function URL says to browsers about other sites. An application may do so itself: then not both. */
export const CORS_SETTINGS = {
  'cors-origins': listOrNone({
    description: 'Sites whose pages may read answers of the Function URL. none takes back what was said.',
    format: 'as https://www.example.org, one a line; or *',
    each: /^(?:\*|[a-z][a-z0-9+.-]*:\/\/[^\s/,]+)$/i,
    example: 'https://www.example.org',
    placeholder: 'SITES',
  }),
  'cors-methods': lines({
    description: 'Methods that those pages may use.',
    format: 'GET, HEAD, POST, PUT, PATCH, DELETE or *, one a line',
    each: /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|\*)$/,
    example: 'POST',
    default: ['*'],
    defaultText: '*',
    placeholder: 'METHODS',
  }),
  'cors-headers': lines({
    ...HEADER,
    description: 'Headers that those pages may send.',
    example: 'content-type',
    default: [],
    placeholder: 'NAMES',
  }),
  'cors-exposed-headers': lines({
    ...HEADER,
    description: 'Headers of an answer that those pages may read.',
    example: 'etag',
    default: [],
    placeholder: 'NAMES',
  }),
  'cors-credentials': trueOrFalse({
    description: 'Let browsers send cookies with the requests of those pages.',
    example: 'true',
    default: false,
  }),
  'cors-max-age': wholeNumber(0, 86_400, 'seconds', {
    description: 'How long a browser may keep what it was told about other sites.',
    example: '3600',
    default: 0,
    placeholder: 'SECONDS',
  }),
} as const

const DETAILS = ['cors-methods', 'cors-headers', 'cors-exposed-headers', 'cors-credentials', 'cors-max-age'] as const

/** The settings above, as they were given. */
interface CorsValues {
  readonly corsOrigins: readonly string[] | undefined
  readonly corsMethods: readonly string[]
  readonly corsHeaders: readonly string[]
  readonly corsExposedHeaders: readonly string[]
  readonly corsCredentials: boolean
  readonly corsMaxAge: number
}

/** What contradicts itself. */
export function corsContradictions(
  { corsOrigins, corsCredentials, functionUrl }: CorsValues & { readonly functionUrl: string | undefined },
  isGiven: (name: keyof typeof CORS_SETTINGS) => boolean,
): Problem[] {
  if (corsOrigins === undefined) {
    return DETAILS.filter(isGiven).map((name) => ({
      title: `${name} is set without cors-origins`,
      hint: 'Set cors-origins to the sites that it is about.',
    }))
  }
  return [
    ...(functionUrl === 'none' && corsOrigins.length > 0
      ? [
          {
            title: 'cors-origins is set, and function-url is none',
            hint: 'The Function URL is left alone then: set function-url to public or iam, or remove cors-origins.',
          },
        ]
      : []),
    ...(corsCredentials && corsOrigins.includes('*')
      ? [
          {
            title: 'cors-credentials is set, and cors-origins is *',
            hint: 'Name the sites whose pages may send cookies: browsers and Lambda take no * there.',
          },
        ]
      : []),
  ]
}

/** Undefined where no setting speaks of it: then it is left alone. */
export function corsOf(values: CorsValues): Cors | undefined {
  const { corsOrigins, corsMethods, corsHeaders, corsExposedHeaders, corsCredentials, corsMaxAge } = values
  if (corsOrigins === undefined) return undefined
  if (corsOrigins.length === 0) return NO_CORS
  return {
    origins: corsOrigins,
    methods: corsMethods,
    headers: corsHeaders,
    exposedHeaders: corsExposedHeaders,
    credentials: corsCredentials,
    maxAge: corsMaxAge,
  }
}
