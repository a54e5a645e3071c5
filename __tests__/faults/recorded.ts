import { isWrite } from '../../scripts/environment/faults.ts'
import type { Call } from '../../scripts/environment/proxy/calls.ts'
import type { Protocol } from '../../scripts/environment/proxy/names.ts'

/** A call of a deployment that went well, by what finds it again in another one of the same kind. */
export interface RecordedCall {
  readonly number: number // from 1
  readonly operation: string
  readonly protocol: Protocol
  readonly qualifier: string | undefined
  /** How many calls before it could change something. */
  readonly afterWrites: number
  /** Those, and this one. */
  readonly history: string
}

const SENT_TOGETHER: ReadonlySet<string> = new Set(['PutObject', 'UploadPart'])

/**
 * The calls that differ: what is asked again and again until it has come to pass counts once, and so do objects that are sent
 * at the same time, for their order is another one each time.
 */
export function recorded(log: readonly Call[]): readonly RecordedCall[] {
  const calls: RecordedCall[] = []
  const known = new Set<string>()
  const writes: string[] = []
  let afterWrites = 0
  for (const [index, { operation, protocol, qualifier }] of log.entries()) {
    const isBeside = SENT_TOGETHER.has(operation) && operation === log[index - 1]?.operation
    const name = `${operation} ${qualifier ?? ''}`
    const history = [...writes, name].join(', ')
    if (!isBeside && !known.has(history)) {
      calls.push({ number: calls.length + 1, operation, protocol, qualifier, afterWrites, history })
    }
    known.add(history)
    if (!isWrite({ operation })) continue
    afterWrites += 1
    if (!isBeside) writes.push(name)
  }
  return calls
}
