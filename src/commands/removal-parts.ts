import type { ClientOptions } from '../aws/call.ts'
import { createPreviewApi } from '../aws/previews.ts'
import { createSecretValues } from '../aws/secret-values.ts'
import type { HookCollaborators } from '../preview/database/hooks.ts'
import { openServer, type ServerCollaborators } from '../preview/database/open.ts'
import { removePreviewDatabase } from '../preview/database/remove.ts'
import type { RemovalSettings } from '../settings/settings.ts'
import type { SweepCollaborators } from './sweep.ts'

export interface RemovalPartsOptions extends HookCollaborators, Pick<ServerCollaborators, 'byFunction'> {
  readonly clients: ClientOptions
}

/** What a removal needs beside what speaks with a function: how previews are found, and their databases reached. */
export function removalParts(
  settings: RemovalSettings,
  { clients, ...options }: RemovalPartsOptions,
): Pick<SweepCollaborators, 'previews' | 'removeDatabase' | 'openServer'> {
  const collaborators = { ...options, secrets: createSecretValues(clients) }
  return {
    previews: createPreviewApi({ ...clients, environment: options.environment }),
    removeDatabase: (tags) => removePreviewDatabase(tags, settings, collaborators),
    openServer: (access) => openServer(access, collaborators),
  }
}
