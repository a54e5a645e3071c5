/** Sorted by path, bytewise, so that the order is the same on every machine and in every language. */
export function sortedByPath<T>(values: readonly T[], pathOf: (value: T) => string): T[] {
  // Code units and bytes of UTF-8 sort alike up to the surrogates, which hardly any path has.
  const hasSurrogates = values.some((value) => SURROGATE.test(pathOf(value)))
  return values.toSorted((left, right) => {
    const [a, b] = [pathOf(left), pathOf(right)]
    if (hasSurrogates) return Buffer.compare(Buffer.from(a), Buffer.from(b))
    return a < b ? -1 : a > b ? 1 : 0
  })
}

const SURROGATE = /[\ud800-\udfff]/
