import type { Bucket, BucketOptions } from './s3.ts'

/** A bucket, by its address. The client of S3 is only loaded where one is used: most commands end before that takes. */
export async function openBucket(
  address: string,
  {
    environment,
    ...options
  }: Omit<BucketOptions, 'isPathStyle'> & { readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<Bucket> {
  const { createBucket, hasOwnEndpoint } = await import('./s3.ts')
  return createBucket(address, { ...options, isPathStyle: hasOwnEndpoint(environment) })
}
