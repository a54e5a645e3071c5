import type { OwnDatabase } from '../../databases/server.ts'
import { shortened } from '../../settings/names.ts'
import type { PreviewIdentity } from '../identity.ts'

export interface DatabaseNames {
  readonly name: string
  readonly user: string
}

/** PostgreSQL, "Identifiers": 63 bytes. MySQL, "Identifier Length Limits": 64 characters for a database, 32 for a user. */
const LONGEST_NAME = 63
const LONGEST_USER = 32

/** Whether it has the names that its mark asks for. Whoever else may write marks can name in them what they like. */
export function hasOwnNames({ name, user, mark }: Pick<OwnDatabase, 'name' | 'user' | 'mark'>): boolean {
  const names = databaseNames({ base: mark.preview, pull: mark.pr })
  return name === names.name && user === names.user
}

/** Names that both kinds of servers take, and need not be quoted: small letters, digits and `_`. */
export function databaseNames({ base, pull }: Pick<PreviewIdentity, 'base' | 'pull'>): DatabaseNames {
  const words = base.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  // PostgreSQL keeps names that begin so for itself; and a digit first would have to be quoted.
  const first = /^(?:pg_|\d)/.test(words) ? `f_${words}` : words
  const ending = `_pr_${pull}`
  return { name: shortened(first, ending, LONGEST_NAME, '_'), user: shortened(first, ending, LONGEST_USER, '_') }
}
