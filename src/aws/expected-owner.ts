import type { S3Client } from '@aws-sdk/client-s3'
import { UserError } from '../errors.ts'
import { isAccessDenied } from './errors.ts'

/** Names the account that buckets must belong to in every call, those that an upload in parts makes by itself among them. */
export function expectOwner(client: S3Client, owner: string): void {
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ExpectedBucketOwner: owner } }),
    { step: 'initialize', name: 'expectOwner' },
  )
}

/** Of a bucket of another account, S3 says no more than that access is denied. @param advised what is told of a call to such a client */
export function withOwner(advised: unknown, owner: string | undefined): unknown {
  if (owner === undefined || !(advised instanceof UserError) || !isAccessDenied(advised)) return advised
  const { title, detail, hint } = advised
  const remark = `S3 says the same where the bucket does not belong to the account ${owner}.`
  return new UserError({ title, detail, hint: [hint, remark].filter(Boolean).join(' ') }, { cause: advised.cause })
}
