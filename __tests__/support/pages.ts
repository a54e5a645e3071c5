import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A file of this repository. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

export const filesBelow = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`)
    .sort()

/** What readers of the project meet. */
export const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'runtime/README.md',
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('examples', /README\.md$/),
]

/** A block of code in a page. */
export interface Fence {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly text: string
  /** Whether `<!-- run -->` stands above: its commands are run, and print what it shows. */
  readonly isRun: boolean
}

export const fences: readonly Fence[] = PAGES.flatMap(fencesOf)

/** Those of some languages, each with where it stands. */
export const fencesIn = (...languages: string[]): [string, Fence][] =>
  fences.filter(({ language }) => languages.includes(language)).map((fence) => [placeOf(fence), fence])

function fencesOf(page: string): Fence[] {
  const found: Fence[] = []
  const lines = read(page).split('\n')
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', ticks = '', language = ''] = /^( *)(`{3,})(\w*)$/.exec(lines[at] ?? '') ?? []
    if (ticks === '') continue
    const start = at
    const body: string[] = []
    for (at++; at < lines.length && (lines[at] ?? '').trim() !== ticks; at++)
      body.push((lines[at] ?? '').slice(indent.length))
    const above = lines.slice(0, start).findLast((line) => line.trim() !== '')
    found.push({ page, line: start + 1, language, text: body.join('\n'), isRun: above === '<!-- run -->' })
  }
  return found
}

export function placeOf({ page, line }: { readonly page: string; readonly line: number }): string {
  return `${page}:${line}`
}
