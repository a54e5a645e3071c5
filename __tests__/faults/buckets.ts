import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3Client,
} from '@aws-sdk/client-s3'

/** What is in the buckets of an account. */
export interface Contents {
  /** Of the small text objects, by their keys. */
  readonly texts: ReadonlyMap<string, string>
  /** Keys of which parts were sent that nobody has put together or removed. */
  readonly unfinished: readonly string[]
}

/** The buckets of a place, past the proxy. */
export interface Buckets {
  /** Of the one that is made for the place. */
  readonly name: string
  /** Makes it, where it is not there. */
  readonly make: () => Promise<void>
  readonly read: () => Promise<Contents>
  /** Removes all of them, with what is in them. */
  readonly remove: () => Promise<void>
  /** Their names are another account's from now on, and so is that of a bucket which a deployment would make. */
  readonly giveAway: () => Promise<void>
  /** Ends that. */
  readonly takeBack: () => Promise<void>
  readonly close: () => void
}

interface Emulated {
  readonly endpoint: string
  readonly region: string
  /** Its account: twelve digits. */
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const OTHER_ACCOUNT = '999999999999'

export function bucketsOf(name: string, { endpoint, region, accessKeyId, secretAccessKey }: Emulated): Buckets {
  const client = (account: string): S3Client =>
    new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId: account, secretAccessKey } })
  const own = client(accessKeyId)
  const other = client(OTHER_ACCOUNT)
  let given: readonly string[] = []
  const made = `wsgi-lambda-${accessKeyId}-${region}`

  const namesOf = async (): Promise<readonly string[]> =>
    ((await own.send(new ListBucketsCommand({}))).Buckets ?? []).flatMap(({ Name = '' }) => Name)

  async function objectsOf(Bucket: string): Promise<readonly { key: string; bytes: number }[]> {
    const { Contents = [] } = await own.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size }))
  }

  async function textOf(Bucket: string, Key: string): Promise<string> {
    const { Body } = await own.send(new GetObjectCommand({ Bucket, Key }))
    return (await Body?.transformToString()) ?? ''
  }

  async function uploadsOf(Bucket: string) {
    const { Uploads = [] } = await own.send(new ListMultipartUploadsCommand({ Bucket }))
    return Uploads.map(({ Key = '', UploadId }) => ({ Bucket, Key, UploadId }))
  }

  async function removeAll(): Promise<void> {
    for (const Bucket of await namesOf()) {
      for (const { key } of await objectsOf(Bucket)) await own.send(new DeleteObjectCommand({ Bucket, Key: key }))
      for (const upload of await uploadsOf(Bucket)) await own.send(new AbortMultipartUploadCommand(upload))
      await own.send(new DeleteBucketCommand({ Bucket }))
    }
  }

  return {
    name,
    make: async () => {
      if ((await namesOf()).includes(name)) return
      await own.send(new CreateBucketCommand({ Bucket: name }))
    },
    read: async () => {
      const texts = new Map<string, string>()
      const unfinished: string[] = []
      for (const Bucket of await namesOf()) {
        for (const { key, bytes } of await objectsOf(Bucket))
          if (bytes < 10_000) texts.set(key, await textOf(Bucket, key))
        for (const upload of await uploadsOf(Bucket)) {
          const { Parts = [] } = await own.send(new ListPartsCommand(upload))
          if (Parts.length > 0) unfinished.push(upload.Key)
        }
      }
      return { texts, unfinished }
    },
    remove: removeAll,
    giveAway: async () => {
      given = [...new Set([...(await namesOf()), made])]
      await removeAll()
      for (const Bucket of given) await other.send(new CreateBucketCommand({ Bucket }))
    },
    takeBack: async () => {
      for (const Bucket of given) await other.send(new DeleteBucketCommand({ Bucket }))
      given = []
    },
    close: () => {
      own.destroy()
      other.destroy()
    },
  }
}
