/** An exception of the application, as Python describes it. */
export interface ApplicationError {
  readonly type: string
  readonly message: string
  /** The module, for an ImportError. */
  readonly name: string | null
  readonly traceback: string
}

interface Cause {
  readonly matches: (error: ApplicationError) => boolean
  readonly hint: string | ((error: ApplicationError) => string)
}

const WITHOUT = 'Without this check: check: false.'

const says =
  (pattern: RegExp) =>
  ({ message }: ApplicationError): boolean =>
    pattern.test(message)

/** The common reasons why an application works elsewhere and not on Lambda, the surest first. */
const CAUSES: readonly Cause[] = [
  {
    // The loader says so too of a library that is there and for another processor.
    matches: says(
      /(?:^|\s)\/var\/task\/\S+\.so[.\d]*: cannot open shared object file|wrong ELF class|ELF.*machine|invalid ELF header|\.so[.\d]*: file too short/,
    ),
    hint: 'A compiled file is for another processor or system than the function: build it with builder: docker, and remove files of the project that were compiled on this machine.',
  },
  {
    matches: says(/\.so[.\d]*: cannot open shared object file/),
    hint: 'A native library is missing, which the runtime does not have: choose a binary variant of the package (as in psycopg[binary]), or let builder: docker build it with system-packages, which takes its libraries along.',
  },
  {
    matches: says(/(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found/),
    hint: "A compiled package needs a newer C library than the runtime's: choose an older version of it, or a newer runtime.",
  },
  {
    matches: says(/undefined symbol/),
    hint: 'Two compiled packages, or a package and its library, do not fit each other: install versions that were made for each other.',
  },
  {
    // The compiled part of a package, by the usual names: its Python part is there.
    matches: ({ type, name }) => type === 'ModuleNotFoundError' && /\._\w+$/.test(name ?? ''),
    hint: ({ name }) =>
      `${name ?? ''} is the compiled part of a package: what was installed is for another Python or processor, or was left out. Remove copies of the package from the project, and build it anew.`,
  },
  {
    matches: ({ type, name }) => type === 'ModuleNotFoundError' && name !== null,
    hint: ({ name }) =>
      `Add what provides ${name ?? ''} to the requirements, or check the module's name; where it is the project's own, see that exclude does not leave it out. ${WITHOUT}`,
  },
  {
    matches: ({ type, message }) =>
      /Errno 30\b|Read-only file system|readonly database/i.test(message) ||
      (type === 'PermissionError' && /Errno 13\b/.test(message)),
    hint: 'On Lambda only /tmp can be written: write there, or make the file before the build so that it is packaged.',
  },
  {
    matches: says(/Errno 38\b|Function not implemented/),
    hint: 'Lambda has no shared memory (/dev/shm), which locks and queues of multiprocessing need: use threads, or Pipe and Process.',
  },
  {
    matches: ({ type, message }) =>
      /gaierror|Name ?ResolutionError|ConnectionRefusedError|EndpointConnectionError/.test(type) ||
      /name resolution|name or service not known|could not translate host name|network is unreachable|nodename nor servname|connection (?:to server|refused)|could not connect|can't connect|cannot assign requested address|no such table|relation "\S+" does not exist|unable to open database file/i.test(
        message,
      ),
    hint: `The check has no network and no database. Connect when a request needs it, not on import; or give a value that needs none with check-environment. ${WITHOUT}`,
  },
  { matches: ({ type }) => type === 'RouteError', hint: 'Correct the setting events, or the function that it names.' },
  {
    matches: ({ type, message }) =>
      type === 'KeyError' || type === 'ImproperlyConfigured' || /environment variable|not set/i.test(message),
    hint: `If it needs a variable, set it in environment, or for the check alone in check-environment: the check sees what the function will see. ${WITHOUT}`,
  },
]

/** Cause and remedy of a common failure; undefined for all others. */
export function causeOf(error: ApplicationError): string | undefined {
  const hint = CAUSES.find(({ matches }) => matches(error))?.hint
  return typeof hint === 'function' ? hint(error) : hint
}
