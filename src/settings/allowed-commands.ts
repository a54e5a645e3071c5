import type { Problem } from '../errors.ts'

/** What a function obeys where nothing says otherwise: runtime/wsgi_lambda/options.py. */
const DEFAULT: readonly string[] = ['manage', 'flask']

/** `manage` alone does not stand for them: runtime/wsgi_lambda/policy.py, `_RUN_ANYTHING`. */
export const RUN_ANYTHING: ReadonlySet<string> = new Set([
  ...['shell', 'shell_plus', 'dbshell', 'sqlshell', 'runscript', 'debugsqlshell'],
  ...['startproject', 'startapp', 'test'],
])

interface CommandSettings {
  readonly commands: readonly string[] | undefined
  readonly migrate: boolean
  readonly migratePlan: boolean
  readonly beforeTraffic: readonly string[]
  readonly afterTraffic: readonly string[]
}

/** Commands of a deployment that its own function would refuse, each mistake on its own: better said before anything is built. */
export function commandContradictions(settings: CommandSettings): Problem[] {
  const { commands = DEFAULT, migrate, migratePlan } = settings
  const entries = commands.filter((entry) => entry !== 'none').map((entry) => entry.trim().split(/\s+/))
  const migrations = migrate ? ['manage migrate --noinput', ...(migratePlan ? ['manage migrate --plan'] : [])] : []
  const asked: readonly (readonly [string, readonly string[]])[] = [
    ['migrate', migrations],
    ['before-traffic', settings.beforeTraffic],
    ['after-traffic', settings.afterTraffic],
  ]
  return asked.flatMap(([setting, lines]) => {
    const problems = lines.flatMap((line) => {
      const missing = missingEntry(line, entries)
      return missing === undefined ? [] : [problemOf(setting, line, missing, commands)]
    })
    return setting === 'migrate' ? problems.slice(0, 1) : problems
  })
}

/** What would have to be allowed for a line; undefined where it is. */
function missingEntry(line: string, entries: readonly (readonly string[])[]): string | undefined {
  const [kind = '', ...rest] = wordsOf(line.trim().replace(/^timeout=\d+\s+/, ''))
  const words = ['manage', 'flask'].includes(kind) ? [kind, ...rest] : [kind]
  const unsafe = words.findLastIndex((word, index) => index > 0 && RUN_ANYTHING.has(word))
  const isAllowed = entries.some(
    (entry) => entry.length > Math.max(unsafe, 0) && entry.every((word, index) => word === words[index]),
  )
  return isAllowed ? undefined : words.slice(0, Math.max(unsafe + 1, 2)).join(' ')
}

function wordsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])([^]*)\1$/, '$2'))
}

function problemOf(setting: string, line: string, missing: string, commands: readonly string[]): Problem {
  const what = setting === 'migrate' ? `migrate runs ${line}` : `${setting} has ${JSON.stringify(line)}`
  const all = [...commands.filter((entry) => entry !== 'none'), missing]
  return {
    title: `${what}, which the function would refuse`,
    detail: `commands allows: ${commands.join(', ')}`,
    hint: `Set commands to ${all.join(', ')}; or remove ${setting === 'migrate' ? 'migrate' : 'the line'}.`,
  }
}
