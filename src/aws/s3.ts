import { Readable } from 'node:stream'
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { parseBucketAddress } from './bucket-address.ts'
import { clientConfig } from './client-config.ts'
import { adviceFor } from './errors.ts'
import { expectOwner, withOwner } from './expected-owner.ts'
import { uploadFile } from './file-upload.ts'

/** Parts of a larger object that are on their way at once. */
const PARTS_AT_ONCE = 4

/** An object, with the SHA-256 (hexadecimal) that it was written with; undefined for one that somebody else wrote. */
export interface ObjectState {
  readonly bytes: number
  readonly sha256: string | undefined
}

/** One bucket below one prefix: exactly the calls that this program makes. Every failure is a UserError where advice is possible. */
export interface Bucket {
  readonly name: string
  /** What a key is called in the bucket. */
  readonly keyOf: (key: string) => string
  /** For messages, as in `s3://BUCKET/PREFIX/KEY`. */
  readonly addressOf: (key: string) => string
  readonly find: (key: string) => Promise<ObjectState | undefined>
  /** Undefined when there is no such object. */
  readonly read: (key: string) => Promise<(ObjectState & { readonly body: Readable }) | undefined>
  /** Sends a file. With `isNew`, an object that is there is never replaced. @returns whether it was written */
  readonly write: (key: string, path: string, sha256: string, options?: { isNew?: boolean }) => Promise<boolean>
}

export interface BucketOptions {
  /** This program's, for the user agent. */
  readonly version: string
  readonly signal: AbortSignal
  /** As in `https://HOST/BUCKET/KEY`: emulators and most servers that speak S3 have no host name for each bucket. */
  readonly isPathStyle: boolean
  /** How long a server may say nothing. Without it, the SDK's patience: an upload that has to succeed. */
  readonly patienceSeconds?: number
  readonly access?: BucketAccess | undefined
}

/** Whose bucket it is, and how what is put into it is encrypted. */
export interface BucketAccess {
  /** The account that the bucket must belong to: S3 refuses every call otherwise. */
  readonly owner: string | undefined
  /** By its ARN, id or alias; undefined for the bucket's own way. */
  readonly kmsKey: string | undefined
}

/** @param address as in `s3://BUCKET` or `s3://BUCKET/PREFIX` */
export function createBucket(
  address: string,
  { version, signal, isPathStyle, patienceSeconds, access }: BucketOptions,
): Bucket {
  const { name, prefix } = parseBucketAddress(address)
  const patience = patienceSeconds === undefined ? undefined : patienceOf(patienceSeconds * 1000)
  const client = new S3Client({
    ...clientConfig(version, patience),
    ...(patience && { maxAttempts: 2 }),
    forcePathStyle: isPathStyle,
    followRegionRedirects: true,
  })
  if (access?.owner !== undefined) expectOwner(client, access.owner)
  const encryption =
    access?.kmsKey === undefined ? {} : ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: access.kmsKey } as const)
  const keyOf = (key: string): string => prefix + key
  const advice = (error: unknown, action: string, key: string): unknown => {
    const asked = {
      action: `s3:${action}`,
      resource: `s3://${name}/${keyOf(key)}`,
      arn: `arn:aws:s3:::${name}/${prefix}*`,
    }
    return withOwner(adviceFor(error, asked), access?.owner)
  }

  return {
    name,
    keyOf,
    addressOf: (key) => `s3://${name}/${keyOf(key)}`,
    find: async (key) => {
      try {
        const command = new HeadObjectCommand({ Bucket: name, Key: keyOf(key) })
        return objectState(await client.send(command, { abortSignal: signal }))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw advice(error, 'GetObject', key)
      }
    },
    read: async (key) => {
      try {
        const command = new GetObjectCommand({ Bucket: name, Key: keyOf(key) })
        const found = await client.send(command, { abortSignal: signal })
        return { ...objectState(found), body: found.Body instanceof Readable ? found.Body : Readable.from([]) }
      } catch (error) {
        if (isMissing(error)) return undefined
        throw advice(error, 'GetObject', key)
      }
    },
    write: async (key, path, sha256, { isNew = false } = {}) => {
      const params = {
        Bucket: name,
        Key: keyOf(key),
        Metadata: { sha256 },
        ...encryption,
        // Of an upload in parts, S3 looks at it when the parts are put together.
        ...(isNew ? { IfNoneMatch: '*' } : {}),
      }
      try {
        await uploadFile(client, path, params, { partsAtOnce: PARTS_AT_ONCE, signal })
        return true
      } catch (error) {
        if (isNew && isThere(error)) return false
        throw advice(error, 'PutObject', key)
      }
    },
  }
}

/** Whether the variables name an endpoint of one's own, which knows buckets by path only. */
export function hasOwnEndpoint(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'])
}

/** Counted from the last byte that came or went: a large object may take longer as a whole. */
function patienceOf(milliseconds: number) {
  return { connectionTimeout: milliseconds, socketTimeout: milliseconds }
}

function objectState(found: {
  ContentLength?: number | undefined
  Metadata?: Record<string, string> | undefined
}): ObjectState {
  return { bytes: found.ContentLength ?? 0, sha256: found.Metadata?.['sha256'] }
}

/** A missing bucket is something else: it says so when something is read from it. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && ['NotFound', 'NoSuchKey'].includes(error.name)
}

/** What `If-None-Match: *` is answered with: 412, or 409 where another upload of the same key is going on. */
function isThere(error: unknown): boolean {
  return error instanceof Error && ['PreconditionFailed', 'ConditionalRequestConflict'].includes(error.name)
}
