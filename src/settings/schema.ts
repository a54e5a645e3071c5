import type * as v from 'valibot'
import { RUNTIME_NAMES } from '../platform/runtimes.ts'
import { ARCHITECTURES } from '../platform/target.ts'
import { ACCOUNT_SETTINGS } from './account.ts'
import { BASIC_AUTH_SETTINGS } from './basic-auth.ts'
import { CORS_SETTINGS } from './cors.ts'
import { DATABASE_SETTINGS } from './databases.ts'
import { eventMistakes } from './events.ts'
import { FUNCTION_SETTINGS } from './function.ts'
import { lines, oneOf, table, text, trueOrFalse, wholeNumber } from './kinds.ts'
import {
  CHECK_SETTINGS,
  CONTENT_SETTINGS,
  IMAGE_SETTINGS,
  REQUIREMENT_SETTINGS,
  STORE_SETTINGS,
  UPLOAD_SETTINGS,
} from './packaging.ts'
import { PREVIEW_SETTINGS } from './preview.ts'
import { ORDER_SETTINGS } from './release-order.ts'
import { plainVariableMistakes, REFERENCES, secretMistakes, VARIABLE } from './secrets.ts'
import { STATIC_SETTINGS } from './static.ts'
import { TRAFFIC_SETTINGS } from './traffic.ts'

export type { Setting } from './kinds.ts'

const MIME_TYPES = {
  format: 'one a line, as type/subtype or type/*',
  // RFC 6838, 4.2; what follows a type in Content-Type (charset) is not compared.
  each: /^[A-Za-z0-9][\w!#$&^.+-]*\/(?:\*|[A-Za-z0-9][\w!#$&^.+-]*)$/,
} as const

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
  ...REQUIREMENT_SETTINGS,
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
  ...IMAGE_SETTINGS,
  ...CONTENT_SETTINGS,
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
  events: table({
    description:
      'What events that are no HTTP requests are handed to, by who sends them: a function or a command. {{stage}} is filled in.',
    format:
      'SOURCE=TARGET or SOURCE:NAME=TARGET, one a line, or a JSON object; a target is module:function, manage NAME or flask NAME',
    mistakes: eventMistakes,
    example: 'sqs:orders=shop.jobs:take_order',
    default: {},
    placeholder: 'LINES',
  }),
  'report-batch-item-failures': trueOrFalse({
    description:
      'Answer which messages of a queue or stream have failed, so that only those come again. The trigger must ask for it (ReportBatchItemFailures).',
    example: 'true',
    default: false,
  }),
  'text-mime-types': lines({
    ...MIME_TYPES,
    description:
      'More content types whose bodies are sent as text even under a Content-Encoding. Without one, valid UTF-8 is text anyway.',
    example: 'application/vnd.geo+json',
    default: [],
    placeholder: 'TYPES',
  }),
  'binary-mime-types': lines({
    ...MIME_TYPES,
    description: 'Content types whose bodies are always sent as base64, also where they are valid UTF-8.',
    example: 'image/*',
    default: [],
    placeholder: 'TYPES',
  }),
  'non-proxy-integration': trueOrFalse({
    description:
      "Answer events of API Gateway's integration of the type lambda, which has no proxy. Remote commands of other tools than wsgi-lambda are refused then: a request could pass for one.",
    example: 'true',
    default: false,
  }),
  streaming: trueOrFalse({
    description:
      'Send answers through the Function URL as the application makes them, 200 MB at most. Other ways in stay as they are.',
    example: 'true',
    default: false,
  }),
  'legacy-environ': trueOrFalse({
    description:
      'Add the keys event, context and API_GATEWAY_AUTHORIZER to the environ, as serverless-wsgi 1.7 had them.',
    example: 'true',
    default: false,
  }),
  'on-import-error': oneOf(['fail', 'serve'], {
    description:
      'What a function does whose application cannot be imported: fail ends its start with the traceback; serve answers requests with a 500, and still runs remote commands.',
    example: 'serve',
    default: 'fail',
    placeholder: 'ACTION',
  }),
  ...CHECK_SETTINGS,
  ...STATIC_SETTINGS,
  ...STORE_SETTINGS,
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
  format: 'one a line, each starting with manage, flask, exec or shell; timeout=SECONDS may stand in front (1 to 900)',
  each: /^(?:timeout=(?:[1-9]\d?|[1-8]\d\d|900)\s+)?(?:manage|flask|exec|shell|command)(?:\s|$)/,
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
    example: 'arn:aws:iam::123456789012:role/shop-execution',
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
  environment: table({
    description:
      'Environment variables of the function. {{stage}}, {{url}} (the address of the Function URL), {{origin}} and {{host}} (of that address) are filled in.',
    format: 'NAME=VALUE, one a line, or a JSON object',
    names: VARIABLE,
    mistakes: plainVariableMistakes,
    isConfidential: true,
    example: 'DJANGO_SETTINGS_MODULE=mysite.settings',
    default: {},
    placeholder: 'LINES',
  }),
  secrets: table({
    description:
      'Variables whose values the function reads from Systems Manager or Secrets Manager when it starts. {{stage}} is filled in.',
    format: `VARIABLE=REFERENCE, one a line, or a JSON object; a reference is ${REFERENCES}`,
    mistakes: secretMistakes,
    isConfidential: true,
    example: 'DATABASE_URL=secretsmanager:shop/production/database#url',
    default: {},
    placeholder: 'LINES',
  }),
  'environment-strategy': oneOf(['merge', 'replace'], {
    description: 'merge keeps variables that only the function has; replace removes them.',
    example: 'replace',
    default: 'merge',
    placeholder: 'STRATEGY',
  }),
  ...FUNCTION_SETTINGS,
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
  ...BASIC_AUTH_SETTINGS,
  ...CORS_SETTINGS,
  migrate: trueOrFalse({
    description: 'Short for `manage migrate --noinput` as the first command before traffic moves.',
    example: 'true',
    default: false,
  }),
  'migrate-plan': trueOrFalse({
    description:
      'Show `manage migrate --plan` first, where a command before traffic migrates; where it fails, nothing runs.',
    without: 'Show no `manage migrate --plan` before a command that migrates.',
    example: 'false',
    default: true,
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
    without: 'Send no smoke request.',
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
  ...TRAFFIC_SETTINGS,
  'url-origin': text({
    description:
      'Replaces scheme and host of the Function URL in the request that follows a release, for emulators; {id} stands for the id of the URL.',
    format: 'a URL',
    pattern: /^https?:\/\//,
    example: 'http://127.0.0.1:4566/_aws/lambda-url/{id}',
    defaultText: 'the Function URL itself',
    placeholder: 'URL',
  }),
  ...DATABASE_SETTINGS,
  ...UPLOAD_SETTINGS,
  ...ACCOUNT_SETTINGS,
  ...ORDER_SETTINGS,
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
export const SETTINGS = { ...BUILD_SETTINGS, ...RELEASE_SETTINGS, ...PREVIEW_SETTINGS } as const

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]
/** Settings of a deployment: what is for previews alone has no effect on it. */
export const RELEASE_SETTING_NAMES = SETTING_NAMES.filter(
  (name) => name === 'comment' || !Object.hasOwn(PREVIEW_SETTINGS, name),
)
export const BUILD_SETTING_NAMES = Object.keys(BUILD_SETTINGS) as (keyof typeof BUILD_SETTINGS)[]

export type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S
type ValueOf<S> = S extends { readonly schema: v.GenericSchema<unknown, infer T> } ? T : never
type Given<S> = S extends { readonly default: unknown } ? ValueOf<S> : ValueOf<S> | undefined

type ValuesOf<S> = { readonly [K in keyof S & string as CamelCase<K>]: Given<S[K]> }

/** Every setting by its camel-case name: what was given, else the default, else undefined. */
export type Values = ValuesOf<typeof SETTINGS>

export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
