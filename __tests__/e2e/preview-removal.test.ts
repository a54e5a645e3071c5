import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteFunctionCommand, DeleteLayerVersionCommand } from '@aws-sdk/client-lambda'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../scripts/environment/faults.ts'
import { destroy } from '../../src/commands/destroy.ts'
import { fakeOrder } from '../release/order.ts'
import { runAction } from '../support/action-runner.ts'
import { lockPreview, unlockPreview, useRemovalWorld } from '../support/removal-tests.ts'
import { BUCKET, type MakeOptions, REPOSITORY_ID, type RemovalWorld } from '../support/removal-world.ts'
import { REPOSITORY, runNode } from '../support/world.ts'

/** The end of previews: the emulator with S3, a real PostgreSQL, and calls that fail. */

let world: RemovalWorld
/** What was there before any preview, and has to be there after all. */
let before: readonly string[]

useRemovalWorld((opened, there) => {
  world = opened
  before = there
})

const BY_NAME = { 'function-name': 'shop' }

async function destroyed(
  number: number,
  given: Readonly<Record<string, unknown>> = BY_NAME,
  { wait = () => Promise.resolve(), now = fakeOrder.now }: { wait?: () => Promise<void>; now?: () => number } = {},
) {
  const settings = world.settings(given)
  const collaborators = world.collaborators(settings)
  const pull = { number, host: 'github.com', repositoryId: REPOSITORY_ID, repository: 'octocat/shop' }
  const result = await destroy(pull, settings, { ...collaborators, wait, order: { ...fakeOrder, now } })
  return { result, report: collaborators.report }
}

describe('a preview that is complete', () => {
  test.each([
    ['by its name', BY_NAME],
    ['by its tags', {}],
  ])('goes %s, with all that was made for it; the second time nothing is there', async (_, given) => {
    await world.make({ pull: 1 })
    const { result } = await destroyed(1, given)
    expect(result).toMatchObject({ exitCode: 0, previews: [{ functionName: 'shop-pr-1', outcome: 'removed' }] })
    expect(result.previews[0]?.parts.map(({ what, outcome }) => `${what}: ${outcome}`)).toEqual([
      'database shop_pr_1 (PostgreSQL): removed',
      'static files of s3://statics/shop-pr-1: removed',
      'log group /aws/lambda/shop-pr-1: removed',
      'role shop-pr-1-role: removed',
      'function shop-pr-1: removed',
    ])
    expect(await world.everything()).toEqual(before)
    const again = await destroyed(1, given)
    expect(again.result).toMatchObject({ exitCode: 0, problems: [] })
    expect(again.report.of('info')).toContain('Nothing to remove: there is no preview.')
  })

  test('has a layer of its dependencies, of which all versions go; one that somebody else has published stays', async () => {
    await world.make({ pull: 1, layers: ['wsgi-lambda: abc', 'wsgi-lambda: def'] })
    await world.make({ pull: 2, layers: ['wsgi-lambda: abc', 'by hand'] })
    expect((await destroyed(1)).result.previews[0]?.parts).toContainEqual(
      expect.objectContaining({ what: 'layer shop-pr-1-dependencies', outcome: 'removed' }),
    )
    await destroyed(2)
    expect(await world.everything()).toEqual([...before, 'layer shop-pr-2-dependencies'].toSorted())
    await world.lambda.send(new DeleteLayerVersionCommand({ LayerName: 'shop-pr-2-dependencies', VersionNumber: 2 }))
  })

  test('of several functions of one repository: all go by their tags, and those of other pull requests stay', async () => {
    await Promise.all([world.make({ pull: 1 }), world.make({ pull: 1, base: 'admin' }), world.make({ pull: 11 })])
    const { result } = await destroyed(1, {})
    expect(result.previews.map(({ functionName }) => functionName).toSorted()).toEqual(['admin-pr-1', 'shop-pr-1'])
    expect(await namesOf('function')).toEqual(['shop-pr-11'])
    await destroyed(11)
    expect(await world.everything()).toEqual(before)
  })

  test('runs its commands first; one that fails is told, and keeps nothing', async () => {
    await world.make({ pull: 1, without: ['database', 'static'], tags: { database: 'none', static: undefined } })
    const { result, report } = await destroyed(1, { ...BY_NAME, 'before-destroy': 'manage goodbye\nmanage fail' })
    expect(result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect({ output: report.of('output'), warning: report.of('warning') }).toEqual({
      output: ['ran goodbye', 'ran fail'],
      warning: ['manage fail: failed with exit code 3'],
    })
    expect(await world.everything()).toEqual(before)
  })
})

test('the program removes one in an empty folder, without Python, and tells it as JSON', async () => {
  await world.make({ pull: 9 })
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-empty-'))
  const env = { ...world.env, PATH: '/nowhere', GITHUB_REPOSITORY_ID: REPOSITORY_ID, GITHUB_REPOSITORY: 'octocat/shop' }
  const args = ['destroy', '--pr', '9', '--preview-database-admin', world.postgres.url, '--json']
  const ended = await runNode([join(REPOSITORY, 'dist/cli.cjs'), ...args], { env, cwd: folder })
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(JSON.parse(ended.stdout)).toMatchObject({
    ...{ pull: 9, repository: 'octocat/shop', exitCode: 0, problems: [] },
    previews: [{ functionName: 'shop-pr-9', base: 'shop', pull: 9, outcome: 'removed' }],
  })
  expect(await readdir(folder)).toEqual([])
  expect(await world.everything()).toEqual(before)
  await rm(folder, { recursive: true })
})

describe('the action in an empty folder, without Python and without a token for GitHub', () => {
  async function ran(command: string, inputs: Readonly<Record<string, string>>, closed?: number) {
    const workspace = await mkdtemp(join(tmpdir(), 'wsgi-lambda-empty-'))
    const repository = { id: Number(REPOSITORY_ID), full_name: 'octocat/shop' }
    const head = { sha: 'a'.repeat(40), repo: repository }
    const result = await runAction({
      ...{
        workspace,
        inputs: { command, 'github-token': '', 'preview-database-admin': world.postgres.url, ...inputs },
      },
      env: { ...world.env, PATH: '/nowhere', GITHUB_REPOSITORY_ID: REPOSITORY_ID, GITHUB_REPOSITORY: 'octocat/shop' },
      eventName: closed === undefined ? 'schedule' : 'pull_request',
      event:
        closed === undefined
          ? {}
          : { action: 'closed', repository, pull_request: { number: closed, head, labels: [] } },
    })
    expect(await readdir(workspace)).toEqual([])
    await rm(workspace, { recursive: true })
    return result
  }

  test('removes the preview of a closed pull request', async () => {
    await world.make({ pull: 9 })
    const { exitCode, outputs, log } = await ran('auto', {}, 9)
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
    expect(outputs).toMatchObject({ removed: '["shop-pr-9"]', pr: '9', skipped: 'false' })
    expect(await world.everything()).toEqual(before)
  })

  test('sweeps by time, and says what it cannot know', async () => {
    await world.make({ pull: 8 })
    await world.make({ pull: 9, tags: { expires: '2020-01-01T00:00:00.000Z' } })
    const { exitCode, outputs, annotations, log } = await ran('auto', {})
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 })
    expect(outputs).toMatchObject({ removed: '["shop-pr-9"]' })
    expect(annotations.map(({ level, message, title }) => [level, title ?? message].join(': '))).toContainEqual(
      expect.stringContaining('there is no token for GitHub'),
    )
    await destroyed(8)
    expect(await world.everything()).toEqual(before)
  })
})

describe('a preview that is not complete goes as well:', () => {
  const ALL = ['function', 'alias', 'database', 'role', 'log group', 'static'] as const

  test.each<[string, MakeOptions['without']]>([
    ['a function alone', ['alias', 'database', 'role', 'log group', 'static']],
    ['no alias, and so no commands', ['alias']],
    ['no database yet', ['alias', 'database']],
    ['a role and a log group for a function that never came', ['function', 'database', 'static']],
    ['a role for a function that never came', ['function', 'database', 'static', 'log group']],
  ])('%s', async (_, without = []) => {
    await world.make({ pull: 2, without })
    const { result } = await destroyed(2, { ...BY_NAME, 'before-destroy': 'manage goodbye' })
    expect(result).toMatchObject({ exitCode: 0, problems: [], previews: [{ outcome: 'removed' }] })
    expect(await world.everything()).toEqual(before)
  })

  test.each<[string, Omit<MakeOptions, 'pull'>]>([
    ['a log group and a role', { without: ['function', 'database', 'static'] }],
    ['a role', { without: ['function', 'database', 'static', 'log group'] }],
    ['a role of a long name', { base: 'x'.repeat(60), without: ['function', 'database', 'static', 'log group'] }],
    ['a layer', { without: ALL, layers: ['wsgi-lambda: abc preview MARK'] }],
    ['static files', { without: ALL.filter((part) => part !== 'static') }],
  ])('%s without a function, whose name nobody gives', async (_, options) => {
    // Of another pull request.
    await world.make({ pull: 22, ...options })
    const others = await world.everything()
    await world.make({ pull: 2, ...options })
    const settings = { static: `s3://statics/${options.base ?? 'shop'}` }
    expect((await destroyed(2, settings)).result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect(await world.everything()).toEqual(others)
    await destroyed(22, settings)
    expect(await world.everything()).toEqual(before)
  })

  test('what cannot be looked for is told, and keeps nothing that is found', async () => {
    await world.make({ pull: 2 })
    world.proxy.inject({ operation: 'ListRoles', status: 400, type: 'ServiceFailure', message: 'not today' })
    const { result } = await destroyed(2, {})
    expect(result).toMatchObject({ exitCode: 1, previews: [{ outcome: 'removed' }] })
    expect(result.problems[0]?.title).toMatch(/^roles of previews that are gone were not looked for: /)
    expect(await world.everything()).toEqual(before)
  })
})

describe('a preview whose function was deleted by hand', () => {
  const without = ['function'] as const
  const LAYERS = ['wsgi-lambda: abc preview MARK']

  test.each([
    ['by its name', BY_NAME],
    ['by its tags', {}],
  ])('goes %s, by the tags of its log group and its mark', async (_, given) => {
    await world.make({ pull: 2, without, layers: LAYERS })
    const { result } = await destroyed(2, given)
    expect(result).toMatchObject({ exitCode: 0, problems: [], previews: [{ outcome: 'removed' }] })
    expect(await world.everything()).toEqual(before)
    expect((await destroyed(2, given)).result).toMatchObject({ exitCode: 0, problems: [] })
  })

  test('and its log group too: the tags of its role say the rest', async () => {
    await world.make({ pull: 2, without: [...without, 'log group'] })
    expect((await destroyed(2)).result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect(await world.everything()).toEqual(before)
  })

  test('and all that has tags: the setting says where its static files are', async () => {
    await world.make({ pull: 2, without: [...without, 'log group', 'role', 'database'] })
    expect((await destroyed(2, { ...BY_NAME, static: 's3://statics/shop' })).result).toMatchObject({
      ...{ exitCode: 0, previews: [{ outcome: 'removed' }] },
    })
    expect(await world.everything()).toEqual(before)
  })

  test('keeps what has tags as long as something that they name is left', async () => {
    await world.make({ pull: 2, without })
    const nowhere = world.postgres.url.replace(/:\d+\//, ':9/')
    const { result } = await destroyed(2, { ...BY_NAME, 'preview-database-admin': nowhere })
    expect(result).toMatchObject({ exitCode: 1, previews: [{ outcome: 'failed' }] })
    expect(result.problems[0]?.hint).toContain('Then run destroy or sweep again')
    expect((await world.everything()).filter((name) => !before.includes(name))).toEqual([
      'database shop_pr_2',
      'log group /aws/lambda/shop-pr-2',
      'role shop-pr-2-role',
      'user shop_pr_2',
    ])
    expect((await destroyed(2)).result.exitCode).toBe(0)
    expect(await world.everything()).toEqual(before)
  })

  test('has static files and a layer of another repository beside it: they stay', async () => {
    await world.make({
      pull: 2,
      repositoryId: '815',
      without: [...without, 'database', 'role', 'log group'],
      layers: LAYERS,
    })
    const all = await world.everything()
    await destroyed(2, { ...BY_NAME, static: 's3://statics/shop' })
    expect(await world.everything()).toEqual(all)
    const settings = world.settings({ ...BY_NAME, static: 's3://statics/shop' })
    const theirs = { number: 2, host: 'github.com', repositoryId: '815', repository: 'octocat/shop' }
    await destroy(theirs, settings, world.collaborators(settings))
    expect(await world.everything()).toEqual(before)
  })
})

describe('what is not ours stays as it is:', () => {
  const someone = { 'managed-by': 'terraform' }
  const ours = { 'managed-by': 'wsgi-lambda' }

  test.each<[string, Partial<MakeOptions>]>([
    ['a function without tags', { functionTags: {} }],
    ['a function that another tool made', { functionTags: someone }],
    ['a function of ours that is no preview', { functionTags: ours }],
    ['a preview of another repository', { repositoryId: '815' }],
  ])('%s', async (_, options) => {
    await world.make({ pull: 3, ...options })
    const all = await world.everything()
    const { result } = await destroyed(3)
    expect(result).toMatchObject({ exitCode: 1, previews: [{ outcome: 'refused', parts: [] }] })
    expect(result.problems[0]?.title).toMatch(/^The function shop-pr-3 is no preview of pull request 3 /)
    expect(await world.everything()).toEqual(all)
    expect((await destroyed(3, {})).result.previews.filter(({ outcome }) => outcome === 'removed')).toEqual([])
    expect(await world.everything()).toEqual(all)
    expect(
      world.proxy.calls().filter(({ functionName, operation }) => functionName && !/^Get/.test(operation)),
    ).toEqual([])
    await removeByHand(3, options.repositoryId)
  })

  test('a role, a log group and objects that tags of the function name, and that say nothing of it', async () => {
    await world.make({ pull: 3, base: 'main', without: ['database', 'static'], tags: { database: 'none' } })
    await world.make({
      pull: 4,
      without: ['database', 'static', 'log group', 'role'],
      tags: {
        database: 'none',
        static: 's3://statics/shared',
        role: 'main-pr-3-role',
        logGroup: '/aws/lambda/main-pr-3',
      },
    })
    await world.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'shared/theirs.css', Body: 'theirs' }))
    const { result, report } = await destroyed(4)
    expect(result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect(report.of('notice').toSorted()).toEqual([
      'The log group /aws/lambda/main-pr-3 was left as it is: its tags do not say that it was made for shop-pr-4',
      'The role main-pr-3-role was left as it is: its tags do not say that it was made for shop-pr-4',
    ])
    expect(await world.everything()).toEqual(
      expect.arrayContaining(['role main-pr-3-role', 'object shared/theirs.css']),
    )
    await destroyed(3, { 'function-name': 'main' })
    expect(withoutShared(await world.everything())).toEqual(before)
  })

  test('a database of the same name that somebody else made', async () => {
    await world.postgres.query('postgres', 'CREATE DATABASE shop_pr_5')
    await world.make({ pull: 5, without: ['database'] })
    const { result, report } = await destroyed(5)
    expect(result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect(report.of('notice')).toEqual([
      'The database shop_pr_5 (PostgreSQL) was left as it is: it has no mark that says that it was made for shop-pr-5',
    ])
    expect(await namesOf('database')).toContain('shop_pr_5')
    await world.postgres.query('postgres', 'DROP DATABASE shop_pr_5')
    expect(withoutShared(await world.everything())).toEqual(before)
  })
})

describe('a deployment that goes on', () => {
  async function makeLocked(): Promise<void> {
    await world.make({ pull: 6, without: ['database', 'static'], tags: { database: 'none', static: undefined } })
    await lockPreview(world, 'shop-pr-6')
  }

  test('is waited for', async () => {
    await makeLocked()
    const wait = (): Promise<void> => unlockPreview(world, 'shop-pr-6')
    const { result, report } = await destroyed(6, { ...BY_NAME, 'lock-wait': '60' }, { wait })
    expect(report.of('info')).toContain('shop-pr-6 is being deployed by run 7: waiting for it')
    expect(result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'removed' }] })
    expect(await namesOf('function')).toEqual([])
  })

  test('for too long: nothing is removed', async () => {
    await makeLocked()
    const all = await world.everything()
    const { result } = await destroyed(6)
    expect(result).toMatchObject({ exitCode: 1, previews: [{ outcome: 'busy', parts: [] }] })
    expect(await world.everything()).toEqual(all)
    await unlockPreview(world, 'shop-pr-6')
    expect((await destroyed(6)).result.exitCode).toBe(0)
  })
})

describe('a removal that is interrupted', () => {
  const kinds: Readonly<Record<string, Omit<Fault, 'operation'>>> = {
    'no answer comes any more': { drop: 'before', spreads: true },
    'its answer gets lost': { drop: 'after' },
    'AWS has a bad day': { status: 503, type: 'ServiceUnavailableException', spreads: true },
  }

  /** The lock of a run that was killed has run out. */
  const muchLater = (): number => fakeOrder.now() + 600_000

  test('at any call is found again by the function, and goes on', async () => {
    await world.make({ pull: 7 })
    world.proxy.clear()
    await destroyed(7)
    const calls = world.proxy.calls().map(({ operation }) => operation)
    expect(calls.length).toBeGreaterThan(14)
    const points = calls.map((operation, index) => ({
      operation,
      nth: calls.slice(0, index + 1).filter((each) => each === operation).length,
    }))
    for (const [index, point] of points.entries()) {
      const [name = '', fault = {}] = Object.entries(kinds)[index % 3] ?? []
      await world.make({ pull: 7, without: ['alias'] })
      const complete = await world.everything()
      world.proxy.clear()
      world.proxy.inject({ ...point, ...fault })
      const where = `${name}: ${point.operation} ${point.nth}`
      const first = await destroyed(7).then(
        ({ result }) => result.exitCode,
        () => 1,
      )
      const after = await world.everything()
      const isLeft = after.some((each) => !withoutShared(before).includes(each) && each !== 'object shared/theirs.css')
      // A removal that says it is done leaves nothing; one that leaves something keeps the function.
      const isFound = !isLeft || (first === 1 && after.includes('function shop-pr-7'))
      expect({ where, isFound }).toEqual({ where, isFound: true })
      expect(after.filter((each) => !complete.includes(each))).toEqual([])
      world.proxy.clear()
      expect({ where, ...(await destroyed(7, BY_NAME, { now: muchLater })).result }).toMatchObject({
        where,
        exitCode: 0,
      })
      expect({ where, all: withoutShared(await world.everything()) }).toEqual({ where, all: before })
    }
  })

  test('whose database cannot be reached keeps the function, and says what to do', async () => {
    await world.make({ pull: 8 })
    const nowhere = world.postgres.url.replace(/:\d+\//, ':9/')
    const { result } = await destroyed(8, { ...BY_NAME, 'preview-database-admin': nowhere })
    expect(result).toMatchObject({ exitCode: 1, previews: [{ outcome: 'failed' }] })
    expect(result.problems[0]).toMatchObject({
      title: expect.stringMatching(/^shop-pr-8: database shop_pr_8 \(PostgreSQL\) could not be removed: /),
      hint: expect.stringContaining('the function shop-pr-8 stays as long as something of it is left'),
    })
    expect(withoutShared(await world.everything()).filter((name) => !before.includes(name))).toEqual([
      'database shop_pr_8',
      'function shop-pr-8',
      'user shop_pr_8',
    ])
    expect((await destroyed(8)).result.exitCode).toBe(0)
    expect(withoutShared(await world.everything())).toEqual(before)
  })
})

async function namesOf(kind: string): Promise<string[]> {
  const all = await world.everything()
  return all.filter((name) => name.startsWith(`${kind} `)).map((name) => name.slice(kind.length + 1))
}

function withoutShared(all: readonly string[]): string[] {
  return all.filter((name) => name !== 'object shared/theirs.css')
}

/** What a test made with tags that nothing is removed by. */
async function removeByHand(number: number, repositoryId = REPOSITORY_ID): Promise<void> {
  await world.lambda.send(new DeleteFunctionCommand({ FunctionName: `shop-pr-${number}` }))
  await world.make({ pull: number, repositoryId, without: ['role', 'log group', 'database', 'static', 'alias'] })
  const settings = world.settings(BY_NAME)
  const pull = { number, host: 'github.com', repositoryId, repository: 'octocat/shop' }
  expect(await destroy(pull, settings, world.collaborators(settings))).toMatchObject({ exitCode: 0 })
  expect(await world.everything()).toEqual(before)
}
