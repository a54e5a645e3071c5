import { expect, test } from '@jest/globals'
import { coldStartOf, tellingColdStart } from '../../../src/release/traffic/cold-start.ts'
import { fakeLambda } from '../fake-lambda.ts'
import { createWorld, v1 } from '../world.ts'

const REPORT =
  'REPORT RequestId: 8f50\tDuration: 12.53 ms\tBilled Duration: 930 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB'

test.each([
  ['a first invocation', `START\nEND\n${REPORT}\tInit Duration: 916.81 ms\t\n`, 916.81],
  ['a later one', `${REPORT}\t\n`, undefined],
  [
    'the log format JSON',
    '{"time":"2026-11-23T10:00:00Z","type":"platform.report","record":{"metrics":{"durationMs":2.1,"initDurationMs":317.5}}}\n',
    317.5,
  ],
  ['a platform that reports nothing', 'hello\n', undefined],
  ['an application that prints such words', 'Init Duration: 1 ms\n', undefined],
  ['nothing', '', undefined],
])('%s', (_, logTail, milliseconds) => {
  expect(coldStartOf(logTail)).toBe(milliseconds)
})

test('only the first invocation of each version is told', async () => {
  const fake = fakeLambda()
  let count = 0
  const invoke = (): ReturnType<typeof fake.invoke> =>
    Promise.resolve({
      payload: '',
      functionError: undefined,
      logTail: `${REPORT}\tInit Duration: ${(count += 100)}.00 ms\t\n`,
    })
  const told: unknown[] = []
  const lambda = tellingColdStart({ ...fake, invoke }, (...facts) => told.push(facts))
  for (const version of ['3', '4', '3', '4']) await lambda.invoke('shop', version, '{}', 30)
  expect(told).toEqual([
    ['3', 100],
    ['4', 200],
  ])
})

test('a release tells how long its version took to start, once', async () => {
  const { lambda, release, report, aliasNow } = createWorld()
  let count = 0
  lambda.application = (event) => ({
    payload: '_serverless-wsgi' in event ? '[0, ""]' : '{"statusCode": 200}',
    logTail: count++ === 0 ? `${REPORT}\tInit Duration: 916.81 ms\t\n` : `${REPORT}\t\n`,
  })
  expect((await release(v1)).coldStartMs).toBe(916.81)
  expect(report.of('info').filter((line) => line.includes('Init Duration'))).toEqual([
    'version 1 took 917 ms to start (Init Duration)',
  ])
  expect((await aliasNow())?.description).toBe('wsgi-lambda; first start: 917 ms')
  // It is for the next release to compare with, and nothing that changes.
  expect((await release(v1)).steps).toEqual([])
})

test('a platform that does not tell leaves it out', async () => {
  const { release } = createWorld()
  expect((await release(v1)).coldStartMs).toBeUndefined()
})
