import { createReadStream } from 'node:fs'
import { AbortMultipartUploadCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { PART_BYTES } from './part-bytes.ts'

interface FileUploadOptions {
  /** Parts of a larger file that are on their way at once. */
  readonly partsAtOnce: number
  readonly signal: AbortSignal
}

/** Sends a file, in parts where it is larger than one. An upload that fails or is cancelled leaves none of them. */
export async function uploadFile(
  client: S3Client,
  path: string,
  params: Omit<PutObjectCommandInput, 'Body'>,
  options: FileUploadOptions,
): Promise<void> {
  try {
    await attempt(client, path, params, options)
  } catch (error) {
    // Its end was repeated, for the answer got lost: whether the object is there now is not told.
    if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error
    await attempt(client, path, params, options)
  }
}

async function attempt(
  client: S3Client,
  path: string,
  params: Omit<PutObjectCommandInput, 'Body'>,
  { partsAtOnce, signal }: FileUploadOptions,
): Promise<void> {
  const Body = createReadStream(path)
  const upload = new Upload({ client, partSize: PART_BYTES, queueSize: partsAtOnce, params: { ...params, Body } })
  const abort = (): void => void upload.abort()
  signal.addEventListener('abort', abort)
  try {
    signal.throwIfAborted()
    await upload.done()
  } catch (error) {
    await removeParts(client, params, upload.uploadId)
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
    Body.destroy()
  }
}

/** The library does not when the parts could not be put together, nor does it wait for that when it is cancelled. */
async function removeParts(
  client: S3Client,
  { Bucket, Key }: Pick<PutObjectCommandInput, 'Bucket' | 'Key'>,
  UploadId: string | undefined,
): Promise<void> {
  if (UploadId === undefined) return
  // What failed is what counts, and mostly there is nothing left by now.
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined)
}
