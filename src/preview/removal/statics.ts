import { isNoBucket } from '../../aws/errors.ts'
import type { StaticBucket } from '../../aws/static-bucket.ts'
import { UserError } from '../../errors.ts'
import { isRecordKey, type MarkedFiles, ownerOfRecord, readMarkKey, readStaticRecord } from '../../static/keeping.ts'
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
  const isOwn = (key: string): boolean => ownerOfRecord(key)?.startsWith(`${region}/${statics.functionName}/`) ?? false
  const marks = keys.filter((key) => isMarkOf(readMarkKey(key), statics, region))
  if (statics.mark !== undefined && marks.length === 0) return { outcome: 'missing' }
  const recordKeys = keys.filter(isRecordKey)
  const ownKeys = recordKeys.filter(isOwn)
  if (ownKeys.length + marks.length === 0) return { outcome: 'missing' }
  const read = await readRecords(bucket, recordKeys, statics)
  const filesOf = (own: boolean): string[] => read.filter(({ key }) => isOwn(key) === own).flatMap(({ files }) => files)
  const needed = new Set(filesOf(false))
  const recorded = new Set(filesOf(true))
  await bucket.remove(keys.filter((key) => recorded.has(key) && !needed.has(key)))
  await bucket.remove(ownKeys)
  await removeUnneeded(
    bucket,
    [...recorded].filter((key) => needed.has(key)),
    statics,
  )
  await bucket.remove(marks)
  return { outcome: 'removed' }
}

async function readRecords(
  bucket: StaticBucket,
  keys: readonly string[],
  statics: StaticsOfPreview,
): Promise<readonly { readonly key: string; readonly files: readonly string[] }[]> {
  const read = await Promise.all(
    keys.map(async (key) => {
      const text = await bucket.readText(key)
      // One that is gone by now is nobody's.
      return { key, files: text === undefined ? [] : readStaticRecord(key, text)?.files }
    }),
  )
  const unreadable = read.filter(({ files }) => files === undefined)
  if (unreadable.length > 0) throw cannotTell(statics, unreadable)
  return read.map(({ key, files = [] }) => ({ key, files }))
}

/** What another preview needed may be removed at the same time: of two that go together, the later one finds no record of the other. */
async function removeUnneeded(
  bucket: StaticBucket,
  shared: readonly string[],
  statics: StaticsOfPreview,
): Promise<void> {
  if (shared.length === 0) return
  const keys = (await keysOf(bucket)) ?? []
  const read = await readRecords(bucket, keys.filter(isRecordKey), statics)
  const needed = new Set(read.flatMap(({ files }) => files))
  await bucket.remove(shared.filter((key) => !needed.has(key)))
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
