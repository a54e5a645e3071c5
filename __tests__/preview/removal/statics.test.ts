import { expect, test } from '@jest/globals'
import type { StaticBucket } from '../../../src/aws/static-bucket.ts'
import { removeStatics } from '../../../src/preview/removal/statics.ts'
import { keyOfRecord, writeStaticRecord } from '../../../src/static/keeping.ts'

const REGION = 'eu-west-1'
const ADDRESS = 's3://statics/shop-pr-6'

/** Files below one prefix. */
function bucketWith(objects: Map<string, string>): StaticBucket {
  const unneeded = (): Promise<never> => Promise.reject(new Error('not needed'))
  return {
    region: () => Promise.resolve(REGION),
    list: async function* () {
      await Promise.resolve()
      for (const key of [...objects.keys()]) yield { key, etag: '' }
    },
    readText: (key) => Promise.resolve(objects.get(key)),
    remove: (keys) => {
      for (const key of keys) objects.delete(key)
      return Promise.resolve()
    },
    writeText: (key, content) => {
      objects.set(key, content)
      return Promise.resolve()
    },
    ...{ folders: unneeded, writeFile: unneeded },
  }
}

function recordOf(functionName: string, ...files: readonly string[]): readonly [string, string] {
  const record = { owner: `${REGION}/${functionName}/live`, code: 'a'.repeat(64), at: 0, replaces: undefined, files }
  return [keyOfRecord(record), writeStaticRecord(record)]
}

function objectsOfTwo(): Map<string, string> {
  return new Map([
    ...['shared.css', 'shop.css', 'reports.css', 'theirs.css'].map((key) => [key, ''] as const),
    recordOf('shop-pr-6', 'shared.css', 'shop.css'),
    recordOf('reports-pr-6', 'shared.css', 'reports.css'),
  ])
}

test('what another function has recorded too goes with the last of them', async () => {
  const objects = objectsOfTwo()
  const bucket = bucketWith(objects)
  await removeStatics(bucket, { address: ADDRESS, functionName: 'shop-pr-6' })
  expect([...objects.keys()].slice(0, 3)).toEqual(['shared.css', 'reports.css', 'theirs.css'])
  await removeStatics(bucket, { address: ADDRESS, functionName: 'reports-pr-6' })
  expect([...objects.keys()]).toEqual(['theirs.css'])
})

test('of two functions that are removed at the same time nothing is left', async () => {
  const objects = objectsOfTwo()
  const remove = (functionName: string) => removeStatics(bucketWith(objects), { address: ADDRESS, functionName })
  const removed = await Promise.all(['shop-pr-6', 'reports-pr-6'].map(remove))
  expect(removed).toEqual([{ outcome: 'removed' }, { outcome: 'removed' }])
  expect([...objects.keys()]).toEqual(['theirs.css'])
})

/** A bucket each of whose calls waits for the leave that its number has. */
function pausing(bucket: StaticBucket, leaveFor: (call: number) => Promise<unknown>): StaticBucket {
  let calls = 0
  const turn = async (): Promise<void> => {
    await leaveFor((calls += 1))
  }
  return {
    ...bucket,
    list: async function* () {
      await turn()
      yield* bucket.list()
    },
    readText: (key) => turn().then(() => bucket.readText(key)),
    remove: (keys) => turn().then(() => bucket.remove(keys)),
    writeText: (...written) => turn().then(() => bucket.writeText(...written)),
  }
}

const CALLS = Array.from({ length: 11 }, (_, index) => index)
const settled = () => new Promise((resolve) => setImmediate(resolve))
const never = new Promise(() => undefined)

test.each(CALLS)('one that ends after %d calls leaves nothing, whenever the other one beside it goes', async (last) => {
  for (const before of CALLS.filter((call) => call <= last)) {
    const objects = objectsOfTwo()
    const gate = Promise.withResolvers<undefined>()
    const remove = (functionName: string, bucket = bucketWith(objects)) =>
      removeStatics(bucket, { address: ADDRESS, functionName })
    const leaveFor = async (call: number) => {
      if (call > before) await gate.promise
      if (call > last) await never
    }
    void remove('shop-pr-6', pausing(bucketWith(objects), leaveFor))
    await settled()
    await remove('reports-pr-6')
    gate.resolve(undefined)
    await settled()
    await remove('shop-pr-6')
    expect({ before, left: [...objects.keys()] }).toEqual({ before, left: ['theirs.css'] })
  }
})
