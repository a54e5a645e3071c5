/**
 * A Python source with its comments and strings made blank, line by line, so that what is found in it is code. A scan, not a
 * parser: of an f-string, the code within is made blank too.
 */
export function codeOnly(source: string): string {
  return source.replace(COMMENT_OR_STRING, (found) => found.replace(/[^\n]/g, ' '))
}

const COMMENT_OR_STRING =
  /#[^\n]*|"""(?:[^\\]|\\[^])*?(?:"""|$)|'''(?:[^\\]|\\[^])*?(?:'''|$)|"(?:[^"\\\n]|\\[^])*(?:"|(?=\n)|$)|'(?:[^'\\\n]|\\[^])*(?:'|(?=\n)|$)/g

/** From an opening bracket to the one that closes it; to the end where none does. @param at of the opening one */
export function bracketed(code: string, at: number): string {
  let depth = 0
  for (let index = at; index < code.length; index++) {
    const character = code[index] ?? ''
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (depth === 0) return code.slice(at, index + 1)
  }
  return code.slice(at)
}

/** Counted from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
