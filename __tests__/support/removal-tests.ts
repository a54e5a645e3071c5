import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, jest } from '@jest/globals'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'
import { lockDescription } from '../../src/release/order/lock-mark.ts'
import { fakeOrder } from '../release/order.ts'
import { type RemovalWorld, startRemovalWorld } from './removal-world.ts'

/** One world for the tests of a file, in which nothing fails when a test begins. @param opened told what was there before any preview */
export function useRemovalWorld(opened: (world: RemovalWorld, before: readonly string[]) => void): void {
  jest.setTimeout(120_000)
  let world: RemovalWorld
  beforeAll(async () => {
    world = await startRemovalWorld()
    opened(world, await world.everything())
  }, 240_000)
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
  }, 60_000)
  beforeEach(() => {
    world.proxy.clear()
  })
}

/** As if another run deployed it, for a minute from the time of the tests. */
export async function lockPreview({ lambda }: RemovalWorld, FunctionName: string): Promise<void> {
  const held = { id: 'other', process: 'elsewhere/1', name: 'run 7', until: fakeOrder.now() + 60_000 }
  const Description = lockDescription(held)
  await lambda.send(new CreateAliasCommand({ FunctionName, Name: LOCK_ALIAS, FunctionVersion: '$LATEST', Description }))
}

export async function unlockPreview({ lambda }: RemovalWorld, FunctionName: string): Promise<void> {
  await lambda.send(new DeleteAliasCommand({ FunctionName, Name: LOCK_ALIAS }))
}
