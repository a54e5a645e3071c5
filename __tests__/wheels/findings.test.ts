import { expect, test } from '@jest/globals'
import { SeveralErrors } from '../../src/errors.ts'
import { reportFindings } from '../../src/wheels/findings.ts'
import type { Finding } from '../../src/wheels/verify.ts'
import { listeningReporter } from '../requirements/fakes.ts'

const finding = (severity: Finding['severity'], title: string): Finding => ({ severity, title })

test('warnings are told, and nothing ends', () => {
  const report = listeningReporter()
  reportFindings([finding('warning', 'one'), finding('warning', 'two')], report)
  expect(report.problems).toEqual([{ title: 'one' }, { title: 'two' }])
})

test('errors are thrown together, after the warnings', () => {
  const report = listeningReporter()
  const reporting = (): void => {
    reportFindings([finding('error', 'one'), finding('warning', 'two'), finding('error', 'three')], report)
  }
  expect(reporting).toThrow(SeveralErrors)
  expect(reporting).toThrow('2 distributions do not load on the target')
  expect(report.problems[0]).toEqual({ title: 'two' })
})

test('one error speaks for itself', () => {
  expect(() => {
    reportFindings([finding('error', 'one')], listeningReporter())
  }).toThrow('one')
})
