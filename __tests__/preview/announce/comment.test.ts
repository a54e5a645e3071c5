import { describe, expect, test } from '@jest/globals'
import { commentBody, LONGEST_BODY } from '../../../src/preview/announce/comment.ts'
import type { Announcement, AnnouncePlace } from '../../../src/preview/announce/facts.ts'
import { hasMarker, markerOf } from '../../../src/preview/announce/marker.ts'
import { PLANTED } from '../../report/planted.ts'
import { rendered } from '../../support/rendered-markdown.ts'
import { PLACE, READY, SHA, URL_OF_PREVIEW } from './places.ts'

const FOOT = 'Updated 2026-11-23 13:05 UTC · [log of the run](https://github.com/owner/name/actions/runs/99)'
const COMMIT = `| Commit | [<code>0123456</code>](https://github.com/owner/name/commit/${SHA}) |`
const HEADED = '<code>shop</code> in <code>eu-west-1</code>'
const SERVING = { url: URL_OF_PREVIEW, headSha: 'f'.repeat(40) }

/** The text with its character references resolved. */
function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

/** How it is rendered, without the text of code: in that GitHub makes nothing of a mention, an issue's number or an address. */
function skeletonOf(markdown: string): string[] {
  return rendered(markdown)
    .replace(/(<code[^>]*>)[^]*?<\/code>/g, '$1</code>')
    .split(/(?=<)/)
}

const bodyOf = (announcement: Announcement, place: AnnouncePlace = PLACE): string =>
  decode(commentBody(place, announcement)).replace(/^\| :?-.*$/gm, '| --- | --- |')

describe('a comment', () => {
  test('when all is well', () => {
    expect(bodyOf({ status: 'ready', ...READY })).toBe(`${markerOf(PLACE.identity)}

### Preview of ${HEADED}: ready

|  |  |
| --- | --- |
| Address | ${URL_OF_PREVIEW} |
${COMMIT}
| Size | 26.2 MB (+1.2 kB, 80.1 MB unzipped) |
| Cold start | 917 ms |
| Took | 41.3 s |
| Database | <code>PostgreSQL, database shop_pr_7</code> |
| Expires | 2026-11-30 13:05 UTC |

${FOOT}`)
  })

  test('of a preview whose address the run does not reach says no more than it knows', () => {
    const body = bodyOf({ status: 'ready', ...READY, isReached: false })
    expect(body).toContain(`### Preview of ${HEADED}: released, and not reached by the run\n`)
    expect(body).toContain(`| Address | ${URL_OF_PREVIEW} |`)
  })

  test('of a preview that lets in only some', () => {
    const access = 'Asks for a user and a password'
    expect(bodyOf({ status: 'ready', ...READY, access })).toContain(`
| Address | ${URL_OF_PREVIEW} |
| Access | <code>${access}</code> |
`)
  })

  test('of a run that knows no region', () => {
    const place = { ...PLACE, identity: { ...PLACE.identity, region: undefined } }
    expect(bodyOf({ status: 'failed', problems: [], serving: undefined }, place)).toMatch(
      /^<!-- wsgi-lambda:preview function=shop pull=7 -->\n\n### Preview of <code>shop<\/code>: failed\n/,
    )
  })

  test('without what is not known', () => {
    const unknown = { zipBytesBefore: undefined, coldStartMs: undefined, database: undefined, expires: undefined }
    const place = { ...PLACE, headSha: undefined, runUrl: undefined }
    expect(bodyOf({ status: 'ready', ...READY, ...unknown, url: undefined }, place)).toContain(`
| --- | --- |
| Size | 26.2 MB (80.1 MB unzipped) |
| Took | 41.3 s |

Updated 2026-11-23 13:05 UTC`)
  })

  test('while it is deployed: what answers meanwhile', () => {
    expect(bodyOf({ status: 'deploying', serving: SERVING })).toContain(`${HEADED}: deploying …

|  |  |
| --- | --- |
${COMMIT}
| Still answers | ${URL_OF_PREVIEW} ([<code>fffffff</code>](https://github.com/owner/name/commit/${SERVING.headSha})) |`)
  })

  test('of a failure: what failed and what to do, not what a program printed', () => {
    const problem = { title: 'manage migrate failed', detail: 'Traceback', output: 'Traceback', hint: 'Look there.' }
    const body = bodyOf({ status: 'failed', problems: [problem, { title: 'Another' }], serving: undefined })
    expect(body).toContain(`${HEADED}: failed

|  |  |
| --- | --- |
${COMMIT}

\`\`\`text
manage migrate failed
Look there.

Another
\`\`\`

${FOOT}`)
    expect(body).not.toContain('Traceback')
  })

  test('of a removal', () => {
    const removed = ['function shop-pr-7', 'database shop_pr_7']
    const body = bodyOf({ status: 'removed', why: 'closed', removed, problems: [] })
    expect(body).toContain(`${HEADED}: removed

|  |  |
| --- | --- |
| Why | <code>closed</code> |
${COMMIT}

<details><summary>What was removed (2)</summary>

\`\`\`text
function shop-pr-7
database shop_pr_7
\`\`\`

</details>

${FOOT}`)
  })

  test('of a removal that left something', () => {
    const body = bodyOf({ status: 'removed', why: undefined, removed: [], problems: [{ title: 'It is in use' }] })
    expect(body).toContain(`${HEADED}: not removed completely`)
    expect(body).toContain('```text\nIt is in use\n```')
  })
})

describe('text of others', () => {
  const announcements = (line: string): Announcement[] => [
    { status: 'deploying', serving: { url: line, headSha: line } },
    { status: 'ready', ...READY, url: line, database: line, expires: line },
    { status: 'failed', problems: [{ title: line, detail: line, hint: line }], serving: { url: line, headSha: line } },
    { status: 'removed', why: line, removed: [line], problems: [{ title: line, hint: line }] },
  ]
  const place = (line: string): AnnouncePlace => ({
    ...PLACE,
    headSha: line,
    identity: { ...PLACE.identity, base: line, functionName: line, region: line },
  })

  test.each(PLANTED.map((line) => [JSON.stringify(line), line]))('%s is code', (_, line) => {
    for (const [index, announcement] of announcements(line).entries()) {
      const [harmless] = [announcements('x')[index]]
      if (!harmless) throw new Error('There are as many')
      const body = commentBody(place(line), announcement)
      expect(skeletonOf(body)).toEqual(skeletonOf(commentBody(place('x'), harmless)))
      expect(body).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u)
    }
  })

  test.each(['javascript:alert(1)', 'https://x/)[a](https://evil.example', 'https://a@evil.example/'])(
    'an address that is none is no link: %s',
    (url) => {
      const body = commentBody(PLACE, { status: 'ready', ...READY, url })
      expect(skeletonOf(body).filter((line) => line.includes('evil') || line.includes('alert'))).toEqual([])
    },
  )

  test('holds no secret: GitHub masks none in a comment', () => {
    const body = commentBody(
      { ...PLACE, secrets: ['hunter2', 'hunter2-longer'] },
      {
        ...{ status: 'failed', serving: undefined },
        problems: [
          { title: 'cannot sign in with hunter2-longer', hint: 'postgresql://shop:hunter3@host/ says hunter2' },
        ],
      },
    )
    expect(body).toContain('cannot sign in with ***\npostgresql://shop:****@host/ says ***\n')
  })
})

describe('the longest body that GitHub takes', () => {
  test.each([
    ['a long text', 'line ☃\n'.repeat(100_000)],
    ['a long line', 'a'.repeat(1_000_000)],
    ['what is escaped', '*'.repeat(1_000_000)],
    ['a long fence', '`'.repeat(1_000_000)],
    ['characters of two code units', '😀'.repeat(100_000)],
  ])('is kept with %s', (_, text) => {
    const identity = { ...PLACE.identity, base: text.slice(0, 64) }
    for (const announcement of [
      { status: 'failed', problems: Array(3).fill({ title: text, hint: text }), serving: { url: text, headSha: text } },
      { status: 'removed', why: text, removed: [text, text], problems: [{ title: text }] },
      { status: 'ready', ...READY, url: text, database: text, expires: text },
    ] as Announcement[]) {
      const body = commentBody({ ...PLACE, identity, headSha: text }, announcement)
      expect(body.length).toBeLessThanOrEqual(LONGEST_BODY)
      expect(body.isWellFormed()).toBe(true)
      expect(skeletonOf(body).join('\n')).toContain('log of the run')
    }
  })
})

describe('the marker', () => {
  test.each(['shop', 'a -->', '--!>', '-->\n<script>', '☃', 'a pull=8 -->', '>', '->'])(
    'is one comment, whatever the name: %j',
    (text) => {
      const marker = markerOf({ base: text, pull: 7, region: text })
      expect(marker).toMatch(/^<!-- wsgi-lambda:preview function=[^\s<>]+ pull=7 region=[^\s<>]+ -->$/)
      expect(marker.slice('<!--'.length, -'-->'.length)).not.toMatch(/-->|--!>|<!--/)
    },
  )

  test('is that of one function, one pull request and one region', () => {
    const { identity } = PLACE
    const others = [
      { ...identity, base: 'shop-2' },
      { ...identity, base: 'sho' },
      { ...identity, pull: 70 },
      { ...identity, base: 'shop pull=7 -->' },
      { ...identity, region: 'eu-west-2' },
      { ...identity, region: undefined },
    ]
    const body = `${markerOf(identity)}\n\ntext`
    expect(hasMarker(body, markerOf(identity))).toBe(true)
    expect(others.map((other) => hasMarker(body, markerOf(other)))).toEqual(others.map(() => false))
  })

  test('is none where somebody quotes it', () => {
    expect(hasMarker(`> ${markerOf(PLACE.identity)}`, markerOf(PLACE.identity))).toBe(false)
  })
})
