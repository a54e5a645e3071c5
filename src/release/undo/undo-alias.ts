import type { AliasState } from '../../aws/lambda.ts'
import { aliasDescription, NOT_RELEASED, readAliasMark } from '../order/alias-mark.ts'
import type { Releasing } from '../releasing.ts'

/** What became of one thing that a failed release takes back. */
export interface Undone {
  /** A sentence for the user; empty where there was nothing to take back. */
  readonly consequence: string
  readonly isStuck: boolean
}

export const NOTHING_UNDONE: Undone = { consequence: '', isStuck: false }

export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : JSON.stringify(failure)
}

/** What the alias served before this release; undefined where that was nothing that has proven itself. */
export function previousOf({ current: { alias } }: Releasing): AliasState | undefined {
  const hasServed = alias !== undefined && readAliasMark(alias.description).phase !== 'not-released'
  return hasServed ? alias : undefined
}

/**
 * The alias goes back where it has moved, and gets whole again where traffic was divided. @returns also the version that it
 * serves then; undefined where that is what it served before anything moved
 */
export async function undoAlias(releasing: Releasing): Promise<Undone & { readonly served: string | undefined }> {
  const { desired, progress } = releasing
  const { lambda, report } = releasing.with
  const { alias: name, functionName } = desired
  const { version } = progress
  const previous = previousOf(releasing)
  const hasMoved = progress.hasMoved || (await hasMovedUnseen(releasing))
  if (!hasMoved && (!progress.mayHaveShifted || previous === undefined)) {
    const consequence = previous
      ? `The alias ${name} has not moved: it serves version ${previous.version}.`
      : 'Nothing serves traffic yet.'
    return { consequence, isStuck: false, served: undefined }
  }
  report.progress('moving the alias back')
  // Without weights: those that an earlier run has left behind are not brought back.
  const target = previous
    ? { version: previous.version, description: previous.description }
    : { version, description: aliasDescription({ ...NOT_RELEASED, hasCommands: progress.hasCommands }) }
  // Whoever has the lock now may have moved it on.
  const revisionId = releasing.lock.isLost() ? progress.alias?.revisionId : undefined
  try {
    const { version: served } = await lambda.updateAlias(functionName, name, target, revisionId)
    return { consequence: whereItIs(name, previous, { hasMoved, version }), isStuck: false, served }
  } catch (failure) {
    const consequence = whereItStays(name, previous, { hasMoved, version }, reasonOf(failure))
    return { consequence, isStuck: true, served: hasMoved ? version : undefined }
  }
}

/** A move that failed for this program may have been done: only its answer got lost. */
async function hasMovedUnseen(releasing: Releasing): Promise<boolean> {
  const { desired, progress, with: aws } = releasing
  const previous = previousOf(releasing)
  if (!progress.mayHaveMoved || previous === undefined || previous.version === progress.version) return false
  const now = await aws.lambda.getAlias(desired.functionName, desired.alias).catch(() => undefined)
  // By its mark it is known whose move it was.
  return now?.version === progress.version && readAliasMark(now.description).before.includes(previous.version)
}

interface Move {
  readonly hasMoved: boolean
  readonly version: string
}

function whereItIs(name: string, previous: AliasState | undefined, { hasMoved, version }: Move): string {
  if (previous === undefined) {
    return `There is no earlier version to go back to: the alias ${name} stays on version ${version}.`
  }
  if (hasMoved) return `The alias ${name} is back on version ${previous.version}.`
  return `All traffic is back on version ${previous.version}: version ${version} gets none.`
}

function whereItStays(
  name: string,
  previous: AliasState | undefined,
  { hasMoved, version }: Move,
  reason: string,
): string {
  if (previous === undefined) {
    return `The alias ${name} could not be marked as not released (${reason}): it serves version ${version}.`
  }
  if (hasMoved) {
    return `The alias ${name} could not be moved back to version ${previous.version} (${reason}): it serves version ${version}.`
  }
  return `Traffic could not be taken from version ${version} (${reason}): the alias ${name} still sends it a part. Deploy again, which begins with that; or point the alias to version ${previous.version} without weights.`
}
