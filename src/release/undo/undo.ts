import { UserError, withOutcome } from '../../errors.ts'
import type { Releasing } from '../releasing.ts'
import { irreversible } from './irreversible.ts'
import { NOTHING_UNDONE, previousOf, reasonOf, type Undone, undoAlias } from './undo-alias.ts'
import { undoCommandVersion } from './undo-command-version.ts'
import { undoPreparation } from './undo-preparation.ts'
import { undoProvisioned } from './undo-provisioned.ts'

/** On a failure after the alias has moved, it goes back; on one before, it has not moved. Says which of the two. */
export async function undo(error: unknown, releasing: Releasing): Promise<unknown> {
  const { progress, lock, with: waiting } = releasing
  // After a long command, or a machine that slept, somebody else may have moved the alias on.
  await lock.confirm().catch(() => undefined)
  const alias = await undoAlias(releasing)
  const served = alias.served ?? previousOf(releasing)?.version
  const preparation = await undoPreparation(served, releasing)
  const access = await undoAccess(served, releasing)
  const mode = await undoMode(alias.served, releasing)
  const provisioned = await undoProvisioned(served, releasing)
  const commands = await undoCommandVersion(served, releasing)
  const parts: readonly Undone[] = [alias, preparation, access, mode, provisioned, commands]
  const outcome = [...parts.map(({ consequence }) => consequence), irreversible(progress, served)]
    .filter(Boolean)
    .join(' ')
  // Of a defect, and of a run that was cancelled, nothing else says where traffic is.
  if (!(error instanceof UserError) || waiting.signal.aborted) {
    const isStuck = parts.some((part) => part.isStuck)
    const title = isStuck ? 'The release was left half done' : 'The release was not finished'
    waiting.report.warning({ title, detail: outcome })
    return error
  }
  // A failed command ends the program with 1, whatever a remote command of that kind would end with.
  return withOutcome(error, outcome, error.exitCode === 2 ? 2 : 1)
}

/** A URL that was opened to everyone is closed again, unless the new version is what it leads to. One that was closed stays so. */
async function undoAccess(
  served: string | undefined,
  {
    current,
    progress: { url, mayHaveOpenedUrl, hasMoved, version },
    desired: { functionName, alias },
    with: { urls },
  }: Releasing,
): Promise<Undone> {
  if (current.url?.authType === 'NONE' && url?.authType === 'AWS_IAM') {
    return { consequence: 'The Function URL is closed to the public, as function-url: iam asks for.', isStuck: false }
  }
  if (!mayHaveOpenedUrl || (hasMoved && served === version)) return NOTHING_UNDONE
  try {
    await urls.update(functionName, alias, { authType: 'AWS_IAM' })
    return { consequence: 'The Function URL is closed to the public again.', isStuck: false }
  } catch (failure) {
    const consequence = `The Function URL could not be closed to the public again (${reasonOf(failure)}): everyone may call it.`
    return { consequence, isStuck: true }
  }
}

/** The mode of the URL goes with the version that the alias serves in the end: it stays where that is this release's. */
async function undoMode(
  served: string | undefined,
  {
    progress: { mayHaveChangedMode, version },
    current,
    desired: { functionName, alias },
    with: { lambda, urls },
  }: Releasing,
): Promise<Undone> {
  const before = current.url?.invokeMode
  if (!mayHaveChangedMode || before === undefined) return NOTHING_UNDONE
  // A move that failed for this program may have been done: only its answer got lost.
  const now = served ?? (await lambda.getAlias(functionName, alias).catch(() => current.alias))?.version
  if (now === version) return NOTHING_UNDONE
  try {
    await urls.update(functionName, alias, { invokeMode: before })
    return { consequence: `The invoke mode of the Function URL is ${before} again.`, isStuck: false }
  } catch (failure) {
    const consequence = `The invoke mode of the Function URL could not be changed back to ${before} (${reasonOf(failure)}): until it is, visitors get answers in a shape that is meant for Lambda.`
    return { consequence, isStuck: true }
  }
}
