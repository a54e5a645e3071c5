import * as v from 'valibot'

/** What a release has put into the bucket, and when: kept there as an object of its own. */
export interface StaticRecord {
  /** Whose release: region, function and alias, as in `eu-west-1/shop/live`. */
  readonly owner: string
  /** SHA-256 of the code, hexadecimal. */
  readonly code: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The code that was served before. */
  readonly replaces: string | undefined
  /** Those that releases have put there; never what was there before them. */
  readonly files: readonly string[]
  /** Whether these are being removed: for this release nobody keeps them any more. */
  readonly isGoing?: boolean | undefined
}

/** Below the prefix of static files: what this program notes about them. */
export const FOLDER = '.wsgi-lambda/'

const CONTENT = v.object({
  at: v.pipe(v.string(), v.isoTimestamp()),
  replaces: v.nullable(v.string()),
  files: v.array(v.string()),
  going: v.optional(v.boolean()),
})

/** How a record is written. */
export const RECORD_HEADERS = { contentType: 'application/json', cacheControl: 'no-store' } as const

export function keyOfRecord({ owner, code }: Pick<StaticRecord, 'owner' | 'code'>): string {
  return `${FOLDER}${owner}/${code}.json`
}

export function isRecordKey(key: string): boolean {
  return key.startsWith(FOLDER) && key.endsWith('.json')
}

/** Of the object that says for which preview the files of a function were put there. */
export function keyOfMark({ region, functionName, mark }: MarkedFiles): string {
  return `${FOLDER}${region}/${functionName}/${MARK}${mark}`
}

/** What the keys below a prefix say. */
export interface MarkedFiles {
  readonly region: string
  readonly functionName: string
  readonly mark: string
}

const MARK = 'preview-'

/** Undefined for the key of something else. */
export function readMarkKey(key: string): MarkedFiles | undefined {
  const [, region, functionName, mark] = /^\.wsgi-lambda\/([^/]+)\/([^/]+)\/preview-([0-9a-f]+)$/.exec(key) ?? []
  return region === undefined || functionName === undefined || mark === undefined
    ? undefined
    : { region, functionName, mark }
}

/** Of the key of a record; undefined for that of something else. */
export function ownerOfRecord(key: string): string | undefined {
  return ownerAndCode(key).owner
}

function ownerAndCode(key: string): { readonly owner?: string | undefined; readonly code?: string | undefined } {
  const [, owner, code] = /^\.wsgi-lambda\/(.+)\/([0-9a-f]{64})\.json$/.exec(key) ?? []
  return { owner, code }
}

export function writeStaticRecord({ at, replaces, files, isGoing: going }: StaticRecord): string {
  return JSON.stringify({ at: new Date(at).toISOString(), replaces: replaces ?? null, files, going })
}

/** Undefined for what is no record of ours. */
export function readStaticRecord(key: string, text: string): StaticRecord | undefined {
  const { owner, code } = ownerAndCode(key)
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), CONTENT), text)
  if (owner === undefined || code === undefined || !read.success) return undefined
  const { at, replaces, files, going: isGoing } = read.output
  return { owner, code, at: Date.parse(at), replaces: replaces ?? undefined, files, ...(isGoing && { isGoing }) }
}

const DAY = 24 * 3600 * 1000

/** What is removed after a release: objects by their keys, records among them. */
export interface Expired {
  readonly files: readonly string[]
  readonly records: readonly StaticRecord[]
}

/**
 * The records of this function whose time is over, and the files that only those list. Records of others protect theirs; what no
 * record lists is not ours.
 *
 * @param released the record of the release, which is part of `records`
 * @param paths all files of the release, ours or not
 */
export function expiredOf(
  records: readonly StaticRecord[],
  released: StaticRecord,
  paths: ReadonlySet<string>,
  { now, keepDays }: { readonly now: number; readonly keepDays: number },
): Expired {
  const own = records.filter(({ owner }) => owner === released.owner)
  const over = own.filter((record) => {
    const ended = record.code === released.code ? undefined : endOf(record, own)
    return ended !== undefined && ended + keepDays * DAY <= now
  })
  const kept = new Set([...paths, ...records.filter((record) => !over.includes(record)).flatMap(({ files }) => files)])
  const files = new Set(over.flatMap(({ files: listed }) => listed).filter((path) => !kept.has(path)))
  return { files: [...files].toSorted(), records: over }
}

/** When a release was served last: until another one says that it replaces it, else until the next one came. */
function endOf({ at, code }: StaticRecord, records: readonly StaticRecord[]): number | undefined {
  const later = records.filter((record) => record.at > at)
  const replacing = later.filter(({ replaces }) => replaces === code).map((record) => record.at)
  if (replacing.length > 0) return Math.max(...replacing)
  return later.length > 0 ? Math.min(...later.map((record) => record.at)) : undefined
}
