import { expect, test } from '@jest/globals'
import { type Cors, NO_CORS } from '../../../src/aws/cors.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { current, nothing, same, url } from '../releases.ts'
import { createReleasedWorld, createWorld, v1 } from '../world.ts'

const site: Cors = {
  ...NO_CORS,
  origins: ['https://b.example', 'https://a.example'],
  methods: ['*'],
  headers: ['ETag'],
}
const shown: Cors = { ...site, origins: ['https://a.example', 'https://b.example'], headers: ['etag'] }
const open: CurrentRelease = { ...current, url: { ...url, cors: shown } }

const cases: readonly [string, CurrentRelease, Partial<DesiredRelease>, readonly string[]][] = [
  ['no setting speaks of it', open, { cors: undefined }, []],
  ['it is the same in another order', open, { cors: site }, []],
  ['a method is another', open, { cors: { ...site, methods: ['GET'] } }, ['set-cors']],
  ['cookies may be sent now', open, { cors: { ...site, credentials: true } }, ['set-cors']],
  ['it is kept longer', open, { cors: { ...site, maxAge: 60 } }, ['set-cors']],
  ['it is taken back', open, { cors: NO_CORS }, ['set-cors']],
  ['the URL is left alone', open, { cors: NO_CORS, access: 'none' }, []],
]

test.each(cases)('%s: nothing else is done', (_, from, changes, kinds) => {
  expect(planRelease(from, { ...same, ...changes }).map(({ kind }) => kind)).toEqual(kinds)
})

test('a new URL gets it with the request that makes it', () => {
  expect(planRelease(nothing, { ...same, cors: site }).map(({ kind }) => kind)).not.toContain('set-cors')
})

test('a release makes it so, and the next one has nothing to do', async () => {
  const { lambda, release } = createWorld()
  await release({ ...v1, cors: site })
  expect((await lambda.urls.get('shop', 'live'))?.cors).toEqual(site)
  expect((await release({ ...v1, cors: site })).changed).toBe(false)
})

test('a released function is changed without a version', async () => {
  const { lambda, release } = await createReleasedWorld()
  await release({ ...v1, cors: site })
  expect((await lambda.urls.get('shop', 'live'))?.cors).toEqual(site)
  expect(lambda.versionsOf('shop')).toHaveLength(1)
})

test.each([
  [site, 'let pages of https://b.example, https://a.example read answers of the Function URL'],
  [NO_CORS, 'say nothing to browsers about other sites at the Function URL'],
])('is described', (cors, text) => {
  expect(describeStep({ kind: 'set-cors' }, { ...same, cors })).toBe(text)
})
