import { expect, test } from '@jest/globals'
import { versionsText } from '../../src/commands/versions.ts'

test('what somebody wrote into the description of a version stays text', () => {
  const facts = {
    ...{ published: '2026-11-03T10:00:00.000Z', codeSha256: 'x', zipBytes: 1e6, serves: false, aliases: [] },
    ...{ provenance: undefined, description: undefined },
  }
  const provenance = {
    ...({ kind: 'release', streams: false, committedAt: undefined, workflow: undefined } as const),
    ...{ actor: 'mallory\u202e##[error]', commit: 'abc\r::error::x', hasChanges: false },
  }
  const text = versionsText({
    function: { name: 'shop', alias: 'live', version: undefined },
    versions: [
      { ...facts, version: '2', description: '\u001b[2J\u001b]0;owned\u0007\n::add-mask::a' },
      { ...facts, version: '1', provenance },
    ],
  })
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}|##\[/u)
  expect(text.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([])
  expect(text.split('\n')).toHaveLength(4)
})

test('a version for commands says so behind the alias that names it', () => {
  const facts = {
    ...{ published: '2026-11-03T10:00:00.000Z', codeSha256: 'x', zipBytes: 1e6 },
    ...{ serves: false, description: undefined },
  }
  const provenance = {
    ...({ kind: 'commands', streams: false, committedAt: undefined, workflow: undefined } as const),
    ...{ actor: 'ada', commit: 'abc', hasChanges: true },
  }
  const text = versionsText({
    function: { name: 'shop', alias: 'live', version: undefined },
    versions: [
      { ...facts, version: '2', provenance, aliases: [{ name: 'live-commands', share: 1 }] },
      { ...facts, version: '1', provenance, aliases: [] },
    ],
  })
  expect(text).toContain('ada  abc with changes  ')
  expect(text).toMatch(/MB {2}live-commands \(for commands\)\n.*MB {2}\(for commands\)\n$/)
})
