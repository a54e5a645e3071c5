import { expect, test } from '@jest/globals'
import { previewName } from '../../../src/preview/identity.ts'
import { grantsOf, policyOf, type Statement } from '../../../src/release/permissions/permissions.ts'
import { previewNames, previewPolicy } from '../../../src/release/permissions/preview-permissions.ts'
import { type FunctionSettings, loadFunctionSettings } from '../../../src/settings/settings.ts'
import { folderWith } from '../../settings/project-folder.ts'

const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' }
const ROLE = 'arn:aws:iam::123456789012:role/shop'
const PREVIEW_ROLE = 'arn:aws:iam::123456789012:role/shop-preview'

type Given = Readonly<Record<string, string | boolean | undefined>>

async function settingsOf(given: Given): Promise<FunctionSettings> {
  const project = await folderWith({})
  const all = { 'function-name': 'shop', role: ROLE, 'preview-role': PREVIEW_ROLE, ...given }
  const explicit = { given: all, nameOf: String }
  return await loadFunctionSettings({ project, stage: undefined, environment: {}, explicit })
}

async function statementsOf(given: Given = {}): Promise<readonly Statement[]> {
  return previewPolicy(await settingsOf(given), PLACE).Statement
}

const resourcesOf = (statements: readonly Statement[], action: string): string[] =>
  statements.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource)

test.each(['shop', 'a'.repeat(53), 'a'.repeat(54), 'ab'.repeat(32)])('names of previews of %s', (name) => {
  const pattern = new RegExp(`^${previewNames(name).replaceAll('*', '.*')}$`)
  for (const pull of [1, 42, 12_345, 9_999_999]) expect(previewName(name, pull)).toMatch(pattern)
  expect(name).not.toMatch(pattern)
})

test('nothing of the function itself: neither its code, its configuration, its role, its log nor its secrets', async () => {
  const given = {
    secrets: 'KEY=ssm:/shop/key',
    'command-role': `${ROLE}-migrations`,
    'log-group': '/shop/log',
    static: 's3://files/shop',
    'preview-database-admin': 'secretsmanager:shop/preview/admin',
    'preview-concurrency': '2',
    'preview-seed': 'manage loaddata demo',
  }
  const statements = await statementsOf(given)
  const resources = statements.flatMap(({ Resource }) => Resource)
  const isOfPreviews = (resource: string): boolean =>
    resource === '*' || resource === PREVIEW_ROLE || /shop-pr-\*/.test(resource) || resource === 'arn:aws:s3:::files'
  expect(resources.filter((resource) => !isOfPreviews(resource))).toEqual([
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/preview/admin-??????',
  ])
  // Of these actions no policy can name resources.
  const everywhere = statements.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action)
  expect(everywhere.sort()).toEqual(['logs:DescribeLogGroups', 'tag:GetResources'])
})

test('a function is removed by name and tag, a version by name', async () => {
  const removing = (await statementsOf()).filter(({ Action }) => Action.includes('lambda:DeleteFunction'))
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:shop-pr-*'
  expect(removing.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
    [[`${arn}:*`], undefined],
    [[arn], { StringEquals: { 'aws:ResourceTag/managed-by': 'wsgi-lambda' } }],
  ])
})

test.each<[string, Given, string[], string[]]>([
  ['none', {}, [], []],
  ['an address, which nobody has to ask for', { 'preview-database-admin': 'postgresql://a:b@c/d' }, [], []],
  [
    'a parameter, which the job reads',
    { 'preview-database-admin': 'ssm:/shop/admin' },
    ['ssm:GetParameter'],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/shop/admin'],
  ],
  [
    'a secret with a key',
    { 'preview-database-admin': 'secretsmanager:admin#url' },
    ['secretsmanager:GetSecretValue'],
    ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-??????'],
  ],
  [
    'a secret that the main function alone reads',
    { 'preview-database-admin': 'secretsmanager:admin', 'preview-database-access': 'function' },
    ['lambda:InvokeFunction'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:shop:live-databases'],
  ],
])('the administrator of databases: %s', async (_, given, actions, resources) => {
  const own = (await statementsOf(given)).filter(({ Sid }) => ['ReadDatabaseAdmin', 'AskMainFunction'].includes(Sid))
  expect([own.flatMap(({ Action }) => Action), own.flatMap(({ Resource }) => Resource)]).toEqual([actions, resources])
})

test('roles that are made for previews are removed by name and tag, and none is passed but these', async () => {
  const statements = await statementsOf({ 'create-role': true, role: undefined, 'preview-role': undefined })
  const own = ['arn:aws:iam::123456789012:role/shop-pr-*-role']
  for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRole', 'iam:PassRole'])
    expect([action, resourcesOf(statements, action)]).toEqual([action, own])
  expect(statements.find(({ Sid }) => Sid === 'RemoveRole')?.Condition).toEqual({
    StringEquals: { 'aws:ResourceTag/managed-by': 'wsgi-lambda' },
  })
})

test('with a boundary, roles are made, bounded and given a policy within it only', async () => {
  const boundary = 'arn:aws:iam::123456789012:policy/shop-boundary'
  const statements = await statementsOf({
    ...{ 'create-role': true, role: undefined, 'preview-role': undefined },
    'permissions-boundary': boundary,
  })
  const writing = statements.filter(({ Action }) => Action.some((action) => /^iam:(?:Create|Put|Attach)/.test(action)))
  expect(writing).toEqual([
    {
      ...{ Sid: 'CreateRole', Effect: 'Allow', Resource: ['arn:aws:iam::123456789012:role/shop-pr-*-role'] },
      Action: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
  ])
  const actions = statements.flatMap(({ Action }) => Action)
  expect(actions).toContain('iam:TagRole')
  // Whoever may do one of these, is bounded no longer.
  expect(actions.filter((action) => /Boundary$|PolicyVersion|AssumeRolePolicy$/.test(action))).toEqual([
    'iam:PutRolePermissionsBoundary',
  ])
})

test.each([
  ['s3://files/shop/static', 'shop/static-pr-'],
  ['s3://files', 'pr-'],
])('static files and layers whose preview is gone are found, with static: %s', async (address, beginning) => {
  const statements = await statementsOf({ static: address, 'dependencies-layer': true })
  expect(statements).toContainEqual(
    expect.objectContaining({
      ...{ Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::files'] },
      Condition: { StringEquals: { 's3:prefix': beginning } },
    }),
  )
  expect(resourcesOf(statements, 'lambda:ListLayers')).toEqual(['*'])
  expect(resourcesOf(await statementsOf({}), 'lambda:ListLayers')).toEqual([])
})

test('a dry run only reads', async () => {
  const actions = (await statementsOf({ 'dry-run': true })).flatMap(({ Action }) => Action)
  expect(actions).toContain('tag:GetResources')
  expect(actions.filter((action) => !/^\w+:(?:Get|List|Describe)/.test(action))).toEqual([])
})

test('what a deployment does with the settings of a preview is allowed', async () => {
  const settings = await settingsOf({ 'preview-concurrency': '2', migrate: true, static: 's3://files/shop' })
  const own = {
    ...settings,
    functionName: 'shop-pr-7',
    role: PREVIEW_ROLE,
    logRetention: '7' as const,
    tags: { a: 'b' },
  }
  const asked = policyOf(
    grantsOf({ ...own, reservedConcurrency: '2', static: 's3://files/shop-pr-7' }, PLACE),
  ).Statement
  const allowed = await statementsOf({ 'preview-concurrency': '2', migrate: true, static: 's3://files/shop' })
  const isAllowed = (action: string, resource: string): boolean =>
    resourcesOf(allowed, action).some((pattern) =>
      new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(resource.replaceAll('*', 'x')),
    ) || resourcesOf(allowed, action).includes(resource)
  const refused = asked.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) =>
      Resource.filter((resource) => !isAllowed(action, resource)).map((resource) => [action, resource]),
    ),
  )
  expect(refused).toEqual([])
})

test.each([
  ['s3://uploads', 'uploads/previews/', 'uploads'],
  ['s3://uploads/shop/', 'uploads/shop/previews/', 'uploads'],
  ['auto', 'wsgi-lambda-123456789012-eu-west-1-previews/shop/', 'wsgi-lambda-123456789012-eu-west-1-previews'],
  ['auto/web', 'wsgi-lambda-123456789012-eu-west-1-previews/web/', 'wsgi-lambda-123456789012-eu-west-1-previews'],
])('uploads to %s: where nothing of the function lies', async (uploadBucket, place, bucket) => {
  const statements = await statementsOf({ 'upload-bucket': uploadBucket })
  expect(resourcesOf(statements, 's3:PutObject')).toEqual([`arn:aws:s3:::${place}*`])
  const rights = statements.filter(({ Action }) => Action.some((action) => /^s3:(?:Put|Create|Delete)/.test(action)))
  for (const { Resource } of rights) expect(Resource.join(' ')).toContain(`arn:aws:s3:::${bucket}`)
  expect(resourcesOf(statements, 's3:PutBucketPolicy')).toEqual(bucket === 'uploads' ? [] : [`arn:aws:s3:::${bucket}`])
})
