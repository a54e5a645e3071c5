import { UserError } from '../../errors.ts'
import type { DeploySettings } from '../../settings/settings.ts'
import type { PreviewIdentity } from '../identity.ts'
import { databaseOf } from './choice.ts'

type Settings = Parameters<typeof databaseOf>[0] &
  Pick<DeploySettings, 'environment' | 'previewEnvironment' | 'previewSecrets' | 'previewDatabaseVariable'>

/** Of a server that others reach too. */
const SERVER_ADDRESS = /^(?!sqlite)[a-z][\w+.-]*:\/\/[^/]/i

/**
 * A preview has the plain variables of its function: without a database of its own it would migrate that of the function.
 * @throws UserError
 */
export function refuseSharedDatabase(settings: Settings, identity: PreviewIdentity): void {
  const { environment, previewEnvironment, previewSecrets, previewDatabaseVariable: variable } = settings
  if (databaseOf(settings, identity).kind !== 'none' || !SERVER_ADDRESS.test(environment[variable] ?? '')) return
  if (Object.hasOwn(previewEnvironment, variable) || Object.hasOwn(previewSecrets, variable)) return
  const { base, functionName } = identity
  throw new UserError(
    {
      title: `The preview ${functionName} has no database of its own, and would use that of ${base} (${variable} in environment)`,
      detail: 'Migrations and whatever else a pull request says would run on it.',
      hint: `Set preview-database-admin (or preview-database: sqlite) for a database of its own, or name another one in preview-environment or preview-secrets (${variable}).`,
    },
    { exitCode: 2 },
  )
}
