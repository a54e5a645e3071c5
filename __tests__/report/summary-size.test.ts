import { describe, expect, test } from '@jest/globals'
import { deploymentSummary, failureSummary, runSummary } from '../../src/report/summary.ts'
import { endOf, LARGEST_SUMMARY_BYTES, shownSummary } from '../../src/report/summary-size.ts'
import { plantedDeployment, SHOP } from './facts.ts'

/** GitHub documentation, "Adding a job summary": a step may upload 1 MiB. */
const MIB = 1_048_576
const bytes = (text: string): number => Buffer.byteLength(text)

const output = (character: string, length = 70_000): string => `${character.repeat(length)}\nthe end`
const commands = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ command: `manage c${index}`, phase: 'before-traffic' as const, exitCode: 0, seconds: 1, output: text },
  }))
const run = (count: number, text: string): string =>
  runSummary({
    ...{ functionName: 'shop', qualifier: 'live', exitCode: 0, problem: undefined, commands: commands(count, text) },
  })

test('the limit is that of GitHub', () => {
  expect(LARGEST_SUMMARY_BYTES).toBe(MIB)
})

describe('however many outputs there are, all fit together', () => {
  test.each([
    ['commands, 7 of three bytes a character', () => run(7, output('移')), 7],
    ['commands, 18 of one byte', () => run(18, output('x')), 18],
    ['commands, 300 of four bytes', () => run(300, output('😀')), 300],
    ['a deployment, 40 commands', () => deploymentSummary({ ...SHOP, commands: commands(40, output('移')) }), 40],
    [
      'a failure, 30 problems',
      () => failureSummary(Array.from({ length: 30 }, () => ({ title: 'failed', detail: output('移') }))),
      30,
    ],
  ])('%s', (_, write, count) => {
    const summary = write()
    expect(bytes(summary)).toBeLessThanOrEqual(MIB)
    // Halved: as much as that leaves is shown.
    expect(bytes(summary)).toBeGreaterThan(MIB / 4)
    expect(summary.isWellFormed()).toBe(true)
    expect(summary.split('\nthe end\n')).toHaveLength(count + 1)
    expect(summary.split('<details>')).toHaveLength(summary.split('</details>').length)
    expect(shownSummary(summary)).toBe(summary)
  })
})

test('one output is shown in full up to 60,000 characters', () => {
  expect(run(1, 'x'.repeat(60_000))).toContain('x'.repeat(60_000))
  expect(run(1, 'x'.repeat(60_001))).toContain(`\n[… the log has all of it]\n${'x'.repeat(60_000)}\n`)
})

test.each([
  ['abc\n', 3, 'abc'],
  ['abc', 2, '[… the log has all of it]\nbc'],
  ['abc', 0, '[… the log has all of it]\n'],
  ['', 0, ''],
])('of %j the last %d characters', (text, longest, shown) => {
  expect(endOf(text, longest)).toBe(shown)
})

test.each([
  ['names that nobody shortens', deploymentSummary(plantedDeployment('`&移'.repeat(30_000)))],
  ['many lines', `${'| 移 |\n'.repeat(200_000)}the end`],
  ['one line', '移'.repeat(400_000)],
])('what is still too large is cut where a line ends: %s', (_, summary) => {
  expect(bytes(summary)).toBeGreaterThan(MIB)
  const shown = shownSummary(summary)
  expect(bytes(shown)).toBeLessThanOrEqual(MIB)
  expect(shown).toMatch(/\n\n\[… the log has all of it\]$/)
  expect(summary.startsWith(shown.slice(0, shown.lastIndexOf('\n\n[')))).toBe(true)
})
