import { expect, test } from '@jest/globals'
import { type SweepItem, sweptNames } from '../../../src/preview/removal/sweep-result.ts'

const preview = (pull: number, outcome: SweepItem['outcome']): SweepItem => ({
  ...{ kind: 'preview', name: `shop-pr-${pull}`, base: 'shop', pull, state: 'closed', expires: undefined },
  ...{ reason: 'closed', outcome, problems: [], seconds: 0 },
})
const role = (pull: number, outcome: SweepItem['outcome']): SweepItem => ({
  ...{ ...preview(pull, outcome), kind: 'role', name: `shop-pr-${pull}-role` },
})

test.each<[string, readonly SweepItem[], readonly string[]]>([
  ['previews that are gone', [preview(1, 'removed'), preview(2, 'kept'), preview(3, 'missing')], ['shop-pr-1']],
  ['what was left of one', [role(1, 'removed')], ['shop-pr-1']],
  ['once', [role(1, 'removed'), { ...role(1, 'removed'), kind: 'log group' }], ['shop-pr-1']],
  ['not where something could not be removed', [role(1, 'removed'), { ...role(1, 'failed'), kind: 'layer' }], []],
  ['nothing of a dry run', [preview(1, 'would be removed'), role(2, 'would be removed')], []],
])('sweep names %s', (_, items, names) => {
  expect(sweptNames({ items })).toEqual(names)
})
