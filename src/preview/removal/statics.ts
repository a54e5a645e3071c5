import { isNoBucket } from '../../aws/errors.ts'
import type { StaticBucket } from '../../aws/static-bucket.ts'
import { UserError } from '../../errors.ts'
import {
  isRecordKey,
  keyOfRecord,
  type MarkedFiles,
  ownerOfRecord,
  RECORD_HEADERS,
  readMarkKey,
  readStaticRecord,
  type StaticRecord,
  writeStaticRecord,
} from '../../static/keeping.ts'
import type { Ended } from './result.ts'

export interface StaticsOfPreview {
  readonly address: string
  readonly functionName: string
  /** Where the function is gone, whose tags would prove it: the mark that the files must have. */
  readonly mark?: string
}

/**
 * Removes the files that releases of the function have put below the prefix, as their records there say. What others have
 * recorded too, and what nobody has recorded, stays. Records last, and then the mark: they are how the rest is found again.
 */
export async function removeStatics(bucket: StaticBucket, statics: StaticsOfPreview): Promise<Ended> {
  const [keys, region] = await Promise.all([keysOf(bucket), bucket.region()])
  if (keys === undefined) return { outcome: 'missing' }
  const isOwn = ({ owner }: Pick<StaticRecord, 'owner'>): boolean =>
    owner.startsWith(`${region}/${statics.functionName}/`)
  const marks = keys.filter((key) => isMarkOf(readMarkKey(key), statics, region))
  if (statics.mark !== undefined && marks.length === 0) return { outcome: 'missing' }
  const ownKeys = keys.filter((key) => isOwn({ owner: ownerOfRecord(key) ?? '' }))
  if (ownKeys.length + marks.length === 0) return { outcome: 'missing' }
  const records = await readRecords(bucket, keys, statics)
  const own = records.filter(isOwn)
  const needed = neededBeside(isOwn, records)
  const recorded = new Set(own.flatMap(({ files }) => files))
  await bucket.remove(keys.filter((key) => recorded.has(key) && !needed.has(key)))
  const shared = [...recorded].filter((key) => needed.has(key))
  if (shared.length > 0) {
    // What needs them may be removed at the same time: of two that go together, the later one to say so finds that the other goes.
    for (const record of own)
      await bucket.writeText(keyOfRecord(record), writeStaticRecord({ ...record, isGoing: true }), RECORD_HEADERS)
    const now = neededBeside(isOwn, await readRecords(bucket, (await keysOf(bucket)) ?? [], statics))
    await bucket.remove(shared.filter((key) => !now.has(key)))
  }
  await bucket.remove(ownKeys)
  await bucket.remove(marks)
  return { outcome: 'removed' }
}

/** What releases of other functions list that are not removed themselves. */
function neededBeside(isOwn: (record: StaticRecord) => boolean, records: readonly StaticRecord[]): ReadonlySet<string> {
  return new Set(records.filter((record) => !isOwn(record) && !record.isGoing).flatMap(({ files }) => files))
}

async function readRecords(
  bucket: StaticBucket,
  keys: readonly string[],
  statics: StaticsOfPreview,
): Promise<readonly StaticRecord[]> {
  const read = await Promise.all(
    keys.filter(isRecordKey).map(async (key) => {
      const text = await bucket.readText(key)
      // One that is gone by now is nobody's.
      return text === undefined ? [] : [{ key, record: readStaticRecord(key, text) }]
    }),
  )
  const unreadable = read.flat().filter(({ record }) => record === undefined)
  if (unreadable.length > 0) throw cannotTell(statics, unreadable)
  return read.flat().flatMap(({ record }) => record ?? [])
}

function isMarkOf(
  found: MarkedFiles | undefined,
  { functionName, mark = found?.mark }: StaticsOfPreview,
  region: string,
): boolean {
  return found?.region === region && found.functionName === functionName && found.mark === mark
}

/** Undefined where the bucket is gone. */
async function keysOf(bucket: StaticBucket): Promise<readonly string[] | undefined> {
  try {
    const keys: string[] = []
    for await (const { key } of bucket.list()) keys.push(key)
    return keys
  } catch (error) {
    if (isNoBucket(error)) return undefined
    throw error
  }
}

function cannotTell({ address }: StaticsOfPreview, unreadable: readonly { readonly key: string }[]): UserError {
  return new UserError({
    title: `It cannot be read which static files of ${address} belong to whom`,
    detail: unreadable.map(({ key }) => key).join('\n'),
    hint: 'Remove these records of the bucket, and run this again.',
  })
}
