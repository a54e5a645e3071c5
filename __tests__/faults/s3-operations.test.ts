import { expect, test } from '@jest/globals'
import { nameOf } from '../../scripts/environment/proxy/names.ts'
import { bucketRefusal } from '../../scripts/environment/proxy/s3-operations.ts'

const authorization = 'AWS4-HMAC-SHA256 Credential=emulator-access-key/20260101/eu-west-1/s3/aws4_request'

test.each([
  ['PUT', '/shop/a.css?x-id=PutObject', 'PutObject'],
  ['PUT', '/shop/a/b.css?partNumber=2&uploadId=u', 'UploadPart'],
  ['POST', '/shop/a.zip?uploads', 'CreateMultipartUpload'],
  ['POST', '/shop/a.zip?uploadId=u', 'CompleteMultipartUpload'],
  ['DELETE', '/shop/a.zip?uploadId=u', 'AbortMultipartUpload'],
  ['GET', '/shop/a.css?x-id=GetObject', 'GetObject'],
  ['HEAD', '/shop/a.css', 'HeadObject'],
  ['GET', '/shop?list-type=2&prefix=a%2F', 'ListObjectsV2'],
  ['GET', '/shop/?list-type=2', 'ListObjectsV2'],
  ['POST', '/shop?delete', 'DeleteObjects'],
  ['PUT', '/shop', 'CreateBucket'],
  ['HEAD', '/shop', 'HeadBucket'],
  ['GET', '/shop?location', 'GetBucketLocation'],
  ['PUT', '/shop?publicAccessBlock', 'PutPublicAccessBlock'],
  ['PUT', '/shop?tagging', 'PutBucketTagging'],
  ['POST', '/shop', 'POST /shop'],
])('S3: %s %s is %s', (method, path, operation) => {
  expect(nameOf(method, path, { authorization })).toEqual({ operation, protocol: 's3' })
})

test('what another service is asked is not S3', () => {
  const lambda = { authorization: authorization.replace('/s3/', '/lambda/') }
  expect(nameOf('GET', '/2015-03-31/functions/shop/policy', lambda)).toMatchObject({ operation: 'GetPolicy' })
})

test.each([
  ['no account expected', undefined, undefined],
  ['its own', '000000000000', undefined],
  ['another one', '111111111111', { status: 403, type: 'AccessDenied' }],
])('a bucket is asked for with %s', (_, expected, refusal) => {
  const headers = { authorization, ...(expected !== undefined && { 'x-amz-expected-bucket-owner': expected }) }
  const found = bucketRefusal(headers)
  if (refusal === undefined) expect(found).toBeUndefined()
  else expect(found).toMatchObject(refusal)
})
