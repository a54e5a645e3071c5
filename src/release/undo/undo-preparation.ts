import type { Releasing } from '../releasing.ts'
import { NOTHING_UNDONE, reasonOf, type Undone } from './undo-alias.ts'

/**
 * What the old version needs in the place of what was prepared for the new one, such as its password. In the turn of this run:
 * after it, the next one prepares what it needs itself.
 * @param served the version that the alias serves in the end
 */
export async function undoPreparation(served: string | undefined, releasing: Releasing): Promise<Undone> {
  const { preparation, progress, current } = releasing
  if (!progress.mayHavePrepared || preparation === undefined || current.served === undefined) return NOTHING_UNDONE
  // Whoever has the lock now has prepared it for another version.
  if (served !== current.served.version || releasing.lock.isLost()) return NOTHING_UNDONE
  try {
    await preparation.giveBack(current.served.environment)
    return NOTHING_UNDONE
  } catch (failure) {
    const consequence = `Version ${served} may not reach its data any more (${reasonOf(failure)}): the next deployment that succeeds mends that.`
    return { consequence, isStuck: true }
  }
}
