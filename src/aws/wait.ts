import { setTimeout } from 'node:timers/promises'

/** Waits, or less where `until` says so. */
export async function wait(milliseconds: number, until?: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal: until }).catch(() => undefined)
}
