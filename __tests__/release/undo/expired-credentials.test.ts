import { expect, test } from '@jest/globals'
import { adviceFor } from '../../../src/aws/errors.ts'
import { configured, same } from '../releases.ts'
import { createReleasedWorld, failureOf } from '../world.ts'

const next = configured({ memory: 1024 }, { ...same, codeSha256: 'two' })

/** From that call on, every call is refused, those that would undo among them. */
async function expiredFrom(call: RegExp) {
  const world = await createReleasedWorld()
  const expired = Object.assign(new Error('The security token included in the request is expired'), {
    name: 'ExpiredTokenException',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  })
  const refused = adviceFor(expired, { action: 'lambda:Call', resource: 'shop' })
  world.lambda.interruptAt(call, () => {
    for (let later = 0; later < 60; later++) world.lambda.failAt(/(?:)/, refused)
  })
  return await failureOf(world.release(next))
}

test.each([
  ['the update', /^updateCode/],
  ['the publishing', /^publish/],
  ['the commands', /^invoke/],
  ['the move', /^updateAlias live/],
])('credentials that expire at %s: where the alias is, and that it goes on from there', async (_, call) => {
  const { title, hint = '' } = await expiredFrom(call)
  expect(title).toContain('The AWS credentials have expired')
  expect(hint).toContain('it goes on from there')
  expect(hint).toContain('The alias live has not moved: it serves version 1.')
})

test('credentials that expire after the move: it could not be moved back', async () => {
  const { hint = '' } = await expiredFrom(/^invoke .*clearsessions/)
  expect(hint).toMatch(/The alias live could not be moved back to version 1 .*: it serves version 2\./)
})
