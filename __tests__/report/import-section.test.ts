import { describe, expect, test } from '@jest/globals'
import { importsSection } from '../../src/report/import-section.ts'
import { deploymentSummary } from '../../src/report/summary.ts'
import { FULL, NO_DIFFERENCE, SHOP } from './facts.ts'

const bars = (markdown: string): string[] => markdown.match(/█+/g) ?? []

test('the ten dearest, and what remains', () => {
  const packages = Array.from({ length: 14 }, (_, index) => ({
    ...{ package: `p${index}`, selfSeconds: 0.2 / (index + 1), cumulativeSeconds: 0.3 },
  }))
  const seconds = packages.reduce((sum, { selfSeconds }) => sum + selfSeconds, 0)
  const section = importsSection({ measuredOn: 'the image', seconds, packages }, 'cold start 917 ms')
  expect(section).toContain('<summary>Import of the application: 650 ms, cold start 917 ms</summary>')
  expect(section).toContain(`| <code>p0</code> | 200 ms | 300 ms | ${'█'.repeat(20)} |`)
  expect(section).toContain(`| <code>p9</code> | 20 ms | 300 ms | ██ |`)
  expect(section).not.toContain('p10')
  expect(section).toContain(`| All others | 65 ms |  | ██████ |`)
  expect(bars(section)).toHaveLength(11)
})

test('where nothing remains, there are no others', () => {
  const packages = [{ package: 'shop', selfSeconds: 0, cumulativeSeconds: 0 }]
  const section = importsSection({ measuredOn: 'the image', seconds: 0, packages })
  expect(section).toContain('<summary>Import of the application: 0 ms</summary>')
  expect(bars(section)).toEqual(['█'])
})

describe('a summary', () => {
  const { imports } = FULL
  const difference = { ...NO_DIFFERENCE, servedColdStartMs: 850.4 }

  test.each([
    ['deployed', { changed: true, isDryRun: false, coldStartMs: 917 }, '612 ms, cold start 917 ms<'],
    ['deployed, and no start was seen', { changed: true, isDryRun: false, coldStartMs: undefined }, '612 ms<'],
    ['unchanged', { changed: false, isDryRun: false, coldStartMs: undefined }, '612 ms, cold start 850 ms<'],
    ['planned', { changed: false, isDryRun: true, coldStartMs: undefined }, '612 ms<'],
  ] as const)('%s', (_, how, shown) => {
    expect(deploymentSummary({ ...SHOP, difference, imports, ...how })).toContain(`Import of the application: ${shown}`)
  })

  test('without a check has none', () => {
    expect(deploymentSummary(SHOP)).not.toContain('Import')
  })
})
