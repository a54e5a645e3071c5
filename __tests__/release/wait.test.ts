import { describe, expect, test } from '@jest/globals'
import type { LambdaApi, VersionState } from '../../src/aws/lambda.ts'
import { waitUntilActive, waitUntilUpdated } from '../../src/release/wait.ts'
import { recordingReporter } from '../report/recording.ts'
import { fakeLambda } from './fake-lambda.ts'
import { latest } from './releases.ts'

/** A function whose states follow one another; the last one stays. */
function createWaiting(states: readonly (Partial<VersionState> | undefined)[]) {
  const asked: (string | undefined)[] = []
  const waits: number[] = []
  const report = recordingReporter()
  let now = 0
  const lambda: LambdaApi = {
    ...fakeLambda(),
    getVersion: (_, qualifier) => {
      const state = states[Math.min(asked.push(qualifier), states.length) - 1]
      return Promise.resolve(state && { ...latest, ...state })
    },
  }
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
    now += milliseconds
    return Promise.resolve()
  }
  return { asked, waits, report, lambda, wait, clock: () => now, signal: new AbortController().signal }
}

describe('an update', () => {
  test('is done at once', async () => {
    const waiting = createWaiting([{}])
    await waitUntilUpdated('shop', waiting)
    expect([waiting.asked, waiting.waits]).toEqual([[undefined], []])
  })

  test('is asked for less and less often, and said what is waited for', async () => {
    const inProgress = { lastUpdateStatus: 'InProgress' }
    const waiting = createWaiting([...Array<typeof inProgress>(10).fill(inProgress), {}])
    await waitUntilUpdated('shop', waiting)
    expect(waiting.waits[0]).toBe(200)
    expect(waiting.waits.at(-1)).toBe(5000)
    expect(waiting.waits).toEqual(waiting.waits.toSorted((a, b) => a - b))
    expect(waiting.report.of('progress')[0]).toBe('waiting for the update (0 s)')
  })

  test('is waited for while a new function is made', async () => {
    const waiting = createWaiting([{ state: 'Pending' }, undefined, {}])
    await waitUntilUpdated('shop', waiting)
    expect(waiting.waits).toHaveLength(2)
  })

  test.each([
    [
      { lastUpdateStatus: 'Failed', lastUpdateReason: 'The KMS key is disabled' },
      { title: 'The function could not be updated', detail: 'The KMS key is disabled' },
    ],
    [
      { state: 'Failed', stateReason: 'The subnet has no free address' },
      { title: 'The function could not be made ready', detail: 'The subnet has no free address' },
    ],
  ])('fails: %j', async (state, problem) => {
    await expect(waitUntilUpdated('shop', createWaiting([{ state: 'Pending' }, state]))).rejects.toMatchObject({
      name: 'UserError',
      ...problem,
    })
  })
})

describe('a version', () => {
  test.each(['Active', 'Inactive'])('is ready when it is %s', async (state) => {
    const waiting = createWaiting([{ state: 'Pending' }, { state }])
    expect((await waitUntilActive('shop', '8', waiting)).state).toBe(state)
    expect(waiting.asked).toEqual(['8', '8'])
  })

  test('is not ready because an older update has succeeded', async () => {
    const waiting = createWaiting([{ state: 'Pending', lastUpdateStatus: 'Successful' }, { state: 'Active' }])
    await waitUntilActive('shop', '8', waiting)
    expect(waiting.waits).toHaveLength(1)
  })

  test('fails with its reason', async () => {
    const failed = createWaiting([{ state: 'Failed', stateReason: 'Snapshot creation failed' }])
    await expect(waitUntilActive('shop', '8', failed)).rejects.toMatchObject({
      title: 'Version 8 could not be made ready',
      detail: 'Snapshot creation failed',
    })
  })

  test('is not waited for without end', async () => {
    const waiting = createWaiting([{ state: 'Pending', stateReason: 'The function is being created.' }])
    await expect(waitUntilActive('shop', '8', waiting)).rejects.toMatchObject({
      name: 'UserError',
      title: 'Waited 600 seconds for version 8 of shop',
      detail: 'The function is being created.',
    })
    expect(waiting.clock() / 1000).toBeLessThan(610)
  })
})
