import type { StaticBucket, StaticBucketOptions } from './static-bucket.ts'

/** The bucket of static files. The client of S3 is only loaded where one is used. */
export async function openStaticBucket(
  address: string,
  {
    environment,
    ...options
  }: Omit<StaticBucketOptions, 'isPathStyle'> & { readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<StaticBucket> {
  const [{ createStaticBucket }, { hasOwnEndpoint }] = await Promise.all([
    import('./static-bucket.ts'),
    import('./s3.ts'),
  ])
  return createStaticBucket(address, { ...options, isPathStyle: hasOwnEndpoint(environment) })
}
