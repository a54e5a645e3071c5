import { expect, test } from '@jest/globals'
import { identityOf } from '../../../src/preview/identity.ts'
import { describeRemoval, planRemoval } from '../../../src/preview/removal/plan.ts'
import type { PreviewTags } from '../../../src/preview/tags.ts'

const tags: PreviewTags = {
  ...identityOf(
    'shop',
    { number: 7, host: 'github.com', repositoryId: '42', repository: 'octo/shop' },
    '123456789012/eu-west-1',
  ),
  ...{ headSha: undefined, run: undefined, isSeeded: false },
  ...{ created: '2026-11-20T10:00:00.000Z', expires: '2026-11-27T10:00:00.000Z' },
  ...{ database: 'none', databaseAdmin: undefined, databaseAccess: undefined },
  ...{ static: undefined, role: undefined, logGroup: undefined },
}

const planned = (own: Partial<PreviewTags>, hooks: readonly string[] = []): string[] =>
  planRemoval({ ...tags, ...own }, hooks).map((step) => describeRemoval(step, 'shop-pr-7'))

test.each<[string, Partial<PreviewTags>, readonly string[]]>([
  ['of little', {}, ['log group /aws/lambda/shop-pr-7', 'function shop-pr-7']],
  ['with a database in a file', { database: 'sqlite' }, ['log group /aws/lambda/shop-pr-7', 'function shop-pr-7']],
  [
    'with a database that lines of shell make',
    { database: 'command' },
    ['database of preview-database-create', 'log group /aws/lambda/shop-pr-7', 'function shop-pr-7'],
  ],
  [
    'with everything',
    {
      database: 'mysql/database/shop_pr_7/shop_pr_7',
      static: 's3://static/shop-pr-7',
      logGroup: '/aws/lambda/shop-pr-7',
      role: 'shop-pr-7-role',
    },
    [
      'database shop_pr_7 (MySQL)',
      'static files of s3://static/shop-pr-7',
      'log group /aws/lambda/shop-pr-7',
      'role shop-pr-7-role',
      'function shop-pr-7',
    ],
  ],
])('a preview %s goes in this order', (_, own, parts) => {
  expect(planned(own)).toEqual(parts)
})

test('commands come first, since they may need what goes after them', () => {
  expect(planned({ database: 'command' }, ['manage goodbye', 'shell true'])).toEqual([
    'manage goodbye',
    'shell true',
    'database of preview-database-create',
    'log group /aws/lambda/shop-pr-7',
    'function shop-pr-7',
  ])
})

test.each([
  [undefined, true],
  ['/aws/lambda/shop-pr-7', true],
  ['/aws/lambda/shop', false],
])('the log group %s is that of the function: %s', (logGroup, isDefault) => {
  const steps = planRemoval({ ...tags, logGroup }, [])
  expect(steps).toContainEqual(expect.objectContaining({ kind: 'remove-log-group', isDefault }))
})
