import { uploadAddress } from './bucket-address.ts'
import type { ClientOptions } from './call.ts'
import type { CallerPlace } from './identity.ts'
import type { OwnBucket } from './own-bucket.ts'
import type { Bucket, BucketOptions } from './s3.ts'

interface Variables {
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A bucket, by its address. The client of S3 is only loaded where one is used: most commands end before that takes. */
export async function openBucket(
  address: string,
  { environment, ...options }: Omit<BucketOptions, 'isPathStyle'> & Variables,
): Promise<Bucket> {
  const { createBucket, hasOwnEndpoint } = await import('./s3.ts')
  return createBucket(address, { ...options, isPathStyle: hasOwnEndpoint(environment) })
}

/**
 * The bucket that `upload-bucket: auto` stands for.
 * @param known where that is; undefined where AWS has to be asked whose the credentials are
 */
export async function openOwnBucket(
  setting: string,
  known: CallerPlace | undefined,
  { environment, ...options }: ClientOptions & Variables,
): Promise<OwnBucket> {
  const [{ createOwnBucket }, { hasOwnEndpoint }, { readPlace }] = await Promise.all([
    import('./own-bucket.ts'),
    import('./s3.ts'),
    import('./identity.ts'),
  ])
  const place = known ?? (await readPlace(options))
  const isPathStyle = hasOwnEndpoint(environment)
  return createOwnBucket(uploadAddress(setting, place), place, { ...options, isPathStyle })
}
