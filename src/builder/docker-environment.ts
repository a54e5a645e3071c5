/** Where our tools stand in a builder image. */
export const TOOLS_INSIDE = '/opt/wsgi-lambda'
/** Where the certificate authorities of `ca-file` stand in a container, for its lifetime only. */
export const AUTHORITIES_INSIDE = '/wsgi-lambda-authorities.pem'

const PASSED_ON = /^(PIP_|UV_|(HTTPS?|ALL|NO|FTP)_PROXY$)/i

/**
 * The variables for programs in a container: settings of pip, uv and proxies. Those that name a file or folder of this
 * machine mean nothing there and stay behind (`dropped`), certificate bundles too: `ca-file` takes theirs along.
 */
export function environmentInside(
  environment: Readonly<Record<string, string>>,
  { hasAuthorities }: { hasAuthorities: boolean },
): { readonly env: Readonly<Record<string, string>>; readonly dropped: readonly string[] } {
  const env: Record<string, string> = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!PASSED_ON.test(name)) continue
    if (/^([/~]|\.\.?[/\\]|[A-Za-z]:[/\\]|file:)/.test(value)) dropped.push(name)
    else env[name] = value
  }
  const authorities = hasAuthorities
    ? {
        SSL_CERT_FILE: AUTHORITIES_INSIDE, // uv, OpenSSL, newer pip
        PIP_CERT: AUTHORITIES_INSIDE,
        REQUESTS_CA_BUNDLE: AUTHORITIES_INSIDE,
        CURL_CA_BUNDLE: AUTHORITIES_INSIDE, // dnf and yum, by libcurl
      }
    : {}
  return { env: { ...env, UV_PYTHON_DOWNLOADS: 'never', ...authorities }, dropped }
}

/** The image's own, without which its interpreter may not start: Lambda's Python finds its library by them. */
const IMAGES_OWN = ['PATH', 'LD_LIBRARY_PATH']

/**
 * The command that runs `command` with the variables named, those that the image needs, and no others. The values stay in
 * the environment of the call: arguments are shown by the engine to everybody who may inspect it.
 */
export function withOnly(names: readonly string[], command: readonly string[], python: string): string[] {
  const program = [
    'import os, sys',
    'names, command = sys.argv[1].split(), sys.argv[2:]',
    'os.execvpe(command[0], command, {name: os.environ[name] for name in names if name in os.environ})',
  ]
  return [python, '-I', '-S', '-c', program.join('; '), [...IMAGES_OWN, ...names].join(' '), ...command]
}
