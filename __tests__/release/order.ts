import { type ReleaseLock } from '../../src/release/order/lock.ts'
import type { Order } from '../../src/release/order/order.ts'
import type { Machine } from '../../src/settings/machine.ts'
import type { Run } from '../../src/settings/run.ts'

export const run: Run = {
  commit: 'abc1234567890',
  hasChanges: false,
  committedAt: '2026-11-23T09:00:00Z',
  actor: 'octocat',
  workflow: { name: 'octocat/shop/deploy.yml', number: 42 },
  isManual: false,
  address: 'https://github.com/octocat/shop/actions/runs/1234567890',
}

export const machine: Machine = { host: 'runner', id: 'runner boot namespace', processId: 17, isAlive: () => true }

export const fakeOrder: Order = {
  readRun: () => Promise.resolve(run),
  readMachine: () => Promise.resolve(machine),
  now: () => Date.parse('2026-11-23T10:00:00Z'),
  every: () => () => undefined,
}

/** A lock that is always there, for tests of something else. */
export const openLock: ReleaseLock = {
  take: () => Promise.resolve(),
  confirm: () => Promise.resolve(),
  isTaken: () => true,
  isLost: () => false,
  release: () => Promise.resolve(),
}
