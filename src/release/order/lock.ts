import { isConflict } from '../../aws/errors.ts'
import type { AliasState, LambdaApi } from '../../aws/lambda.ts'
import { UserError } from '../../errors.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { Machine } from '../../settings/machine.ts'
import { FREE, type Held, type Holder, hasDied, lockDescription, readLockDescription } from './lock-mark.ts'
import type { Order } from './order.ts'

/** A name of an alias that is reserved for this: it serves nobody. Creating an alias happens once, whoever tries at the same time. */
export const LOCK_ALIAS = 'wsgi-lambda-lock'

/** A run that ends without a word blocks others for so long. */
const LASTS_MS = 120_000
const RENEWED_MS = 30_000
/** Clocks of machines differ. One that has just run out by ours is nobody's once it was not renewed for so long. */
const WATCHED_MS = RENEWED_MS + 10_000
/** No clock of a runner is so wrong. */
const LONG_OVER_MS = 300_000

/** AWS may show for some seconds what was there before. */
const MOST_FASTER_SECONDS = 30

interface Faster {
  readonly error: unknown
}

/** Keeps two deployments of one function apart. */
export interface ReleaseLock {
  /**
   * Waits until it is free, as long as the settings say or for the seconds that are given.
   * @throws UserError that says who holds it
   */
  readonly take: (waitSeconds?: number) => Promise<void>
  /** Before each step. @throws UserError where somebody else has it now; nothing where it was not taken yet */
  readonly confirm: () => Promise<void>
  readonly isTaken: () => boolean
  readonly isLost: () => boolean
  /** Never fails: what was not released runs out. */
  readonly release: () => Promise<void>
}

export interface LockCollaborators extends Pick<Order, 'now' | 'every'> {
  readonly lambda: LambdaApi
  readonly report: Reporter
  readonly wait: (milliseconds: number) => Promise<void>
  /** Milliseconds. */
  readonly clock: () => number
  readonly signal: AbortSignal
  readonly machine: Machine
}

export function createLock(
  functionName: string,
  holder: Holder,
  lockWait: number,
  collaborators: LockCollaborators,
): ReleaseLock {
  const { lambda, report, wait, clock, now, every, machine, signal } = collaborators
  let alias: AliasState | undefined
  let until = 0
  let isLost = false
  let renewing: Promise<void> | undefined
  let stop = (): void => undefined
  /** What looked as if it had run out, and since when it stayed so by `clock`. */
  let watched: { readonly revisionId: string; readonly since: number } | undefined

  const update = (description: string, revisionId: string): Promise<AliasState> =>
    lambda.updateAlias(functionName, LOCK_ALIAS, { version: '$LATEST', description }, revisionId)
  const read = (): Promise<AliasState | undefined> => lambda.getAlias(functionName, LOCK_ALIAS)
  const heldFrom = (start: number): string => lockDescription({ ...holder, until: start + LASTS_MS })

  /** One try. @returns who has it, where that is somebody else; or what AWS said, where somebody was faster */
  async function tryToTake(): Promise<'taken' | Held | Faster> {
    const found = await read()
    const held = found && readLockDescription(found.description)
    if (held && held.id !== holder.id && !hasDied(held, machine)) {
      if (lasts(held, now()) || (isJustOver(held, now()) && !isLeft(found.revisionId))) return held
    }
    const start = now()
    try {
      alias = found
        ? await update(heldFrom(start), found.revisionId)
        : await lambda.createAlias(functionName, LOCK_ALIAS, { version: '$LATEST', description: heldFrom(start) })
    } catch (error) {
      if (isConflict(error)) return { error }
      // The answer may have got lost, and not the lock.
      const there = await read().catch(() => undefined)
      if (there === undefined || readLockDescription(there.description)?.id !== holder.id) throw error
      alias = there
    }
    until = start + LASTS_MS
    return 'taken'
  }

  function isLeft(revisionId: string): boolean {
    if (watched?.revisionId !== revisionId) watched = { revisionId, since: clock() }
    return clock() - watched.since >= WATCHED_MS
  }

  async function renew(): Promise<void> {
    if (alias === undefined) return
    const start = now()
    try {
      alias = await update(heldFrom(start), alias.revisionId)
      until = start + LASTS_MS
    } catch (error) {
      const there = await read().catch(() => undefined)
      if (there && readLockDescription(there.description)?.id === holder.id) alias = there
      else if (there !== undefined || isConflict(error)) isLost = true
    }
    // Without an answer it is still ours, for as long as it lasts.
    if (now() > until) isLost = true
  }

  const renewOnce = (): Promise<void> => {
    renewing ??= renew().finally(() => {
      renewing = undefined
    })
    return renewing
  }

  return {
    take: async (waitSeconds = lockWait) => {
      if (alias !== undefined) return
      const started = clock()
      let told: string | undefined
      for (let pause = 1000; ; pause = Math.min(pause * 1.5, 5000)) {
        signal.throwIfAborted()
        const outcome = await tryToTake()
        if (outcome === 'taken') break
        const seconds = (clock() - started) / 1000
        if ('error' in outcome) {
          if (seconds >= waitSeconds + MOST_FASTER_SECONDS) throw outcome.error
        } else {
          if (seconds >= waitSeconds) throw stillHeld(functionName, outcome, waitSeconds)
          if (told !== outcome.id) report.info(`${functionName} is being deployed by ${outcome.name}: waiting for it`)
          told = outcome.id
        }
        report.progress(`waiting for another deployment of ${functionName} (${seconds.toFixed(0)} s)`)
        await wait(pause)
      }
      stop = every(RENEWED_MS, () => void renewOnce())
    },
    confirm: async () => {
      if (alias === undefined) return
      if (!isLost && until - now() < LASTS_MS - RENEWED_MS) await renewOnce()
      if (isLost) throw lost(functionName)
    },
    isTaken: () => alias !== undefined,
    isLost: () => isLost,
    release: async () => {
      stop()
      await renewing
      if (alias === undefined || isLost) return
      const { revisionId } = alias
      alias = undefined
      try {
        await update(FREE, revisionId)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        report.debug(`the lock of ${functionName} was not released, and runs out by itself: ${reason}`)
      }
    },
  }
}

/** Clocks of machines differ by minutes; what ends later still nobody of ours has written, and nobody would renew. */
const MOST_AHEAD_MS = 3_600_000

function lasts({ until }: Held, now: number): boolean {
  return until > now && until < now + MOST_AHEAD_MS
}

function isJustOver({ until }: Held, now: number): boolean {
  return until <= now && now < until + LONG_OVER_MS
}

/** Another run deploys the function. */
export class HeldByOther extends UserError {}

function stillHeld(functionName: string, { name, until }: Held, waitSeconds: number): HeldByOther {
  return new HeldByOther({
    title: `${functionName} is being deployed by ${name}${waitSeconds > 0 ? `: waited ${waitSeconds} seconds for it` : ''}`,
    detail: `Its lock ends at ${new Date(until).toISOString()}, and is renewed as long as that run goes on.`,
    hint: 'Nothing was changed. Run this again when the other one has ended, or let it wait longer with lock-wait.',
  })
}

function lost(functionName: string): UserError {
  return new UserError({
    title: `Somebody else deploys ${functionName} now: the lock of this run was lost`,
    detail: 'It was not renewed in time, so it ran out and another run took it.',
    hint: 'Run this again when the other one has ended.',
  })
}
