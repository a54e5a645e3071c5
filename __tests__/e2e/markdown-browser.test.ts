import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { EXAMPLES, STATES } from '../report/facts.ts'
import { PLANTED } from '../report/planted.ts'
import { PREVIEW_EXAMPLES, PREVIEW_STATES } from '../report/preview-states.ts'
import { look, openBrowser, WIDTH } from '../support/rendered-markdown.ts'

jest.setTimeout(60_000)

let browser: Browser
let screenshots: string
let isKept = false
beforeAll(async () => {
  browser = await openBrowser()
  isKept = process.env['WSGI_LAMBDA_SCREENSHOTS'] !== undefined
  screenshots = process.env['WSGI_LAMBDA_SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'wsgi-lambda-screens-')))
})
afterAll(async () => {
  await browser.close()
  if (!isKept) await rm(screenshots, { recursive: true, force: true })
})

interface Found {
  readonly tags: readonly string[]
  readonly links: readonly string[]
  readonly headings: number
  /** Names of the elements below the article, and how many cells the rows of its tables have. */
  readonly shape: string
  /** What stands neither in code nor in a link. */
  readonly prose: string
}

/** What there is in each article of the page. It runs in the browser. */
const FIND = `[...document.querySelectorAll('article')].map((article) => {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
  const prose = []
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest('code, pre, a')) prose.push(walker.currentNode.textContent)
  const all = [...article.querySelectorAll('*')]
  return {
    tags: [...new Set(all.map(({ localName }) => localName))].sort(),
    links: all.flatMap((element) => ['href', 'src', 'action', 'srcset'].flatMap((name) => element.getAttribute(name) ?? [])),
    headings: article.querySelectorAll('h1, h2, h3, h4, h5, h6').length,
    shape: [
      ...[...article.children].map(({ localName }) => localName),
      ...[...article.querySelectorAll('tr')].map((row) => row.children.length),
    ].join(' '),
    prose: prose.join(' ').replace(/\\s+/g, ' '),
  }
})`

const OWN_TAGS = ['br', 'code', 'details', 'h3', 'p', 'pre', 'summary', 'table', 'tbody', 'td', 'th', 'thead', 'tr']

describe.each(Object.entries({ ...STATES, ...PREVIEW_STATES }))('%s', (name, { markdown, links }) => {
  test('nothing that others have planted is active', async () => {
    await using looking = await look(browser, [markdown('plain'), ...PLANTED.map(markdown)])
    const [plain, ...planted] = await looking.page.evaluate<Found[]>(FIND)
    // It is text in code, whatever it is: GitHub makes no mention, no reference and no emoji of that either.
    const wrong = planted.flatMap((found, index) =>
      isDeepStrictEqual(found, plain) ? [] : [{ text: PLANTED[index], found, plain }],
    )
    expect(wrong).toEqual([])
    expect(planted).toHaveLength(PLANTED.length)
    expect(plain?.links).toEqual(links)
    expect(plain?.tags.filter((tag) => !OWN_TAGS.includes(tag))).toEqual(links.length > 0 ? ['a'] : [])
    expect(looking.attempts).toEqual([])
  })

  test.each(['light', 'dark'] as const)('as people see it, %s', async (scheme) => {
    await using looking = await look(browser, [{ ...EXAMPLES, ...PREVIEW_EXAMPLES }[name] ?? ''], scheme)
    const { page } = looking
    await page.screenshot({ path: join(screenshots, `${name}-${scheme}.png`), fullPage: true })
    const [found] = await page.evaluate<Found[]>(FIND)
    expect(found?.headings).toBe(1)
    expect(await page.locator('article').innerText()).not.toMatch(/^\||\|$|```|<\/?\w+>|&#\d+;|<!--/m)
    for (const fold of await page.locator('details').all()) {
      expect(await fold.getAttribute('open')).toBeNull()
      const body = fold.locator(':scope > :not(summary)').first()
      expect(await body.isVisible()).toBe(false)
      await fold.locator('summary').click()
      expect(await body.isVisible()).toBe(true)
    }
    await page.screenshot({ path: join(screenshots, `${name}-${scheme}-open.png`), fullPage: true })
    // Nothing stands out of the page to the right.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH)
    expect(looking.attempts).toEqual([])
  })
})
