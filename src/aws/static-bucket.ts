import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import { parseBucketAddress } from './bucket-address.ts'
import { clientConfig } from './client-config.ts'
import { adviceFor } from './errors.ts'
import { expectOwner, withOwner } from './expected-owner.ts'
import { uploadFile } from './file-upload.ts'

export interface ListedObject {
  /** Below the prefix. */
  readonly key: string
  /** Without its quotes. */
  readonly etag: string
}

/** How S3 answers with an object, besides its content. */
export interface ObjectHeaders {
  readonly contentType: string
  readonly cacheControl: string
  readonly contentEncoding?: string | undefined
}

/** A bucket below a prefix, as visitors get files from it. Every failure is a UserError where advice is possible. */
export interface StaticBucket {
  readonly region: () => Promise<string>
  readonly list: () => AsyncIterable<ListedObject>
  /** Folders below the prefix whose names begin so, each with a slash at its end. */
  readonly folders: (beginning: string) => Promise<readonly string[]>
  /** Undefined when there is no such object. */
  readonly readText: (key: string) => Promise<string | undefined>
  readonly writeText: (key: string, content: string, headers: ObjectHeaders) => Promise<void>
  readonly writeFile: (key: string, path: string, headers: ObjectHeaders) => Promise<void>
  readonly remove: (keys: readonly string[]) => Promise<void>
}

export interface StaticBucketOptions {
  /** This program's, for the user agent. */
  readonly version: string
  readonly signal: AbortSignal
  /** As in `https://HOST/BUCKET/KEY`. */
  readonly isPathStyle: boolean
  /** The account that the bucket must belong to: S3 refuses every call otherwise. */
  readonly owner?: string | undefined
}

/** S3 API reference, "DeleteObjects". */
const MOST_REMOVED = 1000

export function createStaticBucket(
  address: string,
  { version, signal, isPathStyle, owner }: StaticBucketOptions,
): StaticBucket {
  const { name: Bucket, prefix } = parseBucketAddress(address)
  const client = new S3Client({
    ...clientConfig(version),
    forcePathStyle: isPathStyle,
    followRegionRedirects: true,
  })
  if (owner !== undefined) expectOwner(client, owner)
  const call = async <T>(action: string, key: string, send: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted()
      return await send()
    } catch (error) {
      signal.throwIfAborted()
      const arn = action === 'ListBucket' ? `arn:aws:s3:::${Bucket}` : `arn:aws:s3:::${Bucket}/${prefix}*`
      const asked = { action: `s3:${action}`, resource: `s3://${Bucket}/${prefix}${key}`, arn }
      throw withOwner(adviceFor(error, asked), owner)
    }
  }
  const paramsOf = (key: string, { contentType, cacheControl, contentEncoding }: ObjectHeaders) => ({
    Bucket,
    Key: prefix + key,
    ContentType: contentType,
    CacheControl: cacheControl,
    ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
  })

  return {
    region: () => client.config.region(),
    list: async function* () {
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }, { abortSignal: signal })
      for (;;) {
        const page = await call('ListBucket', '', () => pages.next())
        if (page.done) return
        for (const { Key = '', ETag = '' } of page.value.Contents ?? [])
          yield { key: Key.slice(prefix.length), etag: ETag.replaceAll('"', '') }
      }
    },
    folders: async (beginning) => {
      const found: string[] = []
      const input = { Bucket, Prefix: prefix + beginning, Delimiter: '/' }
      const pages = paginateListObjectsV2({ client }, input, { abortSignal: signal })
      for (;;) {
        const page = await call('ListBucket', beginning, () => pages.next())
        if (page.done) return found
        for (const { Prefix = '' } of page.value.CommonPrefixes ?? []) found.push(Prefix.slice(prefix.length))
      }
    },
    readText: (key) =>
      call('GetObject', key, async () => {
        const command = new GetObjectCommand({ Bucket, Key: prefix + key })
        const found = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'NoSuchKey') return undefined
          throw error
        })
        return found?.Body instanceof Readable ? await text(found.Body) : undefined
      }),
    writeText: (key, content, headers) =>
      call('PutObject', key, async () => {
        const command = new PutObjectCommand({ ...paramsOf(key, headers), Body: content })
        await client.send(command, { abortSignal: signal })
      }),
    writeFile: (key, path, headers) =>
      // One part at a time: several files are on their way at once.
      call('PutObject', key, () => uploadFile(client, path, paramsOf(key, headers), { partsAtOnce: 1, signal })),
    remove: async (keys) => {
      for (let at = 0; at < keys.length; at += MOST_REMOVED) {
        const Objects = keys.slice(at, at + MOST_REMOVED).map((key) => ({ Key: prefix + key }))
        await call('DeleteObject', keys[at] ?? '', async () => {
          const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })
          const { Errors: [failed] = [] } = await client.send(command, { abortSignal: signal })
          if (failed) throw Object.assign(new Error(failed.Message), { name: failed.Code ?? 'Error', $fault: 'client' })
        })
      }
    },
  }
}
