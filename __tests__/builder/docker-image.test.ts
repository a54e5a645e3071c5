import { expect, test } from '@jest/globals'
import { equippedKey } from '../../src/builder/docker-equipment.ts'
import { imageKey } from '../../src/builder/docker-image.ts'

const recipe = new Map([['setup.sh', Buffer.from('a')]])
const target = { pythonMinor: '3.13', architecture: 'x86_64' } as const
const key = imageKey('sha256:1', target, recipe, [])

test('the same input has the same name', () => {
  expect(imageKey('sha256:1', { ...target }, new Map(recipe), [])).toBe(key)
  expect(key).toMatch(/^[0-9a-f]{32}$/)
})

test.each([
  ['base image', imageKey('sha256:2', target, recipe, [])],
  ['Python', imageKey('sha256:1', { ...target, pythonMinor: '3.12' }, recipe, [])],
  ['architecture', imageKey('sha256:1', { ...target, architecture: 'arm64' }, recipe, [])],
  ['recipe', imageKey('sha256:1', target, new Map([['setup.sh', Buffer.from('b')]]), [])],
  ['system package', imageKey('sha256:1', target, recipe, ['libpq-devel'])],
])('another %s is another image', (_, other) => {
  expect(other).not.toBe(key)
})

test('equipment, and each of its ingredients, is another image', () => {
  const files = [['equip.sh', Buffer.from('a')]] as const
  const keys = [
    equippedKey('a', '3.13', ['git'], files),
    equippedKey('b', '3.13', ['git'], files),
    equippedKey('a', '3.12', ['git'], files),
    equippedKey('a', '3.13', ['compilers'], files),
    equippedKey('a', '3.13', ['git'], [['equip.sh', Buffer.from('b')]]),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})
