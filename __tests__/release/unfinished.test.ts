import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../src/errors.ts'
import { configured } from './releases.ts'
import { createReleasedWorld, createWorld, effects, failureOf, v1, v2 } from './world.ts'

/** What an earlier run left unfinished in Lambda itself: a change that goes on, or one that failed after it was taken. */

const killed = new UserError({ title: 'killed' })

describe('an update that failed after Lambda took it', () => {
  async function createFailedWorld() {
    const world = await createReleasedWorld()
    world.lambda.updateFailure = 'The KMS key is disabled'
    const error = await failureOf(world.release(v2))
    expect(error).toMatchObject({ title: 'The function could not be updated', detail: 'The KMS key is disabled' })
    world.lambda.updateFailure = undefined
    world.lambda.calls.length = 0
    return world
  }

  test('does not keep the next run from mending it', async () => {
    const { release, aliasNow } = await createFailedWorld()
    await release(configured({ memory: 2048 }, v2))
    expect((await aliasNow())?.version).toBe('2')
  })

  test('is repeated by the next run, where the cause was elsewhere', async () => {
    const { lambda, release, aliasNow } = await createFailedWorld()
    await release(v2)
    expect(effects(lambda).slice(0, 3)).toEqual(['updateCode two', 'updateConfiguration {"DEBUG":"0"}', 'publish two'])
    expect((await aliasNow())?.version).toBe('2')
  })
})

describe('a run that was killed while Lambda was at work: the next one waits before it writes', () => {
  test('a function that is being created', async () => {
    const { lambda, release, aliasNow } = createWorld()
    lambda.pendingReads = 5
    lambda.failAt(/^createFunction/, killed, 'after')
    lambda.interruptAt(/^createFunction/, () => {
      lambda.failAt(/^getVersion/, killed)
    })
    await failureOf(release(v1))
    await release(v1)
    expect((await aliasNow())?.version).toBe('1')
  })

  test('a configuration that is being written', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld()
    lambda.pendingReads = 5
    lambda.failAt(/^updateConfiguration/, killed, 'after')
    await failureOf(release(v2))
    await release(v2)
    expect((await aliasNow())?.version).toBe('2')
  })

  test('code whose configuration gets the address of a new URL', async () => {
    const { lambda, release, aliasNow } = await createReleasedWorld({ ...v1, access: 'none' })
    const withAddress = configured({ environment: { DEBUG: '0', SITE: '{{url}}' } }, { ...v1, codeSha256: 'two' })
    lambda.pendingReads = 5
    lambda.failAt(/^updateCode/, killed, 'after')
    await failureOf(release(withAddress))
    await release(withAddress)
    expect((await aliasNow())?.version).toBe('2')
  })
})

test('what was configured for commands is taken back once Lambda has taken it', async () => {
  const { lambda, release } = await createReleasedWorld()
  const commands = { ...v2.configuration, timeout: 900 }
  lambda.pendingReads = 3
  lambda.failAt(/^publish/, killed)
  await failureOf(release({ ...v2, commands }))
  lambda.pendingReads = 0
  expect(await lambda.getVersion('shop')).toMatchObject({ timeout: v2.configuration.timeout })
})

test('a function that stays busy keeps nothing else from being taken back for long', async () => {
  const { lambda, release, waits } = await createReleasedWorld()
  const commands = { ...v2.configuration, timeout: 900 }
  lambda.interruptAt(/^publish/, () => {
    lambda.pendingReads = Infinity
    void lambda.updateConfiguration('shop', { description: 'busy' })
    lambda.failAt(/^publish/, killed)
  })
  await failureOf(release({ ...v2, commands }))
  expect(waits.reduce((sum, each) => sum + each, 0)).toBeLessThan(70_000)
})
