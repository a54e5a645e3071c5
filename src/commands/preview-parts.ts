import { nameInArn } from '../aws/arn.ts'
import type { ClientOptions } from '../aws/call.ts'
import { readPlaceText } from '../aws/identity.ts'
import { createLambdaApi } from '../aws/lambda-client.ts'
import { createPreviewApi } from '../aws/previews.ts'
import { createSecretValues } from '../aws/secret-values.ts'
import { wait } from '../aws/wait.ts'
import { openByFunction } from '../preview/database/by-function.ts'
import { openServer, type ServerCollaborators } from '../preview/database/open.ts'
import { type DatabaseCollaborators, preparePreviewDatabase } from '../preview/database/prepare.ts'
import { removePreviewDatabase } from '../preview/database/remove.ts'
import { readTags, searchTags } from '../preview/tags.ts'
import type { RemovalSettings } from '../settings/removal.ts'
import type { PreviewCollaborators } from './preview.ts'
import type { SweepCollaborators } from './sweep.ts'

export interface PreviewPartsOptions
  extends Pick<DatabaseCollaborators, 'environment' | 'mask' | 'report' | 'run' | 'cwd'> {
  readonly clients: ClientOptions
  readonly clock: () => number
}

/** Where only the main function reaches the server of databases: by its version for them. */
function byFunction(
  alias: string,
  { clients, report, clock }: PreviewPartsOptions,
): NonNullable<ServerCollaborators['byFunction']> {
  return (base) => {
    const pacing = { report, wait, clock, signal: clients.signal }
    return openByFunction({ base, alias }, { lambda: createLambdaApi(clients), ...pacing })
  }
}

/** What a preview needs beside what a deployment does. */
export function previewParts(
  options: PreviewPartsOptions,
): Pick<PreviewCollaborators, 'dataOf' | 'readPlace' | 'roleTags' | 'count' | 'runId' | 'mask'> {
  const { clients, environment, mask } = options
  const secrets = createSecretValues(clients)
  return {
    dataOf: (settings, identity, there) =>
      preparePreviewDatabase(settings, identity, there, {
        ...options,
        secrets,
        byFunction: byFunction(settings.alias, options),
      }),
    readPlace: () => readPlaceText(clients),
    roleTags: async (name) => {
      const roles = await createPreviewApi({ ...clients, environment }).openRoles()
      return await roles.tags(name)
    },
    count: async ({ base, ...owner }) => {
      const previews = createPreviewApi({ ...clients, environment })
      const found = await previews.findTagged('lambda:function', searchTags(owner))
      const names = found.map(({ arn, tags }) => readTags(nameInArn(arn), tags)?.base)
      return names.filter((name) => name === base).length
    },
    runId: environment['GITHUB_RUN_ID'] ?? environment['CI_PIPELINE_ID'],
    mask,
  }
}

/** What a removal needs beside what talks to a function. */
export function removalParts(
  settings: RemovalSettings,
  options: PreviewPartsOptions,
): Pick<SweepCollaborators, 'previews' | 'removeDatabase' | 'openServer'> {
  const { clients, environment } = options
  const secrets = createSecretValues(clients)
  const collaborators = { ...options, secrets, byFunction: byFunction(settings.alias, options) }
  return {
    previews: createPreviewApi({ ...clients, environment }),
    removeDatabase: (tags) => removePreviewDatabase(tags, settings, collaborators),
    openServer: (access) => openServer(access, collaborators),
  }
}
