import { describe, expect, test } from '@jest/globals'
import { CASES } from './cases.ts'
import { combinations, sample } from './combinations.ts'
import { recorded } from './recorded.ts'

const call = (operation: string, qualifier?: string) => ({
  ...{ operation, protocol: 'lambda' as const, at: 0, method: 'GET', path: '/' },
  ...(qualifier === undefined ? {} : { qualifier }),
})

describe('the calls of a deployment', () => {
  test('are found again by what was changed before them', () => {
    const calls = recorded([call('GetAlias', 'live'), call('UpdateFunctionCode'), call('GetAlias', 'live')])
    expect(calls.map(({ operation, afterWrites }) => [operation, afterWrites])).toEqual([
      ['GetAlias', 0],
      ['UpdateFunctionCode', 0],
      ['GetAlias', 1],
    ])
  })

  test('count once where they only wait', () => {
    const waiting = [call('PublishVersion'), ...Array.from({ length: 5 }, () => call('GetFunctionConfiguration', '3'))]
    expect(recorded(waiting).map(({ number, operation }) => [number, operation])).toEqual([
      [1, 'PublishVersion'],
      [2, 'GetFunctionConfiguration'],
    ])
  })

  test('are told apart by the version or alias that they are about', () => {
    expect(recorded([call('GetAlias', 'live'), call('GetAlias', 'wsgi-lambda-lock')])).toHaveLength(2)
  })
})

describe('objects that are sent together', () => {
  const sent = (operation: string) => ({ ...call(operation), protocol: 's3' as const })

  test('count once, and all of them for what comes after', () => {
    const calls = recorded([sent('PutObject'), sent('PutObject'), sent('PutObject'), call('UpdateFunctionCode')])
    expect(calls.map(({ operation, afterWrites }) => [operation, afterWrites])).toEqual([
      ['PutObject', 0],
      ['UpdateFunctionCode', 3],
    ])
  })

  test('can meet what S3 does, in its words, and what others do with the bucket', () => {
    const [first] = CASES
    const names = first && combinations(first, recorded([sent('PutObject')])).map(({ mishap }) => mishap.name)
    expect(names).toEqual([
      ...['asked to slow down twice', 'server error', 'access denied', 'credentials expired from here'],
      ...['out of service from here', 'bucket is gone', 'bucket of somebody else', 'dropped before the effect'],
      ...['dropped after the effect', 'another deployment begins', 'killed before', 'killed after', 'cancelled'],
    ])
  })
})

describe('what can happen to a call', () => {
  const mishapsOf = (...of: Parameters<typeof call>): string[] => {
    const [first] = CASES
    return first === undefined ? [] : combinations(first, recorded([call(...of)])).map(({ mishap }) => mishap.name)
  }

  test('of a read is no lost effect', () => {
    expect(mishapsOf('GetAlias', 'live')).toEqual([
      'throttled twice',
      'server error',
      'dropped before the effect',
      'access denied',
      'credentials expired from here',
      'killed before',
    ])
  })

  test('of an update is also that it fails, and that it takes long', () => {
    expect(mishapsOf('UpdateFunctionCode')).toEqual(expect.arrayContaining(['slow', 'update fails', 'killed after']))
    expect(mishapsOf('UpdateAlias', 'live')).not.toContain('slow')
  })

  test('of the lock is no other deployment: who takes it first has it', () => {
    expect(mishapsOf('UpdateAlias', 'live')).toContain('another deployment begins')
    expect(mishapsOf('UpdateAlias', 'wsgi-lambda-lock')).not.toContain('another deployment begins')
  })
})

test('a sample has one of each kind', () => {
  const all = [...Array.from({ length: 50 }, (_, index) => `common ${index}`), 'rare 1', 'rarer 1']
  const chosen = sample(all, 5, 3, (each) => each.split(' ')[0] ?? '')
  expect(chosen).toHaveLength(5)
  expect(chosen).toEqual(expect.arrayContaining(['rare 1', 'rarer 1']))
})

test('a sample is the same for the same seed, and in order', () => {
  const all = Array.from({ length: 50 }, (_, index) => index)
  const chosen = sample(all, 10, 7)
  expect(chosen).toEqual(sample(all, 10, 7))
  expect(chosen).not.toEqual(sample(all, 10, 8))
  expect(chosen).toEqual(chosen.toSorted((a, b) => a - b))
  expect(new Set(chosen).size).toBe(10)
})
