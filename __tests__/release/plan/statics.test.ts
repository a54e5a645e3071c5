import { describe, expect, test } from '@jest/globals'
import { UserError } from '../../../src/errors.ts'
import { staticsExecutors } from '../../../src/release/carry-out/statics.ts'
import { describeStep } from '../../../src/release/plan/describe.ts'
import { planRelease } from '../../../src/release/plan/plan.ts'
import type { Releasing } from '../../../src/release/releasing.ts'
import type { CurrentRelease, DesiredRelease } from '../../../src/release/state.ts'
import { STATIC_VARIABLE } from '../../../src/settings/static.ts'
import { recordingReporter } from '../../report/recording.ts'
import { configured, current, latest, nothing, same, version7 } from '../releases.ts'

const ADDRESS = 's3://example-static/shop'
const statics = { address: ADDRESS, files: 260, bytes: 2_850_012 }
const environment = { DEBUG: '0', [STATIC_VARIABLE]: ADDRESS }
const desired: DesiredRelease = { ...configured({ environment }), statics }
const served: CurrentRelease = {
  ...current,
  served: { ...version7, environment },
  latest: { ...latest, environment },
}

describe('static files are looked at', () => {
  test.each<[string, CurrentRelease, DesiredRelease, boolean]>([
    ['for the first deployment', nothing, desired, true],
    ['for another code', served, { ...desired, codeSha256: 'new' }, true],
    ['for another place', current, desired, true],
    ['not where the same is served', served, desired, false],
    [
      'not for another memory',
      served,
      { ...desired, configuration: { ...desired.configuration, memory: 1024 } },
      false,
    ],
    ['not where no bucket has them', served, { ...same, codeSha256: 'new' }, false],
    ['where others configure the function, for another code', current, { ...same, statics, codeSha256: 'new' }, true],
    ['and for nothing else then', current, { ...same, statics }, false],
  ])('%s', (_, from, to, isLookedAt) => {
    const kinds = planRelease(from, to).map(({ kind }) => kind)
    expect([kinds.includes('upload-static'), kinds.includes('tidy-static')]).toEqual([isLookedAt, isLookedAt])
  })
})

test('they are there before the code, and what is old goes after traffic has moved', () => {
  const steps = planRelease(served, { ...desired, codeSha256: 'new' })
  const kinds = steps.map(({ kind }) => kind)
  expect(kinds.indexOf('upload-static')).toBeLessThan(kinds.indexOf('update-code'))
  expect(kinds.indexOf('tidy-static')).toBeGreaterThan(kinds.indexOf('move-alias'))
  const lines = steps.filter(({ kind }) => kind.endsWith('-static')).map((step) => describeStep(step, desired))
  expect(lines).toEqual([
    'upload static files to s3://example-static/shop: those of 260 (2.9 MB) that are not there yet',
    'remove static files from s3://example-static/shop that were replaced long enough ago',
  ])
})

test('a function that there is not yet comes before them: its tags say whose they are', () => {
  const kinds = planRelease(nothing, desired).map(({ kind }) => kind)
  expect(kinds.indexOf('upload-static')).toBeGreaterThan(kinds.indexOf('create-function'))
  expect(kinds.indexOf('upload-static')).toBeLessThan(kinds.indexOf('publish'))
})

test('what cannot be removed is no reason to take the release back', async () => {
  const report = recordingReporter()
  const tidy = (): Promise<void> => Promise.reject(new UserError({ title: 'may not', hint: 'Let it.' }))
  const statics = { upload: () => Promise.resolve(), tidy }
  const releasing = { statics, with: { report } } as unknown as Releasing
  await staticsExecutors['tidy-static']({ kind: 'tidy-static', address: ADDRESS }, releasing)
  expect(report.lines.join('\n')).toContain('Old static files were not removed: may not')
})
