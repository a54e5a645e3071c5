import { clean, satisfies as matches, valid, validRange } from '@renovatebot/pep440'

/**
 * Whether a locked version is one of those that a specifier allows. Empty and `*` allow all; Poetry writes alternatives
 * with `||`. What is locked was chosen before, so that a pre-release counts like any other version, and one that nothing
 * can be compared with is taken.
 */
export function satisfies(version: string, specifier: string): boolean {
  if (!valid(version)) return true
  return specifier
    .split('||')
    .map((range) => range.trim())
    .some((range) => range === '' || range === '*' || matches(version, range, { prereleases: true }))
}

/** Whether this is a specifier of PEP 440 (or none at all). */
export function isSpecifier(text: string): boolean {
  return text.trim() === '' || validRange(text)
}

/** The version that a specifier pins (`==1.2`, `===1.2`), or undefined. */
export function exactVersion(specifier: string): string | undefined {
  return /^={2,3}\s*([^\s,*]+)$/.exec(specifier.trim())?.[1]
}

/** The same for specifiers that mean the same, apart from order and spaces. */
export function canonicalSpecifier(specifier: string): string {
  return specifier
    .split(',')
    .map((part) => part.replace(/\s+/g, ''))
    .filter((part) => part !== '' && part !== '*')
    .map((part) => part.replace(/[^<>=!~]+$/, (version) => clean(version) ?? version))
    .toSorted()
    .join(',')
}

/**
 * A constraint in Poetry's words as specifiers of PEP 440, with `||` between alternatives. `^1.2` allows everything up to
 * the next change of the leftmost digit that is not zero. Source: Poetry, "Dependency specification".
 */
export function fromPoetry(constraint: string): string {
  return constraint
    .split(/\|\|?/)
    .map((range) =>
      range
        .trim()
        // A comma, or spaces that do not stand behind an operator.
        .split(/\s*,\s*|(?<![<>=!~^])\s+(?=[<>=!~^])/)
        .filter((part) => part !== '' && part !== '*')
        .map(specifierOf)
        .join(','),
    )
    .join(' || ')
}

function specifierOf(part: string): string {
  const [, operator = '', version = ''] = /^(\^|~(?!=)|[<>=!~]*)\s*(.*)$/.exec(part) ?? []
  const release = version.match(/\d+/g)?.map(Number) ?? []
  if (operator === '^') return between(version, nextOf(release, caretPosition(release)))
  if (operator === '~') return between(version, nextOf(release, Math.min(1, release.length - 1)))
  if (operator === '' || operator === '=') return `==${version}`
  return `${operator}${version}`
}

function caretPosition(release: readonly number[]): number {
  const first = release.findIndex((part) => part > 0)
  return first === -1 ? release.length - 1 : first
}

function nextOf(release: readonly number[], position: number): string {
  return release
    .slice(0, position + 1)
    .map((part, index) => (index === position ? part + 1 : part))
    .join('.')
}

function between(from: string, below: string): string {
  return valid(from) ? `>=${from},<${below}` : `==${from}`
}
