import type { BuilderFacts } from '../builder/builder.ts'
import { UserError } from '../errors.ts'
import { withoutCredentials } from './credentials.ts'
import { lineOf, normalise, type RequirementsFile } from './files.ts'

/**
 * What uv or pip said, as an instruction. Its sentences are matched loosely, and always shown whole: they may change with
 * its version, and the advice is only added to them.
 */
export function resolutionFailure(
  stderr: string,
  builder: Pick<BuilderFacts, 'kind' | 'target'>,
  files: readonly RequirementsFile[],
): UserError {
  const { target } = builder
  const said = withoutCredentials(stderr)
  const text = said.replace(/\s+/g, ' ')
  const place = { location: lineOf(files, namesIn(text, files)) }
  const detail = said.trim()
  const on = `${target.runtime} on ${target.architecture}`

  if (/invalid peer certificate|UnknownIssuer|self-signed certificate|CERTIFICATE_VERIFY_FAILED/i.test(text)) {
    return new UserError({
      title: 'The package index could not be reached safely: its certificate is not trusted',
      detail,
      hint: 'Set ca-file to the certificate authority (PEM) of your network.',
      ...place,
    })
  }
  if (
    /error sending request|dns error|Connection refused|Could not connect|timed out|Max retries exceeded|NewConnectionError|Connection aborted/i.test(
      text,
    )
  ) {
    return new UserError({
      title: 'The package index could not be reached',
      detail,
      hint: 'Check the network and the index settings (UV_INDEX_URL, UV_DEFAULT_INDEX, PIP_INDEX_URL).',
      ...place,
    })
  }
  if (/status server error|\b5\d\d Server Error|HTTP error 5\d\d/i.test(text)) {
    return new UserError({
      title: 'The package index does not work at the moment',
      detail,
      hint: 'Try again later, or use a mirror (UV_DEFAULT_INDEX, PIP_INDEX_URL).',
      ...place,
    })
  }
  // Not the number alone: versions like 2.31.0.20240310 have it too.
  if (/\b40[13] (?:Client Error: )?(?:Unauthorized|Forbidden)\b|\b40[13] Error, Credentials/i.test(text)) {
    return new UserError({
      title: 'The package index refused access',
      detail,
      hint: 'Check the credentials of the index (UV_INDEX_…_USERNAME and _PASSWORD, or in its address).',
      ...place,
    })
  }
  const mismatched =
    /(?:Hash mismatch for `?|DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.*?someone may have tampered with them\. )([\w.-]+?)(?:==[^\s`]*)?`?(?:\s|$)/i.exec(
      text,
    )?.[1]
  if (mismatched !== undefined) {
    return new UserError({
      title: `The hash of ${mismatched} is not the one in the manifest`,
      detail,
      hint: 'What the index has is another file than the one that was locked: lock again, and look at why.',
      location: lineOf(files, [mismatched]),
    })
  }
  const wheelless =
    /(?:^|[\s`])([A-Za-z0-9][\w.-]*?)(?:==\S+)? has no (?:usable )?wheels|versions of ([\w.-]+) have no (?:usable )?wheels|Building source distributions (?:for `?([\w.-]+)`? )?is disabled/i.exec(
      text,
    )
  if (wheelless) {
    const built = wheelless.slice(1).some(Boolean) ? undefined : repositoryLine(files)
    const name = wheelless[1] ?? wheelless[2] ?? wheelless[3] ?? built?.text ?? 'A requirement'
    return new UserError({
      title: built ? `${name} must be built` : `${name} has no wheel for ${on}`,
      detail,
      hint:
        builder.kind === 'host'
          ? 'The host builder does not compile. Use builder: docker (with system-packages for what it needs), choose another version, or a binary variant of the package (psycopg[binary] instead of psycopg2). What is pure Python is built here too, once the requirements are locked.'
          : 'Choose another version, or name what it needs to compile in system-packages.',
      ...(built ? { location: built.location } : place),
    })
  }
  const unmatched = /No matching distribution found for ([A-Za-z0-9][\w.-]*)(\S*)/i.exec(text)
  if (unmatched) {
    const [, name = '', which = ''] = unmatched
    return new UserError({
      title: `${name}${which} was not found for ${on}`,
      detail,
      // pip does not tell an index that refused access from one that has nothing.
      hint: 'The index has no such version, none that can be installed there, or refused access. Check name, version, and the address and credentials of the index.',
      location: lineOf(files, [name]),
    })
  }
  const unknown = /Because ([\w.-]+) was not found in the (?:package registry|provided package locations)/i.exec(
    text,
  )?.[1]
  if (unknown !== undefined) {
    return new UserError({
      title: `${unknown} does not exist in the package index`,
      detail,
      hint: 'Check its spelling; for a private package, set the index (UV_INDEX, PIP_EXTRA_INDEX_URL).',
      location: lineOf(files, [unknown]),
    })
  }
  return new UserError({
    title: `The requirements cannot be installed for ${on}`,
    detail,
    hint: 'The lines above say which requirements exclude each other, or what failed.',
    ...place,
  })
}

/** The first line that asks for a repository, which is always built. */
function repositoryLine(files: readonly RequirementsFile[]) {
  for (const { path, lines } of files) {
    const line = lines.find(({ text }) => /\b(?:git|hg|svn|bzr)\+/.test(text))
    if (line) return { text: withoutCredentials(line.text), location: { file: path, line: line.number } }
  }
  return undefined
}

/** The manifest's own distributions that a message speaks of. */
function namesIn(text: string, files: readonly RequirementsFile[]): string[] {
  const spoken = new Set(text.match(/[A-Za-z0-9][\w.-]*/g)?.map((word) => normalise(word.replace(/[.]+$/, ''))) ?? [])
  const own = files.flatMap(({ lines }) => lines.map(({ text: line }) => /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0] ?? ''))
  return own.filter((name) => name !== '' && spoken.has(normalise(name)))
}
