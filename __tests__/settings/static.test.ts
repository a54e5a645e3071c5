import { describe, expect, test } from '@jest/globals'
import { staticContradictions, staticVariables } from '../../src/settings/static.ts'
import { checkValues } from '../../src/settings/values.ts'

const nothing = {
  static: undefined,
  staticUrl: undefined,
  staticRoot: undefined,
  staticFolder: undefined,
  environment: {},
  handler: 'wsgi',
}
const ADDRESS = 's3://example-static/shop'

describe('values', () => {
  test.each([
    ['static', 's3://example-static', true],
    ['static', 's3://example-static/shop/{{stage}}', true],
    ['static', 's3://static-{{ stage }}/shop', true],
    ['static', 'example-static/shop', false],
    ['static', 's3://example-static/{{branch}}', false],
    ['static', 's3://', false],
    ['static-url', '/static/', true],
    ['static-url', 'https://static.example.org/', true],
    ['static-url', 'https://static.example.org/{{stage}}/', true],
    ['static-url', 'https://static.example.org', false],
    ['static-url', '/static', false],
    ['static-folder', 'shop/static', true],
    ['static-folder', '..static', true],
    ['static-folder', '.', false],
    ['static-folder', '../static', false],
    ['static-folder', 'shop/../../static', false],
    ['static-root', '/srv/static', false],
  ])('%s: %s', (name, value, isTaken) => {
    const { problems } = checkValues([{ given: { [name]: value }, nameOf: String }])
    expect(problems.length === 0).toBe(isTaken)
  })
})

test.each<[string, Partial<typeof nothing> | object, readonly string[]]>([
  ['nothing', {}, []],
  ['a bucket', { static: ADDRESS, staticUrl: '/static/' }, []],
  ['a bucket and a folder, without a handler', { static: ADDRESS, staticFolder: 'static', handler: 'none' }, []],
  [
    'all of it without a bucket',
    { staticUrl: '/static/', staticFolder: 'static' },
    ['static-url is set, and static is not', 'static-folder is set, and static is not'],
  ],
  [
    'two folders',
    { static: ADDRESS, staticFolder: 'static', staticRoot: 'staticfiles' },
    ['static-root and static-folder are both set'],
  ],
  [
    'two addresses',
    { static: ADDRESS, staticUrl: '/static/', environment: { STATIC_URL: '/s/' } },
    ['STATIC_URL stands in environment, and static-url is set'],
  ],
  [
    'our own variable',
    { environment: { WSGI_LAMBDA_STATIC: ADDRESS } },
    ['environment: WSGI_LAMBDA_STATIC is not valid'],
  ],
  [
    'no application to ask',
    { static: ADDRESS, handler: 'none' },
    ['static is set, and with handler: none there is no application to collect from'],
  ],
])('what does not fit together: %s', (_, values, titles) => {
  expect(staticContradictions({ ...nothing, ...values }).map(({ title }) => title)).toEqual(titles)
})

test.each([
  [{}, {}],
  [{ staticUrl: '/static/' }, {}],
  [{ static: ADDRESS }, { WSGI_LAMBDA_STATIC: ADDRESS }],
  [
    { static: ADDRESS, staticUrl: '/static/' },
    { WSGI_LAMBDA_STATIC: ADDRESS, STATIC_URL: '/static/' },
  ],
])('variables of the function: %j', (values, variables) => {
  expect(staticVariables({ ...nothing, ...values })).toEqual(variables)
})
