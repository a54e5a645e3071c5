import { expect, test } from '@jest/globals'
import { fillAddress, needsAddress } from '../../src/settings/address.ts'

const ADDRESS = 'https://abc.lambda-url.eu-west-1.on.aws:8443/'

test.each([
  ['{{url}}/login', 'https://abc.lambda-url.eu-west-1.on.aws:8443/login'],
  ['{{ origin }}', 'https://abc.lambda-url.eu-west-1.on.aws:8443'],
  ['{{host}},localhost', 'abc.lambda-url.eu-west-1.on.aws:8443,localhost'],
  [
    '{{host}} {{url}} {{other}}',
    'abc.lambda-url.eu-west-1.on.aws:8443 https://abc.lambda-url.eu-west-1.on.aws:8443 {{other}}',
  ],
])('%s is filled in', (value, filled) => {
  expect(needsAddress({ A: value })).toBe(true)
  expect(fillAddress({ A: value, B: 'b' }, ADDRESS)).toEqual({ A: filled, B: 'b' })
  expect(fillAddress({ A: value, B: 'b' }, undefined)).toEqual({ B: 'b' })
})

test('the path of an address belongs to {{url}} alone', () => {
  const filled = fillAddress({ URL: '{{url}}', ORIGIN: '{{origin}}' }, 'http://127.0.0.1:4566/_aws/lambda-url/abc/')
  expect(filled).toEqual({ URL: 'http://127.0.0.1:4566/_aws/lambda-url/abc', ORIGIN: 'http://127.0.0.1:4566' })
})
