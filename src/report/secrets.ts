/** Variables whose names say that their value is nobody else's business. */
const SECRET_NAME =
  /SECRET|PASSW|PASSPHRASE|_PWD$|TOKEN|CREDENTIAL|PRIVATE|SIGNING|API_?KEY|ACCESS_?KEY|_KEY$|_SALT$|_PAT$/i
/** Tables of references to secrets, which are none themselves: the setting as a variable, and as an input of the action. */
const REFERENCES = /^(?:WSGI_LAMBDA|INPUT)_SECRETS$/
/** USER:PASSWORD, which travels in base64 (RFC 7617). */
const BASIC_AUTH = /BASIC[-_]AUTH$/i
/** The password of an address, or its user where there is no password and HTTP takes the user for a token. */
const PASSWORD = /:\/\/[^\s/:@]*:([^\s/]+)@/g
const TOKEN = /https?:\/\/([^\s/:@]+)@/g
/** What is shorter stands in every other line of a log. */
const FEWEST_CHARACTERS = 6

/**
 * The secrets among variables, for a log that masks them: whole values by the variable's name, and what addresses hold (of
 * databases and package indexes), as it is written and decoded.
 */
export function secretsIn(variables: Readonly<Record<string, string>>): string[] {
  const found = Object.entries(variables).flatMap(([name, value]) => [
    ...(SECRET_NAME.test(name) && !REFERENCES.test(name) ? [value.trim()] : []),
    ...(BASIC_AUTH.test(name) ? credentialsIn(value.trim()) : []),
    ...[PASSWORD, TOKEN].flatMap((pattern) => [...value.matchAll(pattern)].map(([, secret = '']) => secret)),
  ])
  return [...new Set(found.flatMap((secret) => [secret, decoded(secret)]))].filter(
    (secret) => secret.length >= FEWEST_CHARACTERS,
  )
}

function credentialsIn(value: string): string[] {
  return [value, value.slice(value.indexOf(':') + 1), Buffer.from(value).toString('base64')]
}

/**
 * How a secret may stand in what a program prints: as it is, line by line, and as addresses, forms, JSON, HTML, base64 (also
 * behind a name, as of Basic) and hexadecimal have it.
 */
export function spellingsOf(secret: string): readonly string[] {
  const address = encodeURIComponent(secret)
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const base64 = [0, 1, 2].map((shift) => base64Behind(shift, secret))
  const all = [
    ...[secret, ...secret.split(/\r?\n/)],
    ...[address, address.replace(/[!'()*]/g, percent), address.replace(/%20/g, '+')],
    ...[JSON.stringify(secret).slice(1, -1), html, html.replaceAll('"', '&quot;')],
    ...[
      html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
      html.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
    ],
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    Buffer.from(secret).toString('hex'),
  ]
  return [...new Set(all)].filter((text) => text.length >= FEWEST_CHARACTERS)
}

/** For what nobody else masks. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  return [...secrets]
    .filter((secret) => secret !== '')
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
}

/** RFC 3986 leaves them as they are, and RFC 1738 does not. */
function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Without the characters that have bits of what stands before or behind. @param shift bytes before, modulo 3 */
function base64Behind(shift: number, secret: string): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
  const text = bytes.toString('base64').replace(/=+$/, '')
  return text.slice(Math.ceil((shift * 8) / 6), bytes.length % 3 === 0 ? undefined : -1)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
