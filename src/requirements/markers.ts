import { satisfies, valid } from '@renovatebot/pep440'
import { UserError } from '../errors.ts'
import type { Target } from '../platform/target.ts'
import { normalise } from './files.ts'

/** The variables of PEP 508 on a target. */
export type MarkerEnvironment = Readonly<Record<string, string>>

/** What is asked for besides: markers speak of it as `extra`, `extras` and `dependency_groups` (PEP 508, PEP 751). */
export interface Asked {
  /** Normalised. */
  readonly extras: ReadonlySet<string>
  /** Normalised. */
  readonly groups: ReadonlySet<string>
}

const NOTHING: Asked = { extras: new Set(), groups: new Set() }

/** @param pythonVersion in full, as in `3.13.5` */
export function markerEnvironment(target: Pick<Target, 'architecture'>, pythonVersion: string): MarkerEnvironment {
  return {
    os_name: 'posix',
    sys_platform: 'linux',
    platform_machine: target.architecture === 'arm64' ? 'aarch64' : 'x86_64',
    platform_python_implementation: 'CPython',
    platform_system: 'Linux',
    // Both belong to the kernel, which nobody chooses.
    platform_release: '',
    platform_version: '',
    python_version: pythonVersion.split('.').slice(0, 2).join('.'),
    python_full_version: pythonVersion,
    implementation_name: 'cpython',
    implementation_version: pythonVersion,
  }
}

/** Names that markers had before PEP 508. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.machine': 'platform_machine',
  'platform.version': 'platform_version',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
}

/** Whether a marker holds; none always does. @throws UserError when it cannot be read */
export function holds(marker: string | undefined, environment: MarkerEnvironment, asked: Asked = NOTHING): boolean {
  if (marker === undefined || marker.trim() === '') return true
  const tokens = tokensOf(marker)
  let position = 0
  const next = (): string => tokens[position++] ?? ''
  const take = (token: string): boolean => {
    if (tokens[position] !== token) return false
    position++
    return true
  }

  // All sides are evaluated: what stands behind must be read anyway.
  const either = (): boolean => {
    let result = both()
    while (take('or')) result = both() || result
    return result
  }
  const both = (): boolean => {
    let result = single()
    while (take('and')) result = single() && result
    return result
  }
  const single = (): boolean => {
    if (take('(')) {
      const result = either()
      if (!take(')')) throw unreadable(marker)
      return result
    }
    const left = next()
    const operator = take('not') ? `not ${next()}` : next()
    const right = next()
    if (!OPERATORS.has(operator) || !isOperand(left) || !isOperand(right)) throw unreadable(marker)
    return compare(left, operator, right, marker)
  }
  const compare = (left: string, operator: string, right: string, whole: string): boolean => {
    for (const [variable, literal] of [[left, right] as const, [right, left] as const]) {
      if (variable === 'extra') return isAsked(operator, literal, asked.extras)
      if (variable === 'extras') return isAsked(operator, literal, asked.extras)
      if (variable === 'dependency_groups') return isAsked(operator, literal, asked.groups)
    }
    return compareValues(valueOf(left, environment, whole), operator, valueOf(right, environment, whole))
  }

  const result = either()
  if (position < tokens.length) throw unreadable(marker)
  return result
}

const OPERATORS: ReadonlySet<string> = new Set(['<', '<=', '!=', '==', '>=', '>', '~=', '===', 'in', 'not in'])

function tokensOf(marker: string): readonly string[] {
  return marker.match(/"[^"]*"|'[^']*'|[()]|[<>=!~]+|[^\s()<>=!~"']+|\S/g) ?? []
}

function isOperand(token: string): boolean {
  return /^(?:"[^"]*"|'[^']*'|[a-z][\w.]*)$/.test(token)
}

function literalOf(token: string): string {
  return token.slice(1, -1)
}

function isAsked(operator: string, literal: string, names: ReadonlySet<string>): boolean {
  const isThere = names.has(normalise(literalOf(literal)))
  return operator === '!=' || operator === 'not in' ? !isThere : isThere
}

function valueOf(token: string, environment: MarkerEnvironment, marker: string): string {
  if (/^["']/.test(token)) return literalOf(token)
  const value = environment[FORMER_NAMES[token] ?? token]
  if (value === undefined) throw unreadable(marker)
  return value
}

/** As versions where both sides are, else as text: PEP 508, "Environment Markers". */
function compareValues(left: string, operator: string, right: string): boolean {
  if (operator === 'in') return right.includes(left)
  if (operator === 'not in') return !right.includes(left)
  const version = right.replace(/\.\*$/, '')
  if (valid(left) && valid(version)) return satisfies(left, `${operator}${right}`, { prereleases: true })
  switch (operator) {
    case '==':
    case '===':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    default:
      return false
  }
}

function unreadable(marker: string): UserError {
  return new UserError({
    title: `The marker cannot be read: ${marker}`,
    hint: `It should look like: sys_platform == 'linux' and python_version >= '3.11' (PEP 508).`,
  })
}
