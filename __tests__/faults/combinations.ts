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

/** So many of them, the same ones for the same seed; in their order. */
export function sample<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const random = numbersFrom(seed)
  const chosen = all.map((each, index) => ({ each, index, rank: random() })).toSorted((a, b) => a.rank - b.rank)
  return chosen
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ each }) => each)
}
