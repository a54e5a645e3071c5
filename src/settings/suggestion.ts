import { closestMatch } from 'leven'

/** The nearest known name, or all of them when none is near. */
export function suggestion(name: string, known: readonly string[], nameOf: (name: string) => string = String): string {
  const near = closestMatch(name, known, { maxDistance: Math.max(2, Math.floor(name.length / 3)) })
  return near === undefined ? `Known: ${known.join(', ')}.` : `Did you mean ${nameOf(near)}?`
}
