import { createHash, pbkdf2Sync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { authorizationOf, basicAuthContradictions, basicAuthVariables } from '../../src/settings/basic-auth.ts'
import { checkValues } from '../../src/settings/values.ts'

const check = (given: Record<string, unknown>) => checkValues([{ given, nameOf: (name) => `--${name}` }])
const protectedBy = (basicAuth: string, functionName = 'shop', basicAuthExcept: readonly string[] = []) => ({
  basicAuth,
  basicAuthExcept,
  functionName,
})

describe('what may be written', () => {
  test.each(['none', 'team:12345678', 'a b:pass:word:ü', 'ü:{{stage}} secret'])('%s', (given) => {
    expect(check({ 'basic-auth': given })).toMatchObject({ problems: [], values: { basicAuth: given } })
  })

  test.each(['hunter2', ':hunter2hunter2', 'team:hunter2', 'team:', 'te\nam:hunter2hunter2', 'team:hunter2\thunter2'])(
    '%j is refused, and is not repeated',
    (given) => {
      const { problems } = check({ 'basic-auth': given })
      expect(problems).toMatchObject([{ title: '--basic-auth is not valid', detail: undefined }])
      expect(JSON.stringify(problems)).not.toContain('hunter2')
    },
  )

  test.each(['health', '/health?x', '/a b', '/a#b'])('%s is no path that could be left out', (given) => {
    expect(check({ 'basic-auth-except': given }).problems).toHaveLength(1)
  })
})

describe('the variable of the function', () => {
  test('has a hash by which the credentials can be recognised, and nothing else of them', () => {
    const text = basicAuthVariables(protectedBy('team:canary-1', 'shop', ['/z', '/a']))['WSGI_LAMBDA_BASIC_AUTH'] ?? ''
    const { rounds, salt, key, ...others } = JSON.parse(text) as { rounds: number; salt: string; key: string }
    const made = pbkdf2Sync('team:canary-1', salt, rounds, 32, 'sha256')
    expect(key).toBe(createHash('sha256').update(made).digest('hex'))
    expect(others).toEqual({ except: ['/a', '/z'] })
    for (const part of ['team', 'canary', made.toString('hex')]) expect(text).not.toContain(part)
  })

  test('is the same for the same settings, and another for another function or password', () => {
    const variables = [
      protectedBy('team:canary-1'),
      protectedBy('team:canary-1', 'shop-pr-7'),
      protectedBy('team:canary-2'),
    ].map(basicAuthVariables)
    expect(basicAuthVariables(protectedBy('team:canary-1'))).toEqual(variables[0])
    expect(new Set(variables.map((variable) => JSON.stringify(variable))).size).toBe(3)
    const salts = variables.map((variable) => (JSON.parse(Object.values(variable)[0] ?? '') as { salt: string }).salt)
    expect(salts[2]).toBe(salts[0])
    expect(salts[1]).not.toBe(salts[0])
  })

  test('is none without the setting', () => {
    expect(basicAuthVariables(protectedBy('none'))).toEqual({})
    expect(basicAuthVariables({ ...protectedBy(''), basicAuth: undefined })).toEqual({})
  })
})

test('what is sent by who is let in', () => {
  expect(authorizationOf({ basicAuth: 'team:ü:1' })).toBe(`Basic ${Buffer.from('team:ü:1').toString('base64')}`)
  expect(authorizationOf({ basicAuth: 'none' })).toBeUndefined()
  expect(authorizationOf({ basicAuth: undefined })).toBeUndefined()
})

test.each([
  ['team:12345678', 'public', 'wsgi', []],
  ['team:12345678', undefined, 'wsgi', []],
  ['none', 'iam', 'none', []],
  [undefined, 'iam', 'none', []],
  ['team:12345678', 'iam', 'wsgi', ['basic-auth is set, and function-url is iam']],
  [
    'team:12345678',
    'none',
    'none',
    ['basic-auth is set, and with handler: none there is no handler that could ask for it'],
  ],
])('%s with function-url %s and handler %s', (basicAuth, functionUrl, handler, titles) => {
  expect(basicAuthContradictions({ basicAuth, functionUrl, handler }).map(({ title }) => title)).toEqual(titles)
})
