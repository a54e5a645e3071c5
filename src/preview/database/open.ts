import { readAdminAddress } from '../../databases/address.ts'
import { openDatabaseServer } from '../../databases/open.ts'
import type { DatabaseServer } from '../../databases/server.ts'
import { UserError } from '../../errors.ts'

/** What a way to a server of databases needs. */
export interface ServerCollaborators {
  readonly secrets: { readonly read: (reference: string) => Promise<string> }
  /** From here on what these hold is shown as asterisks. */
  readonly mask: (variables: Readonly<Record<string, string>>) => void
  /** Undefined where no function does it. @param base the main function */
  readonly byFunction?: ((base: string) => Promise<DatabaseServer>) | undefined
}

/** Who may create and remove databases, and who reaches the server. */
export interface ServerAccess {
  /** A reference, or an address. */
  readonly admin: string
  readonly access: 'runner' | 'function'
  /** The function that it is a preview of. */
  readonly base: string
}

/** Whatever it is one of: no reference to a secret looks like it. */
const ADDRESS = /^[a-z][\w+.-]*:\/\//i

/** What the tags keep: where the secret is, never the secret. */
export function adminTag(admin: string): string {
  return isAddress(admin) ? GIVEN : admin
}

/** In a tag: an address was given instead of a reference. */
export const GIVEN = 'given'

function isAddress(admin: string): boolean {
  return ADDRESS.test(admin)
}

export async function openServer(access: ServerAccess, collaborators: ServerCollaborators): Promise<DatabaseServer> {
  const open = await serverOpener(access, collaborators)
  return await open()
}

/** The same for several times. The secret is read once: a run that is cancelled can ask AWS for nothing any more. */
export async function serverOpener(
  { admin, access, base }: ServerAccess,
  { secrets, mask, byFunction }: ServerCollaborators,
): Promise<() => Promise<DatabaseServer>> {
  if (access === 'function') {
    if (byFunction) return () => byFunction(base)
    throw new UserError({
      title: 'preview-database-access is function, and the main function has no version for databases',
      hint: 'Set database-role, and deploy the main function first.',
    })
  }
  const text = isAddress(admin) ? admin : await secrets.read(admin)
  // Whole and in its parts, whatever then goes wrong. A line of an indented JSON object would be masked everywhere.
  if (!text.includes('\n')) mask({ DATABASE_ADMIN_SECRET: text })
  const address = await readAdminAddress(text)
  mask({ DATABASE_ADMIN_PASSWORD: address.password, ENCODED_PASSWORD: encodeURIComponent(address.password) })
  return () => openDatabaseServer(address)
}

/** Works on a server of databases, and closes the way to it whatever comes of that. */
export async function withServer<T>(
  open: () => Promise<DatabaseServer>,
  work: (server: DatabaseServer) => Promise<T>,
): Promise<T> {
  const server = await open()
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}
