import { describe, expect, test } from '@jest/globals'
import type { PlanFacts } from '../../src/report/plan-facts.ts'
import { deploymentSummary, failureSummary } from '../../src/report/summary.ts'
import { FULL, NO_DIFFERENCE, PREVIEW, plantedDeployment, SHOP } from './facts.ts'
import { PLANTED } from './planted.ts'

/** The text with its character references resolved, as a reader sees it. */
function decode(text: string): string {
  return text.replaceAll('<!-- -->', '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

/** Blocks of code and what is around them (CommonMark 0.31, "Fenced code blocks"). */
function parts(markdown: string): { code: string[][]; rest: string[] } {
  const code: string[][] = []
  const rest: string[] = []
  let fence: string | undefined
  for (const line of markdown.split('\n')) {
    if (fence !== undefined) {
      const closing = /^ {0,3}(`+)\s*$/.exec(line)?.[1] ?? ''
      if (closing.length >= fence.length) fence = undefined
      else code.at(-1)?.push(line)
      continue
    }
    fence = /^ {0,3}(`{3,})[^`]*$/.exec(line)?.[1]
    if (fence === undefined) rest.push(line)
    else code.push([])
  }
  if (fence !== undefined) throw new Error('A fence was not closed')
  return { code, rest }
}

describe('a deployment', () => {
  test('in full', () => {
    expect(decode(deploymentSummary(SHOP))).toBe(`### <code>shop</code> in <code>eu-west-1</code>: deployed

| Function | <code>shop</code> |
| :-- | :-- |
| Version | <code>6</code> → <code>8</code> (alias <code>live</code>) |
| URL | https://abc.lambda-url.eu-west-1.on.aws/ |
| Runtime | <code>python3.13</code> |
| Size | 1.2 MB zipped, 4.0 MB unzipped |

<details><summary>What was done</summary>

\`\`\`text
1. update the code
2. publish a version
\`\`\`

</details>

<details><summary><code>manage migrate</code> <code>before-traffic</code> (exit code 0, 1.3 s)</summary>

\`\`\`text
$ manage migrate
OK
\`\`\`

</details>

<details><summary>Size by package (2)</summary>

| Package | Zipped | Unzipped |  |
| :-- | --: | --: | :-- |
| <code>django 5.2</code> | 3.0 MB | 8.0 MB | ████████████████████ |
| <code>sqlparse 0.5</code> | 0.0 MB | 0.1 MB | █ |

</details>`)
  })

  test('of a preview, with what its comment says of it', () => {
    const rows = decode(deploymentSummary({ ...SHOP, preview: PREVIEW, packages: [] })).split('\n\n')[1]
    expect(rows?.split('\n')).toEqual([
      '| Function | <code>shop</code> |',
      '| :-- | :-- |',
      '| Pull\u00a0request | 7 |',
      '| Commit | <code>0123456</code> |',
      '| Version | <code>6</code> → <code>8</code> (alias <code>live</code>) |',
      '| URL | https://abc.lambda-url.eu-west-1.on.aws/ |',
      '| Access | <code>Asks for a user and a password</code> |',
      '| Runtime | <code>python3.13</code> |',
      '| Size | 1.2 MB zipped, 4.0 MB unzipped |',
      '| Database | <code>PostgreSQL, database shop_pr_7</code> |',
      '| Expires | 2026-11-30 13:05 UTC |',
    ])
    const nothing = { access: undefined, database: undefined, expires: undefined, headSha: undefined }
    const few = deploymentSummary({ ...SHOP, preview: { ...PREVIEW, ...nothing } })
    expect(few).not.toMatch(/Access|Database|Expires|Commit/)
  })

  test.each<[string, number | undefined, string]>([
    ['alone', undefined, '917 ms'],
    ['slower than the last one', 850.4, '917 ms (+67 ms against version <code>6</code>)'],
    ['faster', 1000, '917 ms (-83 ms against version <code>6</code>)'],
    ['as fast', 917, '917 ms (+0 ms against version <code>6</code>)'],
  ])('with its cold start, where that is known: %s', (_, servedColdStartMs, shown) => {
    const difference = { ...NO_DIFFERENCE, servedColdStartMs }
    const summary = decode(deploymentSummary({ ...SHOP, difference, coldStartMs: 916.81 }))
    expect(summary).toContain(`| Cold start | ${shown} |`)
  })

  test('with the version that it replaces, its seconds, and its size against the limit and what is served', () => {
    const summary = decode(deploymentSummary(FULL))
    expect(summary).toContain('| Version | <code>6</code> → <code>8</code> (alias <code>live</code>) |')
    expect(summary).toContain(
      '| Size | 26.2 MB (+120.0 kB) zipped, 81.3 MB (+1.4 MB) unzipped, 31.0 % of the 262.1 MB that Lambda takes |',
    )
    expect(summary).toContain('| Time | <code>requirements</code> 1.2 s, <code>artifact</code> 8.4 s,')
    expect(summary).toContain('| <code>django 1.0</code> | 4.0 MB | 15.0 MB | ██████')
    expect(summary).toMatch(/\| <code>pillow 2\.0<\/code> .* \| 0 \|/)
    expect(summary).toMatch(/\| 4 others \| 0\.1 MB \| 0\.2 MB \| █ \|  \|/)
    expect(summary).toMatch(/\| The application and its handler \|/)
  })

  test('a layer counts too', () => {
    const layer = { zipBytes: 10_000_000, unzippedBytes: 30_000_000 }
    const summary = deploymentSummary({ ...SHOP, layer, unzippedLimitBytes: 262_144_000 })
    expect(decode(summary)).toContain('| Size | 11.2 MB zipped, 34.0 MB unzipped, 13.0 % of')
  })

  test('the address can be clicked: GitHub takes character references in one as they are', () => {
    expect(deploymentSummary(SHOP)).toContain('| https://abc.lambda-url.eu-west-1.on.aws/ |')
  })

  test.each([
    [{ changed: false, plan: [] }, ': unchanged', 'What was done'],
    [{ isDryRun: true }, ': would be changed', 'What was done'],
    [{ url: undefined }, ': deployed', '| URL |'],
    [{ packages: [] }, ': deployed', 'Size by package'],
    [{ commands: [] }, ': deployed', 'exit code'],
  ])('%j', (changes, outcome, absent) => {
    const summary = deploymentSummary({ ...SHOP, ...changes })
    expect(summary.split('\n')[0]).toContain(outcome)
    expect(summary).not.toContain(absent)
  })

  test('before the first deployment there is no version', () => {
    expect(deploymentSummary({ ...SHOP, version: '' })).toContain('<code>–</code>')
  })

  test('of many packages, the ten largest', () => {
    const packages = Array.from({ length: 12 }, (_, index) => ({
      name: `package${index}`,
      version: '1',
      zipBytes: 1,
      unzippedBytes: index,
    }))
    const names = [...decode(deploymentSummary({ ...SHOP, packages })).matchAll(/<code>(package\d+) 1/g)]
    expect(names.map(([, name]) => name)).toEqual(Array.from({ length: 10 }, (_, index) => `package${11 - index}`))
  })
})

test('what changes is folded, by what it is about', () => {
  const difference: PlanFacts = {
    ...NO_DIFFERENCE,
    configuration: [{ setting: 'memory', before: '512', after: '1024' }],
    environment: { added: ['NEW'], changed: [], removed: ['OLD'] },
  }
  expect(
    decode(deploymentSummary({ ...SHOP, difference })),
  ).toContain(`<details><summary>Configuration, against version 6</summary>

\`\`\`text
memory  512 → 1024
\`\`\`

</details>

<details><summary>Environment, names only, against version 6</summary>

\`\`\`text
+ NEW
- OLD
\`\`\`

</details>`)
})

describe('a failure', () => {
  test('in full', () => {
    const problems = [{ title: 'One *failed*', detail: 'why', hint: 'Do this.' }, { title: 'Two' }]
    expect(decode(failureSummary(problems))).toBe(
      '### wsgi-lambda failed\n\n```text\nOne *failed*\n\nwhy\n\nDo this.\n```\n\n```text\nTwo\n```',
    )
  })

  test('all that a program printed stands in it, where the log has it already', () => {
    const summary = failureSummary([{ title: 'One', detail: 'the end', output: 'the beginning\nthe end\n' }])
    expect(parts(summary).code).toEqual([['One', '', 'the beginning', 'the end']])
  })
})

describe('text of others', () => {
  test.each(PLANTED.map((line) => [JSON.stringify(line), line]))('%s is text', (_, line) => {
    const deployment = parts(deploymentSummary({ ...plantedDeployment(line), url: line }))
    const failure = parts(failureSummary([{ title: line, detail: line, hint: line }]))
    // Each block of code is one that this program made.
    expect([deployment.code.length, failure.code.length]).toEqual([6, 1])
    const rest = [...deployment.rest, ...failure.rest].join('\n')
    // No tag, reference or markup but this program's own.
    const foreign = rest
      .replaceAll(/<\/?(?:details|summary|code)>|<!-- -->/g, '')
      .replaceAll(/&#\d+;/g, '')
      .replaceAll(/^###? |^\*\*|\*\*$|^\|(?: :?--:? \|)+$/gm, '')
    expect(foreign).not.toMatch(/[<>&`*_[\]\\~#!]/)
    expect(foreign).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u)
    // No line starts as a quote, a list, a heading or a line across.
    expect(failure.rest.join('\n')).not.toMatch(/^(?:[>+=-]| {4}|\d+[.)])/m)
    // Every row has the cells of its table's head.
    const rows = deployment.rest.filter((row) => row.startsWith('|'))
    expect(rows.map((row) => row.split('|').length - 2)).toEqual([
      ...Array<number>(6).fill(2),
      ...Array<number>(4).fill(5),
      ...Array<number>(3).fill(4),
    ])
    // Every fold is closed.
    const count = (tag: string): number => deployment.rest.join('\n').split(tag).length - 1
    expect([count('<details>'), count('</details>')]).toEqual([8, 8])
  })

  test('what is escaped is read as it was written', () => {
    const line = '<b> | `x` **y** [z](u) & @me #1 \\ 1. > ~'
    expect(decode(deploymentSummary({ ...SHOP, functionName: line }))).toContain(line)
  })

  test.each(['```', '````', 'a\n```\nb\n`````\nc', '`'.repeat(20), '   ```', '```text'])(
    'a fence is longer than what is in it: %j',
    (output) => {
      const { code } = parts(failureSummary([{ title: 't', detail: output, hint: 'h' }]))
      expect(code).toEqual([['t', '', ...output.trimEnd().split('\n'), '', 'h']])
    },
  )
})

test('of a long output the end is shown: a summary over 1 MiB would be none', () => {
  const summary = failureSummary([{ title: 'failed', output: `${'line ☃\n'.repeat(1_000_000)}the end` }])
  expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 18)
  expect(summary).toContain('the log has all of it')
  expect(summary).toContain('the end')
})
