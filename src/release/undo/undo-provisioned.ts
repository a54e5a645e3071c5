import { removal } from '../plan/provisioned.ts'
import type { Releasing } from '../releasing.ts'
import { NOTHING_UNDONE, reasonOf, type Undone } from './undo-alias.ts'

/** What was put on a version that does not get the traffic is taken from it, or is again what it was. */
export async function undoProvisioned(
  served: string | undefined,
  { progress, current, desired: { functionName }, with: { provisioned } }: Releasing,
): Promise<Undone> {
  const { version } = progress
  const isNew = current.served?.version !== version
  if (!progress.mayHaveProvisioned || (isNew && served === version)) return NOTHING_UNDONE
  const before = current.provisioned.find(({ qualifier }) => qualifier === version)
  try {
    if (before) {
      await provisioned.put(functionName, version, before.requested)
      return {
        consequence: `The provisioned concurrency of version ${version} is ${before.requested} again.`,
        isStuck: false,
      }
    }
    await provisioned.remove(functionName, version)
    return { consequence: `Version ${version} has no provisioned concurrency any more.`, isStuck: false }
  } catch (failure) {
    const consequence = `The provisioned concurrency of version ${version} could not be taken back (${reasonOf(failure)}), and costs money: ${removal(functionName, version)}`
    return { consequence, isStuck: true }
  }
}
