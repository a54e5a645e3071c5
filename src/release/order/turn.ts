import { randomUUID } from 'node:crypto'
import type { Run } from '../../settings/run.ts'
import type { CurrentRelease } from '../state.ts'
import { createLock, type LockCollaborators, type ReleaseLock } from './lock.ts'
import { holderOf } from './lock-mark.ts'
import type { Order } from './order.ts'

/** A run that writes, while no other one does. */
export interface Turn {
  readonly lock: ReleaseLock
  readonly run: Run
}

export type TurnCollaborators = Omit<LockCollaborators, keyof Order | 'machine'> & { readonly order: Order }

/**
 * Work on a function in a turn of its own. The lock belongs to the function: where there is none yet, creating it keeps others
 * away, and then the lock is taken.
 */
export async function inTurn<T>(
  { functionName, lockWait, exists }: { functionName: string; lockWait: number; exists: boolean },
  { order, ...collaborators }: TurnCollaborators,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  const [run, machine] = await Promise.all([order.readRun(), order.readMachine()])
  const holder = holderOf(run, machine, randomUUID().slice(0, 8))
  const lock = createLock(functionName, holder, lockWait, { ...collaborators, ...order, machine })
  try {
    if (exists) await lock.take()
    return await work({ lock, run })
  } finally {
    await lock.release()
  }
}

/** A function that was created since the turn began is locked too, before anything is planned for it. */
export async function readInTurn(turn: Turn | undefined, read: () => Promise<CurrentRelease>): Promise<CurrentRelease> {
  const current = await read()
  if (turn === undefined || turn.lock.isTaken() || current.latest === undefined) return current
  await turn.lock.take()
  return await read()
}
