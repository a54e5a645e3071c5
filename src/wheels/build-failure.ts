import type { Equipment } from '../builder/builder.ts'
import type { Problem } from '../errors.ts'

interface Remedy {
  readonly said: RegExp
  readonly why: string
  /** The package as Amazon Linux (dnf, yum) and Debian (apt) call it. */
  readonly packages?: { readonly dnf: string; readonly apt: string }
  readonly hint?: string
}

/** What builds of known distributions say when something is missing, the most telling first. */
const REMEDIES: readonly Remedy[] = [
  { said: /pg_config/, why: 'pg_config of PostgreSQL is missing', packages: { dnf: 'libpq-devel', apt: 'libpq-dev' } },
  {
    said: /mysql_config|mysqlclient\b.*not found|mariadb_config|Can not find valid pkg-config name/i,
    why: 'The client library of MySQL is missing',
    packages: { dnf: 'mariadb-connector-c-devel', apt: 'default-libmysqlclient-dev' },
  },
  { said: /\bffi\.h\b|libffi/, why: 'libffi is missing', packages: { dnf: 'libffi-devel', apt: 'libffi-dev' } },
  {
    said: /openssl\/\w+\.h|Could not find directory of OpenSSL|openssl-sys/i,
    why: 'The headers of OpenSSL are missing',
    packages: { dnf: 'openssl-devel', apt: 'libssl-dev' },
  },
  {
    said: /libxml2 and libxslt|libxml\/\w+\.h|xslt-config|xml2-config/,
    why: 'libxml2 and libxslt are missing',
    packages: { dnf: 'libxml2-devel libxslt-devel', apt: 'libxml2-dev libxslt1-dev' },
  },
  {
    said: /RequiredDependencyException: jpeg|headers or library files could not be found for jpeg/i,
    why: 'libjpeg is missing',
    packages: { dnf: 'libjpeg-turbo-devel zlib-devel', apt: 'libjpeg-dev zlib1g-dev' },
  },
  {
    said: /\bzlib\.h\b|dependency zlib|for zlib/i,
    why: 'zlib is missing',
    packages: { dnf: 'zlib-devel', apt: 'zlib1g-dev' },
  },
  {
    said: /\blber\.h\b|\bldap\.h\b|\bsasl\.h\b/,
    why: 'OpenLDAP is missing',
    packages: { dnf: 'openldap-devel cyrus-sasl-devel', apt: 'libldap2-dev libsasl2-dev' },
  },
  { said: /gdal-config/, why: 'GDAL is missing', packages: { dnf: 'gdal-devel', apt: 'libgdal-dev' } },
  { said: /\bsql\.h\b/, why: 'unixODBC is missing', packages: { dnf: 'unixODBC-devel', apt: 'unixodbc-dev' } },
  {
    said: /krb5-config|gssapi\/gssapi\.h/,
    why: 'Kerberos is missing',
    packages: { dnf: 'krb5-devel', apt: 'libkrb5-dev' },
  },
  {
    said: /xmlsec1/,
    why: 'xmlsec is missing',
    packages: { dnf: 'xmlsec1-devel libtool-ltdl-devel', apt: 'libxmlsec1-dev' },
  },
  {
    said: /\bPython\.h\b/,
    why: 'The headers of Python are missing in the image',
    hint: 'Name an image with them by base-image or dockerfile, or their package in system-packages (dnf: python3.13-devel; apt: libpython3.13-dev).',
  },
  {
    said: /rustc \S+ is not supported|requires rustc|is currently active is older|feature `edition20\d\d` is required|lock file version/i,
    why: "The image's distribution has a Rust that is too old",
    hint: 'Install a newer one in a dockerfile: RUN curl -sSf https://sh.rustup.rs | sh -s -- -y, with CARGO_HOME=/opt/cargo and /opt/cargo/bin in PATH.',
  },
  {
    said: /pkg-config\b.*(?:not found|No such file)|Package .* was not found in the pkg-config search path|Package '?[\w.+-]+'?,? (?:required by|not found)|dependency "?[\w.+-]+"? not found/i,
    why: 'A library that pkg-config looks for is missing',
    hint: 'Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The line about it is above.',
  },
  {
    said: /fatal error: \S+\.h: No such file or directory/,
    why: 'A header file of a library is missing',
    hint: 'Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The compiler names the file above.',
  },
  {
    said: /cannot find -l\S+/,
    why: 'A library to link with is missing',
    hint: 'Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The linker names it above.',
  },
  {
    said: /unable to detect version|setuptools[-_]scm|LookupError.*version/i,
    why: 'Its version comes from the history of its repository, which is not there',
    hint: 'Pin a release, or set the variable with docker-env: SETUPTOOLS_SCM_PRETEND_VERSION=1.2.3.',
  },
  {
    said: /THESE PACKAGES DO NOT MATCH THE HASHES/i,
    why: 'What the index has is another file than the one that was locked',
    hint: 'Lock again, and look at why.',
  },
  {
    said: /certificate verify failed|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate/i,
    why: 'The network re-signs TLS',
    hint: 'Name its certificate authority with ca-file.',
  },
  {
    said: /Host key verification failed|no matching host key|No (?:ED25519|RSA|ECDSA) host key is known/i,
    why: "The repository's host is not known",
    hint: 'Add its key to ~/.ssh/known_hosts on this machine: ssh-keyscan HOST >> ~/.ssh/known_hosts.',
  },
  {
    said: /Permission denied \(publickey|could not read Username|Authentication failed/i,
    why: 'The repository refused access',
    hint: 'For a key: docker-ssh: true and an SSH agent that has it. For a token: docker-secrets, or a variable in the address (git+https://${TOKEN}@…).',
  },
  {
    // Of the very version that was asked for: pip names all that it passes over.
    said: /[:;] (\S+) Requires-Python [^;\n]+[^]*No matching distribution found for [\w.-]+==\1(?:\s|$)/,
    why: 'It does not support this Python',
    hint: 'Lock again for the runtime (as with --python-version), or set runtime to a later one.',
  },
  {
    said: /No matching distribution found|Could not find a version that satisfies/i,
    why: 'The index has no source distribution of it, or its build requirements',
    hint: 'Choose another version, or the index that has it.',
  },
  {
    said: /Killed|out of memory|MemoryError|fatal error: Killed signal/i,
    why: 'The memory ran out',
    hint: 'Give the engine more, or compile with fewer jobs: docker-env: MAKEFLAGS=-j1.',
  },
]

/**
 * Why a wheel could not be built, from what pip and the compilers printed: the end of it, the cause where it is known, and
 * the package that brings what is missing.
 *
 * @param what as in `psycopg2 2.9.10`
 */
export function buildProblem(
  what: string,
  output: string,
  { image, location }: { image: string; location: Problem['location'] },
): Problem {
  const remedy = REMEDIES.find(({ said }) => said.test(output))
  return {
    title: `${what} could not be built${remedy ? `: ${lowerFirst(remedy.why)}` : ''}`,
    detail: tellingLines(output),
    hint: remedy ? hintOf(remedy, image) : 'The lines above say why; --verbose shows all of them.',
    output,
    location,
  }
}

function hintOf({ packages, hint }: Remedy, image: string): string {
  if (!packages) return hint ?? ''
  return `Set system-packages: ${packages.dnf} (Amazon Linux), or ${packages.apt} where the image is Debian's. The image is ${image}.`
}

const lowerFirst = (text: string): string =>
  /^(?:GDAL|OpenLDAP|Kerberos)/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)

const MOST_LINES = 25
const MOST_CHARACTERS = 400
/** pip's frame around what the compiler said: it tells nothing. */
const FRAME =
  /^\s*(?:note: This error originates|error: subprocess-exited-with-error|╰─>|\[end of output\]|ERROR: Failed building wheel|ERROR: Failed to build|\[notice\])/

/** The end of the output without pip's frame around it. */
function tellingLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !FRAME.test(line))
  return lines.slice(-MOST_LINES).map(shortened).join('\n')
}

/** pip lists all versions that there are, and compilers get all their options, in one line. */
function shortened(line: string): string {
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)} …` : line
}

const WANTED: readonly (readonly [Equipment, RegExp])[] = [
  [
    'rust',
    /can't find Rust compiler|rustc?(?:, the Rust compiler)? (?:is )?not (?:found|installed)|cargo[^\n]*(?:not found|not installed|No such file)|Rust (?:toolchain|not found)|Cargo, the Rust package manager/i,
  ],
  [
    'compilers',
    /(?:gcc|g\+\+|\bcc|c\+\+|make)['"`]? ?(?:failed: No such file|.{0,20}not found|.{0,20}No such file)|unable to execute|Unknown compiler|No CMAKE_C(?:XX)?_COMPILER|no acceptable C compiler|CMake Error.*compiler|Unable to find a compatible compiler/i,
  ],
  ['git', /(?:Cannot find command|No such file or directory:) '?git/i],
]

/** The equipment whose lack a failed build names. */
export function equipmentWanted(output: string): Equipment[] {
  return WANTED.filter(([, said]) => said.test(output)).map(([equipment]) => equipment)
}
