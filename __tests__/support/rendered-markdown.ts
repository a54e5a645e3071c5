import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import rehypeRaw from 'rehype-raw'
import rehypeSanitize from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

const CHROMIUM = '/usr/bin/chromium'
export const WIDTH = 960

/** GitHub-flavoured Markdown as HTML; what may stand in it is what GitHub allows (rehype-sanitize follows it). */
export function rendered(markdown: string): string {
  const html = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(rehypeSanitize)
    .use(rehypeStringify)
    .processSync(markdown)
  return String(html)
}

/** Several texts on one page, each in an article of its own. */
export async function pageOf(markdowns: readonly string[]): Promise<string> {
  const css = await readFile(createRequire(import.meta.url).resolve('github-markdown-css'), 'utf8')
  const articles = markdowns.map((markdown) => `<article class="markdown-body">${rendered(markdown)}</article>`)
  return `<!doctype html><meta charset="utf-8"><style>${css}
    body { margin: 0 } article { padding: 24px; max-width: 900px }</style>${articles.join('\n')}`
}

export interface Looking extends AsyncDisposable {
  readonly page: Page
  /** What a page wanted to have from elsewhere, and what ran in it. */
  readonly attempts: readonly string[]
}

/** A browser that reaches nothing. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
}

export async function look(
  browser: Browser,
  markdowns: readonly string[],
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Looking> {
  const context = await browser.newContext({ colorScheme, viewport: { width: WIDTH, height: 720 } })
  const attempts: string[] = []
  await context.route('**/*', async (route) => {
    attempts.push(route.request().url())
    await route.abort()
  })
  const page = await context.newPage()
  page.on('dialog', (dialog) => {
    attempts.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => attempts.push(`script: ${error.message}`))
  await page.setContent(await pageOf(markdowns))
  return { page, attempts, [Symbol.asyncDispose]: () => context.close() }
}
