import { expect, test } from '@jest/globals'
import { readCurrentRelease, readServedRelease } from '../../src/release/current.ts'
import { desiredAccess } from '../../src/release/desired/desired-way-in.ts'
import { LOCK_ALIAS } from '../../src/release/order/lock.ts'
import { configured } from './releases.ts'
import { settings } from './settings.ts'
import { createWorld } from './world.ts'

const OURS = { 'managed-by': 'wsgi-lambda' }

/** A function without the alias. */
async function createFunction(aliases: readonly string[]) {
  const world = createWorld()
  const code = { zip: Buffer.from('one'), architecture: 'x86_64' }
  await world.lambda.createFunction('shop', configured({}).configuration, code)
  for (const name of aliases) await world.lambda.createAlias('shop', name, { version: '$LATEST', description: '' })
  return world
}

test.each<[string, Readonly<Record<string, string>>, readonly string[], 'public' | 'none']>([
  ['made by this program, which was ended then', OURS, [], 'public'],
  ['the same, with its lock', OURS, [LOCK_ALIAS], 'public'],
  ['the same, with its commands', OURS, [LOCK_ALIAS, 'live-commands'], 'public'],
  ['that serves by another name', OURS, ['staging'], 'none'],
  ['of somebody else', { 'managed-by': 'terraform' }, [], 'none'],
])('a function %s: its way in', async (_, tags, aliases, access) => {
  const { waiting } = await createFunction(aliases)
  const apis = {
    ...waiting,
    aside: { ...waiting.aside, tags: { ...waiting.aside.tags, get: () => Promise.resolve(tags) } },
  }
  for (const read of [readServedRelease, readCurrentRelease]) {
    expect(desiredAccess(settings(), await read('shop', 'live', apis))).toBe(access)
  }
})

test('whoever may not see the tags gets no Function URL without asking for one', async () => {
  const { waiting } = await createFunction([])
  const tags = { ...waiting.aside.tags, get: () => Promise.reject(new Error('denied')) }
  const current = await readCurrentRelease('shop', 'live', { ...waiting, aside: { ...waiting.aside, tags } })
  expect(desiredAccess(settings(), current)).toBe('none')
})
