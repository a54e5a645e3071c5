import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { inParallel } from '../artifact/parallel.ts'
import { PART_BYTES } from '../aws/part-bytes.ts'
import type { StaticBucket } from '../aws/static-bucket.ts'
import type { Reporter } from '../report/reporter.ts'
import { sizeText } from '../report/size.ts'
import { headersOf } from './headers.ts'
import {
  expiredOf,
  isRecordKey,
  keyOfMark,
  keyOfRecord,
  RECORD_HEADERS,
  readStaticRecord,
  type StaticRecord,
  writeStaticRecord,
} from './keeping.ts'
import { bytesOf, type StaticFile, type StaticFiles } from './static-files.ts'

const AT_ONCE = 8

/** Which release the files are of. */
export interface StaticRelease {
  readonly functionName: string
  readonly alias: string
  /** SHA-256, base64. */
  readonly codeSha256: string
  readonly servedCodeSha256: string | undefined
  /** Of the files of a preview: what proves whose they are once its function is gone. */
  readonly mark?: string | undefined
}

interface Collaborators {
  readonly bucket: StaticBucket
  readonly report: Reporter
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What is in the bucket once a release's files are. */
export interface Published {
  readonly records: readonly StaticRecord[]
  /** Keys of records that cannot be understood. */
  readonly unreadable: readonly string[]
  readonly released: StaticRecord
}

/** Puts what is not there yet into the bucket. What it will have put there is written down first. @throws UserError */
export async function publishStatic(
  { folder, files }: StaticFiles,
  release: StaticRelease,
  { bucket, report, now }: Collaborators,
): Promise<Published> {
  const region = await bucket.region()
  const { mark } = release
  const [{ etags, recordKeys }] = await Promise.all([
    listed(bucket, files),
    mark === undefined ? undefined : bucket.writeText(keyOfMark({ ...release, region, mark }), '{}', RECORD_HEADERS),
  ])
  const { records, unreadable } = await readRecords(bucket, recordKeys)
  const missing = await missingOf(files, folder, etags)
  const recorded = new Set(records.flatMap((record) => record.files))
  const isMissing = new Set(missing.map(({ path }) => path))
  const released: StaticRecord = {
    owner: `${region}/${release.functionName}/${release.alias}`,
    code: hexadecimal(release.codeSha256) ?? '',
    at: now(),
    replaces: hexadecimal(release.servedCodeSha256),
    files: files.map(({ path }) => path).filter((path) => isMissing.has(path) || recorded.has(path)),
  }
  await bucket.writeText(keyOfRecord(released), writeStaticRecord(released), RECORD_HEADERS)
  // Another function of the same prefix may have removed something before this record kept it from that.
  const uploads = await missingOf(files, folder, (await listed(bucket, files)).etags)
  const paths = new Set(files.map(({ path }) => path))
  let done = 0
  await inParallel(uploads, AT_ONCE, async (file) => {
    await bucket.writeFile(file.path, join(folder, file.path), headersOf(file, paths))
    report.progress(`static files: ${++done} of ${uploads.length}`)
  })
  const sent =
    uploads.length === 0 ? 'nothing to upload' : `${uploads.length} uploaded (${sizeText(bytesOf({ files: uploads }))})`
  report.info(`static files: ${sent}, ${files.length - uploads.length} were there`)
  const others = records.filter((record) => keyOfRecord(record) !== keyOfRecord(released))
  return { records: [...others, released], unreadable, released }
}

/** Removes what nothing needs any more and a release of this function has put there. @throws UserError */
export async function tidyStatic(
  { files }: StaticFiles,
  { records, unreadable, released }: Published,
  keepDays: number,
  { bucket, report, now }: Collaborators,
): Promise<void> {
  if (unreadable.length > 0) {
    report.notice({
      title: 'No old static files were removed: it cannot be read which of them a release needs',
      detail: unreadable.join('\n'),
      hint: 'Remove these records of the bucket, or write them anew with a deployment of what they belong to.',
    })
    return
  }
  const paths = new Set(files.map(({ path }) => path))
  const expired = expiredOf(records, released, paths, { now: now(), keepDays })
  // Records last: a run that ends between leaves them to the next one.
  await bucket.remove(expired.files)
  await bucket.remove(expired.records.map(keyOfRecord))
  if (expired.files.length > 0) report.info(`static files: ${expired.files.length} old ones removed`)
}

async function missingOf(
  files: readonly StaticFile[],
  folder: string,
  etags: ReadonlyMap<string, string>,
): Promise<readonly StaticFile[]> {
  const missing = await inParallel(files, AT_ONCE, async (file) => ((await isThere(file, folder, etags)) ? [] : [file]))
  return missing.flat()
}

/** One listing; of other objects than these files and the records nothing is kept in memory. */
async function listed(
  bucket: StaticBucket,
  files: readonly StaticFile[],
): Promise<{ readonly etags: ReadonlyMap<string, string>; readonly recordKeys: readonly string[] }> {
  const wanted = new Set(files.map(({ path }) => path))
  const etags = new Map<string, string>()
  const recordKeys: string[] = []
  for await (const { key, etag } of bucket.list()) {
    if (wanted.has(key)) etags.set(key, etag)
    else if (isRecordKey(key)) recordKeys.push(key)
  }
  return { etags, recordKeys }
}

async function readRecords(
  bucket: StaticBucket,
  keys: readonly string[],
): Promise<Pick<Published, 'records' | 'unreadable'>> {
  const texts = await inParallel(keys, AT_ONCE, (key) => bucket.readText(key))
  // One that is gone by now is nobody's.
  const read = keys.flatMap((key, index) => {
    const text = texts[index]
    return text === undefined ? [] : [{ key, record: readStaticRecord(key, text) }]
  })
  return {
    records: read.flatMap(({ record }) => record ?? []),
    unreadable: read.filter(({ record }) => record === undefined).map(({ key }) => key),
  }
}

/** A name that says its content need not be compared. */
async function isThere(
  { path, bytes, isImmutable }: StaticFile,
  folder: string,
  etags: ReadonlyMap<string, string>,
): Promise<boolean> {
  const etag = etags.get(path)
  if (etag === undefined) return false
  return isImmutable || etag === (await etagOf(join(folder, path), bytes))
}

/** As S3 makes it of what `writeFile` sends, where it is not encrypted by KMS (S3 user guide, "Checking object integrity"). */
export async function etagOf(path: string, bytes: number): Promise<string> {
  const digests: Buffer[] = []
  for (let start = 0; start === 0 || start < bytes; start += PART_BYTES) {
    const hash = createHash('md5')
    for await (const chunk of createReadStream(path, { start, end: start + PART_BYTES - 1 }))
      hash.update(chunk as Buffer)
    digests.push(hash.digest())
  }
  if (bytes < PART_BYTES) return (digests[0] ?? Buffer.alloc(0)).toString('hex')
  return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${digests.length}`
}

function hexadecimal(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex')
}
