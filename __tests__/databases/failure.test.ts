import { expect, test } from '@jest/globals'
import { codeOf, databaseFailure } from '../../src/databases/failure.ts'
import { UserError } from '../../src/errors.ts'

const PLACE = { engine: 'postgresql', host: 'db.example.com', port: 5432, database: 'app', sslMode: undefined } as const

test.each([
  ['ECONNREFUSED', 'connect ECONNREFUSED', 'cannot be reached from here'],
  ['ETIMEDOUT', 'connect ETIMEDOUT', 'cannot be reached from here'],
  ['', 'timeout expired', 'cannot be reached from here'],
  ['', 'Connection terminated unexpectedly', 'cannot be reached from here'],
  ['', 'The server does not support SSL connections', 'has no TLS'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection', 'has no TLS'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'self-signed certificate',
    'The certificate of the database server db.example.com:5432',
  ],
  ['ERR_TLS_CERT_ALTNAME_INVALID', "Host: db. is not in the cert's altnames", 'The certificate of the database server'],
  ['28000', 'no pg_hba.conf entry for host "1.2.3.4", no encryption', 'takes connections with TLS only'],
  ['28P01', 'password authentication failed for user "admin"', 'does not let the administrator in'],
  ['ER_ACCESS_DENIED_ERROR', "Access denied for user 'admin'", 'does not let the administrator in'],
  ['42501', 'permission denied to create database', 'may not do what is needed'],
  ['ER_DBACCESS_DENIED_ERROR', "Access denied for user 'a' to database 'b'", 'may not do what is needed'],
  ['53300', 'too many connections', 'has no connection left'],
  ['55006', 'source database "t" is being accessed by other users', 'is in use by somebody else'],
  ['ER_LOCK_WAIT_TIMEOUT', 'Lock wait timeout exceeded', 'Somebody else has locked'],
  ['22000', 'something else', 'PostgreSQL on db.example.com:5432 refuses (22000)'],
])('%s %s', (code, message, title) => {
  const error = Object.assign(new Error(message), code === '' ? {} : { code })
  expect(databaseFailure(error, PLACE)).toMatchObject({
    name: 'UserError',
    title: expect.stringContaining(title) as unknown,
    detail: message,
  })
})

test('a private database names the way by the function', () => {
  const error = Object.assign(new Error(''), { code: 'ETIMEDOUT' })
  expect(databaseFailure(error, PLACE)).toMatchObject({
    detail: 'ETIMEDOUT',
    hint: expect.stringContaining('preview-database-access: function') as unknown,
  })
})

test('what is translated already stays as it is, with its code', () => {
  const cause = Object.assign(new Error('no'), { code: 'ER_NO_SUCH_THREAD' })
  const error = new UserError({ title: 'told' }, { cause })
  expect(databaseFailure(error, PLACE)).toBe(error)
  expect([codeOf(error), codeOf(new Error('x')), codeOf('x')]).toEqual(['ER_NO_SUCH_THREAD', undefined, undefined])
})
