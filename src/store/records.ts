import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { KeepOptions, Store, StoreKind } from './store.ts'

/** A key of everything that can change what it stands for: plain values only, in a fixed order. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** A small value that was kept by `writeRecord`; undefined where there is none, or it cannot be read. */
export async function readRecord<T>(store: Store, kind: StoreKind, key: string): Promise<T | undefined> {
  const path = await store.find(kind, key)
  if (path === undefined) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch {
    return undefined // Another build has pruned it since.
  }
}

export async function writeRecord(
  store: Store,
  kind: StoreKind,
  key: string,
  value: unknown,
  options?: KeepOptions,
): Promise<void> {
  await store.keep(kind, key, (path) => writeFile(path, JSON.stringify(value)), options)
}
