import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketTaggingCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { UserError } from '../errors.ts'
import { parseBucketAddress } from './bucket-address.ts'
import type { ClientOptions } from './call.ts'
import { clientConfig } from './client-config.ts'
import { adviceFor, isAccessDenied } from './errors.ts'
import { expectOwner } from './expected-owner.ts'
import type { CallerPlace } from './identity.ts'
import { OUR_TAG, type Tags } from './tags.ts'

/** What of the bucket is there. `unfinished`: it was created, and somebody is at the rest of it or was interrupted. */
export type OwnBucketState = 'missing' | 'unfinished' | 'ready'

/** A bucket that this program makes. Every failure is a UserError where advice is possible. */
export interface OwnBucket {
  readonly name: string
  /** As in `s3://BUCKET/PREFIX`. */
  readonly address: string
  /** The account that it must belong to. */
  readonly owner: string
  /** @throws UserError where a bucket of that name is somebody else's, or was made for something else */
  readonly read: () => Promise<OwnBucketState>
  /** Makes what is missing of it. Safe to repeat, and while others do the same. */
  readonly make: () => Promise<void>
}

export interface OwnBucketOptions extends ClientOptions {
  /** As in `https://HOST/BUCKET/KEY`. */
  readonly isPathStyle: boolean
}

/** Lambda keeps a copy of its own, and what is missing is uploaded again. */
const KEPT_DAYS = 30
const UNFINISHED_UPLOADS_DAYS = 1
/** S3 makes one change of a bucket at a time, and not everybody knows of a new bucket at once. */
const PASSING: ReadonlySet<string> = new Set(['OperationAborted', 'NoSuchBucket'])
const MOST_PATIENCE_MS = 60_000
const PAUSE_MS = 2000

export function createOwnBucket(
  address: string,
  { partition, region, account }: CallerPlace,
  { version, wait, signal, isPathStyle }: OwnBucketOptions,
): OwnBucket {
  const { name } = parseBucketAddress(address)
  const arn = `arn:${partition}:s3:::${name}`
  const client = new S3Client({ ...clientConfig(version), forcePathStyle: isPathStyle, region })
  expectOwner(client, account)
  const cancellable = { abortSignal: signal }

  async function call<T>(action: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send()
    } catch (error) {
      throw advised(error, action, { name, arn, account })
    }
  }

  async function change(action: string, send: () => Promise<unknown>): Promise<void> {
    for (let waited = 0; ; waited += PAUSE_MS) {
      try {
        await send()
        return
      } catch (error) {
        const isPassing = error instanceof Error && PASSING.has(error.name) && waited < MOST_PATIENCE_MS
        if (!isPassing) throw advised(error, action, { name, arn, account })
        await wait(PAUSE_MS, `waiting with ${action} of ${name}: another change goes on (${waited / 1000} s)`)
      }
    }
  }

  /** Undefined where there is no such bucket. */
  async function readTags(): Promise<Tags | undefined> {
    return await call('GetBucketTagging', async () => {
      try {
        const { TagSet = [] } = await client.send(new GetBucketTaggingCommand({ Bucket: name }), cancellable)
        return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]))
      } catch (error) {
        if (isNamed(error, 'NoSuchBucket')) return undefined
        if (isNamed(error, 'NoSuchTagSet')) return {}
        throw error
      }
    })
  }

  async function isEmpty(): Promise<boolean> {
    const { Contents = [] } = await call('ListBucket', () =>
      client.send(new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 }), cancellable),
    )
    return Contents.length === 0
  }

  /** Our tag is put last: where it stands, nothing is missing. */
  async function stateOf(tags: Tags | undefined): Promise<OwnBucketState> {
    if (tags === undefined) return 'missing'
    if (isOurs(tags)) return 'ready'
    if (tags['managed-by'] === undefined && (await isEmpty())) return 'unfinished'
    // Somebody may have finished it since, and used it.
    if (isOurs((await readTags()) ?? {})) return 'ready'
    throw notOurs(name)
  }

  async function create(): Promise<void> {
    await change('CreateBucket', async () => {
      const constraint = { LocationConstraint: region as BucketLocationConstraint }
      // S3 API reference, "CreateBucket": us-east-1 is where nothing is said of a place, and is not taken as one.
      const elsewhere = region === 'us-east-1' ? {} : { CreateBucketConfiguration: constraint }
      try {
        await client.send(new CreateBucketCommand({ Bucket: name, ...elsewhere }), cancellable)
      } catch (error) {
        if (!isNamed(error, 'BucketAlreadyOwnedByYou')) throw error
      }
    })
  }

  async function secure(): Promise<void> {
    const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
    const shut = new PutPublicAccessBlockCommand({ Bucket: name, PublicAccessBlockConfiguration: all })
    await change('PutBucketPublicAccessBlock', () => client.send(shut, cancellable))
    const ownership = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] }
    const own = new PutBucketOwnershipControlsCommand({ Bucket: name, OwnershipControls: ownership })
    await change('PutBucketOwnershipControls', () => client.send(own, cancellable))
    const encryption = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }] }
    const encrypt = new PutBucketEncryptionCommand({ Bucket: name, ServerSideEncryptionConfiguration: encryption })
    await change('PutEncryptionConfiguration', () => client.send(encrypt, cancellable))
    const guard = new PutBucketPolicyCommand({ Bucket: name, Policy: encryptedTransportOnly(arn) })
    await change('PutBucketPolicy', () => client.send(guard, cancellable))
  }

  async function expire(): Promise<void> {
    const rule = {
      ID: 'uploads',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      Expiration: { Days: KEPT_DAYS },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: UNFINISHED_UPLOADS_DAYS },
    }
    const LifecycleConfiguration = { Rules: [rule] }
    const expiring = new PutBucketLifecycleConfigurationCommand({ Bucket: name, LifecycleConfiguration })
    await change('PutLifecycleConfiguration', () => client.send(expiring, cancellable))
  }

  async function tag(present: Tags): Promise<void> {
    const TagSet = Object.entries({ ...present, ...OUR_TAG }).map(([Key, Value]) => ({ Key, Value }))
    const tagging = new PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet } })
    await change('PutBucketTagging', () => client.send(tagging, cancellable))
  }

  return {
    name,
    address,
    owner: account,
    read: async () => await stateOf(await readTags()),
    make: async () => {
      const tags = await readTags()
      const state = await stateOf(tags)
      if (state === 'ready') return
      if (state === 'missing') await create()
      await secure()
      await expire()
      await tag(tags ?? {})
    },
  }
}

function isOurs(tags: Tags): boolean {
  return Object.entries(OUR_TAG).every(([key, value]) => tags[key] === value)
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

/** Amazon S3 user guide, "Restrict access to only HTTPS requests". */
function encryptedTransportOnly(arn: string): string {
  const statement = {
    Sid: 'EncryptedTransportOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

const NAME_ANOTHER = 'name a bucket that is there: upload-bucket: s3://BUCKET.'

function advised(
  error: unknown,
  action: string,
  { name, arn, account }: { readonly name: string; readonly arn: string; readonly account: string },
): unknown {
  const known = `upload-bucket: auto takes a bucket of that name in the account ${account} alone. Such names can be guessed, and each is given once in the world.`
  if (isNamed(error, 'BucketAlreadyExists')) {
    const problem = { title: `The bucket ${name} belongs to another account`, detail: known }
    return new UserError({ ...problem, hint: `No code was sent. Instead, ${NAME_ANOTHER}` }, { cause: error })
  }
  // To whom it is the own account's bucket, S3 says who may not do what (S3 user guide, "Troubleshoot access denied errors").
  if (isAccessDenied(error) && error instanceof Error && !/not authorized to perform/i.test(error.message)) {
    const statement = JSON.stringify({ Effect: 'Allow', Action: `s3:${action}`, Resource: arn })
    return new UserError(
      {
        title: `The bucket ${name} belongs to another account, or the credentials may not do s3:${action} on it`,
        detail: known,
        hint: `No code was sent. Where the bucket is yours, add this statement to their policy: ${statement} Otherwise ${NAME_ANOTHER}`,
      },
      { cause: error },
    )
  }
  const advice = adviceFor(error, { action: `s3:${action}`, resource: `s3://${name}`, arn })
  if (!(advice instanceof UserError)) return advice
  const { title, detail, hint } = advice
  return new UserError(
    { title, detail, hint: [hint, `Or ${NAME_ANOTHER}`].filter(Boolean).join(' ') },
    { cause: error },
  )
}

function notOurs(name: string): UserError {
  return new UserError({
    title: `The bucket ${name} is there, and was not made by wsgi-lambda`,
    detail: 'It has something in it or is managed by something else, and has no tag managed-by: wsgi-lambda.',
    hint: `It is left as it is. To use it, name it: upload-bucket: s3://${name}.`,
  })
}
