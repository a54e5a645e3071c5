import { expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { createWorld, effects, failureOf, v1 } from '../world.ts'

/** An answer can get lost: then the SDK repeats the call, and is told that what it wants is there already. */

const conflict = new UserError(
  { title: 'ResourceConflictException' },
  { cause: Object.assign(new Error('already exists'), { name: 'ResourceConflictException' }) },
)

test.each([/^createFunction/, /^createAlias/, /^createUrl/, /^permitUrl url/, /^permitUrl invoke/])(
  'a first deployment goes on: %s',
  async (call) => {
    const { lambda, release, aliasNow } = createWorld()
    lambda.failAt(call, conflict, 'after')
    await release(v1)
    expect((await aliasNow())?.version).toBe('1')
    expect(lambda.isOpen('shop', 'live')).toBe(true)
    expect(effects(lambda).filter((line) => call.test(line))).toHaveLength(1)
  },
)

test.each([/^createAlias/, /^createUrl/, /^permitUrl url/])('but not where it is not there: %s', async (call) => {
  const { lambda, release } = createWorld()
  lambda.failAt(call, conflict)
  expect((await failureOf(release(v1))).title).toBe('ResourceConflictException')
})

test('a function that somebody else has created meanwhile is not gone on with', async () => {
  const { lambda, release } = createWorld()
  lambda.interruptAt(/^createFunction/, () => {
    const other = { zip: Buffer.from('other'), architecture: 'x86_64' }
    void lambda.createFunction('shop', { ...v1.configuration }, other)
  })
  expect(await failureOf(release(v1))).toMatchObject({
    title: 'Somebody else has created shop meanwhile',
    hint: 'Run this again: it goes on from what is there. Nothing serves traffic yet.',
  })
  expect(effects(lambda)).toEqual(['createFunction shop', 'createFunction shop'])
})
