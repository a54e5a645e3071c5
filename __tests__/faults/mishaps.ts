import { type Fault, isWrite } from '../../scripts/environment/faults.ts'
import { BUCKET_MISHAPS, isBucketCall } from './bucket-mishaps.ts'
import type { Running } from './bundle.ts'
import type { RecordedCall } from './recorded.ts'

/** How a deployment may end that meets a mishap. */
export type Ending = 'good' | 'good or failed' | 'failed' | 'killed' | 'cancelled'

/** Who else acts in a combination. */
export interface Others {
  /** The deployment that meets the mishap. */
  readonly running: () => Running
  /** Starts a deployment of another release and waits for its end: it has to be kept away. */
  readonly deployBeside: () => Promise<void>
  /** Writes the code of another release into $LATEST, as a program would that knows no lock. */
  readonly overwriteCode: () => Promise<void>
  readonly removeBuckets: () => Promise<void>
  /** To another account, before anything is in them. */
  readonly giveBucketsAway: () => Promise<void>
}

/** Something that goes wrong with one call. */
export interface Mishap {
  readonly name: string
  readonly canHappenTo: (call: RecordedCall) => boolean
  readonly ending: Ending
  /** It is there again before the next run. */
  readonly takesBucket?: true
  readonly fault: (others: Others) => Omit<Fault, 'operation'>
}

const isCommand = ({ operation }: RecordedCall): boolean => operation === 'Invoke'
const isVisit = ({ operation }: RecordedCall): boolean => operation === 'FunctionUrl'
const isRead = (call: RecordedCall): boolean => !isWrite(call) && !isVisit(call)
const isChange = (call: RecordedCall): boolean => isWrite(call) && !isCommand(call)
/** S3 has words of its own for what goes wrong. */
const isCall = (call: RecordedCall): boolean => !isVisit(call) && !isBucketCall(call)
const isLock = ({ operation, qualifier }: RecordedCall): boolean =>
  operation.endsWith('Alias') && qualifier === 'wsgi-lambda-lock'
const isUpdate = ({ operation }: RecordedCall): boolean =>
  ['CreateFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'PublishVersion'].includes(operation)

const error = (status: number, type: string, message: string) => ({ status, type, message })
const throttled = error(429, 'TooManyRequestsException', 'Rate exceeded')
const broken = error(500, 'ServiceException', 'An internal error occurred.')
const expired = error(403, 'ExpiredTokenException', 'The security token included in the request is expired')
const denied = error(
  403,
  'AccessDeniedException',
  'User: arn:aws:sts::000000000000:assumed-role/deploy is not authorized',
)
const unavailable = error(503, 'ServiceUnavailableException', 'Service unavailable')
const updating = error(
  409,
  'ResourceConflictException',
  'The operation cannot be performed at this time. An update is in progress for resource: the function',
)
const pending = error(
  409,
  'ResourceConflictException',
  'The operation cannot be performed at this time. The function is currently in the following state: Pending',
)

/** What AWS does on bad days, to each call that it can happen to; and what happens to this program itself. */
export const MISHAPS: readonly Mishap[] = [
  ...BUCKET_MISHAPS,
  { name: 'throttled twice', canHappenTo: isCall, ending: 'good', fault: () => ({ ...throttled, times: 2 }) },
  {
    name: 'server error',
    canHappenTo: (call) => isCall(call) && !isCommand(call),
    ending: 'good',
    fault: () => broken,
  },
  { name: 'server error', canHappenTo: isCommand, ending: 'good or failed', fault: () => broken },
  {
    name: 'dropped before the effect',
    canHappenTo: (call) => isRead(call) || isChange(call),
    ending: 'good',
    fault: () => ({ drop: 'before' }),
  },
  { name: 'dropped after the effect', canHappenTo: isChange, ending: 'good', fault: () => ({ drop: 'after' }) },
  {
    name: 'dropped before the effect',
    canHappenTo: isCommand,
    ending: 'good or failed',
    fault: () => ({ drop: 'before' }),
  },
  {
    name: 'dropped after the effect',
    canHappenTo: isCommand,
    ending: 'good or failed',
    fault: () => ({ drop: 'after' }),
  },
  { name: 'refused during an update', canHappenTo: isUpdate, ending: 'good', fault: () => updating },
  { name: 'refused, version pending', canHappenTo: isCommand, ending: 'good', fault: () => pending },
  {
    name: 'access denied',
    canHappenTo: isCall,
    ending: 'good or failed',
    fault: () => ({ ...denied, times: Infinity }),
  },
  {
    name: 'credentials expired from here',
    canHappenTo: isCall,
    ending: 'good or failed',
    fault: () => ({ ...expired, spreads: true }),
  },
  {
    name: 'out of service from here',
    canHappenTo: (call) => isCall(call) && isWrite(call),
    ending: 'good or failed',
    fault: () => ({ ...unavailable, spreads: true }),
  },
  {
    name: 'reads lag behind',
    canHappenTo: (call) => isCall(call) && isChange(call),
    ending: 'good or failed',
    fault: () => ({ staleReads: 2 }),
  },
  { name: 'slow', canHappenTo: isUpdate, ending: 'good', fault: () => ({ unfinished: { milliseconds: 2500 } }) },
  {
    name: 'update fails',
    canHappenTo: isUpdate,
    ending: 'failed',
    fault: () => ({ unfinished: { milliseconds: 600, failure: 'It went wrong on our side.' } }),
  },
  {
    name: 'code overwritten by others',
    canHappenTo: ({ operation }) => operation === 'PublishVersion',
    ending: 'failed',
    fault: ({ overwriteCode }) => ({ before: overwriteCode }),
  },
  {
    name: 'another deployment begins',
    canHappenTo: (call) => isWrite(call) && !isLock(call) && call.operation !== 'CreateFunction',
    ending: 'good',
    fault: ({ deployBeside }) => ({ before: deployBeside }),
  },
  {
    name: 'killed before',
    canHappenTo: (call) => !isVisit(call),
    ending: 'killed',
    fault: ({ running }) => ({
      before: () => {
        running().signal('SIGKILL')
      },
      drop: 'before',
    }),
  },
  {
    name: 'killed after',
    canHappenTo: isWrite,
    ending: 'killed',
    fault: ({ running }) => ({
      after: () => {
        running().signal('SIGKILL')
      },
      drop: 'after',
    }),
  },
  {
    name: 'cancelled',
    canHappenTo: isWrite,
    ending: 'cancelled',
    fault: ({ running }) => ({
      before: () => {
        running().signal('SIGINT')
      },
      delayMs: 50,
    }),
  },
]
