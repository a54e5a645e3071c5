import type { Ground } from './ground.ts'

/** What a run has cost, in milliseconds. */
export interface Measure {
  readonly kind: string
  /** Our own: without the time in which AWS, the database or a function was asked. */
  readonly own: number
  readonly whole: number
}

export interface Span {
  readonly from: number
  readonly until: number
}

/** Of a run that has just ended and was the only one. */
export function ownMilliseconds(whole: number, { world, links }: Pick<Ground, 'world' | 'links'>): number {
  const asked = links.flatMap((link) => link.asked())
  const spans = [...world.proxy.calls(), ...asked].map(({ at, until = at }) => ({ from: at, until }))
  return whole - busyMilliseconds(spans)
}

/** While at least one of them lasted. */
export function busyMilliseconds(spans: readonly Span[]): number {
  let [sum, end] = [0, -Infinity]
  for (const { from, until } of spans.toSorted((a, b) => a.from - b.from)) {
    if (until <= end) continue
    sum += until - Math.max(from, end)
    end = until
  }
  return sum
}
