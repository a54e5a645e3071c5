/**
 * Makes text of others harmless for a terminal or a log: no escape sequences, no control characters but tabs, no
 * characters that reorder what a reader sees (Unicode TR9 embeddings, overrides and isolates), no other ends of a line,
 * and no password in an address (of an index, a database), which programs quote when it is wrong.
 */
export function inert(line: string): string {
  return withoutPasswords(line.replace(ESCAPE_SEQUENCES, '').replace(HARMFUL, ''))
}

export function withoutPasswords(text: string): string {
  return text.replace(PASSWORD, '$1****@').replace(TOKEN, '$1****@')
}

/** RFC 3986, 3.2.1; a password that was not encoded may hold an @ too. What our own advice says of an address is none. */
const PASSWORD = /(:\/\/[^\s/:@]*:)(?!PASSWORD@HOST\/DATABASE)[^\s/]+@/g
/** With HTTP, a user without a password is a token. */
const TOKEN = /(https?:\/\/)[^\s/:@]+@/g

// CSI and OSC sequences (ECMA-48), then single-character ones.
const ESCAPE_SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g
const HARMFUL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const HARMFUL_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** JSON for a terminal or a log: what it need not escape, and would harm there, is escaped too. */
export function inertJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent)
    .replaceAll('##[', '#\\u0023[')
    .replace(HARMFUL_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The lines of a text; a final newline does not make an empty one. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** A line of a workflow's log that is no workflow command: `::` counts at its start, `##[` anywhere. */
export function withoutCommand(line: string): string {
  const text = line.replaceAll('##[', '# #[')
  return text.trimStart().startsWith('::') ? `│ ${text}` : text
}
