/** PostgreSQL, "Identifiers and Key Words"; a text of PostgreSQL holds no NUL. */
export function postgresName(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`
}

/** PostgreSQL, "String Constants with C-Style Escapes": the same whatever standard_conforming_strings is. */
export function postgresText(text: string): string {
  const escaped = withoutNul(text).replaceAll('\\', '\\\\').replaceAll("'", "''")
  return `E'${escaped}'`
}

/** MySQL, "Schema Object Names". */
export function mysqlName(name: string): string {
  return `\`${withoutNul(name).replaceAll('`', '``')}\``
}

/** MySQL, "GRANT Statement": there `_` and `%` stand for other characters. */
export function mysqlGrantName(name: string): string {
  return mysqlName(name.replace(/[\\_%]/g, '\\$&'))
}

/** MySQL, "String Literals", without NO_BACKSLASH_ESCAPES, which our sessions do not have. */
export function mysqlText(text: string): string {
  const escaped = withoutNul(text).replaceAll('\\', '\\\\').replaceAll("'", "''")
  return `'${escaped}'`
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new Error('a name of a database holds a NUL')
  return text
}
