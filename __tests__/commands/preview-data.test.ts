import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createPreviewWorld } from './preview-world.ts'

/** When the data of a preview are made that a line of shell makes: they have no tags. */

let shop: Awaited<ReturnType<typeof createPreviewWorld>>
beforeEach(async () => {
  shop = await createPreviewWorld()
})
afterEach(() => shop[Symbol.asyncDispose]())

const byCommand = (environment: () => Promise<Readonly<Record<string, string>>>) => ({
  tags: { database: 'command', databaseAdmin: undefined, databaseAccess: undefined },
  ...{ environment, isMadeByAsking: true, preparation: undefined, discard: undefined },
})

test('what has tags is there before them', async () => {
  shop.data = byCommand(() => {
    shop.lambda.calls.push('make branch')
    return Promise.resolve({ DATABASE_URL: 'postgresql://u:p@h/d' })
  })
  await shop.run()
  const story = shop.lambda.calls.filter((line) => /^createLogGroup|^make branch|^createFunction/.test(line))
  expect(story.slice(0, 2)).toEqual(['createLogGroup /aws/lambda/shop-pr-7', 'make branch'])
  expect(story.at(-1)).toMatch(/^createFunction/)
})

test('nothing is made where a tag could not keep by what it is removed', async () => {
  shop.data = {
    ...byCommand(() => Promise.reject(new Error('made too early'))),
    tags: { database: 'command', databaseAdmin: 'secretsmanager:shop/admin#a!b', databaseAccess: 'runner' },
  }
  await expect(shop.run()).rejects.toMatchObject({ title: 'preview-database-admin cannot be kept in a tag' })
  expect(shop.lambda.calls.filter((line) => line.startsWith('create'))).toEqual([])
})
