import { expect, test } from '@jest/globals'
import { refuseSharedDatabase } from '../../../src/preview/database/shared.ts'
import { identityOf } from '../../../src/preview/identity.ts'

const IDENTITY = identityOf(
  'shop',
  { number: 7, host: 'github.com', repositoryId: '42', repository: 'o/shop' },
  '123456789012/eu-west-1',
)
const SHARED = {
  ...{ previewDatabase: undefined, previewDatabaseAdmin: undefined, previewDatabaseCreate: undefined },
  ...{ previewDatabaseVariable: 'DATABASE_URL', previewEnvironment: {}, previewSecrets: {} },
  environment: { DATABASE_URL: 'postgres://shop:canary@db.example.com/shop' },
}

test('a preview without a database of its own does not get that of its function', () => {
  const refusing = () => {
    refuseSharedDatabase(SHARED, IDENTITY)
  }
  expect(refusing).toThrow(
    'The preview shop-pr-7 has no database of its own, and would use that of shop (DATABASE_URL in environment)',
  )
  expect(refusing).not.toThrow('canary')
  expect(() => {
    refuseSharedDatabase({ ...SHARED, previewDatabase: 'none' }, IDENTITY)
  }).toThrow('DATABASE_URL')
})

test.each([
  ['has one of its own', { previewDatabaseAdmin: 'ssm:/admin' }],
  ['has a file', { previewDatabase: 'sqlite' as const }],
  ['has what a line of shell makes', { previewDatabaseCreate: './branch.sh' }],
  ['is told another one', { previewEnvironment: { DATABASE_URL: 'postgres://demo@db.example.com/demo' } }],
  ['reads another one', { previewSecrets: { DATABASE_URL: 'ssm:/demo/url' } }],
  ['finds it elsewhere', { previewDatabaseVariable: 'DB_URL' }],
  ['shares a file, which is in each function', { environment: { DATABASE_URL: 'sqlite:////tmp/a.sqlite3' } }],
  ['shares nothing', { environment: {} }],
])('one that %s is made', (_, settings) => {
  expect(() => {
    refuseSharedDatabase({ ...SHARED, ...settings }, IDENTITY)
  }).not.toThrow()
})
