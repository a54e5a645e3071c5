import * as v from 'valibot'
import { RUNTIME_NAMES } from '../platform/runtimes.ts'
import { ARCHITECTURES } from '../platform/target.ts'

/** One setting: the same name as an action input, a flag, a variable and a key of `[tool.wsgi-lambda]`. */
export interface Setting<T = unknown> {
  /** What it is for, in one or two sentences that end with a full stop. */
  readonly description: string
  /** What may be written, in words: shown in `action.yml`, in the help and in every message about a mistake. */
  readonly format: string
  readonly example: string
  /** Takes a text (input, flag, variable) or a value of TOML. */
  readonly schema: v.GenericSchema<unknown, T>
  /** What holds when nobody says anything; absent where it is found in the project or not needed. */
  readonly default?: T
  /** The default in words, where the value alone would not tell. */
  readonly defaultText?: string
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

function text<const O extends TextOptions>({ pattern, ...options }: O): Described<string, O> {
  const schema = pattern ? v.pipe(words, v.regex(pattern)) : words
  return { format: 'text', ...options, schema } as unknown as Described<string, O>
}

function oneOf<const C extends readonly [string, ...string[]], const O extends Options<C[number]>>(
  choices: C,
  options: O,
) {
  const setting = { ...options, format: choices.join(', '), schema: v.pipe(words, v.picklist(choices)) }
  return setting as unknown as Described<C[number], O>
}

function wholeNumber<const O extends Options<number>>(from: number, to: number, unit: string, options: O) {
  const digits = v.pipe(words, v.regex(/^\d+$/), v.transform(Number), v.minValue(from), v.maxValue(to))
  const setting = { ...options, format: `a whole number, ${from} to ${to} (${unit})`, schema: digits }
  return setting as unknown as Described<number, O>
}

/** The booleans of YAML 1.2's core schema, as `core.getBooleanInput` of the Actions toolkit accepts them. */
function trueOrFalse<const O extends Options<boolean>>(options: O) {
  const schema = v.pipe(
    words,
    v.regex(/^(true|True|TRUE|false|False|FALSE)$/),
    v.transform((given) => given.toLowerCase() === 'true'),
  )
  return { ...options, format: 'true, false', schema } as unknown as Described<boolean, O>
}

type LinesOptions = Options<readonly string[]> & { readonly format?: string; readonly each?: RegExp }

/** Lines of text; blank lines and lines that start with `#` do not count. */
function lines<const O extends LinesOptions>({ each, ...options }: O) {
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

export type Variables = Readonly<Record<string, string>>

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `NAME=VALUE` lines, a JSON object, or a TOML table. */
function variables<const O extends Options<Variables>>(options: O) {
  const table = v.record(v.pipe(v.string(), v.regex(VARIABLE)), v.pipe(written, v.transform(String)))
  const fromText = v.pipe(v.string(), v.transform(readVariables), table)
  const setting = { ...options, format: 'NAME=VALUE, one a line, or a JSON object', schema: v.union([fromText, table]) }
  return setting as unknown as Described<Variables, O>
}

/** A value that no table is: valibot then reports the mistake. */
function readVariables(given: string): unknown {
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

/** Settings of the build: a project becomes a zip. */
export const BUILD_SETTINGS = {
  app: text({
    description: 'The WSGI application. Found for Django and Flask projects.',
    format: 'module:attribute, module:factory() or dir/module.attribute',
    // `app.py` is a file; as module.attribute it would be the attribute py.
    pattern: /^(?!.*\.py$)(?:[\w./-]+\/)?[A-Za-z_][\w.]*(?::[A-Za-z_]\w*(?:\(\))?|\.[A-Za-z_]\w*)$/,
    example: 'mysite.wsgi:application',
    defaultText: 'found in the project',
    placeholder: 'APP',
  }),
  runtime: oneOf(RUNTIME_NAMES, {
    description: "Lambda's Python. Found in .python-version or requires-python.",
    example: 'python3.13',
    defaultText: 'found in the project, else python3.13',
    placeholder: 'RUNTIME',
  }),
  architecture: oneOf(ARCHITECTURES, {
    description: 'The processor that the function runs on.',
    example: 'arm64',
    default: 'x86_64',
    placeholder: 'ARCH',
  }),
  requirements: text({
    description: 'The manifest to install: uv.lock or a requirements file, relative to the project.',
    format: 'a path',
    example: 'requirements/production.txt',
    defaultText: 'uv.lock, else requirements.txt',
    placeholder: 'FILE',
  }),
  builder: oneOf(['auto', 'docker', 'host'], {
    description:
      'Where the build runs: docker (a container of the Lambda image), host (this machine, published wheels only), auto (docker where an engine answers).',
    example: 'host',
    default: 'auto',
    placeholder: 'BUILDER',
  }),
  'base-image': text({
    description: "The image that the docker builder starts from. Its Python and glibc must fit the runtime's.",
    format: 'an image name',
    example: 'amazonlinux:2023',
    defaultText: "AWS's Lambda image of the runtime",
    placeholder: 'IMAGE',
  }),
  'system-packages': lines({
    description: 'Packages of the image that the docker builder installs first (dnf, microdnf, yum or apt).',
    example: 'libpq-devel',
    default: [],
    placeholder: 'NAMES',
  }),
  'python-bin': text({
    description: "The interpreter of the host builder; its minor version must be the runtime's.",
    format: 'a command or a path',
    example: '/usr/bin/python3.13',
    defaultText: "the runtime's name, as in python3.13",
    placeholder: 'COMMAND',
  }),
  'ca-file': text({
    description: 'A certificate authority (PEM) that package indexes are checked against, in containers too.',
    format: 'a path',
    example: 'company-ca.pem',
    defaultText: 'SSL_CERT_FILE of the environment',
    placeholder: 'FILE',
  }),
  exclude: lines({
    description: 'Files to leave out of the artifact, in the syntax of .gitignore.',
    example: 'docs/',
    default: [],
    placeholder: 'PATTERNS',
  }),
  commands: lines({
    description:
      'Remote commands that the function accepts: kinds (manage, flask, exec, shell), prefixes (manage migrate) or none.',
    format: 'one a line: exec, shell, none, or what starts with manage or flask',
    // The function does not start with any other: runtime/wsgi_lambda/policy.py.
    each: /^(?:(?:manage|flask)(?:\s.*)?|exec|shell|none)$/,
    example: 'manage migrate',
    defaultText: 'manage and flask, without their shells',
    placeholder: 'KINDS',
  }),
  check: trueOrFalse({
    description: 'Import the application during the build and fail with its traceback when it cannot be.',
    example: 'false',
    default: true,
  }),
  store: text({
    description: 'A folder that keeps installed and compressed dependencies between builds.',
    format: 'a path',
    example: '.cache/wsgi-lambda',
    defaultText: "a folder of the user's cache",
    placeholder: 'DIR',
  }),
  output: text({
    description: 'Where the zip is written.',
    format: 'a path',
    example: 'build/app.zip',
    defaultText: '.wsgi-lambda/PROJECT.zip in the project',
    placeholder: 'FILE',
  }),
} as const

/** Refused here, a mistaken word costs nothing; in the middle of a release it would leave a version behind. */
const REMOTE_COMMANDS = {
  format: 'one a line, each starting with manage, flask, exec or shell',
  each: /^(?:manage|flask|exec|shell|command)(?:\s|$)/,
} as const

/** Settings of the function and its release. */
export const RELEASE_SETTINGS = {
  'function-name': text({
    description: 'The Lambda function. {{stage}} is filled in.',
    format: '1 to 64 letters, digits, - and _',
    pattern: /^(?:[A-Za-z0-9_-]|\{\{\s*stage\s*\}\})+$/,
    example: 'shop-production',
    placeholder: 'NAME',
  }),
  alias: text({
    description: 'The alias that traffic goes to. It moves last.',
    format: '1 to 128 letters, digits, - and _, not digits alone',
    pattern: /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/,
    example: 'live',
    default: 'live',
    placeholder: 'NAME',
  }),
  role: text({
    description: 'The execution role. Needed when the function is created; an existing function keeps its own.',
    format: 'the ARN of an IAM role',
    pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    example: 'arn:aws:iam::123456789012:role/shop',
    placeholder: 'ARN',
  }),
  memory: wholeNumber(128, 10_240, 'MB', {
    description: 'Memory of the function; processor time grows with it.',
    example: '1024',
    defaultText: "the function's own, 512 for a new one",
    placeholder: 'MB',
  }),
  timeout: wholeNumber(1, 900, 'seconds', {
    description: 'How long one request or command may take.',
    example: '60',
    defaultText: "the function's own, 30 for a new one",
    placeholder: 'SECONDS',
  }),
  environment: variables({
    description:
      'Environment variables of the function. {{stage}} and {{url}} (the address of the Function URL) are filled in.',
    example: 'DJANGO_SETTINGS_MODULE=mysite.settings',
    default: {},
    placeholder: 'LINES',
  }),
  'environment-strategy': oneOf(['merge', 'replace'], {
    description: 'merge keeps variables that only the function has; replace removes them.',
    example: 'replace',
    default: 'merge',
    placeholder: 'STRATEGY',
  }),
  description: text({
    description: 'The description of the function.',
    example: 'The shop',
    placeholder: 'TEXT',
  }),
  'function-url': oneOf(['public', 'iam', 'none'], {
    description: 'The Function URL on the alias: public, iam (callers sign their requests) or none (it is left alone).',
    example: 'iam',
    defaultText: "the function's own, public for a new one",
    placeholder: 'ACCESS',
  }),
  migrate: trueOrFalse({
    description: 'Short for `manage migrate --noinput` as the first command before traffic moves.',
    example: 'true',
    default: false,
  }),
  'before-traffic': lines({
    ...REMOTE_COMMANDS,
    description:
      'Commands that run on the new version before traffic moves, in order; a failing one stops the release.',
    example: 'manage migrate --noinput',
    default: [],
    placeholder: 'COMMANDS',
  }),
  'after-traffic': lines({
    ...REMOTE_COMMANDS,
    description: 'Commands that run on the new version after traffic has moved.',
    example: 'manage clearsessions',
    default: [],
    placeholder: 'COMMANDS',
  }),
  smoke: trueOrFalse({
    description: 'Send one request to the new version before traffic moves; an answer below 500 passes.',
    example: 'false',
    default: true,
  }),
  'smoke-path': text({
    description: 'The path of that request.',
    format: 'a path that starts with /',
    pattern: /^\//,
    example: '/health',
    default: '/',
    placeholder: 'PATH',
  }),
  'smoke-host': text({
    description: 'The Host header of that request.',
    format: 'a host name',
    pattern: /^[A-Za-z0-9.-]+(?::\d+)?$/,
    example: 'www.example.org',
    defaultText: 'the host of the Function URL',
    placeholder: 'HOST',
  }),
  'url-origin': text({
    description:
      'Replaces scheme and host of the Function URL in the request that follows a release, for emulators; {id} stands for the id of the URL.',
    format: 'a URL',
    pattern: /^https?:\/\//,
    example: 'http://127.0.0.1:4566/_aws/lambda-url/{id}',
    defaultText: 'the Function URL itself',
    placeholder: 'URL',
  }),
  artifact: text({
    description: 'A zip that `build` made: deploy it as it is instead of building.',
    format: 'a path',
    example: 'build/app.zip',
    placeholder: 'FILE',
  }),
  'dry-run': trueOrFalse({
    description: 'Print what would be done, and do nothing.',
    example: 'true',
    default: false,
  }),
} as const

/** Everything that can be set besides `project` and `stage`, which say where the settings are. */
export const SETTINGS = { ...BUILD_SETTINGS, ...RELEASE_SETTINGS } as const

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]
export const BUILD_SETTING_NAMES = Object.keys(BUILD_SETTINGS) as (keyof typeof BUILD_SETTINGS)[]

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S
type ValueOf<S> = S extends { readonly schema: v.GenericSchema<unknown, infer T> } ? T : never
type Given<S> = S extends { readonly default: unknown } ? ValueOf<S> : ValueOf<S> | undefined

type ValuesOf<S> = { readonly [K in keyof S & string as CamelCase<K>]: Given<S[K]> }

/** Every setting by its camel-case name: what was given, else the default, else undefined. */
export type Values = ValuesOf<typeof SETTINGS>

export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
