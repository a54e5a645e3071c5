import type { ImportFacts } from '../report/import-section.ts'

/** What is no distribution. */
export const OTHER_PACKAGES = {
  application: '(application)',
  runtime: '(runtime)',
  python: '(Python itself)',
} as const

/** The standard library has no name in what the check prints. */
const NAMES: Readonly<Record<string, string>> = { '': OTHER_PACKAGES.python, wsgi_lambda: OTHER_PACKAGES.runtime }

/** Python reference, "Identifiers and keywords"; a package of a longer name is not worth its place. */
const MODULE = /^(?:[\p{ID_Start}_]\p{ID_Continue}{0,99})?$/u

/**
 * Reads what `docker/check_artifact.py` prints; undefined for anything else, since the application might print there too. What is
 * called as no package is has no row: anything may stand in `sys.modules`.
 */
export function importTimesOf(given: unknown, measuredOn: string): ImportFacts | undefined {
  if (typeof given !== 'object' || given === null || !('seconds' in given) || !('packages' in given)) return undefined
  const { seconds, packages } = given
  if (!isSeconds(seconds) || !Array.isArray(packages)) return undefined
  const rows = packages.flatMap((row: unknown) => (isRow(row) ? [row] : []))
  if (rows.length !== packages.length) return undefined
  return {
    measuredOn,
    seconds,
    packages: rows
      .filter(([name]) => MODULE.test(name))
      .map(([name, selfSeconds, cumulativeSeconds]) => ({
        ...{ package: NAMES[name] ?? name, selfSeconds, cumulativeSeconds },
      })),
  }
}

function isRow(row: unknown): row is [name: string, selfSeconds: number, cumulativeSeconds: number] {
  if (!Array.isArray(row) || row.length !== 3) return false
  const [name, own, cumulative] = row as unknown[]
  return typeof name === 'string' && isSeconds(own) && isSeconds(cumulative)
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}
