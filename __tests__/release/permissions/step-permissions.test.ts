import { expect, test } from '@jest/globals'
import { stepPermissions } from '../../../src/release/permissions/step-permissions.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { loadFunctionSettings } from '../../../src/settings/settings.ts'
import { folderWith } from '../../settings/project-folder.ts'
import { configured, current, nothing, ROLE, same } from '../releases.ts'

const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' }
const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:shop'

async function actionsFor(
  from: CurrentRelease,
  desired: DesiredRelease,
  given: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, readonly string[]>> {
  const explicit = { given: { 'function-name': 'shop', role: ROLE, migrate: 'true', ...given }, nameOf: String }
  const project = await folderWith({})
  const settings = await loadFunctionSettings({ project, stage: undefined, environment: {}, explicit })
  const needed = stepPermissions(planRelease(from, desired), settings, PLACE)
  return new Map(
    [...new Set(needed.map(({ resources }) => resources[0] ?? ''))].map((resource) => [
      resource,
      needed.filter(({ resources }) => resources[0] === resource).flatMap(({ actions }) => actions),
    ]),
  )
}

test('nothing is needed for nothing', async () => {
  expect((await actionsFor(current, same)).size).toBe(0)
})

test('new code: what updates, publishes, proves and moves, and the lock', async () => {
  const actions = (await actionsFor(current, { ...same, codeSha256: 'new' })).get(FUNCTION)
  expect(actions?.toSorted()).toEqual([
    'lambda:CreateAlias',
    'lambda:InvokeFunction',
    'lambda:PublishVersion',
    'lambda:UpdateAlias',
    'lambda:UpdateFunctionCode',
  ])
})

test('new settings: the role is passed on', async () => {
  const actions = await actionsFor(current, configured({ memory: 1024 }))
  expect(actions.get(FUNCTION)).toContain('lambda:UpdateFunctionConfiguration')
  expect(actions.get(FUNCTION)).not.toContain('lambda:UpdateFunctionCode')
  expect(actions.get(ROLE)).toEqual(['iam:PassRole'])
})

test('a first deployment: what creates and opens', async () => {
  const actions = (await actionsFor(nothing, same)).get(FUNCTION)
  expect(actions).toEqual(
    expect.arrayContaining(['lambda:CreateFunction', 'lambda:CreateFunctionUrlConfig', 'lambda:AddPermission']),
  )
  expect(actions).not.toContain('lambda:GetAlias')
})

test('in the bucket that large code is sent by', async () => {
  const uploading = { ...same, codeSha256: 'new', upload: 's3://uploads/shop/a.zip' }
  const actions = await actionsFor(current, uploading, { 'upload-bucket': 's3://uploads/shop' })
  expect(actions.get('arn:aws:s3:::uploads/shop/*')).toContain('s3:PutObject')
})

test('in the bucket where only the layer is too large for a request', async () => {
  const layer = { name: 'shop-dependencies', codeSha256: 'l', arn: undefined }
  const actionsWith = (upload: string | undefined) =>
    actionsFor(
      current,
      { ...same, codeSha256: 'new', layer: { ...layer, upload } },
      { 'upload-bucket': 's3://uploads' },
    )
  expect((await actionsWith('s3://uploads/l.zip')).get('arn:aws:s3:::uploads/*')).toContain('s3:PutObject')
  expect((await actionsWith(undefined)).has('arn:aws:s3:::uploads/*')).toBe(false)
})

test.each([
  ['one that is missing', { name: 'own', isThere: false }, true],
  ['not one that is ready', undefined, false],
])('what makes a bucket: for %s', async (_, ownBucket, isSaid) => {
  const uploading = { ...same, codeSha256: 'new', upload: 's3://own/a.zip', ownBucket }
  const actions = [...(await actionsFor(current, uploading, { 'upload-bucket': 'auto' })).values()].flat()
  expect(actions.includes('s3:CreateBucket')).toBe(isSaid)
  expect(actions).toContain('s3:PutObject')
})
