import { describe, expect, test } from '@jest/globals'
import { applicationAddress, newPassword, passwordIn } from '../../../src/preview/database/address.ts'
import { databaseOf, readDatabase, writeDatabase } from '../../../src/preview/database/choice.ts'
import { databaseNames } from '../../../src/preview/database/names.ts'
import type { DatabaseSettings } from '../../../src/preview/database/prepare.ts'
import { identityOf } from '../../../src/preview/identity.ts'

const IDENTITY = identityOf(
  'shop',
  { number: 7, host: 'github.com', repositoryId: '42', repository: 'o/shop' },
  '123456789012/eu-west-1',
)
const NOTHING = { previewDatabase: undefined, previewDatabaseAdmin: undefined, previewDatabaseCreate: undefined }
const OWN = {
  scope: 'database',
  name: 'shop_pr_7',
  user: 'shop_pr_7',
  mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' },
} as const

describe('names', () => {
  const long = 'a'.repeat(64)
  test.each([
    ['shop', 7, 'shop_pr_7', 'shop_pr_7'],
    ['My-Shop_api', 123456789, 'my_shop_api_pr_123456789', 'my_shop_api_pr_123456789'],
    ['pg_shop', 1, 'f_pg_shop_pr_1', 'f_pg_shop_pr_1'],
    ['pg-shop', 1, 'f_pg_shop_pr_1', 'f_pg_shop_pr_1'],
    ['2048', 1, 'f_2048_pr_1', 'f_2048_pr_1'],
    [long, 7, expect.stringMatching(/^a{49}_[\da-f]{8}_pr_7$/), expect.stringMatching(/^a{18}_[\da-f]{8}_pr_7$/)],
    [long, 1234567, expect.stringMatching(/_pr_1234567$/), expect.stringMatching(/_pr_1234567$/)],
  ])('%s, pull request %d', (base, pull, name, user) => {
    expect(databaseNames({ base, pull })).toEqual({ name, user })
  })

  test('fit, and are different for different functions, however long those are', () => {
    const all = ['a', 'b'].flatMap((last) =>
      [1, 999_999_999].map((pull) => databaseNames({ base: 'x'.repeat(63) + last, pull })),
    )
    expect(new Set(all.map(({ name }) => name)).size).toBe(4)
    expect(new Set(all.map(({ user }) => user)).size).toBe(4)
    for (const { name, user } of all) expect([name.length <= 63, user.length <= 32]).toEqual([true, true])
  })
})

test.each<[string, Partial<DatabaseSettings>, unknown]>([
  ['nothing', {}, { kind: 'none' }],
  ['an administrator', { previewDatabaseAdmin: 'ssm:/admin' }, { kind: 'server', own: OWN }],
  ['an administrator, and none', { previewDatabaseAdmin: 'ssm:/admin', previewDatabase: 'none' }, { kind: 'none' }],
  [
    'a schema',
    { previewDatabaseAdmin: 'ssm:/admin', previewDatabase: 'schema' },
    { kind: 'server', own: { ...OWN, scope: 'schema' } },
  ],
  ['sqlite', { previewDatabase: 'sqlite' }, { kind: 'sqlite' }],
  ['a line of shell', { previewDatabaseCreate: './create' }, { kind: 'command' }],
])('chosen by %s', (_, settings, expected) => {
  expect(databaseOf({ ...NOTHING, ...settings }, IDENTITY)).toEqual(expected)
})

describe('the tag', () => {
  test.each([
    ['none', { kind: 'none' }],
    ['sqlite', { kind: 'sqlite' }],
    ['command', { kind: 'command' }],
    ['postgresql/database/shop_pr_7/shop_pr_7', { kind: 'server', own: OWN, engine: 'postgresql' }],
    ['mysql/schema/shop_pr_7/shop_pr_7', { kind: 'server', own: { ...OWN, scope: 'schema' }, engine: 'mysql' }],
  ] as const)('%s', (tag, choice) => {
    expect(readDatabase(tag, IDENTITY)).toEqual(choice)
    expect(writeDatabase(choice, 'engine' in choice ? choice.engine : 'mysql')).toBe(tag)
  })

  test.each([
    '',
    'postgresql',
    'oracle/database/a/b',
    'mysql/database/a;b/c',
    'mysql/database/a/b/c',
    'mysql/server/a/b',
    'mysql/database/shop_pr_7/root',
    'postgresql/database/production/shop_pr_7',
    'postgresql/database/shop_pr_8/shop_pr_8',
  ])('is none of ours: %j', (tag) => {
    expect(() => readDatabase(tag, IDENTITY)).toThrow('a tag says of a database')
  })
})

describe('the address for the application', () => {
  const place = {
    engine: 'postgresql',
    host: 'db.example.com',
    port: 5432,
    database: 'pre views',
    sslMode: undefined,
  } as const
  const own = { ...OWN, engine: 'postgresql' } as const
  test.each([
    ['a database', place, own, 'postgresql://shop_pr_7:p%2F%40w@db.example.com:5432/shop_pr_7'],
    [
      'a schema',
      place,
      { ...own, scope: 'schema' } as const,
      'postgresql://shop_pr_7:p%2F%40w@db.example.com:5432/pre%20views?options=-csearch_path%3Dshop_pr_7',
    ],
    ['IPv6', { ...place, host: '::1' }, own, 'postgresql://shop_pr_7:p%2F%40w@[::1]:5432/shop_pr_7'],
    [
      'TLS',
      { ...place, sslMode: 'verify-full' } as const,
      own,
      'postgresql://shop_pr_7:p%2F%40w@db.example.com:5432/shop_pr_7?sslmode=require',
    ],
    [
      'no TLS',
      { ...place, sslMode: 'disable' } as const,
      own,
      'postgresql://shop_pr_7:p%2F%40w@db.example.com:5432/shop_pr_7?sslmode=disable',
    ],
    [
      'MySQL',
      { ...place, engine: 'mysql', port: 3306 } as const,
      { ...own, engine: 'mysql' } as const,
      'mysql://shop_pr_7:p%2F%40w@db.example.com:3306/shop_pr_7',
    ],
    [
      'MySQL without TLS',
      { ...place, engine: 'mysql', port: 3306, sslMode: 'disable' } as const,
      { ...own, engine: 'mysql' } as const,
      'mysql://shop_pr_7:p%2F%40w@db.example.com:3306/shop_pr_7',
    ],
    [
      'MySQL with TLS',
      { ...place, engine: 'mysql', port: 3306, sslMode: 'verify-full' } as const,
      { ...own, engine: 'mysql' } as const,
      'mysql://shop_pr_7:p%2F%40w@db.example.com:3306/shop_pr_7',
    ],
    [
      'MySQL in the words of a driver',
      {
        ...place,
        ...({ engine: 'mysql', port: 3306, sslMode: 'require' } as const),
        driverParameters: [['ssl-ca', 'certs/a&b.pem']],
      } as const,
      { ...own, engine: 'mysql' } as const,
      'mysql://shop_pr_7:p%2F%40w@db.example.com:3306/shop_pr_7?ssl-ca=certs%2Fa%26b.pem',
    ],
  ])('%s', (_, at, database, expected) => {
    const address = applicationAddress(at, database, 'p/@w')
    expect(address).toBe(expected)
    expect(passwordIn(address, database.user)).toBe('p/@w')
    expect(passwordIn(address, 'somebody')).toBeUndefined()
  })

  test.each([undefined, '', 'nonsense', 'sqlite:////tmp/preview.sqlite3'])('has no password: %j', (address) => {
    expect(passwordIn(address, 'shop_pr_7')).toBeUndefined()
  })
})

test('passwords are long, of letters and digits, and never the same', () => {
  const passwords = Array.from({ length: 200 }, newPassword)
  expect(new Set(passwords).size).toBe(200)
  for (const password of passwords) expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z\d]{40}$/)
})
