import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keyOf, readRecord, writeRecord } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { withoutCredentials } from './credentials.ts'
import { besideLock, type LockContext, type LockedPins } from './lock-context.ts'

/** Raised when the same texts are read into other pins than before. */
const READER_VERSION = 1

/**
 * What a lock was read as, from the store where nothing changed: half a megabyte of TOML takes longer to read than the rest
 * of a build that changes nothing.
 */
export async function readKept(
  context: LockContext,
  store: Store,
  read: (context: LockContext) => Promise<LockedPins>,
): Promise<LockedPins> {
  const key = await keyOfLock(context)
  const kept = await readRecord<LockedPins>(store, 'resolutions', key)
  if (kept) return kept
  const locked = await read(context)
  const text = JSON.stringify(locked)
  // Others may read a store.
  if (withoutCredentials(text) === text) await writeRecord(store, 'resolutions', key, locked)
  return locked
}

/** Pins have absolute paths and lines: they hold for the same texts in the same folder. */
async function keyOfLock({ project, path, settings, environment }: LockContext): Promise<string> {
  const { groups, withoutGroups, onlyGroups, extras } = settings
  const beside = ['pyproject.toml', 'Pipfile'].map((file) => besideLock(path, file))
  const files = [...new Set([path, 'pyproject.toml', ...beside])]
  const texts = await Promise.all(files.map((file) => readFile(join(project, file), 'utf8').catch(() => null)))
  const asked = [groups, withoutGroups, onlyGroups, extras]
  return keyOf('lock', READER_VERSION, project, path, asked, Object.entries(environment), texts)
}
