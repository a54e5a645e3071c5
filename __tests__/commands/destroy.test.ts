import { describe, expect, test } from '@jest/globals'
import type { PreviewApi } from '../../src/aws/previews.ts'
import type { Tags } from '../../src/aws/tags.ts'
import { announceRemovals, destroyed, destroyedOrTold } from '../../src/commands/announce-removal.ts'
import { destroy } from '../../src/commands/destroy.ts'
import { identityOf, type NamedPreview } from '../../src/preview/identity.ts'
import { writeTags } from '../../src/preview/tags.ts'
import { loadRemovalSettings } from '../../src/settings/settings.ts'
import { fakeLambda } from '../release/fake-lambda.ts'
import { fakeOrder } from '../release/order.ts'
import { configured } from '../release/releases.ts'
import { fakeLogs } from '../remote/fake-logs.ts'
import { recordingReporter } from '../report/recording.ts'

/** A dry run; removals themselves are in __tests__/e2e/preview-removal.test.ts. */

const PLACE = '123456789012/eu-west-1'
const PULL = { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' }
const TAGS = writeTags({
  ...identityOf('shop', PULL, '123456789012/eu-west-1'),
  ...{ headSha: undefined, run: undefined, isSeeded: false, created: '', expires: '' },
  ...{ database: 'postgresql/database/shop_pr_7/shop_pr_7', databaseAdmin: 'ssm:/admin', databaseAccess: 'runner' },
  ...{ static: 's3://statics/shop-pr-7', role: undefined, logGroup: undefined },
})
const forbidden = () => Promise.reject(new Error('nothing is to be opened or changed'))

/** What is looked at where the function is gone. */
const LOOKING: Partial<PreviewApi> = {
  findTagged: () => Promise.resolve([]),
  openRoles: () => Promise.resolve({ tags: () => Promise.resolve(undefined), remove: forbidden, list: forbidden }),
  openLayers: () => Promise.resolve({ list: () => Promise.resolve([]), remove: forbidden, names: forbidden }),
}

async function dryRun(there: boolean, looking: Partial<PreviewApi> = {}) {
  const report = recordingReporter()
  const settings = loadRemovalSettings({
    ...{ project: '.', stage: undefined, environment: {} },
    explicit: {
      given: { 'function-name': 'shop', 'dry-run': 'true', 'before-destroy': 'manage goodbye' },
      nameOf: String,
    },
  })
  const previews: PreviewApi = {
    readPlace: () => Promise.resolve('123456789012/eu-west-1'),
    readFunction: () => Promise.resolve(there ? { arn: 'arn', tags: TAGS } : undefined),
    ...{ findTagged: forbidden, removeFunction: forbidden, openLayers: forbidden, openLogGroups: forbidden },
    ...{ openRoles: forbidden, openStatics: forbidden },
    ...looking,
  }
  const result = await destroy(PULL, settings, {
    ...{ previews, report, removeDatabase: forbidden, order: fakeOrder, lambda: fakeLambda(), logs: fakeLogs() },
    ...{ wait: () => Promise.resolve(), clock: () => 0, signal: new AbortController().signal },
  })
  return { result, report, settings }
}

test('a dry run tells what would go, and removes nothing', async () => {
  const { result, report } = await dryRun(true)
  expect(result).toMatchObject({
    ...{ exitCode: 0, problems: [] },
    previews: [{ functionName: 'shop-pr-7', outcome: 'would be removed' }],
  })
  expect(report.of('info')).toEqual([
    'shop-pr-7: database shop_pr_7 (PostgreSQL): would be removed',
    'shop-pr-7: static files of s3://statics/shop-pr-7: would be removed',
    'shop-pr-7: log group /aws/lambda/shop-pr-7: would be removed',
    'shop-pr-7: function shop-pr-7: would be removed',
  ])
})

test('a dry run finds nothing where there is nothing', async () => {
  expect((await dryRun(false, LOOKING)).result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'missing' }] })
})

test('a dry run tells what is left of a preview whose function was deleted by hand, by the tags of its log group', async () => {
  const logGroup = { arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-pr-7', tags: TAGS }
  const openLogGroups = () => Promise.resolve({ tags: forbidden, remove: forbidden })
  const { result } = await dryRun(false, {
    ...{ ...LOOKING, openLogGroups },
    findTagged: () => Promise.resolve([logGroup]),
  })
  expect(result).toMatchObject({ exitCode: 0, previews: [{ outcome: 'would be removed' }] })
  expect(result.previews[0]?.parts.map(({ what }) => what)).toEqual([
    'database shop_pr_7 (PostgreSQL)',
    'static files of s3://statics/shop-pr-7',
    'log group /aws/lambda/shop-pr-7',
  ])
})

test('a dry run tells the pull request nothing', async () => {
  const { result, report, settings } = await dryRun(true)
  const github = new Proxy({}, { get: () => () => Promise.reject(new Error('GitHub was told')) })
  await announceRemovals(destroyed(result), PULL, settings, {
    ...{ github: github as never, report, environment: {}, region: undefined, secrets: () => [] },
  })
  expect(report.of('notice')).toEqual([])
})

describe('without the name of a function, what the pull request was told of is looked at too', () => {
  const told = (base: string) => ({ ...identityOf(base, PULL, PLACE), region: 'eu-west-1' })
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:shop-pr-7'
  const nothing = {
    ...{ tags: () => Promise.resolve(undefined), list: () => Promise.resolve([]) },
    ...{ names: () => Promise.resolve([]), remove: forbidden },
  }

  async function destroyAll(tags: Tags | undefined, given: readonly NamedPreview[], isListed = false) {
    const report = recordingReporter()
    const lambda = fakeLambda()
    await lambda.createFunction('shop-pr-7', configured({}).configuration, { zip: Buffer.of(), architecture: 'arm64' })
    let there = tags
    const previews: PreviewApi = {
      readPlace: () => Promise.resolve(PLACE),
      readFunction: () => Promise.resolve(there && { arn: ARN, tags: there }),
      // Eventually it lists what there is.
      findTagged: (kind) => Promise.resolve(isListed && tags && kind === 'lambda:function' ? [{ arn: ARN, tags }] : []),
      removeFunction: () => {
        there = undefined
        return Promise.resolve(true)
      },
      openLayers: () => Promise.resolve(nothing),
      openLogGroups: () => Promise.resolve({ ...nothing, remove: () => Promise.resolve(false) }),
      openRoles: () => Promise.resolve(nothing),
      openStatics: forbidden,
    }
    const settings = loadRemovalSettings({
      ...{ project: '.', stage: undefined, environment: {} },
      explicit: { given: {}, nameOf: String },
    })
    const result = await destroy(
      PULL,
      settings,
      {
        ...{ previews, report, removeDatabase: () => Promise.resolve('missing' as const), order: fakeOrder },
        ...{ lambda, logs: fakeLogs(), wait: () => Promise.resolve(), clock: () => 0 },
        signal: new AbortController().signal,
      },
      Promise.resolve(given),
    )
    return { result, report, isThere: there !== undefined, announced: destroyedOrTold(result, given, undefined) }
  }

  const BARE = writeTags({
    ...{ ...identityOf('shop', PULL, PLACE), headSha: undefined, run: undefined, isSeeded: false, created: '' },
    ...{ expires: '', database: 'none', databaseAdmin: undefined, databaseAccess: undefined, static: undefined },
    ...{ role: undefined, logGroup: undefined },
  })

  test.each([
    ['is not listed yet', false],
    ['is listed, and removed once', true],
  ])('one that %s', async (_, isListed) => {
    const { result, isThere, announced } = await destroyAll(BARE, [told('shop')], isListed)
    expect(result.previews).toMatchObject([{ functionName: 'shop-pr-7', outcome: 'removed' }])
    expect([isThere, result.exitCode]).toEqual([false, 0])
    expect(announced).toMatchObject([{ functionName: 'shop-pr-7', removed: ['function shop-pr-7'] }])
  })

  test('one that is gone is said to be removed, without being news', async () => {
    const { result, announced } = await destroyAll(undefined, [told('shop')])
    expect([result.previews, result.exitCode]).toEqual([[], 0])
    expect(announced).toMatchObject([{ functionName: 'shop-pr-7', removed: [], problems: [] }])
  })

  test('what only has its name is left as it is, and that is a notice', async () => {
    const { result, report, isThere, announced } = await destroyAll({ owner: 'somebody' }, [told('shop')])
    expect([isThere, result.exitCode, report.problems.map(({ title }) => title)]).toEqual([
      ...[true, 0],
      [expect.stringContaining('The function shop-pr-7 is no preview of pull request 7')],
    ])
    expect([result.previews, announced]).toMatchObject([[{ functionName: 'shop-pr-7', outcome: 'refused' }], []])
  })
})
