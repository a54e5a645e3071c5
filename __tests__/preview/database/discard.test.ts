import { beforeEach, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { discarding } from '../../../src/preview/database/discard.ts'
import { recordingReporter } from '../../report/recording.ts'

const WHY = new UserError({ title: 'manage migrate has failed' })
let discarded = 0
let report = recordingReporter()
beforeEach(() => {
  discarded = 0
  report = recordingReporter()
})

const byCommand = {
  discard: () => {
    discarded++
    return Promise.resolve()
  },
}
const nothing = { discard: undefined }
const there = { functionName: 'shop-pr-7', exists: () => Promise.resolve(true) }
const missing = { ...there, exists: () => Promise.resolve(false) }
const failing = () => Promise.reject(WHY)

test('a release that succeeds leaves all as it is', async () => {
  expect(await discarding(byCommand, missing, report, () => Promise.resolve('released'))).toBe('released')
  expect(discarded).toBe(0)
})

test.each([
  ['what a command made goes again with no function to name it', byCommand, missing, 1],
  ['what a command made stays where a function names it', byCommand, there, 0],
  ['nothing is looked for where nothing was made', nothing, missing, 0],
])('after a release that failed, %s', async (_, data, preview, expected) => {
  await expect(discarding(data, preview, report, failing)).rejects.toBe(WHY)
  expect([discarded, report.of('warning')]).toEqual([expected, []])
})

test('what may be left over is told, and why the release failed stays', async () => {
  const unknown = { ...there, exists: () => Promise.reject(new Error('the run is cancelled')) }
  await expect(discarding(byCommand, unknown, report, failing)).rejects.toBe(WHY)
  expect(report.of('warning')).toEqual(['What preview-database-create has made for shop-pr-7 may be left over'])
})
