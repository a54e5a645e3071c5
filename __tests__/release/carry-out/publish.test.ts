import { expect, test } from '@jest/globals'
import { configured } from '../releases.ts'
import { createReleasedWorld, failureOf, v2 } from '../world.ts'

/** What is published is what was meant, whoever else changes the function. */

test('a change of somebody else right before is no part of a version', async () => {
  const { lambda, release, aliasNow } = await createReleasedWorld()
  lambda.interruptAt(/^publish/, () => {
    void lambda.updateConfiguration('shop', configured({ memory: 128 }).configuration)
  })
  expect(await failureOf(release(v2))).toMatchObject({
    title: 'Somebody else has changed shop while it was being released',
    hint: 'Run this again when nothing else changes it. The alias live has not moved: it serves version 1.',
  })
  expect([(await aliasNow())?.version, lambda.versionsOf('shop').length]).toEqual(['1', 1])
})

test('other code right before is no part of a version', async () => {
  const { lambda, release } = await createReleasedWorld()
  lambda.interruptAt(/^publish/, () => {
    void lambda.updateCode('shop', { zip: Buffer.from('other'), architecture: 'x86_64' })
  })
  expect((await failureOf(release(v2))).title).toBe('Somebody else has changed shop while it was being released')
})

test('another revision of the same is published', async () => {
  const { lambda, release, aliasNow } = await createReleasedWorld()
  lambda.interruptAt(/^publish/, () => {
    void lambda.updateConfiguration('shop', v2.configuration)
  })
  await release(v2)
  expect((await aliasNow())?.version).toBe('2')
})

test('a version that has failed is not the last word: the next run publishes another one', async () => {
  const { lambda, release, aliasNow } = await createReleasedWorld()
  const getVersion = lambda.getVersion.bind(lambda)
  lambda.getVersion = async (name, qualifier) => {
    const found = await getVersion(name, qualifier)
    return found?.version === '2' ? { ...found, state: 'Failed' } : found
  }
  await release(v2)
  expect((await aliasNow())?.version).toBe('3')
  expect((await getVersion('shop'))?.description).toBe(v2.configuration.description)
})

test('what was changed to publish anew is changed back, also where that fails', async () => {
  const { lambda, release } = await createReleasedWorld()
  const getVersion = lambda.getVersion.bind(lambda)
  lambda.getVersion = async (name, qualifier) => {
    const found = await getVersion(name, qualifier)
    return qualifier !== undefined && found?.version !== '1' && found ? { ...found, state: 'Failed' } : found
  }
  expect((await failureOf(release(v2))).title).toBe('Version 3 could not be made ready')
  expect((await getVersion('shop'))?.description).toBe(v2.configuration.description)
})

test('a blank that a run has left which was ended goes', async () => {
  const { lambda, release } = await createReleasedWorld()
  await lambda.updateConfiguration('shop', { description: `${v2.configuration.description} ` })
  const getVersion = lambda.getVersion.bind(lambda)
  lambda.getVersion = async (name, qualifier) => {
    const found = await getVersion(name, qualifier)
    return found?.version === '2' ? { ...found, state: 'Failed' } : found
  }
  await release(configured({ description: `${v2.configuration.description} ` }, v2))
  expect((await getVersion('shop'))?.description).toBe(v2.configuration.description)
})
