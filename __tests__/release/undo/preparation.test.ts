import { expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { configured, same } from '../releases.ts'
import { createReleasedWorld, createWorld, failureOf, v1 } from '../world.ts'

const WHAT = 'the database shop_pr_7'
const served = configured({ environment: { DATABASE_URL: 'before' } }, v1)
const next = {
  ...configured({ environment: { DATABASE_URL: 'after' } }, { ...same, codeSha256: 'two' }),
  preparation: WHAT,
}

/** A released version, and a release after it that prepares something. */
async function preparingWorld(giveBack = (): Promise<void> => Promise.resolve()) {
  const world = await createReleasedWorld(served)
  const done: string[] = []
  world.prepareBy({
    what: WHAT,
    carryOut: () => {
      done.push('prepared')
      return Promise.resolve()
    },
    giveBack: ({ DATABASE_URL: address = '' }) => {
      done.push(`gave back ${address}`)
      return giveBack()
    },
  })
  return { ...world, done }
}

test('a release that succeeds gives nothing back', async () => {
  const { release, done } = await preparingWorld()
  await release(next)
  expect(done).toEqual(['prepared'])
})

test.each([
  ['before the move', /^invoke/],
  ['at the move', /^updateAlias live/],
  ['after the move', /^invoke .*clearsessions/],
])('one that fails %s gives the old version what it needs', async (_, call) => {
  const { release, done, lambda } = await preparingWorld()
  lambda.failAt(call, new UserError({ title: 'It went wrong.' }))
  await failureOf(release(next))
  expect(done).toEqual(['prepared', 'gave back before'])
})

test('one that is cancelled does so too', async () => {
  const { release, done, lambda, controller } = await preparingWorld()
  lambda.interruptAt(/^invoke/, () => {
    controller.abort()
  })
  await expect(release(next)).rejects.toMatchObject({ name: 'AbortError' })
  expect(done).toEqual(['prepared', 'gave back before'])
})

test('one that fails before anything was prepared asks for nothing', async () => {
  const { release, done, lambda } = await preparingWorld()
  lambda.failAt(/^updateCode/, new UserError({ title: 'It went wrong.' }))
  await failureOf(release(next))
  expect(done).toEqual([])
})

test('a first release has nothing to give back', async () => {
  const { release, prepareBy, lambda } = createWorld()
  const done: string[] = []
  const note = (what: string) => () => {
    done.push(what)
    return Promise.resolve()
  }
  prepareBy({ what: WHAT, carryOut: note('prepared'), giveBack: note('gave back') })
  lambda.failAt(/^invoke/, new UserError({ title: 'It went wrong.' }))
  await failureOf(release(next))
  expect(done).toEqual(['prepared'])
})

test('where it cannot be given back, the failure says so', async () => {
  const { release, lambda } = await preparingWorld(() => Promise.reject(new Error('no route')))
  lambda.failAt(/^invoke/, new UserError({ title: 'It went wrong.' }))
  expect((await failureOf(release(next))).hint).toContain(
    'Version 1 may not reach its data any more (no route): the next deployment that succeeds mends that.',
  )
})
