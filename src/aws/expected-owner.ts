import type { S3Client } from '@aws-sdk/client-s3'

/** Names the account that buckets must belong to in every call, those that an upload in parts makes by itself among them. */
export function expectOwner(client: S3Client, owner: string): void {
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ExpectedBucketOwner: owner } }),
    { step: 'initialize', name: 'expectOwner' },
  )
}
