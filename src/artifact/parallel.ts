/** Maps values with at most `atOnce` calls under way; the first failure ends it, once nothing is under way any more. */
export async function inParallel<T, R>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const remaining = values.entries()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const [index, value] of remaining) {
      if (failures.length > 0) return
      try {
        results[index] = await work(value)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker))
  if (failures.length > 0) throw failures[0]
  return results
}
