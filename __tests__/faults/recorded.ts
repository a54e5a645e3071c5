import { isWrite } from '../../scripts/environment/faults.ts'
import type { Call } from '../../scripts/environment/proxy/calls.ts'

/** A call of a deployment that went well, by what finds it again in another one of the same kind. */
export interface RecordedCall {
  readonly number: number // from 1
  readonly operation: string
  readonly qualifier: string | undefined
  /** How many calls before it could change something. */
  readonly afterWrites: number
  /** Those, and this one. */
  readonly history: string
}

/** The calls that differ: what is asked again and again until it has come to pass counts once. */
export function recorded(log: readonly Call[]): readonly RecordedCall[] {
  const calls: RecordedCall[] = []
  const known = new Set<string>()
  const writes: string[] = []
  for (const { operation, qualifier } of log) {
    const name = `${operation} ${qualifier ?? ''}`
    const history = [...writes, name].join(', ')
    if (!known.has(history)) {
      calls.push({ number: calls.length + 1, operation, qualifier, afterWrites: writes.length, history })
    }
    known.add(history)
    if (isWrite({ operation })) writes.push(name)
  }
  return calls
}
