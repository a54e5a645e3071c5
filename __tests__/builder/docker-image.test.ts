import { expect, test } from '@jest/globals'
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
