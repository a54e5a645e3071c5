import { expect, test } from '@jest/globals'
import { SettingsError } from '../../src/errors.ts'
import { loadRemovalSettings } from '../../src/settings/settings.ts'

const load = (given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string>> = {}) =>
  loadRemovalSettings({
    ...{ project: '.', stage: undefined, environment },
    explicit: { given, nameOf: (name) => `input ${name}` },
  })

test('a mistake in a setting that removal does not need keeps no preview alive', () => {
  expect(load({ 'function-name': 'shop', memory: '12' }, { WSGI_LAMBDA_TIMEOUT: 'soon' }).functionName).toBe('shop')
})

test.each([
  ['in one that it needs', { 'preview-database-access': 'anyhow' }, 'input preview-database-access is not valid'],
  ['in a name, which would have it remove more', { 'funtion-name': 'shop' }, 'input funtion-name is not a setting'],
])('a mistake %s is told', (_, given, title) => {
  expect(() => load(given)).toThrow(SettingsError)
  expect(() => load(given)).toThrow(title)
})
