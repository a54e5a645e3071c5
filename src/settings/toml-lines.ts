/**
 * The line, from 1, on which a table of a TOML document has a key, as people write it: with a value, with a table of its own,
 * or as the beginning of a dotted key. Undefined where it is written otherwise.
 */
export function lineOfKey(text: string, table: readonly string[], key: string): number | undefined {
  const wanted = [...table, key]
  let here: readonly string[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const header = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1]
    const pair = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/.exec(line)?.[1]
    if (header !== undefined) here = keysOf(header)
    const path = header !== undefined ? here : pair === undefined ? [] : [...here, ...keysOf(pair)]
    if (path.length >= wanted.length && wanted.every((name, at) => path[at] === name)) return index + 1
  }
  return undefined
}

function keysOf(path: string): string[] {
  return [...path.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, quoted, literal, bare]) => quoted ?? literal ?? bare ?? '',
  )
}
