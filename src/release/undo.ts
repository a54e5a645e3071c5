import type { AliasState } from '../aws/lambda.ts'
import { UserError } from '../errors.ts'
import { aliasDescription, NOT_RELEASED, readAliasMark } from './alias-mark.ts'
import type { Progress, Releasing } from './releasing.ts'
import type { DesiredRelease } from './state.ts'

/** On a failure after the alias has moved, it goes back; on one before, it has not moved. Says which of the two. */
export async function undo(error: unknown, releasing: Releasing): Promise<unknown> {
  const { current, desired, progress } = releasing
  const { lambda, report } = releasing.with
  const hasServed = current.alias !== undefined && readAliasMark(current.alias.description).phase !== 'not-released'
  const previous = hasServed ? current.alias : undefined
  let stuck: unknown
  let served = progress.hasMoved ? progress.version : undefined
  if (progress.hasMoved) {
    report.progress('moving the alias back')
    const target = previous ?? { version: progress.version, description: aliasDescription(NOT_RELEASED) }
    try {
      served = (await lambda.updateAlias(desired.functionName, desired.alias, target)).version
    } catch (failure) {
      stuck = failure
    }
  }
  const mode = await undoMode(served, releasing)
  const outcome = [consequence(progress, previous, desired, stuck), mode.consequence, irreversible(progress)]
    .filter(Boolean)
    .join(' ')
  if (!(error instanceof UserError)) {
    if (stuck !== undefined || mode.isStuck)
      report.warning({ title: 'The release was left half done', detail: outcome })
    return error
  }
  const { title, detail, hint, output } = error
  // A failed command ends the program with 1, whatever a remote command of that kind would end with.
  return new UserError(
    { title, detail, hint: [hint, outcome].filter(Boolean).join(' '), output },
    { exitCode: error.exitCode === 2 ? 2 : 1, cause: error },
  )
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
): Promise<{ readonly consequence: string; readonly isStuck: boolean }> {
  const before = current.url?.invokeMode
  if (!mayHaveChangedMode || before === undefined) return { consequence: '', isStuck: false }
  // A move that failed for this program may have been done: only its answer got lost.
  const now = served ?? (await lambda.getAlias(functionName, alias).catch(() => current.alias))?.version
  if (now === version) return { consequence: '', isStuck: false }
  try {
    await urls.update(functionName, alias, { invokeMode: before })
    return { consequence: `The invoke mode of the Function URL is ${before} again.`, isStuck: false }
  } catch (failure) {
    const consequence = `The invoke mode of the Function URL could not be changed back to ${before} (${reasonOf(failure)}): until it is, visitors get answers in a shape that is meant for Lambda.`
    return { consequence, isStuck: true }
  }
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : JSON.stringify(failure)
}

function consequence(
  { hasMoved, version }: Progress,
  previous: AliasState | undefined,
  { alias }: DesiredRelease,
  stuck: unknown,
): string {
  if (stuck !== undefined) {
    const reason = reasonOf(stuck)
    return previous
      ? `The alias ${alias} could not be moved back to version ${previous.version} (${reason}): it serves version ${version}.`
      : `The alias ${alias} could not be marked as not released (${reason}): it serves version ${version}.`
  }
  if (previous) {
    return `The alias ${alias} ${hasMoved ? 'is back on' : 'has not moved: it serves'} version ${previous.version}.`
  }
  return hasMoved
    ? `There is no earlier version to go back to: the alias ${alias} stays on version ${version}.`
    : 'Nothing serves traffic yet.'
}

function irreversible({ commands }: Progress): string {
  if (commands.length === 0) return ''
  return `These commands have run and are not reversed: ${commands.map(({ command }) => command).join('; ')}.`
}
