import { numbersFrom } from '../../scripts/environment/random.ts'
import type { Case } from './cases.ts'
import { MISHAPS, type Mishap } from './mishaps.ts'
import type { RecordedCall } from './recorded.ts'

/** One mishap at one call of one deployment. */
export interface Combination {
  readonly case: Case
  readonly call: RecordedCall
  readonly mishap: Mishap
}

/** Every call that was recorded × everything that can happen to it. */
export function combinations(of: Case, calls: readonly RecordedCall[]): readonly Combination[] {
  return calls.flatMap((call) =>
    MISHAPS.filter(({ canHappenTo }) => canHappenTo(call)).map((mishap) => ({ case: of, call, mishap })),
  )
}

/** So many of them, the same ones for the same seed; in their order. There is one of each kind, as long as that many are asked for. */
export function sample<T>(
  all: readonly T[],
  count: number,
  seed: number,
  kindOf: (each: T) => string = () => '',
): readonly T[] {
  const random = numbersFrom(seed)
  const chosen = all.map((each, index) => ({ each, index, rank: random() })).toSorted((a, b) => a.rank - b.rank)
  const kinds = new Set<string>()
  const firsts = chosen.filter(({ each }) => kinds.size < kinds.add(kindOf(each)).size)
  return [...new Set([...firsts, ...chosen])]
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ each }) => each)
}

/** Each case, and each thing that is done with a bucket as a whole. */
export function kindOf({ case: { name }, mishap }: Combination): string {
  return mishap.takesBucket ? mishap.name : name
}
