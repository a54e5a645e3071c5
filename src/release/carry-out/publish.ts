import { isChanged } from '../../aws/errors.ts'
import type { FunctionConfiguration } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import { LIMITS } from '../../platform/limits.ts'
import { differences, hasCode } from '../plan/difference.ts'
import type { Releasing } from '../releasing.ts'
import { waitUntilActive, waitUntilPublished, waitUntilUpdated } from '../wait.ts'

/** For what is read to become what is there: AWS may show an older state for some seconds. */
const MOST_SECONDS = 30

/** What is published, and as what. */
interface Publication {
  readonly configuration: FunctionConfiguration | undefined
  readonly description: string
}

/** Publishes `$LATEST`, guarded by the hash of its code and by its revision. @returns the version that can be called */
export async function publishVersion(releasing: Releasing, publication: Publication): Promise<string> {
  const { functionName } = releasing.desired
  const published = await publishGuarded(releasing, publication)
  const outcome = await waitUntilPublished(functionName, published, releasing.with)
  const version = outcome === 'active' ? published : await publishAnew(releasing, publication)
  releasing.with.report.info(`version ${version}`)
  return version
}

/**
 * Where nothing has changed since the last version Lambda publishes none and names that one, also where it has failed. So
 * something is changed that means nothing, and changed back.
 */
async function publishAnew(releasing: Releasing, { configuration, description }: Publication): Promise<string> {
  const { functionName } = releasing.desired
  const { lambda } = releasing.with
  const { description: found } = await waitUntilUpdated(functionName, releasing.with)
  // A run that was ended here has left a blank.
  const before = found.trimEnd()
  const changed = found === before ? `${before.slice(0, LIMITS.descriptionCharacters - 1)} ` : before
  const meant = configuration && { ...configuration, description: changed }
  try {
    await lambda.updateConfiguration(functionName, { description: changed })
    const version = await publishGuarded(releasing, { configuration: meant, description })
    await waitUntilActive(functionName, version, releasing.with)
    return version
  } finally {
    // A blank that stays means nothing, and the next time it goes.
    await lambda.updateConfiguration(functionName, { description: before }).catch(() => undefined)
  }
}

async function publishGuarded(
  { desired, with: waiting }: Releasing,
  { configuration, description }: Publication,
): Promise<string> {
  const { functionName, codeSha256, architecture } = desired
  const started = waiting.clock()
  for (;;) {
    // Also where this run changed nothing: an earlier one may have been killed while its change went on.
    const latest = await waitUntilUpdated(functionName, waiting)
    try {
      return await waiting.lambda.publish(functionName, codeSha256, description, latest.revisionId)
    } catch (error) {
      if (!isChanged(error)) throw error
      // A revision ends with each change of state, and what was read may have been old: what counts is what is there.
      const now = await waitUntilUpdated(functionName, waiting)
      const isOurs =
        hasCode(now, codeSha256, architecture) && (!configuration || differences(now, configuration).length === 0)
      if (now.revisionId !== latest.revisionId && !isOurs) throw changedByOthers(functionName, error)
      if ((waiting.clock() - started) / 1000 > MOST_SECONDS) throw changedByOthers(functionName, error)
      await waiting.wait(500)
    }
  }
}

function changedByOthers(functionName: string, cause: unknown): UserError {
  return new UserError(
    {
      title: `Somebody else has changed ${functionName} while it was being released`,
      detail: cause instanceof UserError ? cause.detail : undefined,
      hint: 'Run this again when nothing else changes it.',
    },
    { cause },
  )
}
