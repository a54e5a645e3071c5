import { expect, test } from '@jest/globals'
import { coldStartOf, tellingColdStart } from '../../src/release/cold-start.ts'
import { fakeLambda } from './fake-lambda.ts'

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
