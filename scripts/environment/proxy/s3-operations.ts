import type { IncomingHttpHeaders } from 'node:http'
import type { AwsError } from './answers.ts'

/** Method, what the path names, what the query must have, and name of S3's REST operations. The first that fits counts. */
const OPERATIONS: readonly (readonly [string, 'bucket' | 'object', string | undefined, string])[] = [
  ['PUT', 'object', 'uploadId', 'UploadPart'],
  ['PUT', 'object', 'tagging', 'PutObjectTagging'],
  ['PUT', 'object', undefined, 'PutObject'],
  ['POST', 'object', 'uploads', 'CreateMultipartUpload'],
  ['POST', 'object', 'uploadId', 'CompleteMultipartUpload'],
  ['GET', 'object', 'uploadId', 'ListParts'],
  ['GET', 'object', undefined, 'GetObject'],
  ['HEAD', 'object', undefined, 'HeadObject'],
  ['DELETE', 'object', 'uploadId', 'AbortMultipartUpload'],
  ['DELETE', 'object', undefined, 'DeleteObject'],
  ['POST', 'bucket', 'delete', 'DeleteObjects'],
  ['GET', 'bucket', 'list-type', 'ListObjectsV2'],
  ['GET', 'bucket', 'uploads', 'ListMultipartUploads'],
  ['GET', 'bucket', 'versions', 'ListObjectVersions'],
  ['HEAD', 'bucket', undefined, 'HeadBucket'],
]

/** What of a bucket is read and set by itself; with the verb it is the operation's name. */
const PARTS: Readonly<Record<string, string>> = {
  encryption: 'BucketEncryption',
  lifecycle: 'BucketLifecycleConfiguration',
  location: 'BucketLocation',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  publicAccessBlock: 'PublicAccessBlock',
  tagging: 'BucketTagging',
  versioning: 'BucketVersioning',
}
const VERBS: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }

/** By the signature, which names the service (SigV4, "credential scope"). */
export function isS3({ authorization = '' }: IncomingHttpHeaders): boolean {
  return authorization.includes('/s3/aws4_request')
}

/** A request with the bucket in its path: `/BUCKET/KEY`. @returns undefined for one without a name here */
export function s3Operation(method: string, { pathname, searchParams }: URL): string | undefined {
  const [, bucket = '', ...key] = pathname.split('/')
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : undefined
  const kind = key.join('') === '' ? 'bucket' : 'object'
  const found = OPERATIONS.find(
    ([verb, of, query]) => verb === method && of === kind && (query === undefined || searchParams.has(query)),
  )
  if (found !== undefined) return found[3]
  const part = Object.keys(PARTS).find((query) => searchParams.has(query))
  if (part !== undefined) return `${VERBS[method] ?? method}${PARTS[part] ?? ''}`
  return { PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method]
}

/** S3 user guide, "Verifying bucket ownership with bucket owner condition": callers reach no bucket but their own here. */
export function bucketRefusal(headers: IncomingHttpHeaders): AwsError | undefined {
  const expected = headers['x-amz-expected-bucket-owner']
  const [, caller = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? []
  const own = /^\d{12}$/.test(caller) ? caller : DEFAULT_ACCOUNT
  if (expected === undefined || expected === own) return undefined
  return { status: 403, type: 'AccessDenied', message: 'Access Denied' }
}

/** Of credentials that name none. */
const DEFAULT_ACCOUNT = '000000000000'
