import { DeleteLayerVersionCommand, ListLayerVersionsCommand } from '@aws-sdk/client-lambda'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from '@jest/globals'
import { sweep } from '../../src/commands/sweep.ts'
import { UserError } from '../../src/errors.ts'
import type { GetPull } from '../../src/preview/removal/pulls.ts'
import type { SweepItem, SweepResult } from '../../src/preview/removal/sweep-result.ts'
import { lockPreview, unlockPreview, useRemovalWorld } from '../support/removal-tests.ts'
import { BUCKET, type MakeOptions, REPOSITORY_ID, type RemovalWorld } from '../support/removal-world.ts'

/** A nightly sweep over previews of two repositories: the emulator with S3 and a real PostgreSQL. */

let world: RemovalWorld
/** What was there before any preview, and has to be there after all. */
let before: readonly string[]

useRemovalWorld((opened, there) => {
  world = opened
  before = there
})

/** What GitHub says: these are closed, and all others open. */
const closed =
  (...numbers: readonly number[]): GetPull =>
  (number) =>
    Promise.resolve({ isOpen: !numbers.includes(number) })

async function swept(given: Readonly<Record<string, unknown>>, getPull?: GetPull, repositoryId = REPOSITORY_ID) {
  const settings = world.settings(given)
  const collaborators = world.collaborators(settings)
  const repository = { host: 'github.com', repositoryId, repository: 'octocat/shop' }
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
  await lockPreview(world, 'shop-pr-1')
  const all = await world.everything()
  const { result } = await swept({})
  expect(result.exitCode).toBe(0)
  expect(result.items).toMatchObject([{ name: 'shop-pr-1', outcome: 'kept', note: 'it is being deployed' }])
  expect(await world.everything()).toEqual(all)
  await unlockPreview(world, 'shop-pr-1')
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
  // What names a database that may be there is kept: by it, it is found again.
  expect(linesOf(result)).toEqual([
    'log group /aws/lambda/shop-pr-2: kept',
    'preview shop-pr-1: removed (closed)',
    'role shop-pr-2-role: kept',
  ])
  expect((await swept({}, isClosed)).result.exitCode).toBe(0)
  expect(await world.everything()).toEqual(before)
})

describe('of a function that was deleted by hand', () => {
  const ALL_BUT_LAYER = ['function', 'database', 'role', 'log group', 'static'] as const
  const LAYER = { layers: ['wsgi-lambda: abc preview MARK'] }
  const gone = async (pull: number, options: Partial<MakeOptions> = {}) =>
    await world.make({ pull, without: ['function', 'database', 'role', 'log group'], ...options })
  const leftOf = (result: SweepResult): string[] => linesOf(result).filter((each) => !each.startsWith('preview '))

  test('static files and layer have the mark of the preview, and go once the pull request is closed', async () => {
    await gone(4, LAYER)
    // Of the places of static files, one that is there tells.
    await world.make({ pull: 5, ...LAYER })
    const all = await world.everything()
    const open = await swept({}, closed())
    expect(open.result.items).toContainEqual(
      expect.objectContaining({ name: 's3://statics/shop-pr-4', outcome: 'kept', note: 'its pull request is open' }),
    )
    const dry = await swept({ 'dry-run': 'true' }, closed(4))
    expect(leftOf(dry.result)).toEqual([
      'layer shop-pr-4-dependencies: would be removed (orphaned)',
      'static files s3://statics/shop-pr-4: would be removed (orphaned)',
    ])
    expect(await world.everything()).toEqual(all)
    const { result } = await swept({}, closed(4))
    expect(leftOf(result)).toEqual([
      'layer shop-pr-4-dependencies: removed (orphaned)',
      'static files s3://statics/shop-pr-4: removed (orphaned)',
    ])
    expect(await world.everything()).toEqual(all.filter((name) => !/shop.pr.4\b/.test(name)))
    await swept({}, closed(5))
    expect(await world.everything()).toEqual(before)
  })

  test('a layer goes version by version: somebody else may have published the newest', async () => {
    await gone(4, { without: ALL_BUT_LAYER, layers: ['wsgi-lambda: abc preview MARK', 'by hand'] })
    expect(leftOf((await swept({}, closed(4))).result)).toEqual(['layer shop-pr-4-dependencies: removed (orphaned)'])
    const LayerName = 'shop-pr-4-dependencies'
    const { LayerVersions = [] } = await world.lambda.send(new ListLayerVersionsCommand({ LayerName }))
    expect(LayerVersions.map(({ Description }) => Description)).toEqual(['by hand'])
    for (const { Version: VersionNumber } of LayerVersions)
      await world.lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber }))
  })

  test.each([
    ['layers', 'GET /2018-10-31/layers/shop-pr-4-dependencies/versions', ALL_BUT_LAYER],
    ['roles', 'GetRole', ALL_BUT_LAYER.filter((part) => part !== 'role')],
  ])('%s that these credentials may not read are of others, and keep nothing else', async (_, operation, without) => {
    const layers = without === ALL_BUT_LAYER ? ['wsgi-lambda: abc preview MARK'] : []
    await Promise.all([4, 5].map((pull) => gone(pull, { without, layers })))
    world.proxy.inject({ operation, status: 403, type: 'AccessDeniedException', message: 'no' })
    const first = await swept({}, closed(4, 5))
    expect(first.result).toMatchObject({ exitCode: 0, items: [{ outcome: 'removed' }] })
    expect(first.result.items).toHaveLength(1)
    expect((await swept({}, closed(4, 5))).result.items).toHaveLength(1)
    expect(await world.everything()).toEqual(before)
  })

  test('where the setting names a bucket that does not exist, a line says so', async () => {
    const { result, report } = await swept({ static: 's3://nowhere/shop' }, closed())
    expect(result).toMatchObject({ problems: [], exitCode: 0 })
    expect(report.of('info')).toContain(
      'there are no static files at s3://nowhere/shop-pr-…: that bucket does not exist',
    )
  })

  test('static files lie beside those of another function that is there', async () => {
    await world.make({ pull: 4, base: 'reports', tags: { static: 's3://statics/shop-pr-4' }, without: ['static'] })
    await gone(4)
    expect(leftOf((await swept({}, closed())).result)).toEqual(['static files s3://statics/shop-pr-4: kept'])
    const { result } = await swept({}, closed(4))
    expect(leftOf(result)).toEqual(['static files s3://statics/shop-pr-4: removed (orphaned)'])
    expect(await world.everything()).toEqual(before)
  })

  test('where no preview is left, the setting says where static files are', async () => {
    await gone(4)
    expect((await swept({}, closed(4))).result.items).toEqual([])
    expect(leftOf((await swept({ static: 's3://statics/shop' }, closed(4))).result)).toEqual([
      'static files s3://statics/shop-pr-4: removed (orphaned)',
    ])
    expect(await world.everything()).toEqual(before)
  })

  test('the log group says where they are, and goes after them', async () => {
    await gone(4, { without: ['function', 'database', 'role'] })
    world.proxy.inject({ operation: 'DeleteObjects', status: 403, type: 'AccessDenied', message: 'no' })
    const first = await swept({}, closed(4))
    expect({ lines: leftOf(first.result), exitCode: first.result.exitCode }).toEqual({
      lines: ['log group /aws/lambda/shop-pr-4: kept', 'static files s3://statics/shop-pr-4: failed (orphaned)'],
      exitCode: 1,
    })
    world.proxy.clear()
    expect(leftOf((await swept({}, closed(4))).result)).toEqual([
      'log group /aws/lambda/shop-pr-4: removed (orphaned)',
      'static files s3://statics/shop-pr-4: removed (orphaned)',
    ])
    expect(await world.everything()).toEqual(before)
  })

  test('what has another mark, or none, is not touched', async () => {
    await gone(4, { repositoryId: '815', ...LAYER })
    await world.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'shop-pr-6/site.css', Body: 'by hand' }))
    await gone(7, { without: ['function', 'database', 'role', 'log group', 'static'], layers: ['wsgi-lambda: abc'] })
    const all = await world.everything()
    const settings = { static: 's3://statics/shop' }
    expect((await swept(settings, closed(4, 6, 7))).result.items).toEqual([])
    expect(await world.everything()).toEqual(all)
    await swept(settings, closed(4), '815')
    const left = ['layer shop-pr-7-dependencies', 'object shop-pr-6/site.css']
    expect(await world.everything()).toEqual([...before, ...left].toSorted())
    await world.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'shop-pr-6/site.css' }))
    await world.lambda.send(new DeleteLayerVersionCommand({ LayerName: 'shop-pr-7-dependencies', VersionNumber: 1 }))
  })

  test('what may not be looked for is told, and keeps nothing else', async () => {
    await world.make({ pull: 5 })
    const denied = { status: 403, message: 'no' } as const
    world.proxy.inject({ operation: 'GET /2018-10-31/layers', type: 'AccessDeniedException', ...denied })
    world.proxy.inject({ operation: 'ListObjectsV2', type: 'AccessDenied', ...denied })
    const { result, report } = await swept({}, closed())
    expect(result).toMatchObject({ exitCode: 0, items: [{ name: 'shop-pr-5', outcome: 'kept' }] })
    expect(report.of('info')).toContainEqual(expect.stringMatching(/^layers .* were not looked for/))
    expect(report.of('notice')).toEqual([
      expect.stringMatching(/^Static files .* were not looked for: .*s3:ListBucket/),
    ])
    await swept({}, closed(5))
    expect(await world.everything()).toEqual(before)
  })
})
