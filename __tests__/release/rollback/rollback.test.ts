import { describe, expect, test } from '@jest/globals'
import type { AliasState } from '../../../src/aws/lambda.ts'
import type { ListedVersion } from '../../../src/aws/versions.ts'
import { aliasDescription } from '../../../src/release/order/alias-mark.ts'
import { rollbackTarget } from '../../../src/release/rollback/rollback.ts'
import { describeVersions } from '../../../src/release/rollback/versions.ts'
import { alias as live } from '../releases.ts'

function listed(version: number, description: string): ListedVersion {
  return { version: String(version), published: '2026-11-23T10:00:00.000Z', codeSha256: 'x', zipBytes: 1, description }
}
const RELEASE = 'wsgi-lambda release; commit abc'
const COMMANDS = 'wsgi-lambda commands; commit abc'

/** Of a function with releases, a version for commands (6) and one that something else has published (3). */
const versions = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((version) =>
  listed(version, { 6: COMMANDS, 3: 'by hand' }[version] ?? RELEASE),
)

function aliasAt(version: number, before: readonly number[] = [], weights: AliasState['weights'] = {}): AliasState {
  const mark = { phase: 'released', before: before.map(String) } as const
  return { ...live, version: String(version), description: aliasDescription(mark), weights }
}

/** The same, once rollbacks have left others. */
function backAt(version: number, before: readonly number[], left: readonly number[]): AliasState {
  const mark = { phase: 'released', before: before.map(String), left: left.map(String) } as const
  return { ...aliasAt(version), description: aliasDescription(mark) }
}

function byHandAt(version: number): AliasState {
  return { ...aliasAt(version), description: 'by hand' }
}

const NEVER_SERVED = 'Version 4 has never served: its release was not finished'

describe('where a rollback leads', () => {
  test.each<[string, AliasState, string | undefined, string, readonly string[]]>([
    ['to what was served before', aliasAt(9, [5, 2]), undefined, '5', ['2']],
    ['further back, from there', aliasAt(5, [2]), undefined, '2', []],
    ['past one that was deleted', aliasAt(9, [10, 5]), undefined, '5', []],
    ['to the next older release, where somebody else has made the alias', byHandAt(7), undefined, '5', []],
    ['past a version of something else', byHandAt(4), undefined, '2', []],
    ['to one that is named', aliasAt(9, [8, 5, 2]), '5', '5', ['2']],
    ['to one of something else', aliasAt(9, [5]), '3', '3', []],
    ['forward again', backAt(5, [2], [9]), '9', '9', ['5', '2']],
    ['out of divided traffic', aliasAt(8, [5], { 9: 0.1 }), undefined, '8', ['5']],
    ['forward out of divided traffic', aliasAt(8, [5], { 9: 0.1 }), '9', '9', ['8', '5']],
  ])('%s', (_, alias, named, version, before) => {
    const target = rollbackTarget(alias, versions, named, [])
    expect([target.version.version, target.before]).toEqual([version, before])
  })

  test.each<[string, AliasState, string | undefined, string]>([
    [
      'nothing older',
      byHandAt(1),
      undefined,
      'There is no earlier version to go back to: none is known that served before version 1',
    ],
    [
      'an older release that never served',
      aliasAt(7),
      undefined,
      'There is no earlier version to go back to: none is known that served before version 7',
    ],
    ['a deleted version', aliasAt(9), '12', 'Version 12 does not exist, or was deleted'],
    ['a version for commands', aliasAt(9), '6', 'Version 6 is for commands, and not for traffic'],
    ['what is served already', aliasAt(9), '9', 'Version 9 is what is served already'],
    ['a release between others that served', aliasAt(9, [5, 2]), '4', NEVER_SERVED],
    ['a newer one than what is served', aliasAt(5, [2]), '4', NEVER_SERVED],
  ])('nowhere: %s', (_, alias, named, title) => {
    expect(() => rollbackTarget(alias, versions, named, [])).toThrow(expect.objectContaining({ title, exitCode: 1 }))
  })

  test.each<[string, AliasState, string | undefined, AliasState[] | undefined, boolean]>([
    ['one that the alias remembers', aliasAt(9, [5, 2]), '5', [], true],
    ['one that it was taken back from', backAt(5, [2], [9]), '9', [], true],
    ['one that gets a part', aliasAt(8, [5], { 9: 0.1 }), '9', [], true],
    ['one that another alias serves', aliasAt(5, [2]), '4', [aliasAt(4)], true],
    ['one that another alias has served', aliasAt(5, [2]), '4', [aliasAt(8, [4])], true],
    ['one that is older than what it remembers', aliasAt(9, [5, 4]), '2', [], false],
    ['one that something else has published', aliasAt(9, [5, 2]), '3', [], false],
    ['one where somebody else has made the alias', byHandAt(7), undefined, [], false],
    ['one where nobody knows the other aliases', aliasAt(9, [5, 2]), '4', undefined, false],
    ['one where more was taken back than is remembered', backAt(1, [], [9, 8, 7, 5, 3]), '4', [], false],
  ])('it is known whether a version has served: %s', (_, alias, named, others, hasServed) => {
    expect(rollbackTarget(alias, versions, named, others).hasServed).toBe(hasServed)
  })

  test('what is left stays within reach, and is where no further rollback leads', () => {
    const back = rollbackTarget(aliasAt(9, [8, 5, 2]), versions, '5', [])
    expect(back).toMatchObject({ before: ['2'], left: ['9', '8'] })
    expect(rollbackTarget(backAt(5, [2], [9, 8]), versions, '8', [])).toMatchObject({
      ...{ before: ['5', '2'], left: ['9'] },
    })
  })
})

test('a list of versions says which alias sends how much where', () => {
  const aliases = [
    { name: 'live', version: '8', description: '', weights: { 9: 0.25 } },
    { name: 'staging', version: '9', description: '', weights: {} },
    { name: 'wsgi-lambda-lock', version: '$LATEST', description: '', weights: {} },
  ]
  const [newest, second, third] = describeVersions(versions, aliases, 'live')
  expect(newest).toMatchObject({
    version: '9',
    serves: false,
    aliases: [
      { name: 'live', share: 0.25 },
      { name: 'staging', share: 1 },
    ],
    provenance: { kind: 'release', commit: 'abc' },
    description: undefined,
  })
  expect(second).toMatchObject({ serves: true, aliases: [{ name: 'live', share: 0.75 }] })
  expect(third).toMatchObject({ serves: false, aliases: [] })
})
