import { describe, expect, test } from '@jest/globals'
import { destroyedOrTold, sweptRest } from '../../src/commands/announce-removal.ts'
import type { DestroyResult, PreviewRemoval } from '../../src/preview/removal/result.ts'
import type { SweepItem } from '../../src/preview/removal/sweep-result.ts'

const named = (base: string) => ({
  ...{ functionName: `${base}-pr-7`, base, pull: 7, repository: 'owner/name', region: 'eu-west-1' },
})
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

  test('nothing of what was refused, which goes on running', () => {
    expect(destroyedOrTold(resultOf(removal('shop', 'refused')), [named('shop')], undefined)).toEqual([])
  })

  test('nothing of other functions, where one was named', () => {
    expect(destroyedOrTold(resultOf(), [named('admin')], 'shop')).toEqual([])
  })
})

describe('a sweep tells of what was left of a preview whose function had gone', () => {
  const item = (given: Partial<SweepItem> = {}): SweepItem => ({
    ...{ kind: 'log group', name: '/aws/lambda/shop-pr-7', base: 'shop', pull: 7, state: 'closed', expires: undefined },
    ...{ reason: 'orphaned', outcome: 'removed', problems: [], seconds: 0 },
    ...given,
  })

  test('once, and as no news where nobody was told of it', () => {
    const items = [item(), item({ kind: 'static files', name: 's3://files/shop-pr-7' }), item({ base: 'admin' })]
    expect(sweptRest({ items })).toMatchObject([
      { functionName: 'shop-pr-7', base: 'shop', pull: 7, why: 'closed', removed: [], problems: [] },
      { functionName: 'admin-pr-7' },
    ])
  })

  test.each<[string, Partial<SweepItem>]>([
    ['the preview is there', { kind: 'preview', name: 'shop-pr-7', outcome: 'kept' }],
    ['the preview was removed, which is told of', { kind: 'preview', name: 'shop-pr-7' }],
    ['something could not be removed', { kind: 'database', name: 'shop_pr_7', outcome: 'failed' }],
    ['something stays for its pull request', { kind: 'static files', name: 's3://files/shop-pr-7', outcome: 'kept' }],
  ])('but not where %s', (_, other) => {
    expect(sweptRest({ items: [item(), item(other)] })).toEqual([])
  })

  test('but not where nobody knows whether the pull request is closed, and not of a dry run', () => {
    expect(sweptRest({ items: [item({ state: 'unknown' }), item({ pull: 8, outcome: 'would be removed' })] })).toEqual(
      [],
    )
  })
})
