import { describe, expect, test } from '@jest/globals'
import { destroySummary, type SweepFacts, sweepSummary, sweepText } from '../../src/report/removal-summary.ts'
import { PLANTED } from './planted.ts'

/** The text with its character references resolved, as a reader sees it. */
function decode(text: string): string {
  return text.replaceAll('<!-- -->', '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

const part = { what: 'role shop-pr-7-role', outcome: 'removed' }
const swept: SweepFacts = {
  repository: 'octocat/shop',
  isDryRun: false,
  items: [
    {
      ...{ kind: 'preview', name: 'shop-pr-7', pull: 7, state: 'closed', expires: '2026-11-27T10:00:00.000Z' },
      ...{ reason: 'closed', outcome: 'removed' },
    },
    {
      ...{ kind: 'database', name: 'shop_pr_8', pull: 8, state: 'unknown', expires: undefined },
      ...{ reason: 'orphaned', outcome: 'failed' },
    },
    {
      ...{ kind: 'preview', name: 'shop-pr-9', pull: 9, state: 'open', expires: '2026-11-28T10:00:00.000Z' },
      ...{ reason: undefined, outcome: 'kept' },
    },
  ],
  problems: [{ title: 'shop-pr-8: database shop_pr_8 could not be removed', hint: 'Run sweep again.' }],
}

describe('a removal', () => {
  test.each([
    ['was done', 'removed', [part], [], 'removed'],
    ['had nothing to do', 'missing', [], [], 'nothing was there'],
    ['was only planned', 'would be removed', [part], [], 'what destroy would remove'],
    ['failed', 'failed', [part], [{ title: 'no' }], 'not all could be removed'],
  ])('that %s', (_, outcome, parts, problems, title) => {
    const summary = destroySummary({ pull: 7, previews: [{ functionName: 'shop-pr-7', outcome, parts }], problems })
    expect(summary.split('\n')[0]).toBe(`### Previews of pull request 7: ${title}`)
  })

  test('is one of each region', () => {
    const summary = decode(destroySummary({ pull: 7, region: 'eu-west-1', previews: [], problems: [] }))
    expect(summary).toBe('### Previews of pull request 7 in <code>eu-west-1</code>: nothing was there')
  })

  test('shows each part', () => {
    const previews = [{ functionName: 'shop-pr-7', outcome: 'removed', parts: [part] }]
    expect(decode(destroySummary({ pull: 7, previews, problems: [] }))).toBe(`### Previews of pull request 7: removed

<code>shop-pr-7</code>

| Part | Outcome |
| --- | --- |
| role shop-pr-7-role | removed |`)
  })
})

describe('a sweep', () => {
  test('is one of each region', () => {
    const [heading] = decode(sweepSummary({ ...swept, region: 'eu-west-1' })).split('\n')
    expect(heading).toBe('### Previews of <code>octocat/shop</code> in <code>eu-west-1</code>: sweep')
  })

  test('tells what went, folds what stayed, and says what to do', () => {
    expect(decode(sweepSummary(swept))).toBe(`### Previews of <code>octocat/shop</code>: sweep

| Preview | Pull request | Expires | Outcome |
| --- | --- | --- | --- |
| <code>shop-pr-7</code> | 7 (closed) | 2026-11-27 10:00 | removed: closed |
| <code>database shop_pr_8</code> | 8 |  | failed: orphaned |

<details><summary>Kept (1)</summary>

| Preview | Pull request | Expires | Outcome |
| --- | --- | --- | --- |
| <code>shop-pr-9</code> | 9 (open) | 2026-11-28 10:00 | kept |

</details>

\`\`\`text
shop-pr-8: database shop_pr_8 could not be removed

Run sweep again.
\`\`\``)
  })

  test('is a table on a console', () => {
    expect(sweepText(swept)).toBe(
      [
        'Preview             Pull request  Expires           Outcome',
        'shop-pr-7           7 (closed)    2026-11-27 10:00  removed: closed',
        'database shop_pr_8  8                               failed: orphaned',
        'shop-pr-9           9 (open)      2026-11-28 10:00  kept',
        '',
      ].join('\n'),
    )
    expect(sweepText({ ...swept, items: [] })).toBe('There are no previews.\n')
  })
})

test.each(PLANTED)('%j does nothing in a table, a fence or on a console', (planted) => {
  const item = {
    kind: 'role',
    name: planted,
    pull: 7,
    state: 'open',
    expires: planted,
    reason: planted,
    outcome: planted,
  }
  const problems = [{ title: planted, detail: planted, hint: planted }]
  const facts = {
    repository: planted,
    region: planted,
    isDryRun: false,
    items: [item, { ...item, outcome: 'kept', note: planted }],
    problems,
  }
  const parts = [{ what: planted, outcome: planted }]
  const markdown = [
    sweepSummary(facts),
    destroySummary({
      pull: 7,
      region: planted,
      previews: [{ functionName: planted, outcome: 'failed', parts }],
      problems,
    }),
  ]
  for (const text of markdown) {
    const outside = text.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '')
    expect(outside.replace(/<\/?(?:code|details|summary)>|<!-- -->/g, ' ')).not.toMatch(/[<>@`*[\]\\]|\w:\/\//)
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  }
  for (const line of sweepText(facts).split('\n')) {
    expect(line).not.toMatch(/^\s*::|##\[|[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  }
})
