import type { IncomingHttpHeaders } from 'node:http'
import type { Fault, Json } from './faults.ts'

/** What was answered to a read. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** A call about a function. */
interface Asked {
  readonly operation: string
  readonly functionName: string
  readonly qualifier: string | undefined
}

/** Where AWS is behind what it was told: reads that are old, updates that go on. */
export interface Lag {
  /** Reads are up to date again. */
  readonly catchUp: () => void
  /** A read was answered so. */
  readonly remember: (path: string, answer: Answer) => void
  /** A call that changes something was carried out, with this fault. */
  readonly begin: (fault: Fault, asked: Asked, answer: Json) => void
  /** What an old read answers; `missing` for what there was not yet. */
  readonly old: (path: string, asked: Asked) => Answer | 'missing' | undefined
  /** A configuration as it is told while its update goes on, and when that has failed. */
  readonly unfinished: (configuration: Json, asked: Pick<Asked, 'functionName' | 'qualifier'>) => Json
}

interface Unfinished {
  readonly until: number
  readonly failure: string | undefined
  /** Of a function or version that is new its state, of another one its last update. */
  readonly isNew: boolean
}

interface Stale {
  readonly functionName: string
  readonly times: number
  readonly answers: ReadonlyMap<string, Answer>
  readonly served: Map<string, number>
  /** What was made is not there yet. */
  readonly isCreation: boolean
}

const CHANGES_LATEST = /^(?:CreateFunction|UpdateFunction(?:Code|Configuration))$/

export function createLag(): Lag {
  const remembered = new Map<string, Answer>()
  const updates = new Map<string, Unfinished>()
  let stale: Stale | undefined
  const keyOf = (functionName: string, qualifier = '$LATEST'): string => `${functionName}:${qualifier}`

  return {
    catchUp: () => {
      stale = undefined
    },
    remember: (path, answer) => {
      remembered.set(path, answer)
    },
    begin: ({ staleReads, unfinished }, { operation, functionName }, answer) => {
      if (CHANGES_LATEST.test(operation)) updates.delete(keyOf(functionName))
      if (unfinished !== undefined) {
        const version = operation === 'PublishVersion' ? String(answer['Version']) : undefined
        const isNew = operation === 'PublishVersion' || operation === 'CreateFunction'
        const { milliseconds, failure } = unfinished
        updates.set(keyOf(functionName, version), { until: Date.now() + milliseconds, failure, isNew })
      }
      if (staleReads === undefined) return
      const isCreation = /^(?:Create|Publish)/.test(operation)
      stale = { functionName, times: staleReads, answers: new Map(remembered), served: new Map(), isCreation }
    },
    old: (path, { functionName }) => {
      if (stale?.functionName !== functionName) return undefined
      const answer = stale.answers.get(path)
      if (answer === undefined && !stale.isCreation) return undefined
      const served = stale.served.get(path) ?? 0
      if (served >= stale.times) return undefined
      stale.served.set(path, served + 1)
      return answer ?? 'missing'
    },
    unfinished: (configuration, { functionName, qualifier }) => {
      const update = updates.get(keyOf(functionName, qualifier))
      if (update === undefined) return configuration
      const isOver = Date.now() > update.until
      if (isOver && update.failure === undefined) return configuration
      const [state, reason, code] = update.isNew
        ? ['State', 'StateReason', 'StateReasonCode']
        : ['LastUpdateStatus', 'LastUpdateStatusReason', 'LastUpdateStatusReasonCode']
      if (isOver) return { ...configuration, [state]: 'Failed', [reason]: update.failure, [code]: 'InternalError' }
      const going = update.isNew
        ? { State: 'Pending', StateReasonCode: 'Creating' }
        : { LastUpdateStatus: 'InProgress' }
      return { ...configuration, ...going }
    },
  }
}
