/** Maps values with at most `atOnce` calls under way; the first failure ends it. */
export async function inParallel<T, R>(
  values: readonly T[],
  atOnce: number,
  work: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const remaining = values.entries()
  const worker = async (): Promise<void> => {
    for (const [index, value] of remaining) results[index] = await work(value)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker))
  return results
}
