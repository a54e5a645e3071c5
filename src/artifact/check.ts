import type { Builder } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import { fillAddress } from '../settings/address.ts'
import type { Table } from '../settings/kinds.ts'
import { SECRETS_VARIABLE } from '../settings/secrets.ts'

interface ImportFailure {
  readonly type: string
  readonly message: string
  /** The module, for an ImportError. */
  readonly name: string | null
}

/**
 * Imports the application in the builder as Lambda will, with a stand-in for each secret. Where it fails on what that may be
 * the reason of, nobody knows, and a warning says so. @throws UserError with the application's own traceback.
 */
export async function checkImport(
  folders: { application: string; dependencies: string },
  { environment, secrets }: { readonly environment: Table; readonly secrets: Table },
  { builder, report }: { readonly builder: Builder; readonly report: Reporter },
): Promise<void> {
  const { stdout, stderr, exitCode } = await builder.run(
    [
      builder.python,
      '-I',
      '-S',
      '-B',
      `${builder.workspace}/tools/check_import.py`,
      ...[folders.application, folders.dependencies].map((folder) => `${builder.workspace}/${folder}`),
    ],
    { environment: 'replace', env: { ...LAMBDA_VARIABLES, ...checkVariables(environment, secrets) } },
  )
  if (exitCode === 0) return
  const failure = readFailure(stdout)
  const names = Object.keys(secrets)
  if (failure && names.length > 0 && !SAYS_WHAT_IS_MISSING.test(failure.type)) {
    report.warning({
      title: `The application could not be imported without its secrets: ${failure.type}`,
      detail: stderr.trim(),
      hint: `Here ${names.join(', ')} had a stand-in. If that is the reason, nothing is wrong; else the smoke request ends the release before traffic moves.`,
    })
    return
  }
  throw new UserError({
    title: failure
      ? `The application cannot be imported: ${failure.type}${SAYS_WHAT_IS_MISSING.test(failure.type) ? `: ${firstLine(failure.message)}` : ''}`
      : `The application ended Python while it was imported (exit code ${exitCode})`,
    detail: stderr.trim(),
    hint: failure ? remedy(failure) : 'Importing an application must not end the process.',
  })
}

/** What the function will have. It reads its secrets itself, with rights that a build does not have. */
function checkVariables(environment: Table, secrets: Table): Table {
  const plain = Object.entries(fillAddress(environment, NO_ADDRESS)).filter(([name]) => name !== SECRETS_VARIABLE)
  const standIns = Object.keys(secrets).map((name) => [name, NO_SECRET] as const)
  return Object.fromEntries([...plain, ...standIns])
}

const NO_SECRET = 'not-known-in-a-build'
/** Stands for `{{url}}` as long as there is none (RFC 6761). */
const NO_ADDRESS = 'https://url.invalid'

/** What Lambda sets for every function, as far as applications look at it. */
const LAMBDA_VARIABLES = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_LAMBDA_FUNCTION_NAME: 'check',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
} as const

/** Other errors' messages may quote values of variables, and a title is not masked: they stand in the traceback only. */
const SAYS_WHAT_IS_MISSING =
  /^(?:ModuleNotFoundError|ImportError|SyntaxError|LoadingError|PolicyError|RouteError|ConfigurationError)$/

function readFailure(stdout: string): ImportFailure | undefined {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ImportFailure
  } catch {
    return undefined
  }
}

function remedy({ type, message, name }: ImportFailure): string {
  if (type === 'ModuleNotFoundError' && name !== null)
    return `Add what provides ${name} to the requirements, or check the module's name. Without this check: check: false.`
  if (/\.so[.\d]*: cannot open shared object file/.test(message))
    return 'A native library is missing: choose a binary variant of the package (as in psycopg[binary]).'
  if (/GLIBC_[\d.]+' not found/.test(message))
    return "A compiled package needs a newer C library than the runtime's: choose an older version of it, or a newer runtime."
  if (type === 'RouteError') return 'Correct the setting events, or the function that it names.'
  if (type === 'KeyError' || type === 'ImproperlyConfigured' || /environment variable|not set/i.test(message))
    return 'If it needs a variable, set it in environment: the check sees what the function will see. Without this check: check: false.'
  return 'Mend the application, name another with app, or build without this check: check: false.'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
