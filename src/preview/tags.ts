import { OUR_TAG, type Tags } from '../aws/tags.ts'
import type { PreviewIdentity } from './identity.ts'
import { isOf, previewName } from './identity.ts'
import type { Repository } from './pull.ts'

/**
 * What a preview's function says of itself: the only memory there is. From it alone a preview is found, known as ours, and
 * removed with everything that was made for it.
 */
export interface PreviewTags extends PreviewIdentity {
  readonly headSha: string | undefined
  /** The run that deployed it last. */
  readonly run: string | undefined
  /** ISO 8601. */
  readonly created: string
  readonly expires: string
  /** `none` where it has none; `postgresql/database/NAME/USER` and so on; `sqlite`; `command` of the user's own. */
  readonly database: string
  /** Where the secret of who may remove the database is: a reference. `given` where an address was given instead. */
  readonly databaseAdmin: string | undefined
  readonly databaseAccess: 'runner' | 'function' | undefined
  /** `s3://BUCKET/PREFIX` of its static files. */
  readonly static: string | undefined
  /** The name of the execution role, where it was made for the preview. */
  readonly role: string | undefined
  /** The name of the log group, where it was made for the preview. */
  readonly logGroup: string | undefined
  /** Whether the commands of `preview-seed` have run. */
  readonly isSeeded: boolean
}

const PREFIX = 'wsgi-lambda:'
/** Lambda developer guide, "Use tags on Lambda functions": what a value may not hold. */
const NO_TAG_CHARACTER = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu
const LONGEST_VALUE = 256

/** The tags that a search names: all previews of a repository, or those of one pull request. */
export function searchTags({ host, repositoryId }: Omit<Repository, 'repository'>, pull?: number): Tags {
  return {
    ...OUR_TAG,
    [`${PREFIX}host`]: host,
    [`${PREFIX}repository`]: repositoryId,
    ...(pull !== undefined && { [`${PREFIX}pr`]: String(pull) }),
  }
}

export function writeTags(tags: PreviewTags): Tags {
  const optional = {
    head: tags.headSha,
    run: tags.run,
    // Between a secret and its key: a tag takes no #, and a reference has no blank.
    'database-admin': tags.databaseAdmin?.replace('#', ' '),
    'database-access': tags.databaseAccess,
    static: tags.static,
    role: tags.role,
    'log-group': tags.logGroup,
    // Written either way: a tag is changed, and never taken away.
    seeded: String(tags.isSeeded),
  }
  const written = {
    host: tags.host,
    place: tags.place,
    repository: tags.repositoryId,
    'repository-name': tags.repository,
    preview: tags.base,
    pr: String(tags.pull),
    created: tags.created,
    expires: tags.expires,
    database: tags.database,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  } as Readonly<Record<string, string>>
  return {
    ...OUR_TAG,
    ...Object.fromEntries(
      Object.entries(written).map(([key, value]) => [
        PREFIX + key,
        value.replaceAll(NO_TAG_CHARACTER, '_').slice(0, LONGEST_VALUE),
      ]),
    ),
  }
}

/** What is added to the tags once the commands of `preview-seed` have run. */
export const SEEDED_TAG: Tags = { [`${PREFIX}seeded`]: 'true' }

/** Of a preview that gets other data than it had. @param database as tags have it */
export function databaseTag(database: string): Tags {
  return { [`${PREFIX}database`]: database }
}

/** Undefined where the tags do not prove that the function is a preview that this program made. */
export function readTags(functionName: string, tags: Tags): PreviewTags | undefined {
  const tag = (key: string): string | undefined => tags[PREFIX + key]
  const pull = Number(tag('pr'))
  const [host, place, repositoryId, base] = [tag('host'), tag('place'), tag('repository'), tag('preview')]
  const isOurs = Object.entries(OUR_TAG).every(([key, value]) => tags[key] === value)
  if (!isOurs || !/^[1-9]\d*$/.test(tag('pr') ?? '') || !/^\d+$/.test(repositoryId ?? '')) return undefined
  if (!host || !place || repositoryId === undefined) return undefined
  if (base === undefined || previewName(base, pull) !== functionName) return undefined
  const access = tag('database-access')
  return {
    ...{ functionName, base, pull, place, host, repositoryId, repository: tag('repository-name') ?? '' },
    headSha: tag('head'),
    run: tag('run'),
    created: tag('created') ?? '',
    // Of an unreadable date nobody can say that it has passed.
    expires: tag('expires') ?? '',
    database: tag('database') ?? 'none',
    databaseAdmin: tag('database-admin')?.replace(' ', '#'),
    databaseAccess: access === 'runner' || access === 'function' ? access : undefined,
    static: tag('static'),
    role: tag('role'),
    logGroup: tag('log-group'),
    isSeeded: tag('seeded') === 'true',
  }
}

/** Whether it is a preview of the same function, in the same place, for the same pull request of the same repository. */
export function isSamePreview(tags: PreviewTags, identity: PreviewIdentity): boolean {
  return (
    isOf(tags, identity) && (['functionName', 'base', 'pull'] as const).every((part) => tags[part] === identity[part])
  )
}
