import { expect, test } from '@jest/globals'
import { secretsIn, spellingsOf, withoutSecrets } from '../../src/report/secrets.ts'
import { SECRET, SPELLINGS } from './planted.ts'

test.each<[string, Record<string, string>, string[]]>([
  [
    'nothing',
    { DJANGO_SETTINGS_MODULE: 'mysite.settings', DEBUG: '0', PATH: '/usr/bin', PWD: '/srv/shop', OLDPWD: '/srv' },
    [],
  ],
  ['a secret by its name', { SECRET_KEY: 'canary-1', api_token: 'canary-2' }, ['canary-1', 'canary-2']],
  [
    'none in references, which stand for secrets',
    { WSGI_LAMBDA_SECRETS: '{"KEY":"ssm:/shop/key"}', INPUT_SECRETS: 'KEY=ssm:/shop/key' },
    [],
  ],
  ['lines of a key', { PRIVATE_KEY: 'canary\nlines\n' }, ['canary\nlines']],
  ['the password of a database', { DATABASE_URL: 'postgres://shop:canary-1@db/shop?x=1' }, ['canary-1']],
  ['one that is encoded', { DATABASE_URL: 'postgres://shop:can%40ry@db/shop' }, ['can%40ry', 'can@ry']],
  ['one that should be', { DATABASE_URL: 'postgres://shop:can@%ry@db/shop' }, ['can@%ry']],
  ['one without a user', { REDIS_URL: 'redis://:canary@cache:6379/0' }, ['canary']],
  [
    'those of several indexes, once',
    {
      UV_INDEX: 'a=https://me:canary-1@x/simple https://canary-2@y/simple',
      PIP_INDEX_URL: 'https://me:canary-1@x/simple',
    },
    ['canary-1', 'canary-2'],
  ],
  [
    'who is let in, as it is sent too',
    { 'INPUT_BASIC-AUTH': 'team:canary-1' },
    ['team:canary-1', 'canary-1', 'dGVhbTpjYW5hcnktMQ=='],
  ],
  [
    'who is let into previews',
    { WSGI_LAMBDA_PREVIEW_BASIC_AUTH: 'team:canary-1' },
    ['team:canary-1', 'canary-1', 'dGVhbTpjYW5hcnktMQ=='],
  ],
  ['what is too short to be masked', { SECRET_KEY: 'x', DATABASE_URL: 'postgres://shop:shop@db/shop' }, []],
  ['an address without any', { URL: 'https://x.example:8080/@scope', MAIL: 'mail@x.example' }, []],
])('%s', (_, variables, secrets) => {
  expect(secretsIn(variables)).toEqual(secrets)
})

test.each(SPELLINGS)('a secret is known %s', (_, spelling) => {
  const text = withoutSecrets(`before ${spelling} after`, spellingsOf(SECRET))
  // Of base64, the ends may have bits of what stands beside it.
  expect(text).toMatch(/^before .{0,6}\*\*\*.{0,3} after$/)
})

test('lines of a secret are secrets, where they are long enough', () => {
  expect(spellingsOf('-----BEGIN\nabc\ncanary-of-a-key\n')).toEqual(
    expect.arrayContaining(['-----BEGIN', 'canary-of-a-key']),
  )
  expect(spellingsOf('-----BEGIN\nabc\ncanary-of-a-key\n')).not.toContain('abc')
})

test('what holds another secret is masked as a whole', () => {
  expect(withoutSecrets('canary-and-more, canary', ['canary', 'canary-and-more'])).toBe('***, ***')
})

test('nothing is no secret', () => {
  expect(withoutSecrets('as it is', [''])).toBe('as it is')
})
