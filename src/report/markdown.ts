import { inert } from './inert.ts'
import type { Alignment } from './table.ts'

const MARKS = { none: '---', left: ':--', right: '--:' } as const

/** The cells are Markdown: what is of others comes escaped. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const marks = head.map((_, column) => MARKS[alignments[column] ?? 'none'])
  return [line(head), line(marks), ...rows.map(line)].join('\n')
}

/** A table of names and what they are: Markdown both. */
export function facts([first = ['', ''], ...rows]: readonly (readonly [string, string])[]): string {
  return table(first, rows, ['left', 'left'])
}

/** @param summary HTML */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

/** What GitHub makes a link of, also where it is written as character references. A comment stands between the two then. */
const LINK = /(?=:\/\/|@)|(?<=www)(?=\.)/gi
const NOTHING = '<!-- -->'

/**
 * Plain text in Markdown: no markup, no HTML, no table cell, list or quote is opened or closed by it, and no address in it is
 * a link. Mentions and references of GitHub's (`@name`, `#1`) are quiet in code alone.
 */
export function escape(text: string): string {
  return inert(text.replaceAll('\n', ' '))
    .trim()
    .split(LINK)
    .map((part) => part.replace(/[\\`*_{}[\]()#+!|~@<>&=$-]|(?<=^\d+)\./g, (mark) => `&#${mark.charCodeAt(0)};`))
    .join(NOTHING)
}

/** An address of ours, which GitHub makes a link of. It takes character references in one as they are. */
export function address(url: string): string {
  return /^https?:\/\/[\w.:/-]+$/.test(url) ? url : code(url)
}

export function code(text: string): string {
  return `<code>${escape(text)}</code>`
}

/** A code block whose fence is longer than any run of backticks in it. Text stands in it as it is, and GitHub's masks match. */
export function fence(text: string): string {
  const lines = text.trimEnd().split('\n').map(inert)
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? [])
  const longest = runs.reduce((most, { length }) => Math.max(most, length), 2)
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}text\n${lines.join('\n')}\n${ticks}`
}
