import { describe, expect, test } from '@jest/globals'
import {
  isSameWorkflow,
  type Provenance,
  readProvenance,
  versionDescription,
} from '../../../src/release/order/provenance.ts'

const provenance: Provenance = {
  kind: 'release',
  streams: false,
  commit: '4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a',
  hasChanges: false,
  committedAt: '2026-11-23T09:35:45+01:00',
  actor: 'octocat',
  workflow: { name: 'octocat/shop/deploy.yml', number: 42 },
}
const nothing = { commit: undefined, hasChanges: false, committedAt: undefined, actor: undefined, workflow: undefined }

test('a description can be read by people', () => {
  expect(versionDescription(provenance)).toBe(
    'wsgi-lambda release; commit 4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a; by octocat; committed 2026-11-23T09:35:45+01:00; run 42 of octocat/shop/deploy.yml',
  )
})

test('changes that nobody has committed are told', () => {
  expect(versionDescription({ ...provenance, hasChanges: true })).toContain(
    '; commit 4f2a9c0b7d1e4f2a9c0b7d1e4f2a9c0b7d1e4f2a with changes;',
  )
})

test.each<[string, Provenance]>([
  ['all that is known', provenance],
  ['one that streams', { ...provenance, streams: true }],
  ['one with changes that nobody has committed', { ...provenance, hasChanges: true }],
  ['one for commands', { ...provenance, kind: 'commands' }],
  ['nothing', { kind: 'release', streams: false, ...nothing }],
])('what was written is read: %s', (_, written) => {
  expect(readProvenance(versionDescription(written))).toEqual(written)
})

test.each(['', 'commit abc', '4f2a9c0', 'wsgi-lambda', 'wsgi-lambda releases; commit a'])(
  'a version of somebody else is none of ours: %j',
  (description) => {
    expect(readProvenance(description)).toBeUndefined()
  },
)

describe('what is too long', () => {
  const long = {
    ...provenance,
    actor: 'a'.repeat(255),
    workflow: { name: `${'organisation'.repeat(20)}/deploy.yml`, number: 123_456 },
  }

  test('becomes shorter', () => {
    expect(versionDescription(long).length).toBeLessThanOrEqual(256)
    expect(versionDescription({ ...long, commit: 'c'.repeat(300) }).length).toBeLessThanOrEqual(256)
    expect(readProvenance(versionDescription(long))).toMatchObject({ commit: '4f2a9c0b7d1e', actor: 'a'.repeat(60) })
  })

  test('is still known as the same workflow', () => {
    const name = readProvenance(versionDescription(long))?.workflow?.name ?? ''
    expect(isSameWorkflow(name, long.workflow.name)).toBe(true)
    expect(isSameWorkflow(name, provenance.workflow?.name ?? '')).toBe(false)
  })
})

test('what somebody is called cannot pretend to be another part', () => {
  const read = readProvenance(versionDescription({ ...provenance, actor: 'x; streaming; run 1 of y\n' }))
  expect(read).toEqual({ ...provenance, actor: 'x  streaming  run 1 of y' })
})
