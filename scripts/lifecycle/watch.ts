import type { Ground } from './ground.ts'
import { added, type Inventory, lostOrChanged, takeInventory } from './inventory.ts'
import { anyOf, type IsMine } from './owners.ts'

/** Looks at everything that the services have, again and again. */
export interface Watch {
  /** What was there at the beginning. */
  readonly before: Inventory
  /** As of the last look. */
  readonly now: () => Inventory
  /** @param isMine what may have changed since the last look @returns what was touched beside that */
  readonly look: (isMine: IsMine, isSettled: boolean) => Promise<readonly string[]>
  /** What is there and was not at the beginning. */
  readonly left: (isMine: IsMine) => readonly string[]
}

export async function startWatch({ services, github }: Ground): Promise<Watch> {
  const before = await takeInventory(services, github)
  let now = before
  /** What a killed run has asked for may still happen. */
  let unsettled: IsMine = () => false
  return {
    before,
    now: () => now,
    look: async (isMine, isSettled) => {
      const last = now
      now = await takeInventory(services, github)
      const mayChange = anyOf([isMine, unsettled])
      unsettled = isSettled ? () => false : isMine
      const others = new Map([...last].filter(([thing]) => !mayChange(thing)))
      return lostOrChanged(others, now)
    },
    left: (isMine) => added(before, now).filter(isMine),
  }
}
