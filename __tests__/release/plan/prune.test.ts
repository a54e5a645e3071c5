import { describe, expect, test } from '@jest/globals'
import type { ListedVersion, NamedAlias } from '../../../src/aws/versions.ts'
import { UserError } from '../../../src/errors.ts'
import { prunable, pruneSteps } from '../../../src/release/plan/prune.ts'
import { current, same, version7 } from '../releases.ts'
import { createWorld, v1 } from '../world.ts'

const RELEASE = 'wsgi-lambda release; commit abc'
const COMMANDS = 'wsgi-lambda commands; commit abc'

/** Published one an hour, the newest first. */
function versions(descriptions: readonly string[]): ListedVersion[] {
  return descriptions
    .map((description, index) => ({
      version: String(index + 1),
      published: new Date(index * 3_600_000).toISOString(),
      codeSha256: 'x',
      zipBytes: 1,
      description,
    }))
    .toReversed()
}

function alias(version: string, { description = '', weights = {}, name = 'live' } = {}): NamedAlias {
  return { name, version, description, weights }
}

describe('what nobody needs any more', () => {
  test.each<[string, readonly string[], readonly NamedAlias[], number, readonly string[]]>([
    ['releases that are not among the newest', Array<string>(5).fill(RELEASE), [alias('5')], 2, ['1', '2', '3']],
    ['none where there are few', Array<string>(3).fill(RELEASE), [alias('3')], 3, []],
    ['none that another alias serves', Array<string>(4).fill(RELEASE), [alias('4'), alias('1')], 1, ['2', '3']],
    ['none that gets a part', Array<string>(4).fill(RELEASE), [alias('4', { weights: { 2: 0.1 } })], 1, ['1', '3']],
    [
      'none that was served last',
      Array<string>(4).fill(RELEASE),
      [alias('4', { description: 'wsgi-lambda; served before: 2 1' })],
      1,
      ['1', '3'],
    ],
    [
      'none that was served, for releases that have failed since',
      Array<string>(7).fill(RELEASE),
      [alias('7', { description: 'wsgi-lambda; served before: 3 2 1' })],
      3,
      ['1', '4'],
    ],
    ['none of somebody else', ['', 'by hand', RELEASE, RELEASE], [alias('4')], 1, ['3']],
    [
      'versions for commands, but the one in use and those that were in the last hour',
      [COMMANDS, COMMANDS, COMMANDS, COMMANDS, COMMANDS, RELEASE],
      [alias('6'), alias('2', { name: 'live-commands' })],
      1,
      ['1', '3'],
    ],
    [
      'no version for commands that this release has replaced, however old',
      [COMMANDS, RELEASE, RELEASE, COMMANDS, RELEASE],
      [alias('5'), alias('4', { name: 'live-commands' })],
      3,
      [],
    ],
  ])('%s', (_, descriptions, aliases, keep, removed) => {
    expect(prunable(versions(descriptions), aliases, keep)).toEqual(removed)
  })
})

test.each([
  ['all are kept', '50', 0, []],
  ['there cannot be as many', '9', 10, []],
  ['there may be more', '10', 10, [{ kind: 'prune', keep: 10 }]],
])('the step: %s', (_, version, keepVersions, steps) => {
  expect(pruneSteps({ ...current, served: { ...version7, version } }, { ...same, keepVersions })).toEqual(steps)
})

describe('a release', () => {
  const keepsTwo = { ...v1, keepVersions: 2 }

  /** Of ours are the versions that say so. */
  async function createOldWorld() {
    const world = createWorld()
    world.describeAs(RELEASE)
    for (const codeSha256 of ['one', 'two', 'three']) await world.release({ ...keepsTwo, codeSha256 })
    return world
  }
  const left = ({ lambda }: ReturnType<typeof createWorld>): string[] =>
    lambda.versionsOf('shop').map(({ version }) => version)

  test('removes what is old, once it is done', async () => {
    const world = await createOldWorld()
    expect(left(world)).toEqual(['2', '3'])
    await world.release({ ...keepsTwo, codeSha256: 'four' })
    expect(left(world)).toEqual(['3', '4'])
    expect(world.lambda.writes().at(-1)).toBe('removeVersion 2')
  })

  test('is no failure where that fails', async () => {
    const world = await createOldWorld()
    const denied = new UserError({ title: 'The credentials may not do lambda:DeleteFunction', hint: 'Add it.' })
    world.lambda.failAt(/^removeVersion/, denied)
    await world.release({ ...keepsTwo, codeSha256: 'four' })
    expect((await world.aliasNow())?.version).toBe('4')
    expect(world.report.problems.at(-1)).toEqual({
      title: 'Old versions were not removed',
      detail: 'The credentials may not do lambda:DeleteFunction',
      hint: 'Add it. With keep-versions: 0 all of them are kept.',
    })
  })
})
