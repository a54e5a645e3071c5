import { isWrite } from '../../scripts/environment/faults.ts'
import type { Mishap } from './mishaps.ts'
import type { RecordedCall } from './recorded.ts'

/** S3 API reference, "Error responses". */
const error = (status: number, type: string, message: string) => ({ status, type, message })
const slowDown = error(503, 'SlowDown', 'Please reduce your request rate.')
const broken = error(500, 'InternalError', 'We encountered an internal error. Please try again.')
const unavailable = error(503, 'ServiceUnavailable', 'Service is unable to handle request.')
const expired = error(400, 'ExpiredToken', 'The provided token has expired.')
const denied = error(403, 'AccessDenied', 'Access Denied')
const noObject = error(404, 'NoSuchKey', 'The specified key does not exist.')
const noBucket = error(404, 'NoSuchBucket', 'The specified bucket does not exist')
const aborted = error(
  409,
  'OperationAborted',
  'A conflicting conditional operation is currently in progress against this resource. Try again.',
)

export const isBucketCall = ({ protocol }: RecordedCall): boolean => protocol === 's3'
const isBucketWrite = (call: RecordedCall): boolean => isBucketCall(call) && isWrite(call)
const isMaking = ({ operation }: RecordedCall): boolean =>
  /^(?:CreateBucket|Put(?:Bucket\w+|PublicAccessBlock))$/.test(operation)
/** What is tidied up is no reason to end. */
const isNeeded = (call: RecordedCall): boolean => isBucketCall(call) && !call.operation.startsWith('Delete')

/** What S3 does on bad days, and what others do with buckets. */
export const BUCKET_MISHAPS: readonly Mishap[] = [
  {
    name: 'asked to slow down twice',
    canHappenTo: isBucketCall,
    ending: 'good',
    fault: () => ({ ...slowDown, times: 2 }),
  },
  { name: 'server error', canHappenTo: isBucketCall, ending: 'good', fault: () => broken },
  {
    name: 'object not found',
    canHappenTo: ({ operation }) => operation === 'GetObject' || operation === 'HeadObject',
    ending: 'good',
    fault: () => noObject,
  },
  {
    name: 'access denied',
    canHappenTo: isBucketCall,
    ending: 'good or failed',
    fault: () => ({ ...denied, times: Infinity }),
  },
  {
    name: 'credentials expired from here',
    canHappenTo: isBucketCall,
    ending: 'good or failed',
    fault: () => ({ ...expired, spreads: true }),
  },
  {
    name: 'out of service from here',
    canHappenTo: isBucketWrite,
    ending: 'good or failed',
    fault: () => ({ ...unavailable, spreads: true }),
  },
  { name: 'another change of the bucket', canHappenTo: isMaking, ending: 'good', fault: () => aborted },
  {
    name: 'new bucket not known yet',
    canHappenTo: (call) => isMaking(call) && call.operation !== 'CreateBucket',
    ending: 'good',
    fault: () => noBucket,
  },
  {
    name: 'bucket is gone',
    canHappenTo: (call) => isNeeded(call) && !isMaking(call) && !call.operation.startsWith('GetBucket'),
    ending: 'failed',
    takesBucket: true,
    fault: ({ removeBuckets }) => ({ before: removeBuckets }),
  },
  {
    name: 'bucket of somebody else',
    canHappenTo: isNeeded,
    ending: 'failed',
    takesBucket: true,
    fault: ({ giveBucketsAway }) => ({ before: giveBucketsAway }),
  },
]
