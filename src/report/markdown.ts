import { inert } from './inert.ts'

/** The cells are Markdown: what is of others comes escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** @param summary HTML */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

/** Plain text in Markdown: no markup, no HTML, no table cell, list or quote is opened or closed by it. */
export function escape(text: string): string {
  return inert(text.replaceAll('\n', ' '))
    .trim()
    .replace(/[\\`*_{}[\]()#+!|~@<>&=$-]|(?<=^\d+)\./g, (character) => `&#${character.charCodeAt(0)};`)
}

/** GitHub makes a link of a bare address, but takes character references in it as they are. */
export function address(url: string): string {
  return /^https?:\/\/[\w.:/-]+$/.test(url) ? url : escape(url)
}

export function code(text: string): string {
  return `<code>${escape(text)}</code>`
}

/** A code block whose fence is longer than any run of backticks in it. Text stands in it as it is, and GitHub's masks match. */
export function fence(text: string): string {
  const lines = text.trimEnd().split('\n').map(inert)
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g)?.map((run) => run.length) ?? []))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}text\n${lines.join('\n')}\n${ticks}`
}
