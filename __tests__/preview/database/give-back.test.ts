import { beforeEach, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { givingBack } from '../../../src/preview/database/give-back.ts'
import type { Preparation } from '../../../src/release/plan/preparation.ts'
import { recordingReporter } from '../../report/recording.ts'

const WHY = new UserError({ title: 'manage migrate has failed' })
let done: string[] = []
let report = recordingReporter()
beforeEach(() => {
  done = []
  report = recordingReporter()
})

const note = (what: string) => () => {
  done.push(what)
  return Promise.resolve()
}
const onServer = {
  preparation: { what: 'the database', carryOut: note('made') },
  giveBack: ({ DATABASE_URL = '' }) => note(`gave back ${DATABASE_URL}`)(),
  discard: undefined,
}
const byCommand = { preparation: undefined, giveBack: note('gave back'), discard: note('discarded') }
const served = {
  functionName: 'shop-pr-7',
  exists: () => Promise.resolve(true),
  readServed: () => Promise.resolve({ DATABASE_URL: 'before' }),
}
const missing = { ...served, exists: () => Promise.resolve(false), readServed: () => Promise.resolve(undefined) }
const cancelled = () => Promise.reject(new Error('the run is cancelled'))

const prepareAndFail = async (preparation: Preparation | undefined): Promise<never> => {
  await preparation?.carryOut()
  throw WHY
}

test('a release that succeeds leaves all as it is', async () => {
  const release = (preparation: Preparation | undefined) => preparation?.carryOut().then(() => 'released')
  expect(await givingBack(onServer, served, report, async (preparation) => await release(preparation))).toBe('released')
  expect(await givingBack(byCommand, missing, report, () => Promise.resolve('released'))).toBe('released')
  expect(done).toEqual(['made'])
})

test.each([
  ['what is served has its password again', onServer, served, prepareAndFail, ['made', 'gave back before']],
  ['nothing is given back where nothing is served', onServer, missing, prepareAndFail, ['made']],
  ['nothing is asked of the server where nothing was made', onServer, served, () => Promise.reject(WHY), []],
  ['what a command made goes again with no function to name it', byCommand, missing, prepareAndFail, ['discarded']],
  ['what a command made stays where a function names it', byCommand, served, prepareAndFail, []],
])('after a release that failed, %s', async (_, data, preview, release, expected) => {
  await expect(givingBack(data, preview, report, release)).rejects.toBe(WHY)
  expect(done).toEqual(expected)
  expect(report.of('warning')).toEqual([])
})

test.each([
  ['the served version', onServer, 'The version of shop-pr-7 that is still served may not reach its database any more'],
  ['what a command made', byCommand, 'What preview-database-create has made for shop-pr-7 may be left over'],
])('of %s it is told where nobody can look after it, and why the release failed stays', async (_, data, title) => {
  const unknown = { ...served, exists: cancelled, readServed: cancelled }
  await expect(givingBack(data, unknown, report, prepareAndFail)).rejects.toBe(WHY)
  expect(report.of('warning')).toEqual([title])
})
