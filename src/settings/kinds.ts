import * as v from 'valibot'

/** An entry of a list or table that is not right. */
export interface Mistake {
  /** As it is shown after the setting's name. */
  readonly entry: string
  readonly detail?: string
  /** What to write instead. */
  readonly hint: string
}

/** One setting: the same name as an action input, a flag, a variable and a key of `[tool.wsgi-lambda]`. */
export interface Setting<T = unknown> {
  /** What it is for, in one or two sentences that end with a full stop. */
  readonly description: string
  /** What may be written, in words: shown in `action.yml`, in the help and in every message about a mistake. */
  readonly format: string
  readonly example: string
  /** Takes a text (input, flag, variable) or a value of TOML. */
  readonly schema: v.GenericSchema<unknown, T>
  /** Its values are never printed, since they may be secrets. */
  readonly isConfidential?: true
  /** What holds when nobody says anything; absent where it is found in the project or not needed. */
  readonly default?: T
  /** The default in words, where the value alone would not tell. */
  readonly defaultText?: string
  /** Of a table: what is wrong with it, entry by entry, though `schema` took it. Tables of several sources add up. */
  readonly mistakes?: (table: Table) => readonly Mistake[]
  /** Of what is on by itself: what its `--no-` flag does, for the help. */
  readonly without?: string
  /** How the help names the value, as in `--memory MB`. Flags that are true or false have none. */
  readonly placeholder?: string
}

type Options<T> = Omit<Setting<T>, 'format' | 'schema'>

/** A setting that remembers in its type whether it has a default. */
type Described<T, O> = Omit<Setting<T>, 'default'> &
  (O extends { readonly default: unknown } ? { readonly default: T } : unknown)

const written = v.union([v.string(), v.number(), v.boolean()])
const words = v.pipe(written, v.transform(String), v.trim(), v.nonEmpty())

type TextOptions = Options<string> & { readonly format?: string; readonly pattern?: RegExp }

export function text<const O extends TextOptions>({ pattern, ...options }: O): Described<string, O> {
  const schema = pattern ? v.pipe(words, v.regex(pattern)) : words
  return { format: 'text', ...options, schema } as unknown as Described<string, O>
}

export function oneOf<const C extends readonly [string, ...string[]], const O extends Options<C[number]>>(
  choices: C,
  options: O,
) {
  const setting = { ...options, format: choices.join(', '), schema: v.pipe(words, v.picklist(choices)) }
  return setting as unknown as Described<C[number], O>
}

export function wholeNumber<const O extends Options<number>>(from: number, to: number, unit: string, options: O) {
  const digits = v.pipe(words, v.regex(/^\d+$/), v.transform(Number), v.minValue(from), v.maxValue(to))
  const setting = { ...options, format: `a whole number, ${from} to ${to} (${unit})`, schema: digits }
  return setting as unknown as Described<number, O>
}

/** The booleans of YAML 1.2's core schema, as `core.getBooleanInput` of the Actions toolkit accepts them. */
export function trueOrFalse<const O extends Options<boolean>>(options: O) {
  const schema = v.pipe(
    words,
    v.regex(/^(true|True|TRUE|false|False|FALSE)$/),
    v.transform((given) => given.toLowerCase() === 'true'),
  )
  return { ...options, format: 'true, false', schema } as unknown as Described<boolean, O>
}

type LinesOptions = Options<readonly string[]> & { readonly format?: string; readonly each?: RegExp }

/** Lines of text; blank lines and lines that start with `#` do not count. */
export function lines<const O extends LinesOptions>({ each, ...options }: O) {
  const fromText = v.pipe(
    v.string(),
    v.transform((given) =>
      given
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#')),
    ),
  )
  const list = v.union([fromText, v.array(v.string())])
  const schema = each
    ? v.pipe(
        list,
        v.everyItem((line: string) => each.test(line)),
      )
    : list
  return { format: 'one a line', ...options, schema } as unknown as Described<readonly string[], O>
}

/** Strings by name. */
export type Table = Readonly<Record<string, string>>

type TableOptions = Options<Table> & {
  readonly format: string
  readonly names?: RegExp
  readonly mistakes: (table: Table) => readonly Mistake[]
}

/** `NAME=VALUE` lines, a JSON object, or a TOML table. Those of several sources add up: a stage changes some entries. */
export function table<const O extends TableOptions>({ names = /(?:)/, ...options }: O) {
  const entries = v.pipe(
    v.unknown(),
    v.check((given) => !Array.isArray(given)), // as objects they would have the keys 0, 1, …
    v.record(v.pipe(v.string(), v.regex(names)), v.pipe(written, v.transform(String))),
  )
  const fromText = v.pipe(v.string(), v.transform(readTable), entries)
  return { ...options, schema: v.union([fromText, entries]) } as unknown as Described<Table, O>
}

/** A value that no table is: valibot then reports the mistake. */
function readTable(given: string): unknown {
  if (given.trimStart().startsWith('{')) {
    try {
      return JSON.parse(given)
    } catch {
      return undefined
    }
  }
  const pairs: [string, string][] = []
  for (const line of given.split(/\r?\n/)) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const equals = line.indexOf('=')
    if (equals < 1) return undefined
    pairs.push([line.slice(0, equals).trim(), line.slice(equals + 1).trim()])
  }
  return Object.fromEntries(pairs)
}
