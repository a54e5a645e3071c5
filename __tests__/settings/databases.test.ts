import { expect, test } from '@jest/globals'
import { databaseContradictions } from '../../src/settings/databases.ts'

const RIGHT = {
  databaseRole: 'arn:aws:iam::123456789012:role/shop-databases',
  previewDatabaseAccess: 'function',
  previewDatabaseAdmin: 'secretsmanager:shop/admin',
  handler: 'wsgi',
}

test.each([
  [{}, []],
  [{ databaseRole: undefined, previewDatabaseAccess: 'runner', handler: 'none' }, []],
  [{ previewDatabaseAccess: 'runner' }, ['database-role is set, and preview-database-access is runner']],
  [{ previewDatabaseAdmin: undefined }, ['database-role is set, and preview-database-admin is not']],
  [{ handler: 'none' }, ['database-role is set, and handler is none']],
])('%j', (changed, titles) => {
  expect(databaseContradictions({ ...RIGHT, ...changed }).map(({ title }) => title)).toEqual(titles)
})
