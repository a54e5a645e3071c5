import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { previewContradictions, previewGaps } from '../../src/settings/preview.ts'
import { loadDeploySettings, loadFunctionSettings } from '../../src/settings/settings.ts'

const nothing = {
  previewDatabase: undefined,
  previewDatabaseAdmin: undefined,
  previewDatabaseAccess: 'runner',
  previewDatabaseTemplate: undefined,
  previewDatabaseCreate: undefined,
  previewDatabaseDelete: undefined,
  previewBasicAuth: undefined,
  functionUrl: undefined,
  handler: 'wsgi',
}
const PASSWORD = 'team:canary-Previews-1'
const ADMIN = 'ssm:/shop/admin'
const LINES = { previewDatabaseCreate: './create', previewDatabaseDelete: './delete' }

test.each<[object, readonly string[]]>([
  [{}, []],
  [{ previewDatabase: 'schema', previewDatabaseAdmin: ADMIN, previewDatabaseAccess: 'function' }, []],
  [{ previewDatabaseTemplate: 't', previewDatabaseAdmin: ADMIN }, []],
  [LINES, []],
  [{ ...LINES, previewDatabase: 'none' }, []],
  [{ ...LINES, previewDatabaseAdmin: ADMIN }, ['preview-database-create is set beside']],
  [{ ...LINES, previewDatabase: 'schema' }, ['preview-database-create is set beside']],
  [{ previewDatabase: 'schema', previewDatabaseTemplate: 't' }, ['preview-database-template is set']],
  [{ previewDatabaseAdmin: 'mysql://a:b@c/d', previewDatabaseTemplate: 't' }, ['preview-database-template is set']],
  [{ previewDatabaseAdmin: 'mysql://a:b@c/d', previewDatabase: 'schema' }, ['preview-database is schema, and MySQL']],
  [
    { previewDatabaseAdmin: 'postgresql://a:b@c/d', previewDatabaseAccess: 'function' },
    ['preview-database-access is function, and preview-database-admin is an address'],
  ],
])('%j contradicts itself: %j', (given, beginnings) => {
  const titles = previewContradictions({ ...nothing, ...given }).map(({ title }) => title)
  expect(titles).toEqual(beginnings.map((beginning) => expect.stringContaining(beginning)))
})

test.each<[object, readonly string[]]>([
  [{}, []],
  [{ previewDatabase: 'sqlite' }, []],
  [{ previewDatabase: 'database', previewDatabaseAdmin: ADMIN }, []],
  [LINES, []],
  [{ previewDatabase: 'database' }, ['preview-database is database, and preview-database-admin is not set']],
  [{ previewDatabaseCreate: './create' }, ['preview-database-create is set without preview-database-delete']],
  [{ previewDatabaseDelete: './delete' }, ['preview-database-delete is set without preview-database-create']],
  [{ previewBasicAuth: 'none', functionUrl: 'iam', handler: 'none' }, []],
  [{ previewBasicAuth: PASSWORD, functionUrl: 'iam' }, ['preview-basic-auth is set, and function-url is iam']],
  [
    { previewBasicAuth: PASSWORD, handler: 'none' },
    ['preview-basic-auth is set, and with handler: none there is no handler that could ask for it'],
  ],
])('%j lacks something: %j', (given, titles) => {
  expect(previewGaps({ ...nothing, ...given }).map(({ title }) => title)).toEqual(titles)
})

describe('a project whose workflow gives the administrator to previews alone', () => {
  let project: string
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'wsgi-lambda-test-'))
    await mkdir(join(project, 'shop'))
    await writeFile(join(project, 'requirements.txt'), '')
    await writeFile(
      join(project, 'pyproject.toml'),
      `[tool.wsgi-lambda]
app = "shop:app"
function-name = "shop"
preview-database = "schema"
[tool.wsgi-lambda.stages.preview]
memory = 256
`,
    )
  })
  afterAll(() => rm(project, { recursive: true }))
  const origin = (given = {}) => ({
    ...{ project, stage: undefined, environment: {} },
    explicit: { given, nameOf: String },
  })

  test('is deployed, and its commands run, without it', async () => {
    expect(await loadDeploySettings(origin())).toMatchObject({ stage: undefined, memory: undefined })
    expect(await loadFunctionSettings(origin())).toMatchObject({ functionName: 'shop' })
  })

  test('has no preview without it', async () => {
    await expect(loadDeploySettings(origin(), true)).rejects.toMatchObject({
      problems: [expect.objectContaining({ title: expect.stringContaining('preview-database-admin is not set') })],
    })
  })

  test.each<[Readonly<Record<string, string>>, string | undefined, string | undefined]>([
    [{}, undefined, undefined],
    [{ 'basic-auth': 'team:canary-1' }, 'team:canary-1', 'team:canary-1'],
    [{ 'preview-basic-auth': PASSWORD }, undefined, PASSWORD],
    [{ 'basic-auth': 'team:canary-1', 'preview-basic-auth': PASSWORD }, 'team:canary-1', PASSWORD],
    [{ 'basic-auth': 'team:canary-1', 'preview-basic-auth': 'none' }, 'team:canary-1', 'none'],
    [{ 'preview-basic-auth': 'team:{{pr}}-{{canary}}' }, undefined, 'team:{{pr}}-{{canary}}'],
  ])('asks in deployments and in previews for what %j says', async (given, inDeployments, inPreviews) => {
    const [deployed, previewed] = await Promise.all([
      loadDeploySettings(origin(given)),
      loadDeploySettings(origin({ ...given, 'preview-database-admin': ADMIN }), true),
    ])
    expect([deployed.basicAuth, previewed.basicAuth]).toEqual([inDeployments, inPreviews])
  })

  test('has a preview with it, by the stage of that name', async () => {
    const given = { 'preview-database-admin': ADMIN }
    expect(await loadDeploySettings(origin(given), true)).toMatchObject({ stage: 'preview', memory: 256 })
  })
})
