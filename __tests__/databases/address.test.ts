import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readAdminAddress } from '../../src/databases/address.ts'
import { sslModeFor } from '../../src/databases/tls.ts'

const SHOP = { engine: 'postgresql', host: 'db.example.com', port: 5432, user: 'admin', password: 'pass' }

test.each([
  ['postgresql://admin:pass@db.example.com/app', { ...SHOP, database: 'app' }],
  ['postgres://admin:pass@db.example.com:5433', { ...SHOP, port: 5433, database: 'postgres' }],
  [' postgresql+psycopg://admin:pass@db.example.com/\n', { ...SHOP, database: 'postgres' }],
  ['postgresql://a%40b:p%2Fw%23%25@db.example.com/a%20b', { user: 'a@b', password: 'p/w#%', database: 'a b' }],
  ['postgresql://admin:100%@db.example.com/app', { password: '100%' }],
  ['postgresql://admin:p@ss@db.example.com/app', { password: 'p@ss', host: 'db.example.com' }],
  ['postgresql://admin:pass@[::1]:5433/app', { host: '::1', port: 5433 }],
  ['postgresql://admin:pass@db.example.com/app?sslmode=require', { sslMode: 'require' }],
  ['mysql://admin:pass@db.example.com', { engine: 'mysql', port: 3306, database: '' }],
  [
    'mysql+pymysql://admin:pass@db.example.com/app?ssl-mode=VERIFY_IDENTITY',
    { engine: 'mysql', sslMode: 'verify-full' },
  ],
  ['mysql://admin:pass@db.example.com/app?ssl_mode=DISABLED', { sslMode: 'disable' }],
  [
    '{"username":"admin","password":"pass","engine":"postgres","host":"db.example.com","port":5432,"dbname":"app","dbInstanceIdentifier":"x"}',
    { ...SHOP, database: 'app' },
  ],
  [
    '{"username":"admin","password":"pass","engine":"aurora-mysql","host":"db.example.com","port":"3307"}',
    { engine: 'mysql', port: 3307, database: '' },
  ],
  ['{"username":"a","password":"p","engine":"mariadb","host":"h"}', { engine: 'mysql', port: 3306 }],
])('%j', async (text, expected) => {
  expect(await readAdminAddress(text)).toMatchObject(expected)
})

test.each([
  ['', []],
  ['?sslmode=require', []],
  ['?ssl-mode=REQUIRED', []],
  ['?ssl_mode=REQUIRED', [['ssl_mode', 'REQUIRED']]],
  ['?ssl_mode=VERIFY_IDENTITY', [['ssl_mode', 'REQUIRED']]],
  ['?charset=utf8mb4', []],
  ['?sslmode=require&ssl_check_hostname=false', [['ssl_check_hostname', 'false']]],
  ['?ssl_verify_cert=true', [['ssl_verify_cert', 'true']]],
  ['?ssl_cert=own.pem&ssl_key=own.key&ssl_key_password=hush&ssl_capath=own&ssl_cipher=x&ssl_password=hush', []],
])('for the driver of an application: %s', async (parameters, expected) => {
  const { driverParameters } = await readAdminAddress(`mysql://admin:pass@db.example.com/app${parameters}`)
  expect(driverParameters).toEqual(expected)
})

describe('what is wrong is told without what was given', () => {
  test.each([
    ['postgresql://admin:hush', 'It is no address.'],
    ['postgresql://admin:hu/sh@host/db', 'It is no address.'],
    ['postgresql://host/db?password=hush', 'It has no user.'],
    ['postgresql://a:hush@h/d?sslmode=prefer', 'Its sslmode is not known.'],
    ['oracle://a:hush@h/d', 'It is neither of PostgreSQL nor of MySQL or MariaDB.'],
    ['{"username":"hush"', 'It starts like a JSON object, and is none.'],
    ['{"username":"a","password":"hush"}', expect.stringContaining('It has no host, no engine.')],
    ['postgresql://a:hush@h/d?sslrootcert=/no/such/file', expect.stringContaining('ENOENT')],
  ])('%j', async (text, detail) => {
    const error = await readAdminAddress(text).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ title: 'preview-database-admin does not say which server it is', detail })
    expect(JSON.stringify(error)).not.toContain('hush')
  })
})

test('certificates are read from the file that is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wsgi-lambda-address-'))
  const file = join(folder, 'root.pem')
  await writeFile(file, 'PEM')
  const address = await readAdminAddress(`mysql://a:b@h/d?ssl-ca=${file}`)
  const own = relative(process.cwd(), file)
  const inProject = await readAdminAddress(`mysql://a:b@h/d?ssl-ca=${own}&ssl_mode=VERIFY_CA`)
  await rm(folder, { recursive: true })
  expect(address).toMatchObject({ trusted: 'PEM', driverParameters: [] })
  // Where it is in the function too.
  const parameters = [
    ['ssl-ca', own],
    ['ssl_mode', 'VERIFY_CA'],
  ]
  expect(inProject).toMatchObject({ trusted: 'PEM', driverParameters: parameters })
})

test.each([
  ['localhost', undefined, 'disable'],
  ['127.0.0.2', undefined, 'disable'],
  ['::1', undefined, 'disable'],
  ['127.0.0.1.example.com', undefined, 'verify-full'],
  ['10.0.0.1', undefined, 'verify-full'],
  ['db.example.com', undefined, 'verify-full'],
  ['db.example.com', 'disable', 'disable'],
  ['localhost', 'require', 'require'],
] as const)('TLS with %s, %s: %s', (host, sslMode, expected) => {
  expect(sslModeFor({ host, sslMode })).toBe(expected)
})
