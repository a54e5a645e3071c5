import { describe, expect, test } from '@jest/globals'
import { destroyedOrTold } from '../../src/commands/announce-removal.ts'
import type { DestroyResult, PreviewRemoval } from '../../src/preview/removal/result.ts'

const named = (base: string) => ({ functionName: `${base}-pr-7`, base, pull: 7, repository: 'owner/name' })
const removal = (base: string, outcome: PreviewRemoval['outcome']): PreviewRemoval => ({
  ...{ functionName: `${base}-pr-7`, base, pull: 7, outcome, parts: [], problems: [], seconds: 0 },
})
const resultOf = (...previews: PreviewRemoval[]): DestroyResult => ({
  ...{ pull: 7, repository: 'owner/name', previews, problems: [], exitCode: 0, seconds: 0 },
})

describe('a pull request that is closed is told of', () => {
  test('what was removed, once, and what another run was killed at', () => {
    const removals = destroyedOrTold(resultOf(removal('shop', 'removed')), [named('shop'), named('admin')], undefined)
    expect(removals.map(({ functionName }) => functionName)).toEqual(['shop-pr-7', 'admin-pr-7'])
    expect(removals[1]).toMatchObject({ why: 'closed', removed: [], problems: [] })
  })

  test('a preview that never came to be, since its name was taken', () => {
    const removals = destroyedOrTold(resultOf(removal('shop', 'refused')), [named('shop')], undefined)
    expect(removals).toMatchObject([{ functionName: 'shop-pr-7', removed: [] }])
  })

  test('nothing of other functions, where one was named', () => {
    expect(destroyedOrTold(resultOf(), [named('admin')], 'shop')).toEqual([])
  })
})
