import { pointCommandsAlias } from '../plan/command-version.ts'
import { configurationNow, type Releasing } from '../releasing.ts'
import { waitUntilIdle } from '../wait.ts'
import { NOTHING_UNDONE, reasonOf, type Undone } from './undo-alias.ts'

/** What was begun may still go on, and is no reason to leave anything as it is. */
const MOST_SECONDS = 60

/** Commands run on what belongs to the served version again, and `$LATEST` is left with the configuration for requests. */
export async function undoCommandVersion(served: string | undefined, releasing: Releasing): Promise<Undone> {
  const { progress, current, desired, lock, with: waiting } = releasing
  const { functionName } = desired
  const failures: unknown[] = []
  // Somebody else who has the lock now works with $LATEST, and puts it right by its mark.
  if (progress.mayBeConfiguredForCommands && !lock.isLost()) {
    try {
      await waitUntilIdle(functionName, waiting, MOST_SECONDS).catch(() => undefined)
      await waiting.lambda.updateConfiguration(functionName, configurationNow(releasing))
    } catch (failure) {
      failures.push(failure)
    }
  }
  const { commands } = current
  if (progress.mayHavePointedCommands && served !== progress.version && commands !== undefined) {
    try {
      await pointCommandsAlias(desired, { version: commands.version, isThere: true }, waiting.lambda)
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length === 0) return NOTHING_UNDONE
  const reasons = failures.map(reasonOf).join('; ')
  const consequence = `What was made for commands could not be taken back (${reasons}): no request meets it, and the next deployment puts it right.`
  return { consequence, isStuck: true }
}
