/** Numbers from 0 to 1, the same for the same seed (mulberry32, by Tommy Ettinger; public domain). */
export function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** One of them. @throws Error where there is none */
export function oneOf<T>(all: readonly T[], random: () => number): T {
  const chosen = all[Math.floor(random() * all.length)]
  if (chosen === undefined) throw new Error('There is nothing to choose from.')
  return chosen
}

/** One of them, by how often each comes in relation to the others. */
export function weighted<T>(all: readonly { readonly weight: number; readonly what: T }[], random: () => number): T {
  let rest = random() * all.reduce((sum, { weight }) => sum + weight, 0)
  for (const { weight, what } of all) {
    rest -= weight
    if (rest < 0) return what
  }
  throw new Error('There is nothing to choose from.')
}
