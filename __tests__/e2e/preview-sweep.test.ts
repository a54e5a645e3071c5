import { CreateAliasCommand, DeleteAliasCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { sweep } from '../../src/commands/sweep.ts'
import { UserError } from '../../src/errors.ts'
import type { GetPull } from '../../src/preview/removal/pulls.ts'
import type { SweepItem, SweepResult } from '../../src/preview/removal/sweep-result.ts'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'
import { lockDescription } from '../../src/release/order/lock-mark.ts'
import { fakeOrder } from '../release/order.ts'
import { REPOSITORY_ID, type RemovalWorld, startRemovalWorld } from '../support/removal-world.ts'

/** A nightly sweep over previews of two repositories: the emulator with S3 and a real PostgreSQL. */

jest.setTimeout(120_000)

let world: RemovalWorld
let before: readonly string[]

beforeAll(async () => {
  world = await startRemovalWorld()
  before = await world.everything()
}, 240_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
}, 60_000)

beforeEach(() => {
  world.proxy.clear()
})

/** What GitHub says: these are closed, and all others open. */
const closed =
  (...numbers: readonly number[]): GetPull =>
  (number) =>
    Promise.resolve({ isOpen: !numbers.includes(number) })

async function swept(given: Readonly<Record<string, unknown>>, getPull?: GetPull, repositoryId = REPOSITORY_ID) {
  const settings = world.settings(given)
  const collaborators = world.collaborators(settings)
  const repository = { repositoryId, repository: 'octocat/shop' }
  const result = await sweep(repository, settings, { ...collaborators, getPull })
  return { result, report: collaborators.report }
}

const EXPIRED = { expires: '2026-11-23T09:59:59.000Z' }
const line = ({ kind, name, reason, outcome }: SweepItem): string =>
  `${kind} ${name}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`
const linesOf = ({ items }: SweepResult): string[] => items.map(line).toSorted()

test('what is closed, has expired or has no function goes; the rest stays, that of others too', async () => {
  await Promise.all([
    world.make({ pull: 1 }),
    world.make({ pull: 2 }),
    world.make({ pull: 3, tags: EXPIRED }),
    world.make({ pull: 1, base: 'other', repositoryId: '815', tags: EXPIRED }),
    // A function that somebody has deleted by hand.
    world.make({ pull: 4, without: ['function', 'static'] }),
    world.make({ pull: 5, without: ['function', 'static', 'role', 'log group'] }),
  ])
  const all = await world.everything()

  const dry = await swept({ 'dry-run': 'true' }, closed(1, 4))
  expect(linesOf(dry.result)).toEqual([
    'database shop_pr_4: would be removed (orphaned)',
    'database shop_pr_5: kept',
    'log group /aws/lambda/shop-pr-4: would be removed (orphaned)',
    'preview shop-pr-1: would be removed (closed)',
    'preview shop-pr-2: kept',
    'preview shop-pr-3: would be removed (expired)',
    'role shop-pr-4-role: would be removed (orphaned)',
  ])
  expect(dry.result).toMatchObject({ exitCode: 0, isDryRun: true })
  expect(await world.everything()).toEqual(all)

  // A role has no region: that of the function may be another one.
  const open = await swept({ 'dry-run': 'true' }, closed())
  expect(linesOf(open.result)).toContain('role shop-pr-4-role: kept')

  const { result } = await swept({}, closed(1, 4, 5))
  expect(linesOf(result)).toEqual([
    'database shop_pr_4: removed (orphaned)',
    'database shop_pr_5: removed (orphaned)',
    'log group /aws/lambda/shop-pr-4: removed (orphaned)',
    'preview shop-pr-1: removed (closed)',
    'preview shop-pr-2: kept',
    'preview shop-pr-3: removed (expired)',
    'role shop-pr-4-role: removed (orphaned)',
  ])
  const left = (await world.everything()).filter((name) => !before.includes(name))
  expect(left).toEqual(all.filter((name) => /shop.pr.2\b|other.pr.1\b/.test(name)))

  // Of those of the other repository, only its own sweep knows.
  await swept({}, closed(2))
  await swept({}, undefined, '815')
  expect(await world.everything()).toEqual(before)
})

test('where nobody says what is closed, only time counts', async () => {
  await Promise.all([world.make({ pull: 1 }), world.make({ pull: 2, tags: EXPIRED })])
  const refused = new UserError({ title: 'The token may not read pull request 1' })
  const { result, report } = await swept({}, () => Promise.reject(refused))
  expect(linesOf(result)).toEqual(['preview shop-pr-1: kept', 'preview shop-pr-2: removed (expired)'])
  expect(result.exitCode).toBe(0)
  expect(report.of('notice')).toEqual([
    'Which pull requests are closed is not known: The token may not read pull request 1',
  ])
  await swept({}, closed(1))
  expect(await world.everything()).toEqual(before)
})

test('what fails keeps nothing else, and the step fails; the next sweep goes on with it', async () => {
  await Promise.all([world.make({ pull: 1 }), world.make({ pull: 2 })])
  world.proxy.inject({ operation: 'DeleteLogGroup', status: 400, type: 'AccessDeniedException', message: 'no' })
  const { result } = await swept({}, closed(1, 2))
  expect(result.exitCode).toBe(1)
  expect(
    linesOf(result)
      .map((each) => each.split(': ')[1])
      .toSorted(),
  ).toEqual(['failed (closed)', 'removed (closed)'])
  expect(result.problems).toEqual([
    expect.objectContaining({ hint: expect.stringContaining('"Action":"logs:DeleteLogGroup"') }),
  ])
  expect((await swept({}, closed(1, 2))).result.exitCode).toBe(0)
  expect(await world.everything()).toEqual(before)
})

test('what is being deployed stays, whatever its time', async () => {
  await world.make({ pull: 1, tags: EXPIRED })
  const alias = { FunctionName: 'shop-pr-1', Name: LOCK_ALIAS }
  const Description = lockDescription({
    ...{ id: 'other', process: 'elsewhere/1', name: 'run 7' },
    until: fakeOrder.now() + 60_000,
  })
  await world.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: '$LATEST', Description }))
  const all = await world.everything()
  const { result } = await swept({})
  expect(result.exitCode).toBe(0)
  expect(result.items).toMatchObject([{ name: 'shop-pr-1', outcome: 'kept', note: 'it is being deployed' }])
  expect(await world.everything()).toEqual(all)
  await world.lambda.send(new DeleteAliasCommand(alias))
  await swept({})
  expect(await world.everything()).toEqual(before)
})

test('a server of databases that does not answer is told, and previews without one go all the same', async () => {
  await Promise.all([
    world.make({ pull: 1, without: ['database'], tags: { ...EXPIRED, database: 'none', databaseAdmin: undefined } }),
    world.make({ pull: 2, without: ['function', 'static', 'database'] }),
  ])
  const nowhere = world.postgres.url.replace(/:\d+\//, ':9/')
  const isClosed: GetPull = () => Promise.resolve({ isOpen: false })
  const { result } = await swept({ 'preview-database-admin': nowhere }, isClosed)
  expect(result.exitCode).toBe(1)
  expect(result.problems).toHaveLength(1)
  expect(await world.everything()).toEqual(before)
})
