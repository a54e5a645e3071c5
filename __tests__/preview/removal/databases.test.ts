import { expect, test } from '@jest/globals'
import type { ServerAccess } from '../../../src/preview/database/open.ts'
import { identityOf } from '../../../src/preview/identity.ts'
import { orphanedDatabases, serversOf } from '../../../src/preview/removal/databases.ts'
import type { PreviewTags } from '../../../src/preview/tags.ts'
import { loadRemovalSettings } from '../../../src/settings/settings.ts'

type Own = Pick<PreviewTags, 'databaseAdmin' | 'databaseAccess'>

const previewOf = (base: string, own: Own): PreviewTags => ({
  ...identityOf(
    base,
    { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' },
    '123456789012/eu-west-1',
  ),
  ...{ headSha: undefined, run: undefined, isSeeded: false, created: '', expires: '', database: '' },
  ...{ static: undefined, role: undefined, logGroup: undefined, ...own },
})
const settings = (given: Readonly<Record<string, string>>) =>
  loadRemovalSettings({ project: '.', stage: undefined, environment: {}, explicit: { given, nameOf: (name) => name } })

const byRunner: Own = { databaseAdmin: 'ssm:/admin', databaseAccess: 'runner' }
const byFunction: Own = { databaseAdmin: 'ssm:/admin', databaseAccess: 'function' }

test.each<[string, readonly PreviewTags[], Readonly<Record<string, string>>, readonly ServerAccess[]]>([
  ['none', [previewOf('shop', { databaseAdmin: undefined, databaseAccess: undefined })], {}, []],
  [
    'that of all previews',
    [previewOf('shop', byRunner), previewOf('admin', byRunner)],
    {},
    [{ admin: 'ssm:/admin', access: 'runner', base: 'admin' }],
  ],
  [
    'by each main function its own',
    [previewOf('shop', byFunction), previewOf('admin', byFunction)],
    {},
    [
      { admin: 'ssm:/admin', access: 'function', base: 'shop' },
      { admin: 'ssm:/admin', access: 'function', base: 'admin' },
    ],
  ],
  [
    'an address that no tag keeps',
    [previewOf('shop', { databaseAdmin: 'given', databaseAccess: 'runner' })],
    { 'preview-database-admin': 'postgresql://u:p@db/x' },
    [{ admin: 'postgresql://u:p@db/x', access: 'runner', base: 'shop' }],
  ],
  ['nothing of an address that nobody gives', [previewOf('shop', { ...byRunner, databaseAdmin: 'given' })], {}, []],
  [
    'that of the settings, where no preview is left',
    [],
    { 'preview-database-admin': 'ssm:/admin' },
    [{ admin: 'ssm:/admin', access: 'runner', base: '' }],
  ],
  [
    'none by a function that nobody names',
    [],
    { 'preview-database-admin': 'ssm:/admin', 'preview-database-access': 'function' },
    [],
  ],
])('servers that are asked for databases: %s', (_, previews, given, servers) => {
  expect(serversOf(previews, settings(given))).toEqual(servers)
})

test('a mark that names another database or another user is none: those of a preview follow from its function and its pull request', async () => {
  const mark = { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' }
  const left = { engine: 'mysql', scope: 'database', name: 'shop_pr_7', user: 'shop_pr_7', mark } as const
  const listed = [
    left,
    { ...left, user: 'production' },
    { ...left, name: 'production' },
    { ...left, mark: { ...mark, pr: 8 } },
  ]
  const server = {
    ...{ place: { engine: 'mysql', host: 'db', port: 3306, database: '', sslMode: undefined } as const },
    ...{ prepare: () => Promise.reject(new Error()), remove: () => Promise.reject(new Error()) },
    ...{ list: () => Promise.resolve(listed), close: () => Promise.resolve() },
  }
  const access = { admin: 'ssm:/admin', access: 'runner', base: 'shop' } as const
  const { orphans } = await orphanedDatabases(mark, [access], new Set(), {
    api: { readFunction: () => Promise.resolve(undefined) },
    openServer: () => Promise.resolve(server),
  })
  expect(orphans.map(({ database }) => database)).toEqual([left])
})
