import { createHmac } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { marks, readMark, writeMark } from '../../src/databases/mark.ts'
import { mysqlGrantName, mysqlName, mysqlText, postgresName, postgresText } from '../../src/databases/quote.ts'
import { scramVerifier } from '../../src/databases/scram.ts'
import type { OwnDatabase } from '../../src/databases/server.ts'

describe('quoting', () => {
  test.each([
    [postgresName, 'a', '"a"'],
    [postgresName, 'a"; DROP DATABASE b; --', '"a""; DROP DATABASE b; --"'],
    [postgresName, 'a\\"', '"a\\"""'],
    [postgresText, "it's", "E'it''s'"],
    [postgresText, "\\'; DROP", "E'\\\\''; DROP'"],
    [mysqlName, 'a`b', '`a``b`'],
    [mysqlName, 'a_b', '`a_b`'],
    [mysqlGrantName, 'a_b%c\\', '`a\\_b\\%c\\\\`'],
    [mysqlGrantName, '`_', '```\\_`'],
    [mysqlText, "it's \\'", "'it''s \\\\'''"],
  ])('%p %j', (quote, text, quoted) => {
    expect(quote(text)).toBe(quoted)
  })

  test.each([postgresName, postgresText, mysqlName, mysqlGrantName, mysqlText])('%p takes no NUL', (quote) => {
    expect(() => quote('a\0b')).toThrow('NUL')
  })
})

describe('a mark', () => {
  const own: OwnDatabase = {
    engine: 'mysql',
    scope: 'database',
    name: 'shop_pr_7',
    user: 'shop_pr_7',
    mark: { host: 'github.com', repositoryId: '42', pr: 7, preview: 'shop', place: '123456789012/eu-west-1' },
  }

  test('is read as it was written', () => {
    expect(readMark(writeMark(own), 'mysql')).toEqual(own)
    expect(marks(writeMark(own), own)).toBe(true)
  })

  test.each([
    ['name', { ...own, name: 'other' }],
    ['user', { ...own, user: 'other' }],
    ['scope', { ...own, scope: 'schema' as const }],
    ['repository', { ...own, mark: { ...own.mark, repositoryId: '43' } }],
    ['pull request', { ...own, mark: { ...own.mark, pr: 8 } }],
    ['function', { ...own, mark: { ...own.mark, preview: 'shop2' } }],
  ])('is one for this %s only', (_, other) => {
    expect(marks(writeMark(other), own)).toBe(false)
  })

  test.each([
    null,
    undefined,
    '',
    'a comment',
    'wsgi-lambda',
    'wsgi-lambda {',
    'wsgi-lambda null',
    'wsgi-lambda []',
    'wsgi-lambda {"repository":42,"pr":7,"preview":"shop","scope":"database","name":"n","user":"u"}',
    'wsgi-lambda {"repository":"42","pr":"7","preview":"shop","scope":"database","name":"n","user":"u"}',
    'wsgi-lambda {"repository":"42","pr":7,"preview":"shop","scope":"server","name":"n","user":"u"}',
  ])('is not %j', (comment) => {
    expect(readMark(comment, 'mysql')).toBeUndefined()
  })
})

test('what PostgreSQL keeps of a password: RFC 7677, 3', async () => {
  const verifier = await scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  const [, serverKey = ''] =
    /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:([\w+/]{43}=)$/.exec(verifier) ?? []
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`
  const signature = createHmac('sha256', Buffer.from(serverKey, 'base64')).update(message).digest('base64')
  expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
})
