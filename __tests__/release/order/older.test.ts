import { expect, test } from '@jest/globals'
import { refuseOlder } from '../../../src/release/order/older.ts'
import { type Provenance, versionDescription } from '../../../src/release/order/provenance.ts'
import type { Run } from '../../../src/settings/run.ts'
import { run } from '../order.ts'
import { version7 } from '../releases.ts'

const requested = 'octocat/shop/deploy.yml on pull_request 7/merge'
const [name, other] = ['octocat/shop/deploy.yml', 'octocat/shop/release.yml']
const [EARLIER, LATER] = ['2026-11-23T08:00:00Z', '2026-11-23T10:00:00Z']
const unknown = { commit: undefined, hasChanges: false, committedAt: undefined, actor: undefined, workflow: undefined }

function check(served: Partial<Provenance>, own: Partial<Run>, allowOlder = false): () => void {
  const there = { ...run, kind: 'release', streams: false, ...served } as const
  return () => {
    refuseOlder({ ...version7, description: versionDescription(there) }, { ...run, ...own }, allowOlder)
  }
}

test.each<[string, Partial<Provenance>, Partial<Run>]>([
  ['an earlier run of the same workflow', { workflow: { name, number: 43 } }, {}],
  ['also where its commit is later', { workflow: { name, number: 43 } }, { committedAt: LATER }],
  ['another workflow, an earlier commit', { workflow: { name: other, number: 1 } }, { committedAt: EARLIER }],
  [
    'a later run than one of a pull request, an earlier commit',
    { workflow: { name: requested, number: 1 } },
    { committedAt: EARLIER },
  ],
  ['no workflow, an earlier commit', {}, { workflow: undefined, committedAt: EARLIER }],
])('is refused: %s', (_, served, own) => {
  expect(check(served, own)).toThrow('What is served is newer than what this run would release')
})

test.each<[string, Partial<Provenance>, Partial<Run>]>([
  ['a later run', { workflow: { name, number: 41 } }, {}],
  ['the same run again', {}, {}],
  ['a later run of an earlier commit: a revert', { workflow: { name, number: 41 } }, { committedAt: EARLIER }],
  ['the same commit elsewhere', {}, { workflow: undefined }],
  ['an earlier run than one of a pull request', { workflow: { name: requested, number: 43 } }, {}],
  ['another time zone', { workflow: undefined }, { committedAt: '2026-11-23T08:30:00-01:00' }],
  ['nothing is known of this run', {}, unknown],
  ['nothing is known of what is served', unknown, {}],
  ['a manual run', { workflow: { name, number: 43 } }, { isManual: true }],
])('goes on: %s', (_, served, own) => {
  expect(check(served, own)).not.toThrow()
})

test('goes on where a setting says so', () => {
  expect(check({ workflow: { name, number: 43 } }, {}, true)).not.toThrow()
})

test.each([undefined, version7])('what this program has not made is not compared', (served) => {
  expect(() => {
    refuseOlder(served, run, false)
  }).not.toThrow()
})

test('says who, what and when of both', () => {
  const served = { workflow: { name, number: 43 }, commit: 'fedcba9876543210', committedAt: LATER, actor: 'hubot' }
  expect(check(served, {})).toThrow(
    expect.objectContaining({
      exitCode: 1,
      detail: [
        'Served, version 7: run 43 of octocat/shop/deploy.yml, commit fedcba987654, committed 2026-11-23T10:00:00Z, by hubot',
        'This run: run 42 of octocat/shop/deploy.yml, commit abc123456789, committed 2026-11-23T09:00:00Z, by octocat',
      ].join('\n'),
      hint: expect.stringContaining('allow-older'),
    }),
  )
})
