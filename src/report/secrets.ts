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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
