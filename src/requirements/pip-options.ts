import { isAbsolute, join } from 'node:path'
import { UserError } from '../errors.ts'
import { shellWords } from './shell-words.ts'

/** One option of pip, by its long name. */
export interface PipOption {
  readonly name: OptionName
  /** Empty where it takes none. */
  readonly value: string
}

interface Kind {
  readonly takesValue: boolean
  readonly short?: string
  /** Whether downloading needs it too; otherwise it only changes what is chosen. */
  readonly isForDownload: boolean
  /** Whether it chooses versions, which a lock has done. */
  readonly choosesVersions: boolean
}

const source = { takesValue: true, isForDownload: true, choosesVersions: false }

/** Options that are honoured, in requirements files and in `pip-args`. Source: pip, "Requirements File Format". */
const KINDS = {
  '--index-url': { ...source, short: '-i' },
  '--extra-index-url': source,
  '--find-links': { ...source, short: '-f' },
  '--no-index': { ...source, takesValue: false },
  '--trusted-host': source,
  '--no-binary': source,
  '--only-binary': source,
  '--prefer-binary': { ...source, takesValue: false },
  '--pre': { takesValue: false, isForDownload: false, choosesVersions: true },
  '--no-deps': { takesValue: false, isForDownload: false, choosesVersions: false },
  '--constraint': { takesValue: true, short: '-c', isForDownload: false, choosesVersions: true },
  '--require-hashes': { takesValue: false, isForDownload: false, choosesVersions: false },
} as const satisfies Readonly<Record<string, Kind>>

export type OptionName = keyof typeof KINDS

const SYNONYMS: Readonly<Record<string, OptionName>> = {
  '--pypi-url': '--index-url',
  '--no-dependencies': '--no-deps',
  ...Object.fromEntries(
    Object.entries(KINDS).flatMap(([name, kind]) => ('short' in kind ? [[kind.short, name as OptionName]] : [])),
  ),
}

const CHOSEN_HERE = 'Leave it out: runtime and architecture say what is installed for.'
const PLACED_HERE = 'Leave it out: where the distributions are installed is chosen by this program.'
const BY_VARIABLE = 'Leave it out, and set the variable of pip and of uv for it:'

/** Options of pip that make no sense here, with what to do instead. */
const ADVICE: Readonly<Record<string, string>> = {
  '--target': PLACED_HERE,
  '-t': PLACED_HERE,
  '--prefix': PLACED_HERE,
  '--root': PLACED_HERE,
  '--user': PLACED_HERE,
  '--dest': PLACED_HERE,
  '-d': PLACED_HERE,
  '--src': PLACED_HERE,
  '--platform': CHOSEN_HERE,
  '--python-version': CHOSEN_HERE,
  '--implementation': CHOSEN_HERE,
  '--abi': CHOSEN_HERE,
  '--python': 'Set runtime, or python-bin for the host builder.',
  '--requirement': 'Set requirements to that file, or include it there with -r.',
  '-r': 'Set requirements to that file, or include it there with -r.',
  '--editable': 'Write it into the manifest.',
  '-e': 'Write it into the manifest.',
  '--upgrade': 'Leave it out: what is not locked is resolved anew when the manifest changes.',
  '-U': 'Leave it out: what is not locked is resolved anew when the manifest changes.',
  '--compile': 'Set bytecode.',
  '--no-compile': 'Set bytecode.',
  '--cert': 'Set ca-file.',
  '--proxy': `${BY_VARIABLE} HTTPS_PROXY.`,
  '--timeout': `${BY_VARIABLE} PIP_DEFAULT_TIMEOUT and UV_HTTP_TIMEOUT.`,
  '--retries': `${BY_VARIABLE} PIP_RETRIES and UV_HTTP_RETRIES.`,
  '--cache-dir': `${BY_VARIABLE} PIP_CACHE_DIR and UV_CACHE_DIR.`,
  '--no-cache-dir': `${BY_VARIABLE} PIP_NO_CACHE_DIR and UV_NO_CACHE.`,
}

/** A line or a list of options is wrong: what, and what to do about it. */
export interface OptionMistake {
  readonly option: string
  readonly hint: string
}

/** Options in words, as in `['-i', 'https://…', '--pre']`. What is no option, or not one of ours, is a mistake. */
export function readOptions(words: readonly string[]): readonly PipOption[] | OptionMistake {
  const options: PipOption[] = []
  for (let at = 0; at < words.length; at++) {
    const { written, value: attached } = splitOption(words[at] ?? '')
    const name = nameOf(written)
    if (name === undefined) return { option: written, hint: ADVICE[written] ?? `Options that can be used: ${KNOWN}.` }
    if (!KINDS[name].takesValue) {
      if (attached !== undefined) return { option: written, hint: 'It takes no value.' }
      options.push({ name, value: '' })
      continue
    }
    const value = attached ?? words[++at]
    if (value === undefined) return { option: written, hint: 'It needs a value.' }
    options.push({ name, value })
  }
  return options
}

const KNOWN = Object.keys(KINDS).join(', ')

/** `--index-url=X`, `-iX`. */
function splitOption(word: string): { readonly written: string; readonly value: string | undefined } {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=')
    return equals === -1
      ? { written: word, value: undefined }
      : { written: word.slice(0, equals), value: word.slice(equals + 1) }
  }
  return /^-\w./.test(word)
    ? { written: word.slice(0, 2), value: word.slice(2).replace(/^=/, '') }
    : { written: word, value: undefined }
}

function nameOf(written: string): OptionName | undefined {
  return Object.hasOwn(KINDS, written) ? (written as OptionName) : SYNONYMS[written]
}

/** Setting `pip-args`. Paths are relative to the project. @throws UserError with exit code 2; values are never shown */
export function readPipArgs(pipArgs: string | undefined, project: string): readonly PipOption[] {
  const words = shellWords(pipArgs ?? '')
  if (words === undefined)
    throw new UserError(
      { title: 'pip-args: a quote is not closed', hint: 'Quote values as in a shell.' },
      { exitCode: 2 },
    )
  const options = readOptions(words)
  if ('option' in options) {
    const { option, hint } = options
    // What is no option may be a part of a password that is not quoted.
    const title = option.startsWith('-')
      ? `pip-args: ${option} cannot be used here`
      : 'pip-args has a word that is no option'
    throw new UserError({ title, hint }, { exitCode: 2 })
  }
  return options.map((option) => withAbsolutePath(option, project))
}

/** Files and folders of this machine by their absolute path; addresses as they are. */
export function withAbsolutePath({ name, value }: PipOption, folder: string): PipOption {
  const isPath = (name === '--find-links' || name === '--constraint') && !isAddress(value)
  return { name, value: isPath && !isAbsolute(value) ? join(folder, value) : value }
}

export function isAddress(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) || value.startsWith('${')
}

export function has(options: readonly PipOption[], name: OptionName): boolean {
  return options.some((option) => option.name === name)
}

/** For `pip download` and `pip wheel`. */
export function downloadOptions(options: readonly PipOption[]): readonly string[] {
  return options.filter(({ name }) => KINDS[name].isForDownload).flatMap(words)
}

function words({ name, value }: PipOption): string[] {
  return KINDS[name].takesValue ? [name, value] : [name]
}

/** A lock has chosen: options that would choose again are a mistake. @throws UserError with exit code 2 */
export function refuseChoices(options: readonly PipOption[], lock: string): void {
  const choosing = options.find(({ name }) => KINDS[name].choosesVersions)
  if (choosing === undefined) return
  throw new UserError(
    {
      title: `pip-args: ${choosing.name} cannot change ${lock}, where every version is chosen`,
      hint: 'Apply it when the lock is made, or leave it out.',
    },
    { exitCode: 2 },
  )
}

/** Options for `uv pip compile`: what it does not read in a requirements file stands on its command line. */
export function uvOptions(options: readonly PipOption[]): { lines: readonly string[]; words: readonly string[] } {
  const lines = options
    .filter(({ name }) => IN_FILES_OF_UV.has(name))
    .map(({ name, value }) => (value === '' ? name : `${name} ${value}`))
  const words = options.flatMap(({ name, value }): string[] => {
    if (name === '--pre') return ['--prerelease', 'allow']
    if (name === '--trusted-host') return ['--allow-insecure-host', value]
    if (name === '--no-deps') return [name]
    if (name === '--no-binary' || name === '--only-binary') return value.split(',').flatMap((each) => [name, each])
    return [] // uv prefers wheels anyway; constraints are handed over by themselves.
  })
  return { lines, words }
}

const IN_FILES_OF_UV: ReadonlySet<OptionName> = new Set([
  '--index-url',
  '--extra-index-url',
  '--find-links',
  '--no-index',
])
